"""Mails: headers that people cannot break, threads, links, and tokens that nobody can make."""

import re
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import cast

import pytest
from mail_builders import PUBLIC_URL, SENDER, texts

from holotable import letters
from holotable.errors import Invalid
from holotable.letters import Envelope, Item, Reader
from holotable.review.notification import Kind
from holotable.store.database import uuid7

NOW = datetime(2026, 1, 5, 12, tzinfo=UTC)
ENVELOPE = Envelope(SENDER, PUBLIC_URL, b"secret")
READER = Reader(uuid7(), "Mia Berg", "mia@example.org", "en")
ITEM = Item("Review #14: Housing", ["Ben Okoro asks for your approval."], "/p/1/reviews/2", "Skid")


def written(item: Item = ITEM, reader: Reader = READER, thread: str = "review:1") -> EmailMessage:
    message = letters.notification_mail(
        ENVELOPE, reader, item, kind=Kind.REVIEW_REQUESTED, mail_id=uuid7(), thread=thread, now=NOW
    )
    return cast(EmailMessage, message_from_bytes(message.as_bytes(), policy=default))


def test_a_mail_says_it_in_text_and_html_and_leads_to_the_place() -> None:
    mail = written()
    assert mail.get_content_type() == "multipart/alternative"
    for body in texts(mail):
        assert "asks for your approval" in body
        assert "https://review.example.org/p/1/reviews/2" in body
        assert "/settings/me#notifications" in body
    assert mail["To"] == "Mia Berg <mia@example.org>"
    assert mail["From"] == SENDER
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert re.fullmatch(r"<https://review\.example\.org/api/v1/mail/unsubscribe/[\w-]+>",
                        mail["List-Unsubscribe"])  # fmt: skip


def test_mails_about_one_subject_are_one_thread_and_each_has_its_own_id() -> None:
    one, two, other = written(), written(), written(thread="review:2")
    assert one["References"] == two["References"] == one["In-Reply-To"]
    assert other["References"] != one["References"]
    assert len({mail["Message-ID"] for mail in (one, two, other)}) == 3
    assert one["Message-ID"].endswith("@example.org>")


def test_nothing_that_people_type_makes_a_header() -> None:
    evil = "Bolt\r\nBcc: all@example.org\r\n\r\n<script>alert(1)</script>"
    mail = written(
        Item(evil, [evil], "/p/1", evil),
        Reader(uuid7(), 'Eve"\r\nBcc: x@example.org <eve@evil.example>, "', "e@example.org", "en"),
    )
    assert mail["Bcc"] is None
    assert [one.addr_spec for one in mail["To"].addresses] == ["e@example.org"]
    assert "\n" not in mail["Subject"]
    assert "<script>" not in texts(mail)[1]


def test_letters_outside_of_ascii_arrive_and_the_bytes_are_ascii_lines() -> None:
    item = Item("Prüfung #1: 减速器 🚀", ["Jürgen bittet um deine Freigabe."], "/p/1", "Größe")
    message = letters.notification_mail(
        ENVELOPE, Reader(uuid7(), "Jürgen Müller", "j@example.org", "de"), item,
        kind=Kind.MENTION, mail_id=uuid7(), thread="issue:1", now=NOW,
    )  # fmt: skip
    content = message.as_bytes()
    content.decode("ascii")
    assert max(len(line) for line in content.split(b"\r\n")) <= 998
    mail = cast(EmailMessage, message_from_bytes(content, policy=default))
    assert mail["Subject"] == "Prüfung #1: 减速器 🚀"
    assert mail["To"].addresses[0].display_name == "Jürgen Müller"
    assert "Jürgen bittet" in texts(mail)[0]


def test_a_digest_is_grouped_by_project_and_counts_the_rest() -> None:
    items = [ITEM, Item("Issue #3: Bore", ["2 new comments."], "/p/2/issues/3", "House")]
    message = letters.digest_mail(
        ENVELOPE, READER, items, more=7, cadence="daily", mail_id=uuid7(), now=NOW
    )
    mail = cast(EmailMessage, message_from_bytes(message.as_bytes(), policy=default))
    plain, html = texts(mail)
    assert mail["Subject"] == "Holotable: 9 new for you"
    assert plain.index("== Skid ==") < plain.index("#14") < plain.index("== House ==")
    assert "and 7 more in your inbox" in plain
    assert "https://review.example.org/inbox" in html


@pytest.mark.parametrize(
    "text",
    ["", "mia", "mia@", "@example.org", "a@b@c.de", "mia@exa mple.org", "mia@example.org\nBcc: x",
     "mïa@example.org", "mia@-x.org", ".mia@example.org", "m..a@example.org", "mia.@example.org",
     "a" * 65 + "@example.org", "mia@" + "x." * 130 + "org", "mia@example.org>"],
)  # fmt: skip
def test_what_is_no_address_is_refused(text: str) -> None:
    with pytest.raises(Invalid):
        letters.check_address(text)


def test_addresses_as_people_have_them_are_taken() -> None:
    for text in ("mia@example.org", "mia.berg+cad@mail.example.co.uk", "m@localhost"):
        assert letters.check_address(f" {text} ") == text
    assert letters.address_alone(SENDER) == "holotable@example.org"


def test_an_unsubscribe_link_is_for_one_person_and_one_kind() -> None:
    url = letters.unsubscribe_url(ENVELOPE, READER.id, "mention")
    token = url.rsplit("/", 1)[1]
    assert letters.read_unsubscribe(b"secret", token) == (READER.id, "mention")
    assert letters.read_unsubscribe(b"another", token) is None
    for odd in ("", "x", "é", token[:-2], token + "AAAA", "A" * 10_000):
        assert letters.read_unsubscribe(b"secret", odd) is None
    flipped = ("B" if token[0] != "B" else "C") + token[1:]
    assert letters.read_unsubscribe(b"secret", flipped) is None


def test_a_confirmation_is_good_for_its_time_and_for_nothing_else() -> None:
    mail = letters.confirm_mail(
        ENVELOPE, READER, expires_at=NOW + timedelta(days=2), mail_id=uuid7(), now=NOW
    )
    body = texts(cast(EmailMessage, message_from_bytes(mail.as_bytes(), policy=default)))[0]
    found = re.search(r"confirm=([\w-]+)", body)
    assert found is not None
    token = found[1]
    assert letters.read_confirmation(b"secret", token, NOW) == (READER.id, "mia@example.org")
    assert letters.read_confirmation(b"secret", token, NOW + timedelta(days=3)) is None
    assert letters.read_unsubscribe(b"secret", token) is None
    stop = letters.unsubscribe_url(ENVELOPE, READER.id, "mention").rsplit("/", 1)[1]
    assert letters.read_confirmation(b"secret", stop, NOW) is None


@pytest.mark.parametrize("language", ["en", "de"])
def test_a_check_mail_speaks_the_language(language: letters.Language) -> None:
    reader = Reader(uuid7(), "Mia", "mia@example.org", language)
    mail = letters.check_mail(ENVELOPE, reader, mail_id=uuid7(), now=NOW)
    assert f'lang="{language}"' in texts(mail)[1]
