"""Point clouds: one entry for LAS, LAZ and columns of text, and what their readers fill.

A cloud is gathered in pieces, so that a file of a gigabyte costs little more than its points: 12
bytes a position, 3 a colour, 2 an intensity, 1 a class, and one piece of the file.
"""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Literal

import numpy as np
from numpy.typing import NDArray

from holotable.conversion.options import METRES_PER_UNIT, LengthUnit, ReadOptions, Report
from holotable.conversion.readers.assembly import clean_name
from holotable.conversion.readers.identity import Sibling, path_id, sibling_steps
from holotable.errors import DamagedFile, NoGeometry, TooComplex
from holotable.review.points import PointCloud
from holotable.review.scene import (
    DEFAULT_COLOUR,
    Z_UP_TO_Y_UP,
    Floats,
    Mesh,
    Node,
    Part,
    PropertyValue,
    Scene,
    SceneWarning,
    Source,
    SourceKind,
)

_MAX_COORDINATE_M: Final = 1e9  # as for meshes: a million kilometres
_ALLOCATE_AHEAD: Final = 200_000_000  # points of a stated count that are given room at once


def read_points(path: Path, options: ReadOptions, report: Report) -> Scene:
    """Read a LAS, LAZ or text file as one part of points."""
    # Late, so that a text file does not pay for what LAZ needs and the other way round.
    with path.open("rb") as stream:
        is_las = stream.read(4) == b"LASF"
    if is_las:
        from holotable.conversion.readers.las import read_las

        return read_las(path, options, report)
    from holotable.conversion.readers.xyz import read_xyz

    return read_xyz(path, options, report)


def empty_mesh() -> Mesh:
    """The triangles of a part that has none."""
    return Mesh(
        np.zeros((0, 3), np.float32),
        np.zeros((0, 3), np.float32),
        np.zeros((0, 3), np.uint32),
        np.zeros(0, np.uint16),
    )


class _Column:
    """Values of all points: one array when their number is known ahead, else pieces of it."""

    def __init__(self, width: int, kind: type[np.generic], expected: int | None) -> None:
        shape = (width,) if width > 1 else ()
        self._shape, self._kind = shape, kind
        self._pieces: list[NDArray[Any]] = []
        self._whole = None if expected is None else np.empty((expected, *shape), kind)
        self.count = 0

    def add(self, values: NDArray[Any]) -> None:
        """Append; the caller keeps nothing."""
        rows = np.asarray(values, self._kind)
        if self._whole is not None and self.count + len(rows) <= len(self._whole):
            self._whole[self.count : self.count + len(rows)] = rows
        else:
            if self._whole is not None:
                self._pieces, self._whole = [self._whole[: self.count]], None
            self._pieces.append(rows)
        self.count += len(rows)

    def taken(self) -> NDArray[Any]:
        """All values as one array; the column is empty afterwards."""
        if self._whole is not None:
            whole = self._whole if self.count == len(self._whole) else self._whole[: self.count]
            self._whole = None
            return whole
        whole = np.empty((self.count, *self._shape), self._kind)
        at = 0
        self._pieces.reverse()
        while self._pieces:  # freed one by one: twice the memory would be the peak of everything
            piece = self._pieces.pop()
            whole[at : at + len(piece)] = piece
            at += len(piece)
        return whole


