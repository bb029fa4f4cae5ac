"""Lights, cameras and variants of glTF as properties."""

from pathlib import Path

import pytest
from gltf_files import GltfFile
from mesh_files import OPTIONS, silent, warning_codes

from holotable.conversion.readers.gltf import read_gltf
from holotable.errors import DamagedFile


def test_variants_are_named_and_the_default_material_is_shown(tmp_path: Path) -> None:
    file = GltfFile()
    red = file.material(name="red", pbrMetallicRoughness={"baseColorFactor": [1, 0, 0, 1]})
    blue = file.material(name="blue", pbrMetallicRoughness={"baseColorFactor": [0, 0, 1, 1]})
    primitive = file.square(red)
    mappings = [{"material": red, "variants": [0]}, {"material": blue, "variants": [1, 2]}]
    primitive["extensions"] = {"KHR_materials_variants": {"mappings": mappings}}
    file.place(primitive)
    names = [{"name": name} for name in ("day", "night", "sale")]
    file.json["extensions"] = {"KHR_materials_variants": {"variants": names}}
    scene = read_gltf(file.write(tmp_path / "a.gltf"), OPTIONS, silent)
    assert scene.nodes[0].colour == "#ff0000ff"
    assert scene.parts[0].properties == {
        "variants": {"day": "red", "night": "blue", "sale": "blue"}
    }
    assert warning_codes(scene) == {"variants_kept"}


def test_a_variant_or_light_that_does_not_exist_is_damage(tmp_path: Path) -> None:
    file = GltfFile()
    primitive = file.square()
    mappings = [{"material": 0, "variants": [0]}]
    primitive["extensions"] = {"KHR_materials_variants": {"mappings": mappings}}
    file.place(primitive)
    with pytest.raises(DamagedFile):
        read_gltf(file.write(tmp_path / "a.gltf"), OPTIONS, silent)
    lit = GltfFile()
    lit.place(lit.square(), extensions={"KHR_lights_punctual": {"light": 3}})
    with pytest.raises(DamagedFile):
        read_gltf(lit.write(tmp_path / "b.gltf"), OPTIONS, silent)
