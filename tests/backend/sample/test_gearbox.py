import math
from collections.abc import Mapping
from pathlib import Path
from uuid import UUID

import numpy as np
import pytest
from cad_files import bounds_mm, read, world_transforms
from OCP.BRepAlgoAPI import BRepAlgoAPI_Common
from solid_measure import measure

from holotable.review.scene import Floats, Node, Part, Scene
from holotable.sample import gearbox
from holotable.sample.solids import circle, extruded, gear, internal_teeth, moved
from holotable.sample.step_file import rotation, translation


@pytest.fixture(scope="module")
def revisions(sample_files: Path) -> Mapping[str, Scene]:
    return {label: read(sample_files / f"gearbox-{label}.step") for label in ("A", "B", "C")}


def occurrences(scene: Scene) -> dict[UUID, tuple[Node, Part, Floats]]:
    worlds = world_transforms(scene)
    return {
        node.id: (node, scene.parts[node.part], world)
        for node, world in zip(scene.nodes, worlds, strict=True)
        if node.part is not None
    }


def changes(before: Scene, after: Scene) -> dict[str, list[str]]:
    """Names of the occurrences added, removed, moved, of another shape, of another look."""
    old, new = occurrences(before), occurrences(after)
    kept = old.keys() & new.keys()

    def named(ids: set[UUID], source: dict[UUID, tuple[Node, Part, Floats]]) -> list[str]:
        return sorted(source[key][0].name for key in ids)

    def volume(part: Part) -> float:
        return part.volume_m3 or 0.0

    return {
        "added": named(new.keys() - old.keys(), new),
        "removed": named(old.keys() - new.keys(), old),
        "moved": named({k for k in kept if not np.allclose(old[k][2], new[k][2])}, new),
        "modified": named(
            {k for k in kept if not math.isclose(volume(old[k][1]), volume(new[k][1]))}, new
        ),
        "look": named(
            {
                k
                for k in kept
                if old[k][0].colour != new[k][0].colour
                or old[k][1].properties != new[k][1].properties
            },
            new,
        ),
    }


def test_every_revision_has_its_occurrences_all_named_and_closed(
    revisions: Mapping[str, Scene],
) -> None:
    for label, scene in revisions.items():
        placed = [node for node in scene.nodes if node.part is not None]
        assert len(placed) == gearbox.OCCURRENCES[label]
        assert {node.identity for node in scene.nodes} == {"named"}
        assert len({node.id for node in scene.nodes}) == len(scene.nodes)
        assert all(part.closed for part in scene.parts)
        assert all("Material" in part.properties for part in scene.parts)
        assert scene.warnings == ()


def test_from_a_to_b_only_the_retainers_material_and_colour_change(
    revisions: Mapping[str, Scene],
) -> None:
    assert changes(revisions["A"], revisions["B"]) == {
        "added": [], "removed": [], "moved": [], "modified": [], "look": ["Bearing retainer"],
    }  # fmt: skip


def test_from_b_to_c_one_is_added_one_removed_one_moved_and_one_modified(
    revisions: Mapping[str, Scene],
) -> None:
    assert changes(revisions["B"], revisions["C"]) == {
        "added": ["S1"],
        "removed": ["Screw ISO 4762 M5x16"],
        "moved": ["P1"],
        "modified": ["Input cover"],
        "look": [],
    }


def test_the_oil_port_moves_by_twelve_and_a_half_millimetres_along_the_shaft(
    revisions: Mapping[str, Scene],
) -> None:
    before, after = (
        next(
            world for node, _, world in occurrences(revisions[label]).values() if node.name == "P1"
        )
        for label in ("B", "C")
    )

    assert (after - before)[:3, 3] == pytest.approx((0.0125, 0.0, 0.0), abs=1e-9)


def test_the_grease_hole_grows_from_six_to_six_and_a_half_millimetres(
    revisions: Mapping[str, Scene],
) -> None:
    before, after = (
        next(part.volume_m3 for part in revisions[label].parts if part.name == "Input cover")
        for label in ("B", "C")
    )
    assert before is not None
    assert after is not None

    wall_m = 0.014  # of the cover's flange where the hole goes through
    expected = math.pi / 4.0 * (0.0065**2 - 0.006**2) * wall_m
    assert before - after == pytest.approx(expected, rel=1e-6)


def test_simple_parts_have_the_volumes_of_their_drawings(revisions: Mapping[str, Scene]) -> None:
    volumes = {part.name: (part.volume_m3 or 0.0) * 1e9 for part in revisions["A"].parts}

    assert volumes["Dowel ISO 2338 8x24"] == pytest.approx(math.pi * 16 * 24)
    assert volumes["Planet pin 16x56"] == pytest.approx(math.pi * 64 * 56)
    assert volumes["6206 ball"] == pytest.approx(4 / 3 * math.pi * 4.8**3)
    assert volumes["Key DIN 6885 8x7x36"] == pytest.approx(8 * 7 * 36)
    assert volumes["Name plate"] == pytest.approx(48 * 24)


def test_the_shaft_lies_along_x_at_its_height_and_the_feet_stand_on_the_plate(
    revisions: Mapping[str, Scene],
) -> None:
    low_x, _, low_z, high_x, _, _ = bounds_mm(revisions["A"])

    assert (low_x, high_x) == pytest.approx((-90.0, 240.0), abs=0.01)
    assert low_z == pytest.approx(-21.6, abs=0.5)  # ends of the bolts below the plate at -18


def test_the_teeth_mesh_without_touching() -> None:
    sun = gear(2, 24, 5, 0.0)
    planet = moved(gear(2, 24, 5, 11), translation(48) @ rotation((0, 0, 1), 7.5))
    ring = moved(extruded(circle(82), 5, 0, [internal_teeth(2, 72)]), rotation((0, 0, 1), 2.5))

    for one, other in ((sun, planet), (planet, ring)):
        assert measure(BRepAlgoAPI_Common(one, other).Shape()).volume < 0.01


def test_writing_again_gives_the_same_bytes(sample_files: Path, tmp_path: Path) -> None:
    gearbox.write(tmp_path / "A.step", "A")

    assert (tmp_path / "A.step").read_bytes() == (sample_files / "gearbox-A.step").read_bytes()
