"""Small IFC files with known truth."""

from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

import ifcopenshell
import ifcopenshell.api.aggregate
import ifcopenshell.api.alignment
import ifcopenshell.api.context
import ifcopenshell.api.project
import ifcopenshell.api.root
import ifcopenshell.api.spatial
import ifcopenshell.api.unit
import ifcopenshell.guid

from holotable.conversion.options import ConvertOptions
from holotable.conversion.readers.bim import read_bim
from holotable.review.scene import Scene

_NAMESPACE = UUID("8f5c1a52-5e0a-4b0e-9b64-3c1f0d3f1e55")


def silent(stage: str, fraction: float) -> None:
    """A report that nobody reads."""


def shown(scene: Scene) -> Scene:
    """The same scene with nothing placed that is hidden."""
    nodes = (replace(node, part=None) if node.hidden else node for node in scene.nodes)
    return replace(scene, nodes=tuple(nodes))


def uuid_of(name: str) -> UUID:
    """The UUID that an element of this name carries."""
    return uuid5(_NAMESPACE, name)


class IfcFile:
    """An IFC4 file under construction, in metres unless told otherwise."""

    def __init__(self, metres_per_unit: str = "m") -> None:
        self.file = ifcopenshell.file(schema="IFC4")
        prefix = {"m": None, "mm": "MILLI"}[metres_per_unit]
        unit = self.file.create_entity("IfcSIUnit", UnitType="LENGTHUNIT", Prefix=prefix,
                                       Name="METRE")  # fmt: skip
        self.origin = self.axes(0.0, 0.0, 0.0)
        self.context = self.file.create_entity(
            "IfcGeometricRepresentationContext", ContextType="Model", CoordinateSpaceDimension=3,
            Precision=1e-5, WorldCoordinateSystem=self.origin,
        )  # fmt: skip
        self.project = self.root(
            "IfcProject", "Project", RepresentationContexts=[self.context],
            UnitsInContext=self.file.create_entity("IfcUnitAssignment", Units=[unit]),
        )  # fmt: skip

    def root(self, kind: str, name: str, **attributes: Any) -> Any:
        """An entity with a GlobalId made of its name."""
        global_id = ifcopenshell.guid.compress(uuid_of(name).hex)
        return self.file.create_entity(kind, GlobalId=global_id, Name=name, **attributes)

    def axes(self, x: float, y: float, z: float) -> Any:
        """A placement's axes at a point."""
        point = self.file.create_entity("IfcCartesianPoint", Coordinates=(x, y, z))
        return self.file.create_entity("IfcAxis2Placement3D", Location=point)

    def placement(self, x: float, y: float, z: float) -> Any:
        """An absolute placement."""
        return self.file.create_entity("IfcLocalPlacement", RelativePlacement=self.axes(x, y, z))

    def box(self, size: tuple[float, float, float], colour: tuple[float, ...] | None = None) -> Any:
        """A body in the shape of a box with its base centred on the origin."""
        profile = self.file.create_entity(
            "IfcRectangleProfileDef", ProfileType="AREA", XDim=size[0], YDim=size[1]
        )
        up = self.file.create_entity("IfcDirection", DirectionRatios=(0.0, 0.0, 1.0))
        solid = self.file.create_entity(
            "IfcExtrudedAreaSolid", SweptArea=profile, Position=self.origin, ExtrudedDirection=up,
            Depth=size[2],
        )  # fmt: skip
        if colour is not None:
            rgb = self.file.create_entity("IfcColourRgb", None, *colour[:3])
            shade = self.file.create_entity(
                "IfcSurfaceStyleRendering", SurfaceColour=rgb, Transparency=1.0 - colour[3],
                ReflectanceMethod="FLAT",
            )  # fmt: skip
            style = self.file.create_entity("IfcSurfaceStyle", Side="BOTH", Styles=[shade])
            self.file.create_entity("IfcStyledItem", Item=solid, Styles=[style])
        return solid

    def shape(self, *items: Any) -> Any:
        """A product's shape of these bodies."""
        body = self.file.create_entity(
            "IfcShapeRepresentation", ContextOfItems=self.context,
            RepresentationIdentifier="Body", RepresentationType="SweptSolid", Items=items,
        )  # fmt: skip
        return self.file.create_entity("IfcProductDefinitionShape", Representations=[body])

    def relate(self, kind: str, name: str, **ends: Any) -> None:
        """A relationship."""
        self.root(kind, name, **ends)

    def aggregate(self, whole: Any, *parts: Any) -> None:
        """Parts of a whole."""
        self.relate("IfcRelAggregates", f"parts of {whole.Name}", RelatingObject=whole,
                    RelatedObjects=parts)  # fmt: skip

    def contain(self, structure: Any, *elements: Any) -> None:
        """Elements in a storey or a space."""
        self.relate(
            "IfcRelContainedInSpatialStructure", f"content of {structure.Name}",
            RelatingStructure=structure, RelatedElements=elements,
        )  # fmt: skip

    def scene(self, path: Path, options: ConvertOptions | None = None) -> Scene:
        """Write the file and read it back."""
        self.file.write(str(path))
        return read_bim(path, "ifc", options or ConvertOptions(), silent)


