"""Whether two parts have the same shape, looked at closely: bytes, exact faces, then surfaces."""

import dataclasses
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from holotable.review.compare_distance import Surface, surface_of, surfaces_differ
from holotable.review.compare_faces import FaceChanges, compare_faces
from holotable.review.compare_side import Figures, Side
from holotable.review.exact import ExactPart
from holotable.review.exact_file import ExactFile
from holotable.review.model_file import ModelFile, Triangles
from holotable.review.shape import AREA

Floats: TypeAlias = NDArray[np.float64]

_KEPT_TRIANGLES: Final = 2_000_000  # of one side, ready to be compared: about 1 GB at most
_STILL: Final = 1e-9  # of a motion that is none
_SIMILAR: Final = 1e-6  # of an exact shape's axes: it can be turned and scaled, not squeezed
_EQUAL: Final = 1e-6  # relative, of volumes, areas and inertias when a surface changed its kind


@dataclass(frozen=True, slots=True)
class Verdict:
    """same: as far as could be seen.  approximate: triangles or less had to do.
    faces: what differs between exact shapes.  away_m: how far triangles are apart.
    checked: False when there was nothing to look at, or no time.
    """

    same: bool
    approximate: bool = False
    faces: FaceChanges | None = None
    away_m: float | None = None
    checked: bool = True


@dataclass(slots=True)
class Files:
    """The files of one side that shapes are read from, as far as there are any."""

    side: Side
    exact: ExactFile | None = None
    open_model: Callable[[], ModelFile | None] = lambda: None
    _model: ModelFile | None = None
    _opened: bool = False
    _rows: dict[int, int] = field(default_factory=dict)
    _surfaces: OrderedDict[int, Surface | None] = field(default_factory=OrderedDict)

    def bare(self) -> "Files":
        """The same with what an older package says of shapes: for a partner that says no more."""
        side = dataclasses.replace(self.side, shapes=self.side.shapes.bare())
        return Files(side, self.exact, self.open_model)

    def triangles(self, part: int) -> Triangles | None:
        """The triangles of a part, from the first row that places it."""
        if not self._opened:
            self._opened = True
            self._model = self.open_model()
            for row in self.side.placed[::-1].tolist():
                self._rows[int(self.side.parts[row])] = row
        if self._model is None or part not in self._rows:
            return None
        return self._model.triangles(self._rows[part])

    def surface(self, part: int) -> Surface | None:
        """The surface of a part ready to be compared; the last few are remembered."""
        if part not in self._surfaces:
            self._surfaces[part] = surface_of(self.triangles(part))
            while len(self._surfaces) > 1 and self._weight() > _KEPT_TRIANGLES:
                self._surfaces.popitem(last=False)
        return self._surfaces[part]

    def _weight(self) -> int:
        known = self._surfaces.values()
        return sum(len(one.triangles.triangles) if one is not None else 1 for one in known)

    def exact_part(self, part: int) -> ExactPart | None:
        """The exact shape of a part."""
        return None if self.exact is None else self.exact.part(part)

    def exact_block(self, part: int) -> bytes:
        """The bytes of the exact shape of a part."""
        return b"" if self.exact is None else self.exact.block(part)


