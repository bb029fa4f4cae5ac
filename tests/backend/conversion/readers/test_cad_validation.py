import re
from pathlib import Path

import pytest
from cad_files import in_inches, read

MODELS = Path(__file__).parents[4].parent / "shared" / "models"
AS1 = MODELS / "as1-oc-214.stp"

pytestmark = [
    pytest.mark.models,
    pytest.mark.skipif(not MODELS.is_dir(), reason="needs ../shared/models"),
]


def test_what_a_sound_file_says_agrees_with_what_we_measure() -> None:
    scene = read(AS1)

    assert [w for w in scene.warnings if w.code == "validation_deviates"] == []
    for part in scene.parts:
        said = part.properties["Validation"]
        assert said["volume_m3"] == pytest.approx(part.volume_m3, rel=1e-4)
        assert said["area_m2"] == pytest.approx(part.area_m2, rel=2e-3)
        assert said["centroid_deviation_m"] == pytest.approx(0.0, abs=1e-5)
    whole = scene.nodes[0].properties["Validation"]
    assert whole["volume_deviation"] == pytest.approx(0.0, abs=1e-5)
    assert whole["centroid_deviation_m"] == pytest.approx(0.0, abs=1e-5)


def test_values_are_turned_with_the_files_unit(tmp_path: Path) -> None:
    path = tmp_path / "a.stp"
    path.write_text(AS1.read_text())
    in_inches(path)

    scene = read(path)

    assert [w for w in scene.warnings if w.code == "validation_deviates"] == []
    assert scene.nodes[0].properties["Validation"]["volume_m3"] == pytest.approx(
        764519.8155597 * 0.0254**3
    )


def test_a_deviation_is_one_warning_that_names_part_numbers_and_units(tmp_path: Path) -> None:
    path = tmp_path / "a.stp"
    text = AS1.read_text()
    assert "664.37421974184" in text
    path.write_text(text.replace("664.37421974184", "674.37421974184"))

    (warning,) = (w for w in read(path).warnings if w.code == "validation_deviates")

    assert warning.count == 1
    assert re.fullmatch(
        r"nut: volume: the file says 6\.74374e-07 m3, its shape has 6\.643\d\de-07 m3",
        warning.detail,
    )


def test_a_part_that_stands_elsewhere_is_told_by_the_centroid_of_the_whole(tmp_path: Path) -> None:
    path = tmp_path / "a.stp"
    text = AS1.read_text()
    assert "(175.,25.,20.)" in text  # where the second bracket stands
    path.write_text(text.replace("(175.,25.,20.)", "(175.,25.,40.)"))

    details = [w.detail for w in read(path).warnings if w.code == "validation_deviates"]

    assert any(detail.startswith("as1: centroid") for detail in details)


def test_loose_surfaces_and_curves_beside_solids_are_no_deviation() -> None:
    for name in ("nist_ctc_02_asme1_ap242-e2.stp", "nist_ftc_06_asme1_ap242-e2.stp"):
        scene = read(MODELS / name)

        assert [w for w in scene.warnings if w.code == "validation_deviates"] == []
        assert "Validation" in scene.nodes[0].properties