def two_storeys(unit: str = "m") -> IfcFile:
    """A building: storey Up at 3 is written before Ground at 0; each holds a wall of 4 by 0.2 by 3.

    The wall on the ground has an opening with a door that no storey contains.
    """
    ifc = IfcFile(unit)
    each = 1000.0 if unit == "mm" else 1.0
    site, building = ifc.root("IfcSite", "Site"), ifc.root("IfcBuilding", "Building")
    up = ifc.root("IfcBuildingStorey", "Up", Elevation=3.0 * each)
    ground = ifc.root("IfcBuildingStorey", "Ground", Elevation=0.0)
    ifc.aggregate(ifc.project, site)
    ifc.aggregate(site, building)
    ifc.aggregate(building, up, ground)
    size = (4.0 * each, 0.2 * each, 3.0 * each)
    red = (0.8, 0.2, 0.1, 1.0)
    wall = ifc.root(
        "IfcWall", "Wall below", ObjectPlacement=ifc.placement(0, 0, 0),
        Representation=ifc.shape(ifc.box(size, red)),
    )  # fmt: skip
    above = ifc.root(
        "IfcWall", "Wall above", ObjectPlacement=ifc.placement(0, 0, 3.0 * each),
        Representation=ifc.shape(ifc.box(size, red)),
    )  # fmt: skip
    door = ifc.root(
        "IfcDoor", "Door", ObjectPlacement=ifc.placement(1.0 * each, 0, 0),
        Representation=ifc.shape(
            ifc.box((0.9 * each, 0.1 * each, 2.0 * each), (0.5, 0.3, 0.1, 0.5))
        ),
    )  # fmt: skip
    opening = ifc.root(
        "IfcOpeningElement", "Opening", ObjectPlacement=ifc.placement(1.0 * each, 0, 0),
        Representation=ifc.shape(ifc.box((1.0 * each, 0.4 * each, 2.1 * each))),
    )  # fmt: skip
    space = ifc.root(
        "IfcSpace", "Room", ObjectPlacement=ifc.placement(0, 2.0 * each, 0),
        Representation=ifc.shape(ifc.box((3.0 * each, 3.0 * each, 2.5 * each))),
    )  # fmt: skip
    ifc.aggregate(ground, space)
    ifc.contain(up, above)
    ifc.contain(ground, wall)
    ifc.relate("IfcRelVoidsElement", "void", RelatingBuildingElement=wall,
               RelatedOpeningElement=opening)  # fmt: skip
    ifc.relate("IfcRelFillsElement", "filling", RelatingOpeningElement=opening,
               RelatedBuildingElement=door)  # fmt: skip
    return ifc


def infrastructure() -> Any:
    """IFC4X3: a road, a railway, a bridge with a deck and a girder, and an alignment in space."""
    file = ifcopenshell.api.project.create_file(version="IFC4X3")
    make = ifcopenshell.api.root.create_entity
    project = make(file, ifc_class="IfcProject", name="Bypass")
    metres = {"is_metric": True, "raw": "METERS"}
    ifcopenshell.api.unit.assign_unit(file, length=metres)
    add_context = ifcopenshell.api.context.add_context
    model = add_context(file, context_type="Model")
    body, _ = (
        add_context(file, "Model", context_identifier=name, target_view="MODEL_VIEW", parent=model)
        for name in ("Body", "Axis")
    )
    site = make(file, ifc_class="IfcSite", name="Valley")
    hold = ifcopenshell.api.aggregate.assign_object
    hold(file, products=[site], relating_object=project)
    ifcopenshell.api.alignment.create_by_pi_method(
        file, "A1", [(0.0, 0.0), (200.0, 0.0), (400.0, 200.0)], [100.0],
        [(0.0, 10.0), (200.0, 12.0), (480.0, 10.0)], [50.0],
    )  # fmt: skip
    facilities = [
        make(file, ifc_class=kind, name=name)
        for kind, name in (
            ("IfcRoad", "Road"), ("IfcRailway", "Line 7"), ("IfcBridge", "Bridge"),
        )
    ]  # fmt: skip
    hold(file, products=facilities, relating_object=site)
    deck = make(file, ifc_class="IfcBridgePart", name="Deck")
    hold(file, products=[deck], relating_object=facilities[2])
    girder = make(file, ifc_class="IfcBeam", name="Girder")
    ifcopenshell.api.spatial.assign_container(file, products=[girder], relating_structure=deck)
    profile = file.create_entity("IfcRectangleProfileDef", ProfileType="AREA", XDim=0.5, YDim=1.0)
    up = file.create_entity("IfcDirection", DirectionRatios=(0.0, 0.0, 1.0))
    solid = file.create_entity(
        "IfcExtrudedAreaSolid", SweptArea=profile, ExtrudedDirection=up, Depth=20.0
    )
    shape = file.create_entity("IfcShapeRepresentation", body, "Body", "SweptSolid", [solid])
    girder.Representation = file.create_entity("IfcProductDefinitionShape", Representations=[shape])
    return file
