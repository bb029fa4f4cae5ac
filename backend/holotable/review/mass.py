"""Volume, centroid and inertia of parts, placed and added up.

Frames: right-handed, y up, metres. The same sums serve cubic metres (density 1) and kilograms, so
bodies have an "amount" of either. Many bodies are one value of columns: a plant has 100,000.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, Literal, Self, TypeAlias

import numpy as np
from numpy.typing import NDArray

Floats: TypeAlias = NDArray[np.float64]
Integers: TypeAlias = NDArray[np.int64]
Method: TypeAlias = Literal["exact", "mesh", "open"]

_NAMED: Final = 20  # names of parts that a sum leaves out; their count is always whole
_UNEVEN: Final = 1e-6  # how far the stretches of a placement may differ that scales areas


@dataclass(frozen=True, slots=True)
class Body:
    """Matter in space.

    amount: cubic metres, or kilograms.  centre: (3,) metres.  inertia: (3, 3) about the centre,
    the amount's unit times m²: ∫ (r² 1 − r rᵀ), so products of inertia have a minus sign.
    """

    amount: float
    centre: Floats
    inertia: Floats


@dataclass(frozen=True, slots=True)
class Bodies:
    """k bodies as columns. amounts: (k,).  centres: (k, 3).  inertias: (k, 3, 3)."""

    amounts: Floats
    centres: Floats
    inertias: Floats

    @classmethod
    def of(cls, bodies: Sequence[Body]) -> Self:
        """Bodies side by side."""
        return cls(
            np.array([body.amount for body in bodies], float),
            np.array([body.centre for body in bodies], float).reshape(-1, 3),
            np.array([body.inertia for body in bodies], float).reshape(-1, 3, 3),
        )

    def at(self, rows: Integers) -> "Bodies":
        """Some of them, in the order of `rows`."""
        return Bodies(self.amounts[rows], self.centres[rows], self.inertias[rows])

    def weighted(self, densities: Floats) -> "Bodies":
        """Bodies of cubic metres in kilograms. densities: (k,) kg/m³."""
        return Bodies(
            self.amounts * densities, self.centres, self.inertias * densities[:, None, None]
        )

    def placed(self, transforms: Floats) -> "Bodies":
        """Bodies of cubic metres under affine maps; (k, 4, 4), column vectors.

        The second moments ∫ r rᵀ about the centroid become |det A| A C Aᵀ under the linear part A,
        which also holds for mirrored, stretched and sheared placements.
        """
        linear = transforms[:, :3, :3]
        stretch = np.abs(np.linalg.det(linear))
        # The trace of an inertia tensor is twice that of the moments.
        traces = np.trace(self.inertias, axis1=1, axis2=2)[:, None, None]
        moments = traces / 2.0 * np.eye(3) - self.inertias
        moments = stretch[:, None, None] * (linear @ moments @ linear.transpose(0, 2, 1))
        traces = np.trace(moments, axis1=1, axis2=2)[:, None, None]
        return Bodies(
            self.amounts * stretch,
            np.einsum("kij,kj->ki", linear, self.centres) + transforms[:, :3, 3],
            traces * np.eye(3) - moments,
        )

    def combined(self) -> Body | None:
        """All as one, by the parallel axis theorem; None when they amount to nothing."""
        total = float(self.amounts.sum())
        if not total > 0.0:
            return None
        centre = self.amounts @ self.centres / total
        arms = self.centres - centre
        squares = np.einsum("ij,ij->i", arms, arms)[:, None, None]
        shifted = squares * np.eye(3) - arms[:, :, None] * arms[:, None, :]
        about = self.inertias + self.amounts[:, None, None] * shifted
        return Body(total, centre, about.sum(axis=0))


@dataclass(frozen=True, slots=True)
class PartMass:
    """What a part's shape amounts to, in its own frame.

    body: cubic metres, where the surface is closed.  method: "exact" from B-rep solids, "mesh"
    from closed triangles, "open" when the surface is not closed, None without any surface.
    open_edges: edges of triangles that do not join two of them; None when not counted.
    """

    name: str
    method: Method | None
    body: Body | None = None
    area_m2: float | None = None
    open_edges: int | None = None
    density_kg_m3: float | None = None

    @property
    def mass_kg(self) -> float | None:
        """Kilograms, where volume and density are known."""
        if self.body is None or self.density_kg_m3 is None:
            return None
        return self.body.amount * self.density_kg_m3


def said_mass(row: object) -> PartMass:
    """What a part's row of structure.json says of its shape; an older package says less."""
    said = row if isinstance(row, dict) else {}
    body = None
    volume, centre, inertia = (said.get(name) for name in ("volume_m3", "centroid_m", "inertia_m5"))
    if volume is not None and centre is not None and inertia is not None:
        xx, yy, zz, xy, xz, yz = inertia
        rows = np.array([[xx, xy, xz], [xy, yy, yz], [xz, yz, zz]], float)
        body = Body(float(volume), np.array(centre, float), rows)
    method = said.get("mass_method")
    return PartMass(
        str(said.get("name") or ""),
        method if method in ("exact", "mesh", "open") else None,
        body,
        said.get("area_m2"),
        said.get("open_edges"),
        said.get("density_kg_m3"),
    )


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Occurrences that a sum does not hold. names: of their parts, the first few."""

    count: int = 0
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RollUp:
    """What placed parts amount to together, in the frame they are placed in.

    volume: of the closed ones, cubic metres.  mass: of the closed ones with a density, kilograms.
    area_m2: of those whose area is known.  approximate: some of it is from triangles.
    open, weightless, unmeasured: what is missing from volume and mass, from mass, from the area.
    """

    occurrences: int
    volume: Body | None
    mass: Body | None
    area_m2: float | None
    approximate: bool
    open: LeftOut = LeftOut()
    weightless: LeftOut = LeftOut()
    unmeasured: LeftOut = LeftOut()


def roll_up(table: Sequence[PartMass], parts: Integers, transforms: Floats) -> RollUp:
    """Add up occurrences.

    table: every part.  parts: (k,) the part of each occurrence.  transforms: (k, 4, 4).
    Parts without any surface (sketches, points) are no matter, so that leaving them out is no loss.
    """
    used = np.unique(parts)
    closed = _which(table, used, lambda part: part.body is not None)[parts]
    surfaced = _which(table, used, lambda part: part.method is not None)[parts]
    dense = _which(table, used, lambda part: part.density_kg_m3 is not None)[parts]
    measured = _which(table, used, lambda part: part.area_m2 is not None)[parts] & surfaced

    rows = np.zeros(len(table), np.int64)
    held = [number for number in used.tolist() if table[number].body is not None]
    rows[held] = np.arange(len(held))
    bodies = Bodies.of([body for number in held if (body := table[number].body) is not None])
    volumes = bodies.at(rows[parts[closed]]).placed(transforms[closed])
    densities = np.array([part.density_kg_m3 or 0.0 for part in table])
    heavy = dense[closed]
    masses = volumes.at(np.flatnonzero(heavy)).weighted(densities[parts[closed]][heavy])

    stretches = np.linalg.svd(transforms[:, :3, :3], compute_uv=False)
    measured &= stretches[:, 0] - stretches[:, 2] <= _UNEVEN * stretches[:, 0]
    areas = np.array([part.area_m2 or 0.0 for part in table])[parts]
    area = float((areas * stretches[:, 0] * stretches[:, 2])[measured].sum())
    return RollUp(
        len(parts),
        volumes.combined(),
        masses.combined(),
        area if measured.any() else None,
        any(table[number].method == "mesh" for number in used.tolist()),
        _left_out(table, parts[surfaced & ~closed]),
        _left_out(table, parts[closed & ~dense]),
        _left_out(table, parts[surfaced & ~measured]),
    )


def _which(
    table: Sequence[PartMass], used: Integers, test: Callable[[PartMass], bool]
) -> NDArray[np.bool_]:
    """Per part of the table whether it is used and the test holds."""
    found = np.zeros(len(table), bool)
    found[[number for number in used.tolist() if test(table[number])]] = True
    return found


def _left_out(table: Sequence[PartMass], parts: Integers) -> LeftOut:
    _, first = np.unique(parts, return_index=True)
    names = dict.fromkeys(table[int(parts[at])].name for at in np.sort(first))
    return LeftOut(len(parts), tuple(names)[:_NAMED])
