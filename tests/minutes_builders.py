"""A session of three people as minutes are made from it: small, whole, and with odd names."""

from datetime import UTC, datetime, timedelta
from typing import Any

from holotable.review.minutes import (
    Attended,
    Judged,
    Meeting,
    Noted,
    Open,
    Recorded,
    Remarked,
    Touched,
)

START = datetime(2026, 11, 23, 22, 50, tzinfo=UTC)
RECORDING = "01890000-0000-7000-8000-0000000000c1"
BEFORE = "01890000-0000-7000-8000-0000000000e0"
PICTURE = "ab" * 32
VIEW = "01890000-0000-7000-8000-0000000000d1"
PEOPLE = {"anna": "Anna | Berg", "ben": "Ben", "chloe": "Chloé"}


def after(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


def came(who: str, joined: float, left: float | None, device: str = "desktop") -> Attended:
    role = "owner" if who == "anna" else "guest_live"
    until = None if left is None else after(left)
    return Attended(who, PEOPLE[who], role, device, after(joined), until)


def said(seq: int, second: float, who: str, text: str) -> Noted:
    return Noted(seq, after(second), who, PEOPLE[who], "chat", "", {"text": text})


def set_(seq: int, second: float, who: str, key: str, value: Any) -> Noted:
    return Noted(seq, after(second), who, PEOPLE[who], "set", key, value)


def touched(second: float, kind: str, field: str = "", word: str = "", **more: Any) -> Touched:
    values: dict[str, Any] = {
        "number": 7, "title": "Bore <too> small", "name": "Ben", "closes": word == "Closed",
        "status": "Closed", "assignee": "Chloé", "due_on": "2026-12-01",
    }  # fmt: skip
    return Touched(at=after(second), kind=kind, field=field, after=word, **(values | more))


def meeting(**more: Any) -> Meeting:
    """Forty minutes, of which minutes 5 to 30 were recorded."""
    whole: dict[str, Any] = {
        "session_id": "01890000-0000-7000-8000-0000000000e1",
        "title": "Skid P-101 review", "project": "Skid", "asset": "Pump *P-101*",
        "revisions": ["C", "B"], "started_at": START, "ended_at": after(2_400),
        "attended": [
            came("anna", 0, 2_400), came("ben", 30, 600), came("ben", 640, 2_400),
            came("chloe", 60.25, 1_200, "headset"), came("anna", 900, 1_000, "tablet"),
        ],
        "noted": [
            said(1, 100, "anna", "Hello, see https://example.org/spec.pdf."),
            set_(2, 310, "anna", "view", {"id": VIEW, "name": "Valve access"}),
            set_(3, 311, "ben", "view", {"id": VIEW, "name": "Valve access"}),
            said(4, 400.5, "anna", "/decide Bore becomes 6.5 mm"),
            said(5, 410, "ben", "\N{THUMBS UP SIGN}"),
            said(6, 411, "ben", "/agree"),
            said(7, 412, "chloe", "/agree #1"),
            said(8, 420, "chloe", "/Decide Paint it | green"),
            said(9, 430, "anna", "/agree 2"),
            said(10, 440, "anna", "/disagree 2"),
            said(11, 450, "ben", "/agree 3"),
            said(12, 460, "ben", "/q Who orders the seals?"),
            said(18, 470, "chloe", "/answer 1 Next week"),
            said(19, 480, "ben", "/answer 1 In May"),
            set_(13, 500, "ben", "measurement/a", {"name": "Wall", "value": 0.0045, "unit": "m"}),
            set_(14, 510, "ben", "measurement/b", {"kind": "distance", "value": 1.0}),
            set_(15, 520, "ben", "measurement/b", None),
            said(16, 530, "ben", "again https://example.org/spec.pdf"),
            set_(17, 2_000, "anna", "view", {"id": None, "name": "Overview"}),
        ],
        "touched": [
            touched(600, "created"), touched(700, "changed", "status", "Closed"),
            touched(610, "comment_added", number=3, title="Loose bolt", status="Open",
                    assignee="", due_on=""),
        ],
        "judged": [Judged(after(1_500), "Anna | Berg", "approve", "C", "Fine.")],
        "recorded": [Recorded(RECORDING, after(300), after(1_800))],
        "open": [Open(BEFORE, "Kick-off", "When does the | pump come?", "Chloé")],
        "remarked": [Remarked(after(2_700), "Ben", "The bore is 6.5 mm, not 6.")],
        "pictures": {VIEW: PICTURE}, "next_at": after(604_800), "next_link": "https://x.example/n",
    }  # fmt: skip
    return Meeting(**(whole | more))