class Judge:
    """Looks at pairs of shapes, each once, as long as there is time."""

    def __init__(self, old: Files, new: Files, deadline_s: float) -> None:
        """deadline_s: of time.monotonic(); later pairs are believed to be what they seem."""
        self.old, self.new = old, new
        self._deadline_s = deadline_s
        self._known: dict[tuple[int, int, bytes], Verdict] = {}
        self.unchecked = 0

    def look(self, one: int, other: int, motion: Floats, *, alike: bool) -> Verdict:
        """Compare a figure of the old side with one of the new.

        motion: (4, 4) rigid, from the old figure's frame to the new one's.
        alike: what to believe when nothing can be looked at.
        """
        figures = self.old.side.figures, self.new.side.figures
        inner = part_motion(figures[0], one, figures[1], other, motion)
        key = (one, other, np.round(inner, 9).tobytes())
        found = self._known.get(key)
        if found is None:
            found = self._known[key] = self._look(one, other, inner, alike)
        return found

    def sees_exactly(self, one: int, other: int) -> bool:
        """Whether both figures are exact or of the same triangles, so that microns count."""
        old, new = self.old.side, self.new.side
        a, b = int(old.figures.parts[one]), int(new.figures.parts[other])
        if old.figures.exact[one] and new.figures.exact[other]:
            return True
        whole = old.shapes.whole and new.shapes.whole
        return whole and bytes(old.shapes.meshes[a]) == bytes(new.shapes.meshes[b])

    def _look(self, one: int, other: int, inner: Floats, alike: bool) -> Verdict:
        a = int(self.old.side.figures.parts[one])
        b = int(self.new.side.figures.parts[other])
        still = bool(np.abs(inner - np.eye(4)).max() < _STILL)
        blocks = self.old.exact_block(a), self.new.exact_block(b)
        if still and blocks[0] and blocks[0] == blocks[1]:
            return Verdict(True)
        whole = self.old.side.shapes.whole and self.new.side.shapes.whole
        same_mesh = whole and bytes(self.old.side.shapes.meshes[a]) == bytes(
            self.new.side.shapes.meshes[b]
        )
        if still and same_mesh and not (blocks[0] and blocks[1]):
            return Verdict(True)
        if time.monotonic() > self._deadline_s:
            self.unchecked += 1
            return Verdict(alike, approximate=True, checked=False)
        faces = self._faces(a, b, inner)
        if faces is not None and faces.equal:
            return Verdict(True, faces=faces)
        surfaces = self.old.surface(a), self.new.surface(b)
        apart = None
        if surfaces[0] is not None and surfaces[1] is not None:
            if faces is not None and (faces.told_apart or not self._amount_to_the_same(one, other)):
                return Verdict(False, faces=faces)
            apart = surfaces_differ(surfaces[0], surfaces[1], inner)
        if apart is not None:
            # An exact shape whose faces differ may still be the same: a spline for a cylinder.
            return Verdict(
                apart.same, approximate=faces is None, faces=faces, away_m=apart.largest_m
            )
        if faces is not None:
            return Verdict(False, faces=faces)
        # Curves and clouds are equal when they are the same; a surface without its triangles (what
        # a building hides, a model.glb that was left out) is believed to be what it measures.
        measured = min(self.old.side.shapes.rows[a, AREA], self.new.side.shapes.rows[b, AREA]) > 0.0
        return Verdict(alike if measured else same_mesh, approximate=True, checked=False)

    def _faces(self, a: int, b: int, inner: Floats) -> FaceChanges | None:
        """What differs between exact shapes; None when one has none, or is squeezed."""
        linear = inner[:3, :3]
        scale = float(np.cbrt(abs(np.linalg.det(linear))))
        if np.abs(linear.T @ linear - scale**2 * np.eye(3)).max() > _SIMILAR * scale**2:
            return None
        one, other = self.old.exact_part(a), self.new.exact_part(b)
        if one is None or other is None or not len(one.face_kinds) or not len(other.face_kinds):
            return None
        return compare_faces(one, other, inner)

    def _amount_to_the_same(self, one: int, other: int) -> bool:
        a, b = self.old.side.figures, self.new.side.figures
        pairs = (
            (a.volumes[one], b.volumes[other]),
            (a.exact_areas[one], b.exact_areas[other]),
            (np.trace(a.inertias[one]), np.trace(b.inertias[other])),
        )
        return all(
            bool(np.isnan(x) and np.isnan(y)) or abs(x - y) <= _EQUAL * max(abs(x), abs(y))
            for x, y in pairs
        )


def part_motion(old: Figures, one: int, new: Figures, other: int, motion: Floats) -> Floats:
    """(4, 4) from the old part's own frame to the new part's, of a motion between figures."""
    before, after = np.eye(4), np.eye(4)
    before[:3, :3] = old.stretches[one]
    after[:3, :3] = np.linalg.inv(new.stretches[other])
    return np.asarray(after @ motion @ before)
