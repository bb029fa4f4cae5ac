"""Surface files: read back, validated, and loaded as three.js loads them."""

import json
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from gltf_files import CORNERS_UV, FACING, SQUARE, TWO, GltfFile, encoded, png
from package_reader import ROOT, read_glb, read_package, validator_errors
from scene_builders import box_mesh, moved, part, scene_of, sphere_mesh

from holotable.conversion import surface as writer
from holotable.conversion.journal import Journal
from holotable.conversion.options import ConvertOptions
from holotable.conversion.pipeline import convert, write_package
from holotable.review.scene import Mesh, Scene
from holotable.review.surface import Image, Looks, Material, Primitive, Surface, Texture

LOADER = ROOT / "tests/backend/conversion/gltf_loader.mjs"
MODELS = ROOT.parent / "shared" / "models"


def quiet(_stage: str, _fraction: float) -> None:
    """Report to nobody."""


def loaded(*files: Path) -> list[list[dict[str, Any]]]:
    """What three.js makes of each file."""
    done = subprocess.run(
        ["node", str(LOADER), *map(str, files)],
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
    )
    answer = json.loads(done.stdout)
    return [answer[str(file)] for file in files]


def quilt(folder: Path) -> Path:
    """A glTF with every kind of surface."""
    file = GltfFile()
    texels = np.random.default_rng(7).integers(0, 255, (16, 16, 4)).astype(np.uint8)
    base = file.texture(encoded(texels[..., :3], "JPEG"), "image/jpeg")
    bump = file.texture(png((128, 128, 255)))
    weave = file.add(
        "images", {"bufferView": file.view(encoded(texels, "WEBP")), "mimeType": "image/webp"}
    )
    webp = file.add("textures", {"extensions": {"EXT_texture_webp": {"source": weave}}})
    moved_uv = {"KHR_texture_transform": {"scale": [3, 3], "offset": [0.5, 0]}}
    lacquer = file.material(
        name="lacquer",
        pbrMetallicRoughness={
            "baseColorTexture": {"index": base, "extensions": moved_uv},
            "metallicFactor": 0.5,
            "roughnessFactor": 0.25,
        },
        normalTexture={"index": bump, "texCoord": 1},
        extensions={"KHR_materials_clearcoat": {"clearcoatFactor": 1}},
        doubleSided=True,
    )
    glass = file.material(
        name="glass",
        alphaMode="BLEND",
        pbrMetallicRoughness={"baseColorTexture": {"index": webp}, "metallicFactor": 0},
        extensions={
            "KHR_materials_transmission": {"transmissionFactor": 0.9},
            "KHR_materials_volume": {"thicknessFactor": 0.1},
        },
    )
    tangents = file.array(np.array([[1, 0, 0, 1]] * 4, "<f4"), "VEC4")
    colours = file.array(np.array([[255, 128, 0, 255]] * 4, "<u1"), "VEC4", normalized=True)
    outer = file.array(CORNERS_UV * 5 - 2, "VEC2")
    file.place(
        file.square(lacquer, TEXCOORD_1=outer, TANGENT=tangents),
        file.square(glass, COLOR_0=colours),
        file.square(),
        name="Patch",
    )
    file.place(file.square(), name="Plain")
    file.json["extensionsUsed"] = ["KHR_materials_clearcoat"]
    return file.write(folder / "quilt.gltf")


