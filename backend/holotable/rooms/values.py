"""The small values that messages and keys of a room are made of; SI units, model frame, y up."""

from typing import Annotated, TypeAlias

from pydantic import AfterValidator, BaseModel, ConfigDict, Field


class Strict(BaseModel):
    """Unknown fields and converted types are errors, so that a typo cannot pass for silence."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


def _ascending(ranges: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Check that [first, last] pairs ascend and do not touch each other."""
    end = -1
    for first, last in ranges:
        if first <= end or last < first:
            raise ValueError("ranges must ascend and not overlap")
        end = last
    return ranges


Occurrence: TypeAlias = Annotated[int, Field(ge=0, le=0xFFFFFFFE)]  # dense occurrence number
Ranges: TypeAlias = Annotated[
    list[Annotated[tuple[Occurrence, Occurrence], Field(strict=False)]],
    Field(max_length=4_096),
    AfterValidator(_ascending),
]
Uuid: TypeAlias = Annotated[
    str, Field(pattern=r"^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$")
]
Metres: TypeAlias = Annotated[float, Field(ge=-1e7, le=1e7, allow_inf_nan=False)]
Point: TypeAlias = Annotated[tuple[Metres, Metres, Metres], Field(strict=False)]
Slot: TypeAlias = Annotated[int, Field(ge=0, le=65_535)]
PrincipalId: TypeAlias = Annotated[str, Field(pattern=r"^[a-z0-9-]{1,36}$")]  # a UUID, in life
