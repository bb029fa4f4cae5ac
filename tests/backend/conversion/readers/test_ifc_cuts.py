from pathlib import Path
from typing import Any

import pytest
from ifc_files import IfcFile, two_storeys

from holotable.conversion.readers.ifc_cuts import plan_cuts
from holotable.review.scene import Scene


def half_space(
    ifc: IfcFile, point: tuple[float, float, float], normal: tuple[float, float, float],
    agreement: bool, outline: list[tuple[float, float]] | None = None,
) -> Any:  # fmt: skip
    axes = ifc.axes(*point)
    axes.Axis = ifc.file.create_entity("IfcDirection", DirectionRatios=normal)
    axes.RefDirection = ifc.file.create_entity("IfcDirection", DirectionRatios=(0.0, 1.0, 0.0))
    plane = ifc.file.create_entity("IfcPlane", Position=axes)
    if outline is None:
        return ifc.file.create_entity("IfcHalfSpaceSolid", plane, agreement)
    points = [ifc.file.create_entity("IfcCartesianPoint", place) for place in outline]
    return ifc.file.create_entity(
        "IfcPolygonalBoundedHalfSpace", plane, agreement, ifc.origin,
        ifc.file.create_entity("IfcPolyline", [*points, points[0]]),
    )  # fmt: skip


def clipped(ifc: IfcFile, size: tuple[float, float, float], *halves: Any) -> Any:
    body = ifc.box(size, (0.8, 0.2, 0.1, 1.0))
    for half in halves:
        body = ifc.file.create_entity("IfcBooleanClippingResult", "DIFFERENCE", body, half)
    wall = ifc.root("IfcWall", "Wall", ObjectPlacement=ifc.placement(0, 0, 0),
                    Representation=ifc.shape(body))  # fmt: skip
    site = ifc.root("IfcSite", "Site")
    ifc.aggregate(ifc.project, site)
    ifc.contain(site, wall)
    return wall


def volume(scene: Scene) -> float | None:
    return next(
        scene.parts[node.part].volume_m3
        for node in scene.nodes
        if node.name == "Wall" and node.part is not None
    )


@pytest.mark.parametrize(("agreement", "left"), [(True, 1.0), (False, 3.0)])
def test_a_half_space_takes_the_side_that_its_flag_says(
    tmp_path: Path, agreement: bool, left: float
) -> None:
    """Plane at a height of 3 of 4; true: what the normal points away from is taken."""
    ifc = IfcFile()
    wall = clipped(ifc, (1, 1, 4), half_space(ifc, (0, 0, 3), (0, 0, 1), agreement))

    assert wall.id() in plan_cuts(ifc.file, [wall.id()], 1.0)
    assert volume(ifc.scene(tmp_path / "a.ifc")) == pytest.approx(left, rel=1e-9)


def test_a_gable_is_cut_by_two_slopes(tmp_path: Path) -> None:
    ifc = IfcFile()
    slopes = [half_space(ifc, (0, 0, 3), (side, 0.0, 1.0), False) for side in (-1.0, 1.0)]
    clipped(ifc, (4, 0.3, 9), *slopes)

    # A wall 4 wide under a ridge at 3 with eaves at 1: 4 · 1 + 4 · 2 / 2.
    scene = ifc.scene(tmp_path / "a.ifc")

    assert volume(scene) == pytest.approx(8.0 * 0.3, rel=1e-9)
    wall = next(node for node in scene.nodes if node.name == "Wall")
    assert wall.colour == "#cc331aff"


def test_a_polygon_bounds_what_a_half_space_takes(tmp_path: Path) -> None:
    ifc = IfcFile("mm")
    corner = [(0.0, -900.0), (900.0, -900.0), (900.0, 900.0), (0.0, 900.0)]
    wall = clipped(ifc, (1000, 1000, 4000), half_space(ifc, (0, 0, 3000), (0, 0, 1), False, corner))

    assert wall.id() in plan_cuts(ifc.file, [wall.id()], 1e-3)
    assert volume(ifc.scene(tmp_path / "a.ifc")) == pytest.approx(3.5, rel=1e-9)


def test_only_what_is_cut_is_planned() -> None:
    ifc = two_storeys()
    steps = [product.id() for product in ifc.file.by_type("IfcProduct")]

    plans = plan_cuts(ifc.file, steps, 1.0)

    assert {ifc.file.by_id(step).Name for step in plans} == {"Wall below"}
    assert [len(cut.openings) for cut in plans.values()] == [1]


def test_unions_curved_planes_and_parts_of_cut_wholes_stay_with_the_exact_kernel() -> None:
    ifc = IfcFile()
    cylinder = ifc.file.create_entity("IfcCylindricalSurface", ifc.origin, 1.0)
    round_half = ifc.file.create_entity("IfcHalfSpaceSolid", cylinder, True)
    round_wall = clipped(ifc, (1, 1, 1), round_half)
    both = ifc.file.create_entity("IfcBooleanResult", "UNION", ifc.box((1, 1, 1)),
                                  ifc.box((2, 1, 1)))  # fmt: skip
    union = ifc.root("IfcWall", "Union", Representation=ifc.shape(both))
    assert plan_cuts(ifc.file, [round_wall.id(), union.id()], 1.0) == {}

    whole = two_storeys()
    layer = whole.root("IfcBuildingElementPart", "Layer", Representation=whole.shape(
        whole.file.create_entity(
            "IfcBooleanClippingResult", "DIFFERENCE", whole.box((1, 1, 1)),
            half_space(whole, (0, 0, 0.5), (0, 0, 1), True),
        )))  # fmt: skip
    assert layer.id() in plan_cuts(whole.file, [layer.id()], 1.0)
    whole.aggregate(whole.file.by_type("IfcWall")[0], layer)
    assert plan_cuts(whole.file, [layer.id()], 1.0) == {}
