"""Product manufacturing information of a STEP file: annotations tied to faces, and saved views.

Open CASCADE's entries (`pmi_entries`) say what there is; the exchange structure (`pmi_links`) adds
what Open CASCADE loses: faces of datums, drawings, texts, decimal places, signs of deviations. An
entry and an instance are the same when name and faces agree. Nothing in here may make a file fail:
what is odd is counted into the warning `pmi_incomplete`.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Final

import numpy as np

from holotable.conversion.options import METRES_PER_UNIT
from holotable.conversion.readers import pmi_entries, pmi_views, pmi_wording, xcaf
from holotable.conversion.readers.exchange_structure import ExchangeStructure
from holotable.conversion.readers.pmi_callouts import Callout, View
from holotable.conversion.readers.pmi_draft import Draft, Gathering
from holotable.conversion.readers.pmi_geometry import (
    Drawing,
    DrawingReader,
    drawing_of_shape,
    joined,
)
from holotable.conversion.readers.pmi_links import PmiLinks
from holotable.conversion.readers.pmi_shapes import PartShapes, StepShapes
from holotable.review.annotations import Annotation, SavedView
from holotable.review.scene import Floats, SceneWarning

_MILLIMETRE: Final = 1e-3
_MOST_ANNOTATIONS: Final = 20_000
_FARTHEST_M: Final = 1e9  # a million kilometres, as for every coordinate of a scene


@dataclass(frozen=True, slots=True)
class Pmi:
    """What a file's PMI comes to. counts: presentations and what the scene counts already."""

    counts: Mapping[str, int] = field(default_factory=dict)
    annotations: tuple[Annotation, ...] = ()
    views: tuple[SavedView, ...] = ()
    warnings: tuple[SceneWarning, ...] = ()


@dataclass(frozen=True, slots=True)
class Frame:
    """How shapes of the document stand in the scene.

    points: turns (n, 3) millimetres of the document into metres, y up.  metres: in a millimetre of
    the document; it differs from 0.001 when the person corrected the unit.
    offsets: key of each part's product, in the order of the parts → (3,) metres, y up: where the
    part's frame lies in the product's.
    """

    points: Callable[[Floats], Floats]
    metres: float
    offsets: Mapping[str, Floats]


def read_pmi(document: xcaf.Document, path: Path, frame: Frame) -> Pmi:
    """Everything the document and its file say as PMI; nothing when there is none. Never raises."""
    if document.reader is None:
        return Pmi()
    problems: Counter[str] = Counter()
    try:
        return _Reading(document, path, frame, problems).result()
    except MemoryError:
        raise
    # Whatever a hostile file does to these optional facts, its shape must still come through.
    except Exception as problem:
        problems[f"the annotations could not be read ({type(problem).__name__})"] += 1
        return Pmi(warnings=_warnings(problems))


def _warnings(problems: Counter[str]) -> tuple[SceneWarning, ...]:
    if not problems:
        return ()
    causes = "; ".join(f"{cause} ({count})" for cause, count in problems.most_common(8))
    detail = f"Some of the file's PMI is lost: {causes}. The shape itself is complete."
    return (SceneWarning("pmi_incomplete", problems.total(), detail),)


