"""What an XCAF document says of products and occurrences beyond shape and look.

Product ids and descriptions, user-defined properties, materials, validation properties, and what
the STEP file itself calls each occurrence.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from OCP.IFSelect import IFSelect_SelectModelEntities, IFSelect_SelectType
from OCP.STEPCAFControl import STEPCAFControl_Reader
from OCP.STEPConstruct import STEPConstruct_Tool
from OCP.StepRepr import StepRepr_NextAssemblyUsageOccurrence
from OCP.TCollection import TCollection_ExtendedString
from OCP.TDataStd import TDataStd_NamedData, TDataStd_TreeNode
from OCP.XCAFDoc import (
    XCAFDoc,
    XCAFDoc_Area,
    XCAFDoc_Centroid,
    XCAFDoc_DocumentTool,
    XCAFDoc_Material,
    XCAFDoc_MaterialTool,
    XCAFDoc_Volume,
)

from holotable.conversion.readers.step_text import decoded
from holotable.conversion.readers.xcaf_label import entry_of, labels_of
from holotable.review.scene import PropertyValue

# Under these names Open CASCADE keeps what the PRODUCT entity says.
_OF_THE_PRODUCT: Final = ("ProductID", "ProductName", "Description")
_LIGHTEST_KG_M3: Final = 1.0  # foam; outside these two the file's unit was misread
_DENSEST_KG_M3: Final = 30_000.0  # osmium has 22,590


@dataclass(frozen=True, slots=True)
class Validation:
    """What the file says a shape measures: millimetres, its own frame; None: it does not say."""

    volume: float | None
    area: float | None
    centroid: tuple[float, float, float] | None


@dataclass(frozen=True, slots=True)
class Usage:
    """What a STEP file says of one occurrence (NEXT_ASSEMBLY_USAGE_OCCURRENCE); empty: nothing."""

    id: str
    description: str
    designator: str


def metadata_of(label: Any, keys: Sequence[str]) -> dict[str, PropertyValue]:
    """The label's named values under those of the keys that it has.

    The bindings iterate over a map's values without their keys, hence the candidates.
    """
    if not keys or not label.IsAttribute(TDataStd_NamedData.GetID_s()):
        return {}
    values: dict[str, PropertyValue] = {}
    attribute = TDataStd_NamedData.Set_s(label)
    for key in keys:
        name = TCollection_ExtendedString(key, True)
        if attribute.HasString(name):
            values[key] = str(attribute.GetString(name).ToExtString())
        elif attribute.HasReal(name):
            values[key] = float(attribute.GetReal(name))
        elif attribute.HasInteger(name):
            values[key] = int(attribute.GetInteger(name))
    return values


def product_of(label: Any) -> tuple[str, str]:
    """The id and the description of the product; empty where there is none."""
    said = metadata_of(label, _OF_THE_PRODUCT)
    return str(said.get("ProductID", "")).strip(), str(said.get("Description", "")).strip()


def material_of(label: Any) -> dict[str, PropertyValue]:
    """The material's name, description and density_kg_m3, those of them that the file gives."""
    reference = XCAFDoc.MaterialRefGUID_s()
    if not label.IsAttribute(reference):
        return {}
    father = TDataStd_TreeNode.Set_s(label, reference).Father()
    if father is None:
        return {}
    material = XCAFDoc_Material()
    if not father.Label().FindAttribute(XCAFDoc_Material.GetID_s(), material):
        return {}
    values: dict[str, PropertyValue] = {}
    for key, text in (("name", material.GetName()), ("description", material.GetDescription())):
        said = "" if text is None else decoded(text.ToCString().encode()).strip()
        if said and said not in values.values():
            values[key] = said
    # Open CASCADE keeps g/mm3 and answers kg/mm3, but leaves g/cm3 (2.7) as they are.
    density = XCAFDoc_MaterialTool.GetDensityForShape_s(label) * 1e9
    if density > _DENSEST_KG_M3:
        density /= 1e3
    if _LIGHTEST_KG_M3 <= density <= _DENSEST_KG_M3:
        values["density_kg_m3"] = round(density, 6)
    return values


def validation_of(label: Any) -> Validation | None:
    """The validation properties that stand on a label; the kernel has turned their units to mm."""
    volume = _attribute(label, XCAFDoc_Volume)
    area = _attribute(label, XCAFDoc_Area)
    centroid = _attribute(label, XCAFDoc_Centroid)
    if volume is None and area is None and centroid is None:
        return None
    point = None if centroid is None else centroid.Get()
    return Validation(
        None if volume is None else float(volume.Get()),
        None if area is None else float(area.Get()),
        None if point is None else (point.X(), point.Y(), point.Z()),
    )


def usages(reader: Any, main: Any) -> dict[str, Usage]:
    """What the STEP file calls its occurrences, by the entry of their component label."""
    session = reader.ChangeReader().WS()
    selection = IFSelect_SelectType(StepRepr_NextAssemblyUsageOccurrence.get_type_descriptor_s())
    selection.SetInput(IFSelect_SelectModelEntities())
    session.AddItem(selection)
    shapes = XCAFDoc_DocumentTool.ShapeTool_s(main)
    tool, by_shape = STEPConstruct_Tool(session), reader.GetShapeLabelMap()
    found: dict[str, Usage] = {}
    for usage in labels_of(session.SelectionResult(selection)):
        label = STEPCAFControl_Reader.FindInstance_s(usage, shapes, tool, by_shape)
        if label.IsNull():
            continue
        said = Usage(
            _text(usage.Id()),
            _text(usage.Description() if usage.HasDescription() else None),
            _text(usage.ReferenceDesignator() if usage.HasReferenceDesignator() else None),
        )
        if said.id or said.description or said.designator:
            found[entry_of(label)] = said
    return found


def _attribute(label: Any, kind: Any) -> Any:
    """The label's attribute of this kind, or None; asking for an absent one would crash."""
    if not label.IsAttribute(kind.GetID_s()):
        return None
    attribute = kind()
    return attribute if label.FindAttribute(kind.GetID_s(), attribute) else None


def _text(value: Any) -> str:
    """A string of the STEP model, whose directives Open CASCADE leaves as they are."""
    return "" if value is None else decoded(value.ToCString().encode()).strip()
