"""Results of reviews for tests of reports and packets: small, whole, and with odd names."""

import io
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from PIL import Image

from holotable.exchange.packet import Contents, Origin, compare_document, write_packet
from holotable.exchange.result import (
    Changes,
    Covered,
    Happened,
    Line,
    Result,
    RevisionFacts,
    Said,
    Seated,
)
from holotable.exchange.signing import SigningKey
from holotable.exchange.topics import Camera, Coloured, Cut, Picture, Remark, Topic, View

NOW = datetime(2026, 11, 23, 23, 30, tzinfo=UTC)
KEY = SigningKey(Ed25519PrivateKey.from_private_bytes(bytes(range(32))))
OTHER_KEY = SigningKey(Ed25519PrivateKey.from_private_bytes(bytes(32)))
TEMPLATE = b"<!doctype html><title>viewer</title><!--holotable-packet-data--><script>0</script>"
STOP: dict[str, Any] = {
    "stop": 0, "kind": "shape", "name": "Plate", "count": 8, "move": None,
    "remarks": [{"kind": "hole_diameter", "from": 0.006, "to": 0.0065, "count": 8, "unit": "m"}],
}  # fmt: skip
SUMMARY: dict[str, Any] = {
    "counts": {"added": 1, "shape": 8, "unchanged": 3},
    "remarks": [{"kind": "mass", "unit": "kg", "by": 0.032, "count": 1}],
}


def picture(kind: str = "PNG", size: tuple[int, int] = (32, 18)) -> Picture:
    target = io.BytesIO()
    Image.new("RGB", size, "teal").save(target, kind)
    return Picture(target.getvalue(), f"image/{kind.lower()}")


def revision(label: str, number: int, lifecycle: str = "approved") -> RevisionFacts:
    return RevisionFacts(UUID(int=number), label, lifecycle, "gear.step", "ab" * 32, NOW, "Mia")


def view(number: int = 9, **more: Any) -> View:
    camera = Camera((1.0, 2.0, 3.0), (0.0, 0.0, 0.0), (0.0, 0.0, -1.0), (0.0, 1.0, 0.0), 0.8)
    made = View(
        UUID(int=number),
        camera=camera,
        cuts=(Cut((0.0, 0.5, 0.0), (0.0, -1.0, 0.0)),),
        selected=("00000000-0000-4000-8000-000000000001",),
        hidden=("a part",),
        colours=(Coloured("#ff8800", ("00000000-0000-4000-8000-000000000002",)),),
        snapshot=picture(),
        revision_label="C",
    )
    return replace(made, **more)


def topic(number: int = 1, **more: Any) -> Topic:
    made = Topic(
        guid=UUID(int=100 + number),
        number=number,
        title="Wall too thin",
        type="Clash",
        status="Open",
        category="open",
        priority="High",
        created_at=NOW,
        author="Mia",
        updated_at=NOW,
        editor="Ben",
        description="Look at it & <say>.",
        assignee="Ben",
        due_at=NOW,
        blocking=True,
        labels=("wall", "  "),
        links=("https://example.org/4711",),
        related=(UUID(int=102),),
        revision_label="C",
        anchor="moved",
        remarks=(Remark(UUID(int=7), "Yes.", "Ben", NOW, view_guid=UUID(int=9)),),
        views=(view(),),
    )
    return replace(made, **more)


def result(**more: Any) -> Result:
    made = Result(
        project="Drives",
        asset="Gearbox",
        number=14,
        title="Release of <b>C</b>",
        description="Look & see\nthe port",
        due_on=date(2026, 12, 1),
        state="approved",
        closed_as="",
        closed_at=None,
        asked_by="Mia",
        asked_at=NOW,
        as_of=NOW,
        revision=revision("C", 3),
        compared_to=revision("B", 2, "superseded"),
        rule={"kind": "count", "count": 2, "must": ["Ben"], "signature": True},
        approvals=1,
        needed=2,
        missing=("Cara",),
        seats=(Seated("Ben", "approver", True, "approved"), Seated("Vic", "observer", False, "")),
        said=(
            Said("Ben", "request_changes", "{no}", "B", True, False, "", "cd" * 32, NOW),
            Said("Ben", "approve", "", "C", False, True, "I approve this.", "ab" * 32, NOW),
        ),
        checklist=(Line("Tolerances", "Ben", NOW), Line("Material")),
        covered=(Covered("Ben", 3, 5),),
        changes=Changes("", SUMMARY, (STOP,), 1),
        topics=(topic(),),
        trail=(
            Happened(NOW, "Mia", "requested", "C", facts={"approvers": ["x"]}),
            Happened(NOW, "Ben", "verdict", "C", after="approve"),
            Happened(NOW, "", "lifecycle", "C", before="in_review", after="approved"),
            Happened(NOW, "Mia", "issue.created", "C", facts={"issue": 1}),
        ),
        thumbnail=picture("WEBP"),
    )
    return replace(made, **more)


def contents(**more: Any) -> Contents:
    made = Contents(
        result=result(),
        report_html=b"<!doctype html>report",
        report_pdf=b"%PDF-1.7 report",
        issues_bcf=b"PK bcf",
        model=b"glTF" + bytes(2_000) + bytes(range(256)),
        compare=compare_document(SUMMARY, [STOP], [], ("B", "C")),
        viewer=TEMPLATE,
        language="en",
    )
    return replace(made, **more)


ORIGIN = Origin(UUID(int=77), UUID(int=78), "https://review.example.org", "Holotable 0", NOW, "Mia")


def packet(made: Contents | None = None, key: SigningKey = KEY) -> bytes:
    target = io.BytesIO()
    size = write_packet(target, made or contents(), ORIGIN, key)
    assert size == len(target.getvalue())
    return target.getvalue()
