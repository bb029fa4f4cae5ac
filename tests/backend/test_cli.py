"""`holotable convert` and `inspect`; on every shared model against what SOURCES.md says of it."""

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
import trimesh
from package_reader import read_package
from shared_packages import EXACT, shared_package

from holotable.cli import main

MODELS = Path(__file__).parents[2].parent / "shared" / "models"

CUBE = """solid cube
facet normal 0 0 1
outer loop
vertex 0 0 0
vertex 20 0 0
vertex 0 10 0
endloop
endfacet
facet normal 0 0 1
outer loop
vertex 20 0 0
vertex 20 10 5
vertex 0 10 0
endloop
endfacet
endsolid cube
"""


@dataclass(frozen=True)
class Facts:
    """What SOURCES.md says of a model; bounds as the file has them, low then high."""

    name: str
    kind: str
    occurrences: int
    parts: int
    triangles: int
    bounds: tuple[float, ...]
    unit_m: float = 0.001
    z_up: bool = True
    tolerance_m: float = 1e-6
    triangle_share: float = 0.0

    def bounds_m(self) -> list[float]:
        """Metres, y up: low, then high."""
        x0, y0, z0, x1, y1, z1 = (value * self.unit_m for value in self.bounds)
        return [x0, z0, -y1, x1, z1, -y0] if self.z_up else [x0, y0, z0, x1, y1, z1]


def cad(name: str, kind: str, counts: tuple[int, int, int], bounds: tuple[float, ...]) -> Facts:
    """A B-rep at 0.1 mm and 0.5 rad: boxes to 0.1 mm, triangles of another kernel to 10 %."""
    return Facts(name, kind, *counts, bounds, tolerance_m=1.01e-4, triangle_share=0.1)


