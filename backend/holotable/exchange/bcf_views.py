"""Viewpoints of BCF-XML 2.1 and 3.0 (visinfo.xsd), read and written.

2.1 has the hints beside the visibility and no lists without members; 3.0 has groups of everything.
"""

from typing import Final

from lxml import etree

from holotable.exchange.bcf_model import (
    Bitmap,
    Component,
    Components,
    OrthogonalCamera,
    PerspectiveCamera,
    Value,
    Vector,
    Version,
    Viewpoint,
)
from holotable.exchange.bcf_xml import (
    Said,
    add,
    attributes,
    children,
    document,
    or_none,
    text_of,
    truth,
)

# Vectors of an element: member and tag.
CAMERA: Final = (
    ("camera_view_point", "CameraViewPoint"),
    ("camera_direction", "CameraDirection"),
    ("camera_up_vector", "CameraUpVector"),
)
LINE: Final = (("start_point", "StartPoint"), ("end_point", "EndPoint"))
PLANE: Final = (("location", "Location"), ("direction", "Direction"))
BITMAP: Final = (("location", "Location"), ("normal", "Normal"), ("up", "Up"))
CAMERAS: Final = (
    ("orthogonal_camera", "OrthogonalCamera", "view_to_world_scale", "ViewToWorldScale"),
    ("perspective_camera", "PerspectiveCamera", "field_of_view", "FieldOfView"),
)
HINTS: Final = (
    ("spaces_visible", "SpacesVisible"),
    ("space_boundaries_visible", "SpaceBoundariesVisible"),
    ("openings_visible", "OpeningsVisible"),
)
_ASPECT: Final = 16 / 9  # of a view whose picture is not known


def read_view(root: etree._Element, *, newer: bool) -> Said:
    """visinfo of either version; `guid` and what markup says are the caller's."""
    said: Said = {
        "components": _components(root.find("Components"), newer=newer),
        "lines": [_fields(one, LINE) for one in found]
        if (found := children(root, "Lines", "Line")) is not None
        else None,
        "clipping_planes": [_fields(one, PLANE) for one in planes]
        if (planes := children(root, "ClippingPlanes", "ClippingPlane")) is not None
        else None,
    }
    bitmaps = children(root, "Bitmaps", "Bitmap") if newer else root.findall("Bitmap") or None
    if bitmaps is not None:
        said["bitmaps"] = [
            {
                **_fields(one, BITMAP),
                "bitmap_type": (text_of(one, "Format" if newer else "Bitmap") or "").lower(),
                "reference": text_of(one, "Reference") or "",
                "height": text_of(one, "Height"),
            }
            for one in bitmaps
        ]
    for name, tag, own, own_tag in CAMERAS:
        node = root.find(tag)
        if node is not None:
            said[name] = {
                **_fields(node, CAMERA),
                own: text_of(node, own_tag),
                "aspect_ratio": text_of(node, "AspectRatio"),
            }
    return said


def _components(node: etree._Element | None, *, newer: bool) -> Said | None:
    if node is None:
        return None
    said: Said = {"selection": _parts(node.find("Selection"))}
    colours = children(node, "Coloring", "Color")
    if colours is not None:
        said["coloring"] = [
            {
                "color": one.get("Color", ""),
                "components": _parts(one.find("Components") if newer else one) or [],
            }
            for one in colours
        ]
    shown = node.find("Visibility")
    hints = (node if not newer or shown is None else shown).find("ViewSetupHints")
    if shown is not None or hints is not None:
        default = None if shown is None else shown.get("DefaultVisibility")
        if default is None and newer:
            default = "false"  # of the schema of 3.0; 2.1 has none
        said["visibility"] = {
            "default_visibility": default,
            "exceptions": None if shown is None else _parts(shown.find("Exceptions")),
            "view_setup_hints": None
            if hints is None
            else {name: hints.get(tag) for name, tag in HINTS},
        }
    return said


def _parts(node: etree._Element | None) -> list[Said] | None:
    if node is None:
        return None
    return [
        {
            "ifc_guid": or_none(one.get("IfcGuid")),
            "originating_system": text_of(one, "OriginatingSystem"),
            "authoring_tool_id": text_of(one, "AuthoringToolId"),
        }
        for one in node.findall("Component")
    ]


