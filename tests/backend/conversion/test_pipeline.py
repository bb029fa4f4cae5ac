"""From a file to a package: every file, every promise of the manifest, nothing left on refusal."""

import hashlib
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
from package_reader import read_edges, read_package, validator_errors
from scene_builders import box_mesh, moved, part, scene_of, sphere_mesh, turned_y

from holotable.conversion.journal import Journal
from holotable.conversion.options import ConvertOptions
from holotable.conversion.pipeline import convert, write_package
from holotable.errors import DamagedFile, EmptyFile, Invalid, NoGeometry, TooComplex
from holotable.review.scene import Scene

FILES = {
    "base.glb",
    "edges.bin",
    "manifest.json",
    "model.glb",
    "report.json",
    "shape.bin",
    "structure-props.json",
    "structure.json",
    "thumbnail.webp",
}
PYRAMID = """v 0 0 0
v 1 0 0
v 1 0 1
v 0 0 1
v 0.5 1 0.5
o Pyramid
f 1 2 3
f 1 3 4
f 1 5 2
f 2 5 3
f 3 5 4
f 4 5 1
"""


def quiet(_stage: str, _fraction: float) -> None:
    """Report to nobody."""


@pytest.fixture
def obj(tmp_path: Path) -> Path:
    path = tmp_path / "pyramid.obj"
    path.write_text(PYRAMID)
    return path


def varied() -> Scene:
    """Mirrored, sheared, transparent, coloured by face, repeated, far from 0."""
    far = 2_000.0
    return scene_of(
        [
            part(box_mesh((0.1, 0.2, 0.3), materials=(0, 0, 1, 1, 2, 2)), "Block"),
            part(sphere_mesh(0.2, 40, 80), "Ball"),
        ],
        [
            (0, moved(far)),
            (0, moved(far + 1, 0, 0, turned_y(1.0))),
            (0, moved(far + 2, 0, 0, [[1, 0, 0], [0, 1, 0], [0, 0, -1]])),
            (1, moved(far + 3, 0, 0, [[1, 0.5, 0], [0, 1, 0], [0, 0, 1]])),
            (1, moved(far + 4)),
        ],
        palette=("#b8bec6ff", "#cc0000ff", "#00cc0080"),
        colours=(None, "#223344ff", None, "#55667780", None),
    )


def packed(scene: Scene, folder: Path) -> dict[str, Any]:
    source = {"name": "a.step", "sha256": "0" * 64, "bytes": 5}
    folder.mkdir(exist_ok=True)
    return write_package(scene, folder, ConvertOptions(), quiet, Journal(), source)


def test_a_package_holds_exactly_the_files_of_its_specification(obj: Path, tmp_path: Path) -> None:
    out = tmp_path / "scene"
    manifest = convert(obj, out, ConvertOptions(), quiet)
    assert {path.name for path in out.iterdir()} == FILES
    assert manifest == json.loads((out / "manifest.json").read_text())
    assert manifest["format"] == "holotable-scene/1"
    assert manifest["source"] == {
        "name": "pyramid.obj",
        "sha256": hashlib.sha256(PYRAMID.encode()).hexdigest(),
        "bytes": len(PYRAMID),
        "kind": "obj",
        "length_unit": None,
        "up_axis": None,
    }
    assert manifest["counts"] == {
        "occurrences": 1,
        "assemblies": 0,
        "parts": 1,
        "materials": 1,
        "triangles": 6,
        "points": 0,
    }
    assert manifest["bounds"] == {"min": [0, 0, 0], "max": [0.001, 0.001, 0.001]}
    assert [level["level"] for level in manifest["levels"]] == [0, 1, 2, 3]
    assert manifest["coarsest"] == 3


def test_files_are_named_with_their_size_and_fingerprint(tmp_path: Path) -> None:
    manifest = packed(varied(), tmp_path / "scene")
    on_disk = {path.name for path in (tmp_path / "scene").iterdir()} - {"manifest.json"}
    assert set(manifest["files"]) == on_disk
    for name, said in manifest["files"].items():
        content = (tmp_path / "scene" / name).read_bytes()
        assert said == {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}


def test_every_glb_passes_the_validator_compressed_and_decoded(tmp_path: Path) -> None:
    packed(varied(), tmp_path / "scene")
    assert validator_errors(tmp_path / "scene", tmp_path) == {}