def test_a_surface_file_is_valid_and_three_shows_all_of_it(tmp_path: Path) -> None:
    out = tmp_path / "scene"
    manifest = convert(quilt(tmp_path), out, ConvertOptions(), quiet)
    assert manifest["warnings"] == []
    (row,) = manifest["surfaces"]
    assert row["file"] == "surface-0.glb"
    assert row["bytes"] == (out / "surface-0.glb").stat().st_size
    assert row["parts"] == [0]
    assert row["bounds"] == {"min": [0, 0, 0], "max": [1, 1, 0]}
    assert validator_errors(out, tmp_path) == {}
    surfaces, model = loaded(out / "surface-0.glb", out / "model.glb")
    lacquer, glass, plain = surfaces
    assert {mesh["part"] for mesh in surfaces} == {0}
    assert [mesh["triangles"] for mesh in surfaces] == [2, 2, 2]
    for mesh in surfaces:
        assert np.allclose(mesh["bounds"], [[0, 0, 0], [1, 1, 0]], atol=1e-9)
    assert lacquer["material"] == "MeshPhysicalMaterial"
    assert (lacquer["metalness"], lacquer["roughness"], lacquer["clearcoat"]) == (0.5, 0.25, 1)
    assert lacquer["textures"]["map"]["repeat"] == [3, 3]
    assert lacquer["textures"]["map"]["type"] == "image/jpeg"
    assert lacquer["textures"]["normalMap"]["channel"] == 1
    assert {"uv", "uv1", "tangent"} <= set(lacquer["attributes"])
    assert (glass["transmission"], glass["transparent"]) == (0.9, True)
    assert glass["textures"]["map"]["type"] == "image/webp"
    assert glass["vertexColors"]
    assert (plain["metalness"], plain["textures"]) == (0, {})
    both = [mesh for mesh in model if mesh["name"].startswith("Patch")]
    assert [mesh["textures"].keys() for mesh in both] == [m["textures"].keys() for m in surfaces]
    assert both[1]["textures"]["map"]["type"] == "image/png"
    document = read_glb(out / "model.glb").json
    assert "extensionsRequired" not in document


def test_positions_stand_on_the_grid_of_their_part(tmp_path: Path) -> None:
    out = tmp_path / "scene"
    convert(quilt(tmp_path), out, ConvertOptions(), quiet)
    package = read_package(out)
    glb = read_glb(out / "surface-0.glb")
    (node,) = glb.json["nodes"]
    grid = package.manifest["grids"][0]
    assert node["translation"] == pytest.approx(grid[:3])
    assert node["scale"] == pytest.approx([grid[3]] * 3)
    mesh = glb.json["meshes"][node["mesh"]]
    points = {
        tuple(point)
        for primitive in mesh["primitives"]
        for point in glb.accessor(primitive["attributes"]["POSITION"]).tolist()
    }
    assert points == {tuple(point) for point in package.mesh(0, 0).points.tolist()}


def test_coordinates_lose_nothing_that_is_seen(tmp_path: Path) -> None:
    out = tmp_path / "scene"
    convert(quilt(tmp_path), out, ConvertOptions(), quiet)
    glb = read_glb(out / "surface-0.glb")
    first, second, _ = glb.json["meshes"][0]["primitives"]
    inner = glb.accessor(second["attributes"]["TEXCOORD_0"])
    assert inner.dtype == np.uint16
    assert {tuple(uv) for uv in (inner / 65_535).tolist()} == {tuple(uv) for uv in CORNERS_UV}
    outer = glb.accessor(first["attributes"]["TEXCOORD_1"])
    assert outer.dtype == np.float32
    assert {tuple(uv) for uv in outer.round(4).tolist()} == {tuple(uv * 5 - 2) for uv in CORNERS_UV}


def covered(mesh: Mesh, material: int) -> Surface:
    uv = mesh.positions[:, :2]
    return Surface(
        (Primitive(mesh.positions, mesh.normals, mesh.triangles, (uv,), material=material),)
    )


def textured(parts: int, picture_bytes: int, shared: bool) -> Scene:
    """Balls with a picture each, or all with one."""
    mesh = sphere_mesh(1.0, 8, 8)
    count = 1 if shared else parts
    looks = Looks(
        materials=tuple(Material(f"m{n}", {"normalTexture": {"index": n}}) for n in range(count)),
        textures=tuple(Texture(n) for n in range(count)),
        images=tuple(
            Image(png((n, 2, 3)) + bytes(picture_bytes), "image/png") for n in range(count)
        ),
    )
    made = [
        replace(part(mesh, f"Ball {n}"), surface=covered(mesh, 0 if shared else n))
        for n in range(parts)
    ]
    scene = scene_of(made, [(n, moved(3.0 * n)) for n in range(parts)])
    return replace(scene, looks=looks)


