import pytest
from pydantic import TypeAdapter, ValidationError

from holotable.rooms.values import Point, PrincipalId, Ranges, Slot


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (Ranges, [[3, 1]]),
        (Ranges, [[0, 4], [4, 5]]),
        (Point, [0.0, 1.0]),
        (Point, [0.0, 1.0, float("nan")]),
        (Point, [0.0, 1.0, 2e7]),
        (Slot, -1),
        (Slot, 65_536),
        (PrincipalId, "../anna"),
        (PrincipalId, "a" * 37),
    ],
)
def test_values_out_of_bounds_are_refused(kind: object, value: object) -> None:
    with pytest.raises(ValidationError):
        TypeAdapter(kind).validate_python(value)


def test_values_within_bounds_are_taken() -> None:
    assert TypeAdapter(Ranges).validate_python([[0, 4], [6, 6]]) == [(0, 4), (6, 6)]
    assert TypeAdapter(Point).validate_python([0, 1.5, -2]) == (0.0, 1.5, -2.0)
