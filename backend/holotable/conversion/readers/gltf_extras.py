"""What a glTF says beside shapes, as properties: extras, lights, cameras, material variants."""

from typing import Any, Final

from holotable.conversion.archive import shown
from holotable.conversion.readers.assembly import Assembly, flat_properties
from holotable.conversion.readers.gltf_data import (
    Document,
    Object,
    extension,
    mapping,
    object_list,
    plain_list,
    whole,
)
from holotable.review.scene import Properties

_LIGHTS: Final = "KHR_lights_punctual"
_VARIANTS: Final = "KHR_materials_variants"
_MAX_VARIANTS: Final = 64


def node_properties(document: Document, node: Object) -> Properties:
    """A node's extras, its light and its camera."""
    properties: dict[str, Any] = {}
    extras = node.get("extras")
    if isinstance(extras, dict):
        properties.update(flat_properties("extras", extras))
    light = extension(node, _LIGHTS)
    if light is not None:
        lights = object_list(_top(document, _LIGHTS), "lights")
        said = lights[whole(light.get("light"), "light", len(lights))]
        spot = said.get("spot")
        flat = {**said, **(spot if isinstance(spot, dict) else {})}
        properties.update(flat_properties("light", flat))
    if node.get("camera") is not None:
        camera = document.item("cameras", node["camera"])
        kind = camera.get("type")
        seen = camera.get(kind) if isinstance(kind, str) else None
        flat = {**camera, **(seen if isinstance(seen, dict) else {})}
        properties.update(flat_properties("camera", flat))
    return properties


def variant_properties(document: Document, mesh: Object) -> dict[str, str]:
    """Variant → the materials that a mesh would wear in it; the default ones are shown."""
    names = object_list(_top(document, _VARIANTS), "variants")
    materials: dict[str, dict[str, None]] = {}
    for primitive in object_list(mesh, "primitives"):
        packed = extension(primitive, _VARIANTS)
        for choice in [] if packed is None else object_list(packed, "mappings"):
            number = whole(choice.get("material"), "material", len(document.objects("materials")))
            for variant in plain_list(choice.get("variants")):
                named = names[whole(variant, "variant", len(names))]
                label = shown(str(named.get("name", f"Variant {variant}")))
                if label in materials or len(materials) < _MAX_VARIANTS:
                    worn = document.objects("materials")[number].get("name")
                    known = materials.setdefault(label, {})
                    known[shown(str(worn)) if worn else f"Material {number}"] = None
    return {label: ", ".join(list(worn)[:20]) for label, worn in materials.items()}


def warn_of_rest(document: Document, assembly: Assembly) -> None:
    """Say what of the document is not shown."""
    lights = object_list(_top(document, _LIGHTS), "lights")
    cameras = document.objects("cameras")
    if lights:
        detail = "The file's lights are not used: a review has its own."
        assembly.warn("lights_ignored", detail, len(lights))
    if cameras:
        detail = "The file's cameras are not used: everybody looks from where they stand."
        assembly.warn("cameras_ignored", detail, len(cameras))
    variants = object_list(_top(document, _VARIANTS), "variants")
    if variants:
        names = ", ".join(shown(str(variant.get("name", ""))) for variant in variants[:10])
        detail = f"The default materials are shown; variants are named on parts: {names}."
        assembly.warn("variants_kept", detail, len(variants))
    scenes = document.objects("scenes")
    if len(scenes) > 1:
        detail = "The file holds further scenes; its default scene is shown."
        assembly.warn("scenes_ignored", detail, len(scenes) - 1)


def _top(document: Document, name: str) -> Object:
    found = extension(document.json, name)
    return {} if found is None else mapping(found)
