import pytest

from holotable.conversion.options import ConvertOptions, deflection_for
from holotable.errors import Invalid


@pytest.mark.parametrize(("diagonal_m", "deflection_m"), [(0.001, 1e-5), (0.2, 2e-4), (39.0, 5e-3)])
def test_the_default_tolerance_is_relative_to_the_part_and_clamped(
    diagonal_m: float, deflection_m: float
) -> None:
    assert deflection_for(diagonal_m, ConvertOptions()) == pytest.approx(deflection_m)


def test_an_absolute_tolerance_counts_for_every_part() -> None:
    assert deflection_for(39.0, ConvertOptions(deflection_m=1e-4)) == 1e-4


@pytest.mark.parametrize(
    "wrong",
    [
        {"deflection_m": 0.0},
        {"deflection_m": float("nan")},
        {"angle_rad": 3.0},
        {"unit": "furlong"},
        {"up_axis": "x"},
    ],
)
def test_values_no_reader_can_honour_are_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(Invalid):
        ConvertOptions(**wrong)  # type: ignore[arg-type]  # wrong on purpose