def _fields(node: etree._Element, vectors: tuple[tuple[str, str], ...]) -> Said:
    return {name: _vector(node.find(tag)) for name, tag in vectors}


def _vector(node: etree._Element | None) -> Said | None:
    if node is None:
        return None
    return {axis.lower(): text_of(node, axis) for axis in "XYZ"}


def write_view(view: Viewpoint, version: Version) -> bytes:
    """The .bcfv of a view that has more than a picture.

    The schema of 2.1 allows a field of view of 45 to 60 degrees and announces that the limit falls:
    ours is written as it is, for a narrower or wider one would be another picture.
    """
    newer = version == "3.0"
    root = etree.Element("VisualizationInfo", Guid=str(view.guid))
    if view.components is not None:
        _write_components(root, view.components, newer=newer)
    for name, tag, own, own_tag in CAMERAS:
        camera: OrthogonalCamera | PerspectiveCamera | None = getattr(view, name)
        if camera is not None:
            node = etree.SubElement(root, tag)
            _write_vectors(node, camera, CAMERA)
            add(node, own_tag, repr(getattr(camera, own)))
            if newer:
                add(node, "AspectRatio", repr(camera.aspect_ratio or _ASPECT))
    if view.lines or (newer and view.lines is not None):
        group = etree.SubElement(root, "Lines")
        for line in view.lines:
            _write_vectors(etree.SubElement(group, "Line"), line, LINE)
    if view.clipping_planes is not None:
        group = etree.SubElement(root, "ClippingPlanes")
        for plane in view.clipping_planes:
            _write_vectors(etree.SubElement(group, "ClippingPlane"), plane, PLANE)
    if view.bitmaps is not None:
        group = etree.SubElement(root, "Bitmaps") if newer else root
        for bitmap in view.bitmaps:
            _write_bitmap(group, bitmap, newer=newer)
    return document(root)


def _write_bitmap(group: etree._Element, bitmap: Bitmap, *, newer: bool) -> None:
    node = etree.SubElement(group, "Bitmap")
    if newer:
        add(node, "Format", bitmap.bitmap_type)
    else:
        add(node, "Bitmap", bitmap.bitmap_type.upper())
    add(node, "Reference", bitmap.reference)
    _write_vectors(node, bitmap, BITMAP)
    add(node, "Height", repr(bitmap.height))


def _write_components(root: etree._Element, said: Components, *, newer: bool) -> None:
    node = etree.SubElement(root, "Components")
    shown = said.visibility
    hints = None if shown is None else shown.view_setup_hints
    told = {} if hints is None else {tag: truth(getattr(hints, name)) for name, tag in HINTS}
    if hints is not None and not newer:
        etree.SubElement(node, "ViewSetupHints", attributes(told))
    if said.selection or (newer and said.selection is not None):
        _write_parts(etree.SubElement(node, "Selection"), said.selection)
    if shown is not None or not newer:
        default = None if shown is None else truth(shown.default_visibility)
        visibility = etree.SubElement(
            node, "Visibility", attributes({"DefaultVisibility": default})
        )
        if hints is not None and newer:
            etree.SubElement(visibility, "ViewSetupHints", attributes(told))
        exceptions = None if shown is None else shown.exceptions
        if exceptions or (newer and exceptions is not None):
            _write_parts(etree.SubElement(visibility, "Exceptions"), exceptions)
    groups = [one for one in said.coloring or () if one.components]
    if groups or (newer and said.coloring is not None):
        colouring = etree.SubElement(node, "Coloring")
        for one in groups:
            colour = etree.SubElement(colouring, "Color", Color=one.color.upper())
            _write_parts(
                etree.SubElement(colour, "Components") if newer else colour, one.components
            )


def _write_parts(parent: etree._Element, parts: list[Component]) -> None:
    for part in parts:
        node = etree.SubElement(parent, "Component", attributes({"IfcGuid": part.ifc_guid}))
        add(node, "OriginatingSystem", part.originating_system)
        add(node, "AuthoringToolId", part.authoring_tool_id)


def _write_vectors(
    node: etree._Element, value: Value, vectors: tuple[tuple[str, str], ...]
) -> None:
    for name, tag in vectors:
        vector: Vector = getattr(value, name)
        own = etree.SubElement(node, tag)
        for axis, number in (("X", vector.x), ("Y", vector.y), ("Z", vector.z)):
            add(own, axis, repr(number + 0.0))