FACTS = [
    cad("as1-oc-214.stp", "step", (18, 5, 5180), (-10, 0, -4, 190, 150, 80)),
    cad("asm_line_768.step", "step", (768, 12, 2_718_384),
        (-205.59, -92.114, -30.191, 15321.379, 9267.376, 179.2)),
    cad("nist_ctc_01_asme1_ap242-e1.stp", "step", (2, 2, 3424), (-400, -225, -100, 400, 225, 50)),
    cad("nist_ctc_02_asme1_ap242-e2.stp", "step", (4, 4, 43_920), (-340, -40, -360, 340, 820, 40)),
    cad("nist_ftc_06_asme1_ap242-e2.stp", "step", (2, 2, 12_942),
        (-152.4, 0, -250.19, 152.4, 97.79, 0)),
    cad("nist_ftc_08_asme1_ap242-e1-tg.stp", "step", (2, 2, 3377),
        (-155.797, -111.347, 0, 155.797, 111.347, 48.26)),
    cad("sts3215_servo.step", "step", (1, 1, 5170), (-22.7, -12.4, -19.4, 22.7, 12.4, 20.2)),
    cad("featuretype.step", "step", (1, 1, 2644), (-63.5, -31.75, 0, 63.5, 31.75, 34.925)),
    cad("cube.iges", "iges", (1, 1, 12), (0, 0, 0, 10, 10, 10)),
    Facts("hammer.iges", "iges", 1, 1, 841_369,
          (-10939.272, 17053.245, -13714.204, 2239.517, 21342.96, 24717.179),
          tolerance_m=5e-4, triangle_share=0.1),  # its vertices reach 0.2 mm over that box
    cad("cube.brep", "brep", (1, 1, 12), (0, 0, 0, 10, 10, 10)),
    cad("bottle.brep", "brep", (1, 1, 3888), (-35, -15, 0, 35, 15, 55)),
    Facts("LargeBuilding.ifc", "ifc", 114, 35, 35_458,
          (-22.571, -20.936, -0.15, 30.616, 18.185, 8.0), 1.0, tolerance_m=6e-4,
          triangle_share=0.03),  # openings cut into walls by meshes, not by the kernel
    Facts("haus.ifc", "ifc", 83, 40, 21_668, (-3, -3, -1, 15, 13, 6.318), 1.0, tolerance_m=6e-4,
          triangle_share=0.03),
    Facts("featuretype.stl", "stl", 1, 1, 3476, (-2.5, -1.25, 0, 2.5, 1.25, 1.375)),
    Facts("two_objects_ascii.stl", "stl", 2, 2, 24, (0, 0, 0, 6, 1, 1)),
    Facts("utah_teapot.stl", "stl", 1, 1, 9438, (-8.164, -5.37, 0, 9.412, 5.557, 8.572)),
    Facts("solids.obj", "obj", 5, 5, 80, (-0.577, -1, -1, 6.851, 3.934, 1), z_up=False),
    Facts("fuze.obj", "obj", 1, 1, 1000, (-0.036, -0.037, 0.004, 0.036, 0.037, 0.219), z_up=False),
    Facts("cycloidal_vertexcolor.ply", "ply", 1, 1, 43_368,
          (0.24, -0.339, 0.811, 2.115, 1.536, 1.918)),
    Facts("ballA.off", "off", 1, 1, 3796, (-10.913, -6.92, -6.928, 2.915, 6.923, 6.927)),
    Facts("dodeca_chain_loop_color.3mf", "3mf", 1, 1, 7680,
          (1.587, 3.962, 1.594, 221.461, 144.637, 17.594)),
    Facts("MUSTPASS_Chapter4.2_Components.3mf", "3mf", 2, 1, 60, (0, 0, 0, 70, 60, 30)),
    Facts("cube_gears_prod_req.3mf", "3mf", 17, 17, 25_692,
          (37.615, 35.618, 16.92, 205.61, 160.72, 50.521)),
    Facts("pyramids.3mf", "3mf", 12, 6, 3276, (5.012, 5.024, 10.025, 351.738, 168.105, 35.025)),
    Facts("blue_cube.dae", "dae", 1, 1, 12, (-1.148, -1.254, -0.934, 0.852, 0.746, 1.066), 1.0,
          tolerance_m=1e-3),
    Facts("CesiumMilkTruck.glb", "gltf", 3, 2, 3624,
          (-2.431, 0.001, -1.396, 2.438, 2.584, 1.396), 1.0, z_up=False, tolerance_m=1e-3),
    Facts("christmas_challenge.gltf", "gltf", 101, 2, 146_580,
          (-14.65, 0, -15.103, 555.35, 36.697, 554.897), 1.0, z_up=False, tolerance_m=1e-3),
    Facts("InterpolationTest.usdz", "usd", 10, 10, 110,
          (-4.387, -2.159, -1.0, 4.348, 7.959, 1.009), 1.0, z_up=False, tolerance_m=1e-3),
    Facts("BoxAnimated.usdz", "usd", 2, 2, 254, (-0.5, -0.5, -0.5, 0.5, 0.5, 0.5), 1.0, z_up=False,
          tolerance_m=1e-3),
    Facts("cube_four_instances.3ds", "3ds", 4, 1, 48, (0, 0, 0, 3, 3, 1)),
]  # fmt: skip