class _Reading:
    """The reading of one file."""

    def __init__(
        self, document: xcaf.Document, path: Path, frame: Frame, problems: Counter[str]
    ) -> None:
        self._document, self._frame, self._problems = document, frame, problems
        self._keys = list(frame.offsets)
        structure = ExchangeStructure(path.read_bytes())
        self._links = PmiLinks(structure)
        self._reader = DrawingReader(structure)
        self._drawn: dict[int, Drawing] = {}
        self._steps: dict[tuple[str, str], Floats | None] = {}
        self._unit = self._annotated_unit()
        parts = PartShapes([xcaf.shape_of(document.products[key]) for key in self._keys])
        shapes = StepShapes(document.reader, structure)
        if not shapes.matches:
            problems["the file's entities are not Open CASCADE's, so faces may be missing"] += 1
        self._entries, unread = pmi_entries.read_entries(document.handle.Main())
        if unread:
            problems["an entry has no content"] += unread
        self._drafts = Gathering(self._links, self._entries, parts, shapes).drafts
        for text in pmi_entries.read_comments(document.handle.Main()):
            self._drafts.append(Draft("note", "comment", text=text))
        if len(self._drafts) > _MOST_ANNOTATIONS:
            problems["an annotation is beyond the limit"] += len(self._drafts) - _MOST_ANNOTATIONS
            del self._drafts[_MOST_ANNOTATIONS:]

    def result(self) -> Pmi:
        """Annotations in the order: dimensions, tolerances, datums, notes."""
        names = self._view_names()
        annotations = tuple(self._annotation(draft, names) for draft in self._drafts)
        presentations = sum(
            entry.drawn is not None and not entry.drawn.IsNull() for entry in self._entries
        )
        views = tuple(self._views(names))
        counts = {"presentations": presentations}
        return Pmi(counts, annotations, views, _warnings(self._problems))

    def _annotation(self, draft: Draft, names: Mapping[int, str]) -> Annotation:
        parts = draft.place.parts()
        part = parts[0] if parts else -1
        if draft.place.lost:
            self._problems["a face or edge belongs to no part of the model"] += draft.place.lost
        drawing = self._drawing(draft, part)
        worded = pmi_wording.worded(draft, self._links, self._unit, self._scale)
        shown = dict.fromkeys(
            names[model] for callout in draft.callouts for model in callout.views if model in names
        )
        return Annotation(
            draft.kind,
            self._presented(draft) if draft.kind == "note" and draft.type == "note" else draft.type,
            self._name(draft),
            worded.text,
            worded.value,
            worded.upper,
            worded.lower,
            part,
            tuple(draft.place.faces.get(part, ())),
            tuple(draft.place.edges.get(part, ())),
            worded.datums,
            worded.properties,
            tuple(np.ascontiguousarray(line, np.float32) for line in drawing.lines),
            np.ascontiguousarray(np.concatenate(drawing.triangles), np.float32)
            if drawing.triangles
            else None,
            tuple(shown),
            elsewhere=tuple(
                (
                    other,
                    tuple(draft.place.faces.get(other, ())),
                    tuple(draft.place.edges.get(other, ())),
                )
                for other in parts[1:]
            ),
            entries=dict(draft.counted),
        )

    def _annotated_unit(self) -> float:
        """Metres in the unit that most of the file's measures are written in.

        A model in millimetres may well be dimensioned in inches.
        """
        links = self._links
        found = Counter(
            measure.factor
            for measure in (
                *(links.measures.values_of(number).nominal for number in links.dimensions),
                *(links.magnitude(number) for number in links.tolerances),
            )
            if measure is not None and measure.quantity == "length"
        )
        if found:
            return found.most_common(1)[0][0]
        return METRES_PER_UNIT[self._document.length_unit or "mm"]

    @property
    def _scale(self) -> float:
        """1, or what the person's correction of the unit makes of a metre of the file."""
        return self._frame.metres / _MILLIMETRE

    def _name(self, draft: Draft) -> str:
        """The name people see in the authoring tool: the callout's, else the entry's."""
        generic = draft.name in ("", draft.type, "DGT:Datum")
        if generic and draft.callouts and draft.callouts[0].name:
            return draft.callouts[0].name
        return draft.name or draft.letter

    def _presented(self, draft: Draft) -> str:
        """What a drawing without meaning is said to show: "flatness", "note"."""
        for callout in draft.callouts:
            for occurrence in callout.occurrences:
                shown = self._reader.presented(occurrence)
                if shown:
                    return shown
        return draft.type

    def _drawing(self, draft: Draft, part: int) -> Drawing:
        """What draws an annotation, in its part's frame, metres, y up."""
        whole = Drawing()
        for callout in draft.callouts:
            factor = 1.0
            if callout.model is not None:
                metres = self._links.measures.length_factor(callout.model)
                factor = (metres or _MILLIMETRE) / _MILLIMETRE
            drawn = Drawing()
            for occurrence in callout.occurrences:
                found = self._occurrence(occurrence)
                drawn.lines += joined(found.lines)
                drawn.triangles += found.triangles
            place = self._into(callout, part)
            moved = drawn.mapped(partial(_moved, factor=factor, at=place))
            whole.lines += moved.lines
            whole.triangles += moved.triangles
        if whole.is_empty and draft.drawn is not None and not draft.drawn.IsNull():
            whole = drawing_of_shape(draft.drawn)
        if whole.is_empty:
            return whole
        offset = self._frame.offsets[self._keys[part]] if part >= 0 else np.zeros(3)
        whole = whole.mapped(lambda points: self._frame.points(points) - offset)
        box = whole.box()
        if box is None or not np.isfinite(box).all() or np.abs(box).max() > _FARTHEST_M:
            self._problems["a drawing has points beyond all measure"] += 1
            return Drawing()
        return whole

    def _occurrence(self, number: int) -> Drawing:
        known = self._drawn.get(number)
        if known is None:
            known = self._reader.drawing(number)
            for kind, count in known.unread.items():
                self._problems[f"a drawing of type {kind} is not read"] += count
            self._drawn[number] = known
        return known

    def _into(self, callout: Callout, part: int) -> Floats | None:
        """From the frame a callout is drawn in to a part's, or the scene's; millimetres."""
        drawn_in = self._product_of(callout)
        if drawn_in is None:
            return None
        if part >= 0:
            step = self._step(drawn_in, self._keys[part])
            return None if step is None else np.asarray(np.linalg.inv(step))
        for root in self._document.roots:
            step = self._step(root, drawn_in)
            if step is not None:
                return step
        return None

    def _product_of(self, callout: Callout) -> str | None:
        """Key of the product in whose frame a callout is drawn."""
        for number in (*callout.definitions, *([callout.model] if callout.model else [])):
            identity = self._links.product_of(number)
            if identity is not None:
                for product in self._document.products.values():
                    if product.name == identity[1] and product.id in (identity[0], ""):
                        return product.key
        return None

    def _step(self, above: str, below: str) -> Floats | None:
        """The first placement of a product under another; None when there is none. Millimetres."""
        if above == below:
            return np.eye(4)
        known = self._steps.get((above, below))
        if known is None and (above, below) not in self._steps:
            self._steps[above, below] = None
            for component in self._document.products[above].components:
                rest = self._step(component.product, below)
                if rest is not None:
                    known = component.transform @ rest
                    break
            self._steps[above, below] = known
        return known

    def _view_names(self) -> dict[int, str]:
        """A name for each view, made unique: annotations refer to views by name."""
        names: dict[int, str] = {}
        taken: Counter[str] = Counter()
        for view in self._links.views:
            name = view.name or "View"
            taken[name] += 1
            names[view.model] = name if taken[name] == 1 else f"{name} {taken[name]}"
        return names

    def _views(self, names: Mapping[int, str]) -> Iterable[SavedView]:
        for view in self._links.views:
            camera = self._reader.camera(view.camera)
            if camera is None:
                self._problems["a saved view has no complete camera"] += 1
                continue
            metres = self._links.measures.length_factor(view.model) or _MILLIMETRE
            yield pmi_views.saved_view(
                names[view.model],
                camera,
                metres / _MILLIMETRE,
                self._frame.points,
                self._middle_of(view),
            )
            if len(camera.planes) > 1:
                self._problems["a saved view cuts with more than one plane"] += 1

    def _middle_of(self, view: View) -> Floats | None:
        """The middle of what a view's callouts draw, in the file's unit; the camera looks there."""
        boxes = [
            self._occurrence(occurrence).box()
            for callout in self._links.callouts
            if view.model in callout.views
            for occurrence in callout.occurrences
        ]
        found = [box for box in boxes if box is not None]
        if not found:
            return None
        return np.asarray(np.mean([box.mean(axis=0) for box in found], axis=0))


def _moved(points: Floats, factor: float, at: Floats | None) -> Floats:
    points = points * factor
    return points if at is None else points @ at[:3, :3].T + at[:3, 3]
