"""What is said of the sample gearbox: issues, comments, views, a review. Values, no behaviour.

Everything said is true of `gearbox.py`: revision C resolves what was said of the grease hole and of
the oil port, removes the screw that was in the way, and brings a new one of its own.
"""

from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

Revision: TypeAlias = Literal["A", "B", "C"]  # of gearbox.py, which loads Open CASCADE
Voice: TypeAlias = Literal["nora", "ben"]
Triple: TypeAlias = tuple[float, float, float]

REVISIONS: Final[tuple[Revision, ...]] = ("A", "B", "C")
ASSET: Final = "Planetary gearbox"
# They act in the sample and cannot sign in: nobody gives them a login.
NAMES: Final[dict[Voice, str]] = {"nora": "Nora Lind (demo)", "ben": "Ben Okafor (demo)"}
DRAWING: Final = "PG-120 general arrangement"


@dataclass(frozen=True, slots=True)
class Spot:
    """A place on a revision. occurrence: its name.  point: mm as gearbox.py draws the part.

    normal: out of the material. Without a point the part as a whole is meant.
    which: of several of this name, from 0 in the order of the tree.
    """

    occurrence: str
    point: Triple | None = None
    normal: Triple | None = None
    which: int = 0


@dataclass(frozen=True, slots=True)
class OnSheet:
    """A place on the drawing: fractions of its sheet, and a box drawn around what is meant."""

    x: float
    y: float
    box: tuple[float, float, float, float]  # x, y of two opposite corners


@dataclass(frozen=True, slots=True)
class Said:
    """A comment."""

    by: Voice
    text: str


@dataclass(frozen=True, slots=True)
class SampleIssue:
    """An issue and what became of it. assignee: `owner` is whoever was given the sample."""

    by: Voice
    on: Revision
    title: str
    description: str
    at: Spot | OnSheet
    type: str = "Issue"
    priority: str = "Normal"
    labels: tuple[str, ...] = ()
    assignee: Voice | Literal["owner"] | None = None
    due_in_days: int | None = None
    thread: tuple[Said, ...] = ()
    ends_as: str | None = None  # the status that it was given in the end


@dataclass(frozen=True, slots=True)
class SampleView:
    """A view of the agenda. position, target: metres, y up, as the model is shown.

    keeps: normal and offset of a cut.  compared_to: the revision that is shown beside.
    """

    name: str
    position: Triple
    target: Triple
    keeps: tuple[Triple, float] | None = None
    compared_to: Revision | None = None


ISSUES: Final[tuple[SampleIssue, ...]] = (
    SampleIssue(
        "ben", "A", "Bearing retainer wears: aluminium against steel",
        "The outer ring of the 6208 turns against the retainer. EN AW-6082 will not last there.",
        Spot("Bearing retainer", (45.0, 0.0, 176.0), (0.0, 0.0, 1.0)),
        labels=("material",),
        thread=(Said("nora", "Steel 42CrMo4 since revision B, same shape."),),
        ends_as="Closed",
    ),
    SampleIssue(
        "ben", "B", "Grease hole of the input cover is too small",
        "The hole is Ø 6.0. The grease nipple needs Ø 6.5.",
        Spot("Input cover", (3.0, 66.0, -14.0), (-1.0, 0.0, 0.0)),
        type="Error", priority="High", labels=("machining",), assignee="nora",
        thread=(Said("nora", "I am at it; it comes with the next revision."),),
        ends_as="In Progress",
    ),
    SampleIssue(
        "nora", "B", "Oil port overhangs its pad by 1 mm",
        "The collar of the port is Ø 22 and its middle 10 mm from the edge of the pad. "
        "Move it inwards.",
        Spot("P1", (10.0, 0.0, 15.5), (1.0, 0.0, 0.0)),
        labels=("machining",),
        thread=(Said("nora", "Moved by 12.5 mm in revision C."),),
        ends_as="Resolved",
    ),
    SampleIssue(
        "ben", "B", "Screw 8 of the retainer is in the way of the sensor cable",
        "The cable of the speed sensor passes where the head of this screw is.",
        Spot("Screw ISO 4762 M5x16", which=7),
        priority="Low", labels=("assembly",),
    ),
    SampleIssue(
        "nora", "C", "No room for a spanner between oil port and breather",
        "Since the port was moved there is 0.9 mm between its head and the breather. "
        "Move the breather, or turn it by 90 degrees?",
        Spot("B1", (9.6, 0.0, 14.0), (1.0, 0.0, 0.0)),
        type="Clash", priority="High", labels=("assembly",), assignee="owner", due_in_days=5,
        thread=(
            Said("ben", "A ring spanner does not fit either. Measure it: M, then both bodies."),
            Said("nora", "Moving the breather by 12 mm would do, the pad ends 9 mm behind it."),
            Said("ben", "Then rather a longer pad. Who decides?"),
        ),
    ),
    SampleIssue(
        "nora", "C", "The shaft end has no tolerance on the drawing",
        "Ø 35 is given without a fit. The coupling needs k6.",
        OnSheet(0.626, 0.377, (0.612, 0.335, 0.642, 0.42)),
        type="Request", labels=("drawing",),
    ),
)  # fmt: skip

# A plain comment on the newest revision, and the answer to it.
COMMENT_AT: Final = Spot("S1", (18.0, 0.0, 14.0), (0.0, 0.0, 1.0))
COMMENT: Final[tuple[Said, ...]] = (
    Said("nora", "New in C: the bracket of the speed sensor, 4 mm sheet."),
    Said("ben", "Thickness is fine. What holds the cable?"),
)

VIEWS: Final[tuple[SampleView, ...]] = (
    SampleView("Ports and bracket, from above", (0.50, 0.55, 0.42), (0.10, 0.17, 0.0)),
    SampleView(
        "Cut along the axis", (0.08, 0.19, 0.85), (0.08, 0.15, 0.0), keeps=((0.0, 0.0, -1.0), 0.0)
    ),
    SampleView("What changed since B", (-0.30, 0.45, 0.55), (0.07, 0.15, 0.0), compared_to="B"),
)

REVIEW_TITLE: Final = "Planetary gearbox C"
REVIEW_TEXT: Final = (
    "Port, grease hole, bracket and screw as discussed. One of two approvals is enough: yours, or "
    "Ben's, who is made up."
)
REVIEW_DUE_IN_DAYS: Final = 7
CHECKLIST: Final[tuple[str, ...]] = (
    "Compared with revision B, every change wanted",
    "Grease hole Ø 6.5 measured",
    "Oil port and breather can be reached",
    "Drawing agrees with the model",
)
VERDICT: Final = Said("ben", "The grease hole is right now. See the issue about the breather.")
