"""What a report says of a result, whatever it is drawn as."""

from dataclasses import replace
from uuid import UUID

from result_builders import NOW, STOP, contents, result, topic

from holotable.exchange.report import MAX_STOPS, Facts, Note, Shown, Table, compose
from holotable.exchange.report_words import Words
from holotable.exchange.result import Changes, LeftOut, Result
from holotable.exchange.topics import Attached, Remark

ENGLISH, GERMAN = Words("en"), Words("de")


def texts(made: Result, words: Words = ENGLISH) -> list[str]:
    """Every text of the report, in order."""
    report = compose(made, words)
    found = [report.title, report.subtitle]
    for section in report.sections:
        found.append(section.title)
        for block in section.blocks:
            match block:
                case Facts(rows):
                    found += [cell for row in rows for cell in row]
                case Table(head, rows):
                    found += [*head, *(cell for row in rows for cell in row)]
                case Note(text):
                    found.append(text)
                case Shown(_, caption):
                    found.append(caption)
    return found


def test_everything_that_was_decided_is_said() -> None:
    said = "\n".join(texts(result()))
    for expected in (
        "Review #14: Release of <b>C</b>",
        "Approved; 1 of 2 approvals; still needed: Cara",
        "C (approved), gear.step, SHA-256 " + "ab" * 32,
        "B (superseded), gear.step",
        "2 of the approvers, Ben among them, with signature",
        "Approver, must approve",
        "Approved. Given on C; signed: I approve this.",
        "Changes requested. Given on B; not signed; stale: given on B, counts for nothing now",
        "Ben, 2026-11-23 23:30 UTC",
        "not ticked",
        "3 / 5",
        "1 added, 8 shape",
        "mass +3.2 %",
        "hole Ø 6.0 → Ø 6.5 (×8)",
        "Plate ×8",
        "Wall too thin (1 comments)",
        "Open, blocking",
        "in review → approved",
        "by itself",
    ):
        assert expected in said
    assert "issue.created" not in said  # issues have a table of their own


def test_german_is_german() -> None:
    said = "\n".join(texts(result(), GERMAN))
    assert "Prüfung #14" in said
    assert "Bohrung Ø 6,0 → Ø 6,5 (×8)" in said
    assert "in Prüfung → freigegeben" in said


def test_what_is_not_there_is_said_and_never_an_empty_table() -> None:
    bare = result(
        said=(), checklist=(), covered=(), changes=None, topics=(), trail=(), thumbnail=None,
        compared_to=None, description="", due_on=None,
    )  # fmt: skip
    said = texts(bare)
    assert "Nobody has said anything." in said
    assert "There is nothing to compare with." in said
    assert "There are no issues on this asset." in said
    assert "Checklist" not in said
    refused = texts(result(changes=Changes("A point cloud and a solid.")))
    assert "The revisions were not compared: A point cloud and a solid." in refused
    left = texts(result(left_out=(LeftOut("model.glb", "Too large."),)))
    assert left[-4:] == ["Name", "Text", "model.glb", "Too large."]


def test_long_lists_say_how_much_there_is() -> None:
    many = tuple({**STOP, "stop": at} for at in range(MAX_STOPS + 5))
    said = texts(result(changes=Changes("", {}, many, 4_000)))
    assert f"{MAX_STOPS} of 4000 kinds of change, the most important first." in said


def test_snapshots_stand_beside_their_issues() -> None:
    report = compose(result(topics=(topic(), replace(topic(2), views=()))), ENGLISH)
    shown = [one for part in report.sections for one in part.blocks if isinstance(one, Shown)]
    assert [one.caption for one in shown] == ["Gearbox, Revision C", "#1 Wall too thin"]
    assert contents().result == result()


def test_the_place_of_an_issue_on_a_drawing_is_named_with_its_sheet() -> None:
    on_sheet = result(topics=(topic(drawing="Plate", sheet=2),))
    assert "moved, drawing Plate, sheet 2" in texts(on_sheet)
    assert "Zeichnung Plate, Blatt 2" in "\n".join(texts(on_sheet, GERMAN))
    alone = result(topics=(topic(anchor="", drawing="Plate", sheet=2),))
    assert "drawing Plate, sheet 2" in texts(alone)


def test_drawings_and_files_beside_issues_are_counted_with_their_size() -> None:
    one = Attached(UUID(int=1), "film.mp4", "video/mp4", 3 << 20, "0" * 64)
    sheet = Attached(UUID(int=2), "Plate.pdf", "application/pdf", 9, "1" * 64, revision="C")
    spoken = Remark(UUID(int=7), "Yes.", "Ben", NOW, files=(one,))
    made = result(topics=(topic(files=(one,), remarks=(spoken,)),), drawings=(sheet,))
    said = texts(made)
    assert "Drawings: Plate.pdf (C). Files beside issues: 2, together 6.0 MB." in said
    assert "#1" in said
    assert any("(1 comments, 2 files)" in line for line in said)
    german = "\n".join(texts(made, GERMAN))
    assert "Dateien an Problemen: 2, zusammen 6,0 MB." in german
    assert not any("Files beside" in line for line in texts(result()))
