import numpy as np
import pytest
from usd_files import layer

from holotable.conversion.readers.usd_geometry import Primvar
from holotable.conversion.readers.usd_instancer import (
    Placements,
    placement_colours,
    read_placements,
)
from holotable.conversion.readers.usd_library import Sdf, Usd
from holotable.errors import DamagedFile, TooComplex

BODY = """def PointInstancer "Many"
{{
rel prototypes = [</Many/A>, </Many/B>]
int[] protoIndices = [0, 1, 1]
point3f[] positions = [(1, 0, 0), (2, 0, 0), (3, 0, 0)]
{extra}
}}
"""


def placed(extra: str = "", limit: int = 100) -> Placements | None:
    source = Sdf.Layer.CreateAnonymous(".usda")
    assert source.ImportFromString(layer(BODY.format(extra=extra)))
    stage = Usd.Stage.Open(source)
    return read_placements(stage.GetPrimAtPath("/Many"), limit)


def test_positions_turns_and_scales_become_matrices() -> None:
    extra = (
        "quath[] orientations = [(1, 0, 0, 0), (0, 0, 0, 2), (0, 0, 0, 0)]\n"
        "float3[] scales = [(1, 1, 1), (1, 2, 3), (2, 2, 2)]"
    )
    found = placed(extra)
    assert found is not None
    assert np.allclose(found.matrices[:, :3, 3], [[1, 0, 0], [2, 0, 0], [3, 0, 0]])
    # half a turn about z of any length, and one without a length that turns nothing
    assert np.allclose(found.matrices[1, :3, :3], np.diag([-1, -2, 3]))
    assert np.allclose(found.matrices[2, :3, :3], np.diag([2, 2, 2]))
    assert not found.named


def test_finer_turns_win() -> None:
    extra = (
        "quath[] orientations = [(1, 0, 0, 0), (1, 0, 0, 0), (1, 0, 0, 0)]\n"
        "quatf[] orientationsf = [(0, 1, 0, 0), (0, 1, 0, 0), (0, 1, 0, 0)]\n"
    )
    found = placed(extra)
    assert found is not None
    assert np.allclose(found.matrices[0, :3, :3], np.diag([1, -1, -1]))


def test_ids_that_repeat_name_nothing() -> None:
    found = placed("int64[] ids = [5, 5, 6]")
    assert found is not None
    assert not found.named
    assert found.labels.tolist() == [0, 1, 2]


@pytest.mark.parametrize(
    "extra",
    [
        "float3[] scales = [(1, 1, 1)]",
        "quath[] orientations = [(1, 0, 0, 0)]",
        "quath[] orientations = [(1, 0, 0, 0), (nan, 0, 0, 0), (1, 0, 0, 0)]",
    ],
)
def test_values_that_do_not_fit_are_refused(extra: str) -> None:
    with pytest.raises(DamagedFile):
        placed(extra)


def test_the_number_is_held_against_the_limit_first() -> None:
    with pytest.raises(TooComplex):
        placed(limit=2)


def test_each_placement_may_have_its_colour() -> None:
    colours = Primvar(np.array([[1.0, 0, 0], [0, 0, 1.0]]), "vertex", np.array([0, 1, 1]))
    found = placement_colours(colours, 3)
    assert found is not None
    assert [f"{colour:08x}" for colour in found.tolist()] == ["ff0000ff", "0000ffff", "0000ffff"]
    assert placement_colours(colours, 4) is None