def written(scene: Scene, folder: Path) -> list[dict[str, Any]]:
    source = {"name": "a.glb", "sha256": "0" * 64, "bytes": 5}
    folder.mkdir()
    manifest = write_package(scene, folder, ConvertOptions(), quiet, Journal(), source)
    surfaces: list[dict[str, Any]] = manifest["surfaces"]
    return surfaces


def test_files_stay_small_and_a_shared_picture_is_not_repeated(tmp_path: Path) -> None:
    own = written(textured(5, 1_500_000, shared=False), tmp_path / "own")
    assert [len(row["parts"]) for row in own] == [2, 2, 1]
    assert all(row["bytes"] < 4_100_000 for row in own)
    shared = written(textured(5, 5_000_000, shared=True), tmp_path / "shared")
    assert [len(row["parts"]) for row in shared] == [5]
    assert sorted(n for row in own for n in row["parts"]) == [0, 1, 2, 3, 4]


def test_much_geometry_over_one_picture_is_split(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writer, "FILE_BYTES", 2_000)
    rows = written(textured(6, 1_000, shared=True), tmp_path / "scene")
    assert len(rows) > 1
    assert sorted(n for row in rows for n in row["parts"]) == list(range(6))


def test_only_placed_parts_are_written_and_bounds_hold_all_placements(tmp_path: Path) -> None:
    scene = textured(2, 0, shared=True)
    nodes = (scene.nodes[0], scene.nodes[1], replace(scene.nodes[2], part=0))
    (row,) = written(replace(scene, nodes=nodes), tmp_path / "scene")
    assert row["parts"] == [0]
    assert row["bounds"]["max"][0] == pytest.approx(4, abs=1e-3)


def test_a_scene_of_plain_parts_has_no_surface_file(tmp_path: Path) -> None:
    scene = scene_of([part(box_mesh())], [(0, moved())])
    source = {"name": "a.glb", "sha256": "0" * 64, "bytes": 5}
    manifest = write_package(scene, tmp_path, ConvertOptions(), quiet, Journal(), source)
    assert "surfaces" not in manifest
    assert not list(tmp_path.glob("surface-*"))


def test_normals_without_a_direction_point_up(tmp_path: Path) -> None:
    normals = FACING.copy()
    normals[0] = 0
    surface = Surface((Primitive(SQUARE, normals, TWO.reshape(-1, 3).astype(np.uint32)),))
    mesh = Mesh(SQUARE, FACING, TWO.reshape(-1, 3).astype(np.uint32), np.zeros(4, np.uint16))
    scene = scene_of([replace(part(mesh), surface=surface)], [(0, moved())])
    written(scene, tmp_path / "scene")
    assert validator_errors(tmp_path / "scene", tmp_path) == {}


@pytest.mark.models
@pytest.mark.skipif(not MODELS.is_dir(), reason="needs ../shared/models")
@pytest.mark.parametrize(
    ("name", "materials", "pictures"),
    [
        ("CesiumMilkTruck.glb", ["truck", "glass", "window_trim", "wheels"], [1, 0, 0, 1]),
        ("fuze.obj", ["a-super-duper-material"], [1]),
        ("christmas_challenge.gltf", ["Material"] * 3, [0, 0, 0]),
    ],
)
def test_a_shared_model_looks_in_three_as_its_file_says(
    tmp_path: Path, name: str, materials: list[str], pictures: list[int]
) -> None:
    manifest = convert(MODELS / name, tmp_path / "scene", ConvertOptions(), quiet)
    assert {warning["code"] for warning in manifest["warnings"]} <= {"animations_kept"}
    assert validator_errors(tmp_path / "scene", tmp_path) == {}
    (found,) = loaded(tmp_path / "scene" / "surface-0.glb")
    assert [mesh["name_of_material"] for mesh in found] == materials
    assert [len(mesh["textures"]) for mesh in found] == pictures
    per_part = [0] * len(read_package(tmp_path / "scene").structure["parts"])
    for mesh in found:
        per_part[mesh["part"]] += mesh["triangles"]
    parts = read_package(tmp_path / "scene").structure["parts"]
    assert per_part == [entry["triangles"] for entry in parts]