@pytest.mark.models
@pytest.mark.skipif(not MODELS.is_dir(), reason="needs ../shared/models")
@pytest.mark.parametrize("facts", FACTS, ids=lambda facts: facts.name)
def test_a_shared_model_converts_to_the_counts_and_bounds_of_its_facts(
    facts: Facts, run_folder: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    made = shared_package(run_folder, capfd, facts.name, *EXACT)
    out, said = made.folder, made.said

    assert said["source"]["kind"] == facts.kind
    assert said["source"]["name"] == facts.name
    assert said["source"]["bytes"] == (MODELS / facts.name).stat().st_size
    assert said["counts"]["occurrences"] == facts.occurrences
    assert said["counts"]["parts"] == facts.parts
    assert said["counts"]["triangles"] == pytest.approx(
        facts.triangles, rel=facts.triangle_share, abs=0
    )
    found = said["bounds"]["min"] + said["bounds"]["max"]
    assert found == pytest.approx(facts.bounds_m(), abs=facts.tolerance_m)

    package = read_package(out)
    triangles = [level["triangles"] for level in package.manifest["levels"]]
    assert triangles[0] == said["counts"]["triangles"]
    assert triangles == sorted(triangles, reverse=True)
    assert package.manifest["headset"]["passes"] is True
    assert (out / "base.glb").stat().st_size <= 500_000
    low, high = package.manifest["bounds"]["min"], package.manifest["bounds"]["max"]
    for occurrence in range(0, facts.occurrences, max(facts.occurrences // 20, 1)):
        row = int(package.instances["_FEATURE_ID_0"][:, 0].tolist().index(occurrence))
        if (int(package.instances["_PART"][row, 0]), 3) in package.meshes:
            points = package.placed(occurrence, 0)
            assert (points >= [value - 1e-3 for value in low]).all()
            assert (points <= [value + 1e-3 for value in high]).all()
    assert made.errors == {}


BAD = {
    "badchunk.glb": "damaged_file",
    "badidx.3mf": "damaged_file",
    "badidx.ply": "damaged_file",
    "cyc.ifc": "damaged_file",
    "cyclic_nauo.step": "damaged_file",
    "deep.gltf": "too_complex",
    "ext.usda": "external_reference",
    "huge.las": "damaged_file",
    "huge.off": "damaged_file",
    "huge_count.ply": "damaged_file",
    "huge_count.stl": "damaged_file",
    "hugeidx.obj": "damaged_file",
    "laughs.3mf": "too_complex",
    "nan.gltf": "damaged_file",
    "nan.stl": "damaged_file",
    "nanval.step": "damaged_file",
    "nul.step": "damaged_file",
    "ssrf.gltf": "external_reference",
    "trav.gltf": "external_reference",
    "trunc.ifc": "damaged_file",
    "trunc50.step": "damaged_file",
    "xxe.3mf": "external_reference",
    "xxe.dae": "external_reference",
}


@pytest.mark.models
@pytest.mark.skipif(not MODELS.is_dir(), reason="needs ../shared/models")
@pytest.mark.parametrize("name", sorted(BAD))
def test_a_bad_model_is_refused_by_name_and_leaves_nothing(name: str, tmp_path: Path) -> None:
    """In a process of its own: these files have crashed readers before."""
    out = tmp_path / "scene"
    done = subprocess.run(
        [sys.executable, "-m", "holotable", "convert", str(MODELS / "bad" / name), "-o", str(out)],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 1, done.stderr
    problem = json.loads(done.stdout.splitlines()[-1])
    assert set(problem) == {"code", "detail", "remedy"}
    assert problem["code"] == BAD[name]
    assert not list(out.iterdir())


@pytest.mark.models
@pytest.mark.skipif(not MODELS.is_dir(), reason="needs ../shared/models")
@pytest.mark.parametrize("name", ["mtl_trav.obj", "texabs.gltf"])
def test_a_side_file_outside_the_upload_is_not_read_and_warned_about(
    name: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    assert main(["convert", str(MODELS / "bad" / name), "-o", str(tmp_path / "scene")]) == 0
    said = json.loads(capfd.readouterr().out.splitlines()[-1])
    assert said["warnings"]
    written = b"".join(path.read_bytes() for path in (tmp_path / "scene").iterdir())
    assert b"root:x:0:0" not in written


@pytest.fixture
def stl(tmp_path: Path) -> Path:
    path = tmp_path / "ramp.stl"
    path.write_text(CUBE)
    return path


def test_convert_prints_the_summary_as_its_last_line(
    stl: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    assert main(["convert", str(stl), "-o", str(tmp_path / "scene")]) == 0
    captured = capfd.readouterr()
    said = json.loads(captured.out.splitlines()[-1])
    assert said["counts"]["triangles"] == 2
    assert said["bounds"] == {"min": [0, 0, -0.01], "max": [0.02, 0.005, 0]}
    files = [path for path in (tmp_path / "scene").iterdir() if path.name != "manifest.json"]
    assert said["bytes"] == sum(path.stat().st_size for path in files)
    assert "optimising" in captured.err


def test_unit_and_axis_can_be_told(
    stl: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    told = ["--unit", "m", "--up-axis", "y"]
    assert main(["convert", str(stl), "-o", str(tmp_path / "scene"), *told]) == 0
    said = json.loads(capfd.readouterr().out.splitlines()[-1])
    assert said["bounds"] == {"min": [0, 0, 0], "max": [20, 10, 5]}


def test_an_earlier_package_is_replaced_and_other_files_are_not_touched(
    stl: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "scene"
    assert main(["convert", str(stl), "-o", str(out)]) == 0
    (out / "l0-7.glb").write_bytes(b"old")
    assert main(["convert", str(stl), "-o", str(out)]) == 0
    assert not (out / "l0-7.glb").exists()
    (out / "thesis.txt").write_text("mine")
    capfd.readouterr()
    assert main(["convert", str(stl), "-o", str(out)]) == 1
    assert json.loads(capfd.readouterr().out)["code"] == "invalid"
    assert (out / "thesis.txt").read_text() == "mine"
    assert (out / "manifest.json").exists()


def test_a_problem_is_one_line_of_json_and_exit_code_1(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    assert main(["convert", str(tmp_path / "missing.step"), "-o", str(tmp_path / "scene")]) == 1
    assert json.loads(capfd.readouterr().out)["code"] == "not_found"
    (tmp_path / "empty.step").write_bytes(b"")
    assert main(["convert", str(tmp_path / "empty.step"), "-o", str(tmp_path / "scene")]) == 1
    problem = json.loads(capfd.readouterr().out)
    assert problem["code"] == "empty_file"
    assert problem["detail"]
    assert problem["remedy"]


def test_inspect_describes_a_package_and_a_file_alike(
    stl: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    assert main(["convert", str(stl), "-o", str(tmp_path / "scene")]) == 0
    capfd.readouterr()
    assert main(["inspect", str(tmp_path / "scene")]) == 0
    of_package = capfd.readouterr().out
    assert main(["inspect", str(stl)]) == 0
    of_file = capfd.readouterr().out
    assert [line for line in of_file.splitlines() if not line.startswith("files:")] == [
        line for line in of_package.splitlines() if not line.startswith("files:")
    ]  # report.json holds seconds, so its size differs
    assert "ramp.stl: STL" in of_package
    assert main(["inspect", str(tmp_path / "nothing")]) == 1


def test_export_writes_a_package_and_a_source_file_alike(
    stl: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    assert main(["convert", str(stl), "-o", str(tmp_path / "scene")]) == 0
    written = []
    for source in (tmp_path / "scene", stl):
        capfd.readouterr()
        out = tmp_path / f"of_{source.stem}.3mf"
        assert main(["export", str(source), "-o", str(out)]) == 0
        said = json.loads(capfd.readouterr().out)
        assert said == {"file": out.name, "bytes": out.stat().st_size, "left_out": {}}
        written.append(trimesh.load_scene(out).to_mesh())
    assert len(written[0].faces) == len(written[1].faces) == len(trimesh.load_mesh(stl).faces)
    assert main(["export", str(stl), "-o", str(tmp_path / "ramp.dwg")]) == 1
    assert json.loads(capfd.readouterr().out)["code"] == "unknown_format"


def test_python_m_holotable_is_the_command() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "holotable", "convert", "--help"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert "--deflection-mm" in done.stdout


def test_verify_says_whether_a_packet_holds_and_needs_nothing_else(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from result_builders import KEY, OTHER_KEY, packet

    file, key, other = (tmp_path / name for name in ("packet.zip", "key.pem", "other.pem"))
    file.write_bytes(packet())
    key.write_bytes(KEY.public.pem)
    other.write_bytes(OTHER_KEY.public.pem)
    assert main(["verify", str(file), "--key", str(other), "--key", str(key)]) == 0
    assert "It is a key you trust." in capsys.readouterr().out
    assert main(["verify", str(file), "--key", str(other)]) == 1
    assert "none of the keys" in capsys.readouterr().out
    broken = bytearray(packet())
    broken[broken.index(b"%PDF") + 6] ^= 1
    file.write_bytes(broken)
    assert main(["verify", str(file)]) == 1
    assert "WRONG  report.pdf" in capsys.readouterr().out


def test_verify_refuses_what_is_no_file_and_no_key_by_name(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["verify", str(tmp_path / "nothing.zip")]) == 1
    assert json.loads(capsys.readouterr().out)["code"] == "not_found"
    (tmp_path / "a.zip").write_bytes(b"")
    (tmp_path / "key.pem").write_text("no key")
    assert main(["verify", str(tmp_path / "a.zip"), "--key", str(tmp_path / "key.pem")]) == 1
    assert json.loads(capsys.readouterr().out)["code"] == "invalid"
    assert main(["verify", str(tmp_path / "a.zip")]) == 1
    assert "too short for a zip" in capsys.readouterr().out
