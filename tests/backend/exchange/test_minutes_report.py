"""Minutes as a page, as Markdown and as PDF."""

import io
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from lxml import html as parser
from minutes_builders import PICTURE, RECORDING, after, meeting, said
from PIL import Image

from holotable.exchange.minutes_report import MinutesWords, compose, markdown
from holotable.exchange.report import Report
from holotable.exchange.report_fonts import found_fonts
from holotable.exchange.report_html import html
from holotable.exchange.report_pdf import pdf
from holotable.exchange.report_words import Language
from holotable.exchange.topics import Picture
from holotable.review.minutes import document

VECTORS = Path(__file__).parents[2] / "vectors"
PUBLISHED = (after(3_000), "Anna | Berg")
ORIGIN = "https://holotable.example"


def report(
    language: Language = "en", zone: str | None = None, notes: str = "Bring the *seals*.",
    published: tuple[datetime, str] | None = PUBLISHED, version: int = 1, correction: str = "",
    pictures: Mapping[str, Picture] | None = None, **more: object,
) -> Report:  # fmt: skip
    words = MinutesWords(language, ZoneInfo(zone) if zone else None)
    return compose(
        document(meeting(**more)), words, notes=notes, published=published, origin=ORIGIN,
        pictures=pictures or {}, version=version, correction=correction,
    )  # fmt: skip


def test_the_markdown_of_a_session_is_the_golden_one() -> None:
    golden = (VECTORS / "minutes.md").read_text(encoding="utf-8")
    assert markdown(report(zone="Europe/Berlin")).decode() == golden


def test_times_lead_to_the_recording_and_the_document_says_its_zone() -> None:
    page = html(report(zone="Europe/Berlin"), "en").decode()
    document = parser.fromstring(page)
    links = [str(one) for one in document.xpath("//table//a/@href")]
    assert f"{ORIGIN}/live/01890000-0000-7000-8000-0000000000e1/replay?r={RECORDING}&t=100.5" in (
        links
    )
    assert len(links) == 7 + 1  # the overview and the first line came when nothing was recorded
    assert "Europe/Berlin" in page
    assert "22:56:40 UTC (23:56:40 CET)" in page


def test_what_people_write_is_text_in_every_form() -> None:
    hostile = "<script>alert(1)</script> [x](javascript:alert(1)) | `a`"
    made = report(noted=[said(1, 400, "ben", f"/decide {hostile}")], title=hostile, notes=hostile)
    assert "<script" not in html(made, "en").decode()
    text = markdown(made).decode()
    assert "<script" not in text
    assert "\\[x\\](javascript:alert(1)) \\| \\`a\\`" in text


def test_a_draft_says_that_it_is_one() -> None:
    text = markdown(report("de", published=None)).decode()
    assert "**Entwurf: noch nicht veröffentlicht.**" in text
    assert text.startswith("# Protokoll: Skid P-101 review")


def test_the_same_minutes_are_the_same_bytes() -> None:
    words = MinutesWords("en")
    once, again = (pdf(report(), words, found_fonts()) for _ in range(2))
    assert once == again
    assert once.startswith(b"%PDF-")
    assert b"/URI" in once


def test_views_that_were_shown_have_their_pictures_in_documents() -> None:
    content = io.BytesIO()
    Image.new("RGB", (8, 6), "#0f6fc6").save(content, "PNG")
    made = report(pictures={PICTURE: Picture(content.getvalue(), "image/png")})
    page = html(made, "en").decode()
    assert page.count("<img") == 1
    assert page.index("Valve access") < page.index("<img")
    assert b"/Image" in pdf(made, MinutesWords("en"), found_fonts())
    assert "<img" not in html(report(), "en").decode()


def test_a_corrected_version_says_which_it_is_and_what_it_corrects() -> None:
    text = markdown(report(version=2, correction="The bore.")).decode()
    assert "- Version: 2; it corrects: The bore." in text
    assert "Version" not in markdown(report()).decode()


def test_questions_taken_over_answers_comments_and_the_next_session_are_in_it() -> None:
    text = markdown(report("de")).decode()
    assert "| aus Kick-off | 1\\. | When does the \\| pump come? | Chloé | In May (Ben) |" in text
    assert "| Who orders the seals? | Ben | offen |" in text
    assert "The bore is 6.5 mm, not 6." in text
    assert "- Adresse: https://x.example/n" in text