@dataclass(slots=True)
class Gatherer:
    """A cloud while it is read.

    length_unit, metres_per_unit: what the file says of x and y; heights: metres of one unit of z
        where it differs. expected: number of points, once it is known to be true.
    """

    kind: SourceKind
    options: ReadOptions
    length_unit: LengthUnit | None = None
    metres_per_unit: float | None = None
    heights: float | None = None
    up_axis: Literal["y", "z"] | None = None
    expected: int | None = None
    warnings: list[SceneWarning] = field(default_factory=list)
    _centre: Floats | None = None  # (3,) file unit: whole numbers, near the cloud
    _positions: _Column | None = None
    _colours: _Column | None = None
    _intensities: _Column | None = None
    _classes: _Column | None = None
    _wide: bool = False  # colours have been seen that need 16 bits
    _dropped: int = 0

    @property
    def scales(self) -> Floats:
        """Metres of a unit along the file's x, y and z: the person's word, the file's, else mm."""
        if self.options.unit is not None:
            return np.full(3, METRES_PER_UNIT[self.options.unit])
        scale = self.metres_per_unit
        if scale is None:
            scale = METRES_PER_UNIT[self.length_unit or "mm"]
        heights = scale if self.heights is None else self.heights
        return np.array([scale, heights if self._up == "y" else scale,
                         heights if self._up == "z" else scale])  # fmt: skip

    @property
    def _up(self) -> Literal["y", "z"]:
        return self.options.up_axis or self.up_axis or "z"

    def check_count(self, count: int) -> None:
        """Refuse more points than the limit; readers ask before they allocate."""
        if count > self.options.max_points:
            raise TooComplex(
                f"The file holds {count:,} points; at most {self.options.max_points:,} are"
                " accepted.",
                points=count,
                limit=self.options.max_points,
            )

    def add(
        self,
        places: Floats,
        colours: NDArray[Any] | None = None,
        intensities: NDArray[Any] | None = None,
        classes: NDArray[Any] | None = None,
    ) -> None:
        """Add a piece; every piece has the same columns.

        places: (n, 3) file unit and axes. colours: (n, 3) whole numbers, 8 or 16 bit; which of the
        two the whole file tells. intensities: (n,) any numbers. classes: (n,) whole numbers.
        """
        finite = np.asarray(np.isfinite(places).all(axis=1))
        if not finite.all():
            self._dropped += int(len(finite) - finite.sum())
            places = places[finite]
            colours = None if colours is None else colours[finite]
            intensities = None if intensities is None else intensities[finite]
            classes = None if classes is None else classes[finite]
        if not len(places):
            return
        if self._positions is None:
            self._begin(places, colours, intensities, classes)
        assert self._positions is not None and self._centre is not None  # noqa: PT018  # begun
        self.check_count(self._positions.count + len(places))
        far = places - self._centre
        if np.abs(far).max() * self.scales.max() > _MAX_COORDINATE_M:
            raise DamagedFile("A point lies more than a million kilometres from the others.")
        self._positions.add(self._turned(far))
        if self._colours is not None and colours is not None:
            if not self._wide and colours.max() > 255:
                # What came before was all below 256 of 65,536: black, to 8 bits.
                earlier = self._colours.taken()
                earlier[:] = 0
                self._colours = _Column(3, np.uint8, None)
                self._colours.add(earlier)
                self._wide = True
            self._colours.add(colours >> 8 if self._wide else colours)
        if self._intensities is not None and intensities is not None:
            self._intensities.add(intensities)
        if self._classes is not None and classes is not None:
            self._classes.add(classes)

    def _begin(
        self,
        places: Floats,
        colours: NDArray[Any] | None,
        intensities: NDArray[Any] | None,
        classes: NDArray[Any] | None,
    ) -> None:
        middle = (places.min(axis=0) + places.max(axis=0)) / 2
        if np.abs(middle).max() * self.scales.max() > _MAX_COORDINATE_M:
            raise DamagedFile("A point lies more than a million kilometres from the origin.")
        # Single precision next to the origin needs no offset; whole numbers keep round ones round.
        near = np.abs(places).max() <= 2.0 * float(np.ptp(places, axis=0).max())
        self._centre = np.zeros(3) if near else np.round(middle)
        expected = None
        if self.expected is not None and self.expected <= _ALLOCATE_AHEAD:
            expected = self.expected
        self._positions = _Column(3, np.float32, expected)
        self._colours = None if colours is None else _Column(3, np.uint8, expected)
        if intensities is not None:
            whole = np.issubdtype(intensities.dtype, np.integer)
            kind = np.uint16 if whole else np.float32
            self._intensities = _Column(1, kind, expected)
        self._classes = None if classes is None else _Column(1, np.uint8, expected)

    def _turned(self, places: Floats) -> Floats:
        """File axes to y up, metres."""
        metres = places * self.scales
        if self._up == "y":
            return metres
        turned = np.empty_like(metres)
        turned[:, 0], turned[:, 1] = metres[:, 0], metres[:, 2]
        np.negative(metres[:, 1], out=turned[:, 2])
        return turned

    def finish(
        self,
        title: str,
        properties: dict[str, PropertyValue] | None = None,
        georeference: dict[str, PropertyValue] | None = None,
    ) -> Scene:
        """The scene of one part. raises: NoGeometry when no point has a place."""
        if self._positions is None or self._centre is None:
            raise NoGeometry("The file holds no points.")
        if self._dropped:
            detail = "Points whose coordinates are no finite numbers were left out."
            self.warnings.append(SceneWarning("points_without_place", self._dropped, detail))
        facts = dict(properties or {})
        facts["Points"] = self._positions.count
        cloud = PointCloud(
            self._positions.taken(),
            _filled(self._colours),
            _as_shorts(self._intensities, facts),
            _filled(self._classes),
        )
        name = clean_name(title)
        steps, identity = sibling_steps([Sibling(name, "", np.eye(4))])[0]
        transform = np.eye(4)
        shift = np.append(self._centre * self.scales, 1.0)
        transform[:, 3] = (Z_UP_TO_Y_UP if self._up == "z" else np.eye(4)) @ shift
        part = Part(name=name, mesh=empty_mesh(), points=cloud, properties={"Point cloud": facts})
        node = Node(path_id((steps,)), -1, name, transform, part=0, kind="part", identity=identity)
        return Scene(
            source=Source(self.kind, self.length_unit, self.up_axis),
            nodes=(node,),
            parts=(part,),
            palette=(DEFAULT_COLOUR,),
            warnings=tuple(self.warnings),
            georeference=georeference or {},
        )


def _filled(column: _Column | None) -> NDArray[np.uint8] | None:
    """The values, or None when every one is 0: a field that nobody filled."""
    if column is None:
        return None
    values = column.taken()
    return values if values.any() else None


def _as_shorts(
    column: _Column | None, facts: dict[str, PropertyValue]
) -> NDArray[np.uint16] | None:
    """Intensities as 0–65,535; others are spread over that range, which `facts` then names."""
    values = None if column is None else column.taken()
    if values is None or not values.any():
        return None
    if values.dtype == np.uint16:
        whole: NDArray[np.uint16] = values
        return whole
    values = np.nan_to_num(values, nan=0.0)
    low, high = float(values.min()), float(values.max())
    if low >= 0.0 and 1.0 < high <= 65_535.0 and not (values % 1.0).any():
        return np.asarray(values, np.uint16)
    facts["Intensity lowest"], facts["Intensity highest"] = low, high
    spread = np.rint((values - low) * (65_535.0 / max(high - low, 1e-30)))
    return np.asarray(spread, np.uint16)
