"""Every shared model as a package, against the facts that other programs measured of it.

Converted with the tolerance that SOURCES.md counts with, but hammer.iges, whose 840,000 triangles
of 0.1 mm on a part of 39 m prove nothing more than its own relative tolerance does.
"""

import json
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from model_facts import MODELS, Facts, facts
from shared_packages import EXACT, shared_package

pytestmark = [
    pytest.mark.models,
    pytest.mark.skipif(not MODELS.is_dir(), reason="needs ../shared/models"),
]
NAMES = tuple(facts()) if MODELS.is_dir() else ()
CAD = (".stp", ".step", ".iges", ".brep")

# What each report may say, and why it is no fault of ours.
EXPECTED_WARNINGS: dict[str, set[str]] = {
    # A product of the file that holds only PMI's construction geometry: curves and points.
    "nist_ctc_01_asme1_ap242-e1.stp": {"no_surfaces"},
    "nist_ctc_02_asme1_ap242-e2.stp": {"no_surfaces"},
    "nist_ftc_06_asme1_ap242-e2.stp": {"no_surfaces"},
    # Three elements that no IfcRelContainedInSpatialStructure names.
    "haus.ifc": {"elements_without_place"},
    # Names a picture that does not lie beside it, and turns it on the surface.
    "cube_four_instances.3ds": {"materials_simplified", "missing_file"},
    # They move; a review shows rest.
    "CesiumMilkTruck.glb": {"animations_kept"},
    "InterpolationTest.usdz": {"animations_kept"},
    "BoxAnimated.usdz": {"animations_kept"},
}


def in_file_axes(manifest: dict[str, Any], metres: float) -> np.ndarray:
    """(2, 3) lowest and highest corner in the file's own axes and unit."""
    low, high = (np.array(manifest["bounds"][side]) / metres for side in ("min", "max"))
    up = manifest["source"]["up_axis"] or ("y" if manifest["source"]["kind"] == "obj" else "z")
    if up == "y":
        return np.stack([low, high])
    return np.array([[low[0], -high[2], low[1]], [high[0], -low[2], high[1]]])


@pytest.mark.parametrize("name", NAMES)
def test_a_model_is_what_others_measured_valid_explained_and_fit_for_a_headset(
    name: str, run_folder: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    known = facts()[name]
    made = shared_package(run_folder, capfd, name, *(() if name == "hammer.iges" else EXACT))
    out = made.folder
    manifest = json.loads((out / "manifest.json").read_text())
    structure = json.loads((out / "structure.json").read_text())

    _check_counts(known, manifest["counts"], manifest)
    _check_bounds(known, manifest)
    _check_mass(known, structure)
    _check_names(known, structure)
    assert manifest["headset"]["passes"], manifest["headset"]
    assert (out / "base.glb").stat().st_size <= 500_000
    codes = {warning["code"] for warning in manifest["warnings"]}
    assert codes == EXPECTED_WARNINGS.get(name, set()), manifest["warnings"]
    for warning in manifest["warnings"]:
        assert warning["count"] > 0
        assert len(warning["detail"]) > 15
    assert made.errors == {}


def _check_mass(known: Facts, structure: dict[str, Any]) -> None:
    """Volume and area of all placements: 0.5 % is what SOURCES.md allows."""
    placed = Counter(part for part in structure["part"] if part >= 0)
    for label, key, unit in (
        ("volume mm3", "volume_m3", 1e9),
        ("area mm2", "area_m2", 1e6),
    ):
        stated = known.number(label)
        # hammer.iges: its stated volume is that of loose faces, half of them inside out.
        if stated is None or (known.name == "hammer.iges" and key == "volume_m3"):
            continue
        ours = sum((structure["parts"][part][key] or 0.0) * count for part, count in placed.items())
        assert ours * unit == pytest.approx(abs(stated), rel=5e-3), label


def _check_names(known: Facts, structure: dict[str, Any]) -> None:
    names = known.literal("names")
    if not names or not known.name.endswith(CAD):
        return
    ours = set(structure["name"]) | {part["name"] for part in structure["parts"]}
    automatic = {"COMPOUND", "SOLID", "SHELL"}  # Open CASCADE's words for what has no name
    assert {one for one in names if one not in automatic and "=>[" not in one} <= ours


def _check_counts(known: Facts, counts: dict[str, int], manifest: dict[str, Any]) -> None:
    stated = {
        "occurrences": known.number("leaf occurrences", "elements (no spaces/openings)"),
        "parts": known.number("unique leaf products", "unique geometries"),
        "assemblies": known.number("assembly occurrences"),
        "points": known.number("points"),
        "materials": known.number("materials") if known.name.endswith(".ifc") else None,
    }
    for what, number in stated.items():
        if number is None:
            continue
        # SOURCES counts a root product without children of its own name as an assembly.
        assert counts[what] == number, what
    triangles = known.number("triangles placed @0.1 mm/0.5 rad", "triangles @0.1 mm/0.5 rad")
    if triangles is not None and known.name != "hammer.iges":
        assert counts["triangles"] == pytest.approx(triangles, rel=0.1)
    triangles = known.number("placed triangles", "triangles")
    if triangles is not None and known.name not in {"cube_gears_prod_req.3mf"}:
        # Two kernels cut openings into walls differently: 35,458 and 35,482 of LargeBuilding.ifc.
        slack = 0.03 if known.name.endswith(".ifc") else 0.0
        assert counts["triangles"] == pytest.approx(triangles, rel=slack)
    pmi = known.literal("PMI")
    if pmi:
        found = manifest["pmi"]
        assert [found[key] for key in ("dimensions", "tolerances", "datums")] == [
            pmi[key] for key in ("dims", "geomtol", "datums")
        ]
        assert found["presentations"] == pmi["with_presentation"]


def _check_bounds(known: Facts, manifest: dict[str, Any]) -> None:
    millimetres = known.literal("bbox mm")
    metres = known.literal("bbox m")
    if millimetres is not None:
        tolerance = 0.25 if known.name == "hammer.iges" else 0.1
        box = in_file_axes(manifest, 1e-3)
        assert np.allclose(box, np.array(millimetres).reshape(2, 3), atol=tolerance)
    elif metres is not None:
        assert np.allclose(in_file_axes(manifest, 1.0), np.array(metres).reshape(2, 3), atol=2e-3)