def test_edges_and_faces_of_a_geometry_lie_on_one_grid(tmp_path: Path) -> None:
    packed(varied(), tmp_path / "scene")
    package = read_package(tmp_path / "scene")
    edges = read_edges(tmp_path / "scene" / "edges.bin")
    assert len(edges) == len(package.manifest["geometries"]) == len(package.manifest["grids"])
    for geometry in (0, 2):
        points = {tuple(point) for point in package.mesh(geometry, 0).points.tolist()}
        drawn = {tuple(point) for point in edges[geometry][0].reshape(-1, 3).tolist()}
        assert drawn == points


def test_errors_of_levels_are_given_in_metres_and_grow(tmp_path: Path) -> None:
    manifest = packed(varied(), tmp_path / "scene")
    for errors in manifest["errors"]:
        assert len(errors) == 4
        assert errors[0] == 0
        assert errors == sorted(errors)
        assert errors[3] < 0.05


def test_the_same_scene_gives_the_same_bytes(tmp_path: Path) -> None:
    first = packed(varied(), tmp_path / "a")["files"]
    second = packed(varied(), tmp_path / "b")["files"]
    assert {name for name in first if first[name] != second[name]} <= {"report.json"}


def test_the_report_lists_stages_and_warnings(tmp_path: Path) -> None:
    journal = Journal()
    journal.warn("doubted", 1, "One was doubted.")
    out = tmp_path / "scene"
    out.mkdir()
    source = {"name": "a.step", "sha256": "0" * 64, "bytes": 5}
    manifest = write_package(varied(), out, ConvertOptions(), quiet, journal, source)
    report = json.loads((out / "report.json").read_text())
    assert [stage["name"] for stage in report["stages"]] == [
        "place",
        "levels",
        "pack",
        "points",
        "edges",
        "exact",
        "model",
        "surfaces",
        "pmi",
        "animations",
        "structure",
        "thumbnail",
    ]
    assert report["warnings"] == manifest["warnings"]
    assert manifest["warnings"][0]["code"] == "doubted"


def test_progress_only_moves_forward_through_the_three_stages(obj: Path, tmp_path: Path) -> None:
    heard: list[tuple[str, float]] = []
    convert(
        obj, tmp_path / "scene", ConvertOptions(), lambda stage, done: heard.append((stage, done))
    )
    stages = ["reading", "tessellating", "optimising"]
    assert {stage for stage, _ in heard} <= set(stages)
    order = [(stages.index(stage), done) for stage, done in heard]
    assert order == sorted(order)
    assert heard[0] == ("reading", 0.0)
    assert heard[-1] == ("optimising", 1.0)


def test_an_archive_is_unpacked_and_its_own_name_is_kept(obj: Path, tmp_path: Path) -> None:
    path = tmp_path / "bundle.zip"
    (tmp_path / "pyramid.mtl").write_text("newmtl Red\nKd 1 0 0\n")
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("model/pyramid.obj", "mtllib pyramid.mtl\nusemtl Red\n" + PYRAMID)
        archive.writestr("model/pyramid.mtl", "newmtl Red\nKd 1 0 0\n")
    manifest = convert(path, tmp_path / "scene", ConvertOptions(), quiet)
    assert manifest["source"]["name"] == "bundle.zip"
    assert manifest["source"]["kind"] == "obj"
    assert manifest["source"]["bytes"] == path.stat().st_size
    structure = json.loads((tmp_path / "scene" / "structure.json").read_text())
    shown = [structure["colour"][0], *manifest["palette"][1:]]
    assert any(colour and colour.startswith("#ff0000") for colour in shown)


@pytest.mark.parametrize(
    ("content", "options", "problem"),
    [
        ("", ConvertOptions(), EmptyFile),
        ("v 0 0 0\nv 1 0 0\nv 0 1 0\nf 1 2 9\n", ConvertOptions(), DamagedFile),
        ("v 0 0 0\nv 1 0 0\nv 0 1 0\nvn 0 0 1\n", ConvertOptions(), NoGeometry),
        (PYRAMID, ConvertOptions(max_triangles=5), TooComplex),
    ],
)
def test_a_refused_file_leaves_nothing_in_the_folder(
    content: str, options: ConvertOptions, problem: type[Exception], tmp_path: Path
) -> None:
    path = tmp_path / "broken.obj"
    path.write_text(content)
    with pytest.raises(problem):
        convert(path, tmp_path / "scene", options, quiet)
    assert list((tmp_path / "scene").iterdir()) == []


def test_a_folder_with_other_files_is_not_touched(obj: Path, tmp_path: Path) -> None:
    with pytest.raises(Invalid, match=r"pyramid\.obj"):
        convert(obj, tmp_path, ConvertOptions(), quiet)
    assert obj.exists()
