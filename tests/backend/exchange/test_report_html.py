"""The page: whole by itself, and nobody's name becomes markup."""

import re

from lxml import html as parser
from result_builders import result

from holotable.exchange.report import compose
from holotable.exchange.report_html import html
from holotable.exchange.report_words import Words
from holotable.exchange.topics import Picture


def page(**more: object) -> str:
    return html(compose(result(**more), Words("en")), "en").decode()


def test_it_needs_nothing_else_and_runs_nothing() -> None:
    said = page()
    document = parser.fromstring(said)
    assert document.xpath("//script | //link | //iframe | //object") == []
    sources = document.xpath("//@src | //@href")
    assert sources
    assert all(str(one).startswith("data:image/") for one in sources)
    assert "url(" not in said
    policy = document.xpath("//meta[@http-equiv='Content-Security-Policy']/@content")
    assert "default-src 'none'" in policy[0]


def test_what_people_write_is_text() -> None:
    hostile = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>"
    said = page(title=hostile, project=hostile, description=hostile)
    assert "<script" not in said
    assert not re.search(r"<img[^>]+onerror", said)
    assert parser.fromstring(said).xpath("string(//h1)") == f"Review #14: {hostile}"


def test_a_picture_of_another_kind_is_left_out_and_names_of_any_script_stay() -> None:
    said = page(thumbnail=Picture(b"<svg/>", "image/svg+xml"), asked_by="王小明 Привет \ud800")
    assert "svg" not in said
    assert "王小明 Привет ?" in said


def test_the_same_result_is_the_same_page() -> None:
    assert page() == page()
