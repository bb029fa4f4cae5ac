"""Mails as they are sent: text and HTML, threaded by subject, with a way to hear no more.

No value that a person typed reaches a header with a line break in it: `EmailMessage` refuses them,
and they are taken out before. Nothing in a mail loads from anywhere.
"""

import base64
import binascii
import hmac
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr
from hashlib import sha256
from html import escape
from typing import Final
from uuid import UUID

from holotable.errors import Invalid
from holotable.review.notification import Kind, Language
from holotable.review.notification_words import kind_words, word

# 7 bit: a server without 8BITMIME takes it as well (RFC 6152).
_POLICY: Final = SMTP.clone(cte_type="7bit")
_ADDRESS: Final = re.compile(
    r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@"
    r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
    r"(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*"
)
_LONGEST_SUBJECT: Final = 200


@dataclass(frozen=True, slots=True)
class Item:
    """One thing a mail tells of. path: of the page that shows it, from the root."""

    title: str
    sentences: Sequence[str]
    path: str
    project: str


@dataclass(frozen=True, slots=True)
class Envelope:
    """What is the same in all mails of an installation. public_url: without a slash at its end."""

    sender: str  # "Holotable <holotable@example.org>" or an address alone
    public_url: str
    secret: bytes


@dataclass(frozen=True, slots=True)
class Reader:
    """To whom a mail goes."""

    id: UUID
    name: str
    address: str
    language: Language


def check_address(text: str, *, pointer: str = "/address") -> str:
    """An address as mail servers take it (RFC 5321 §4.1.2, ASCII, no quoted part).

    raises: Invalid.
    """
    clean = text.strip()
    ok = len(clean) <= 254 and _ADDRESS.fullmatch(clean)
    if not ok or ".." in clean or clean.split("@")[0][0] == "." or clean.split("@")[0][-1] == ".":
        raise Invalid(f"{clean[:80]!r} is no e-mail address.", pointer=pointer)
    return clean


def address_alone(sender: str) -> str:
    """The address of "Name <address>". raises: Invalid."""
    return check_address(parseaddr(sender)[1], pointer="/HOLOTABLE_SMTP_FROM")


def notification_mail(
    envelope: Envelope,
    reader: Reader,
    item: Item,
    *,
    kind: Kind,
    mail_id: UUID,
    thread: str,
    now: datetime,
) -> EmailMessage:
    """What happened to one subject. thread: the subject's key, the same in every mail about it."""
    language = reader.language
    message = _begun(envelope, reader, item.title, mail_id, now)
    root = f"<{sha256(f'{thread}:{reader.id}'.encode()).hexdigest()[:32]}@{_domain(envelope)}>"
    message["In-Reply-To"] = root
    message["References"] = root
    stop = unsubscribe_url(envelope, reader.id, kind.value)
    _may_stop(message, stop)
    said = kind_words(language, kind)
    _filled(
        message,
        envelope,
        language,
        heading=item.title,
        lead="",
        items=[item],
        grouped=False,
        why=word(language, "why", kind=said),
        stop=(word(language, "stop", kind=said), stop),
    )
    return message


def digest_mail(
    envelope: Envelope,
    reader: Reader,
    items: Sequence[Item],
    *,
    more: int,
    cadence: str,
    mail_id: UUID,
    now: datetime,
) -> EmailMessage:
    """A summary, by project. more: how many there are besides."""
    language = reader.language
    subject = word(language, "digest", n=len(items) + more)
    message = _begun(envelope, reader, subject, mail_id, now)
    stop = unsubscribe_url(envelope, reader.id, cadence)
    _may_stop(message, stop)
    said = word(language, cadence)
    lead = word(language, "digest_lead")
    _filled(
        message,
        envelope,
        language,
        heading=subject,
        lead=lead,
        items=items,
        grouped=True,
        more=word(language, "more", n=more) if more else "",
        why=word(language, "why_digest", cadence=said),
        stop=(word(language, "stop_digest", cadence=said), stop),
    )
    return message


def confirm_mail(
    envelope: Envelope, reader: Reader, *, expires_at: datetime, mail_id: UUID, now: datetime
) -> EmailMessage:
    """Ask whoever reads an address whether mails may go there."""
    language = reader.language
    token = _token(envelope.secret, "confirm", reader.id, reader.address, expires_at)
    item = Item(
        word(language, "confirm_action"),
        [word(language, "confirm_text", name=_one_line(reader.name))],
        f"/settings/me?confirm={token}",
        "",
    )
    message = _begun(envelope, reader, word(language, "confirm"), mail_id, now)
    _filled(
        message, envelope, language, heading=word(language, "confirm"), lead="", items=[item],
        grouped=False, why="", stop=None,
    )  # fmt: skip
    return message


def check_mail(envelope: Envelope, reader: Reader, *, mail_id: UUID, now: datetime) -> EmailMessage:
    """What `holotable mail-test` sends."""
    language = reader.language
    item = Item(word(language, "open"), [word(language, "test_text")], "/", "")
    message = _begun(envelope, reader, word(language, "test"), mail_id, now)
    _filled(
        message, envelope, language, heading=word(language, "test"), lead="", items=[item],
        grouped=False, why="", stop=None,
    )  # fmt: skip
    return message


# Tokens: what a link in a mail may do without anybody signed in


def unsubscribe_url(envelope: Envelope, principal_id: UUID, what: str) -> str:
    """The address that turns off mails of a kind, or a cadence of summaries, for this person."""
    token = _token(envelope.secret, "stop", principal_id, what, None)
    return f"{envelope.public_url}/api/v1/mail/unsubscribe/{token}"


def read_unsubscribe(secret: bytes, token: str) -> tuple[UUID, str] | None:
    """Whose mails of what a link turns off; None for a link that we did not write."""
    read = _read(secret, "stop", token)
    return None if read is None else (read[0], read[1])


def read_confirmation(secret: bytes, token: str, now: datetime) -> tuple[UUID, str] | None:
    """Whose address a link confirms; None for one that is over or that we did not write."""
    read = _read(secret, "confirm", token)
    if read is None or read[2] is None or now.timestamp() > read[2]:
        return None
    return read[0], read[1]


def _token(
    secret: bytes, purpose: str, principal_id: UUID, what: str, expires_at: datetime | None
) -> str:
    until = "" if expires_at is None else str(int(expires_at.timestamp()))
    said = f"{principal_id.hex}.{until}.{what}".encode()
    sign = _signature(secret, purpose, said)
    return base64.urlsafe_b64encode(sign + said).decode().rstrip("=")


def _read(secret: bytes, purpose: str, token: str) -> tuple[UUID, str, int | None] | None:
    if len(token) > 600:
        return None
    try:
        both = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
    except (binascii.Error, ValueError):
        return None
    sign, said = both[:16], both[16:]
    if not hmac.compare_digest(sign, _signature(secret, purpose, said)):
        return None
    id_, until, what = said.decode().split(".", 2)
    return UUID(id_), what, int(until) if until else None


def _signature(secret: bytes, purpose: str, said: bytes) -> bytes:
    """128 bits that only this installation can make, of no use for another purpose."""
    return hmac.new(secret, f"holotable-mail/{purpose}/1\n".encode() + said, sha256).digest()[:16]


# The message


def _begun(
    envelope: Envelope, reader: Reader, subject: str, mail_id: UUID, now: datetime
) -> EmailMessage:
    """The headers that every mail has; its Message-ID is its row's, however often it is sent."""
    message = EmailMessage(policy=_POLICY)
    name, address = parseaddr(envelope.sender)
    message["From"] = _address(name, address)
    message["To"] = _address(reader.name, reader.address)
    message["Subject"] = _one_line(subject)[:_LONGEST_SUBJECT]
    message["Date"] = format_datetime(now)
    message["Message-ID"] = f"<{mail_id.hex}@{_domain(envelope)}>"
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834 §5
    message["X-Auto-Response-Suppress"] = "All"  # the same for Exchange
    return message


def _may_stop(message: EmailMessage, url: str) -> None:
    """One click in the reader's mail program (RFC 8058 §3.1)."""
    message["List-Unsubscribe"] = f"<{url}>"
    message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"


def _filled(
    message: EmailMessage,
    envelope: Envelope,
    language: Language,
    *,
    heading: str,
    lead: str,
    items: Sequence[Item],
    grouped: bool,
    why: str,
    stop: tuple[str, str] | None,
    more: str = "",
) -> None:
    text: list[str] = [lead, ""] if lead else []
    html = [
        f'<!doctype html><html lang="{language}"><head><meta charset="utf-8">'
        f"<title>{escape(heading)}</title></head>"
        '<body style="margin:0;padding:24px;background:#f5f6f8;color:#1a1d23;'
        'font:15px/22px system-ui,-apple-system,Segoe UI,Roboto,sans-serif">'
        '<div style="max-width:560px;margin:0 auto;padding:24px;background:#ffffff;'
        'border:1px solid #dfe2e8;border-radius:8px">'
    ]
    if lead:
        html.append(f'<p style="margin:0 0 16px">{escape(lead)}</p>')
    project = None
    for item in items:
        if item.project and item.project != project:
            project = item.project
            if grouped:
                text += [f"== {_one_line(project)} ==", ""]
                html.append(
                    '<h2 style="margin:20px 0 8px;font-size:13px;line-height:18px;color:#596170">'
                    f"{escape(project)}</h2>"
                )
            else:
                html.append(f'<p style="margin:0;color:#596170">{escape(project)}</p>')
        url = f"{envelope.public_url}{item.path}"
        text += [_one_line(item.title), *(f"  {said}" for said in item.sentences), f"  {url}", ""]
        said = "<br>".join(escape(one) for one in item.sentences)
        html.append(
            f'<p style="margin:0 0 4px;font-weight:600">{escape(item.title)}</p>'
            f'<p style="margin:0 0 8px">{said}</p>'
            + _link(url, word(language, "open"), button=not grouped)
        )
    if more:
        text += [more, f"  {envelope.public_url}/inbox", ""]
        html.append(_link(f"{envelope.public_url}/inbox", more, button=False))
    settings = f"{envelope.public_url}/settings/me#notifications"
    foot = ["-- ", *([why] if why else []), f"{word(language, 'settings')}: {settings}"]
    links = [_small(settings, word(language, "settings"))]
    if stop is not None:
        foot.append(f"{stop[0]}: {stop[1]}")
        links.append(_small(stop[1], stop[0]))
    html.append(
        '<p style="margin:24px 0 0;padding-top:12px;border-top:1px solid #dfe2e8;color:#596170;'
        f'font-size:13px;line-height:19px">{escape(why)}{"<br>" if why else ""}'
        f"{' · '.join(links)}</p></div></body></html>"
    )
    message.set_content("\n".join([*text, *foot]) + "\n", cte="quoted-printable")
    message.add_alternative("\n".join(html), subtype="html", cte="quoted-printable")


def _link(url: str, words: str, *, button: bool) -> str:
    if not button:
        return f'<p style="margin:0 0 16px"><a href="{escape(url)}">{escape(words)}</a></p>'
    return (
        f'<p style="margin:16px 0"><a href="{escape(url)}" style="display:inline-block;'
        "padding:10px 18px;border-radius:6px;background:#1f5fd6;color:#ffffff;"
        f'text-decoration:none;font-weight:600">{escape(words)}</a></p>'
    )


def _small(url: str, words: str) -> str:
    return f'<a href="{escape(url)}" style="color:#596170">{escape(words)}</a>'


def _address(name: str, address: str) -> Address:
    """A header's address. The name is one line without what ends a quoted text early."""
    clean = "".join(c for c in _one_line(name) if c not in '"\\<>')
    return Address(display_name=clean[:100], addr_spec=check_address(address))


def _domain(envelope: Envelope) -> str:
    return parseaddr(envelope.sender)[1].rpartition("@")[2] or "localhost"


def _one_line(text: str) -> str:
    """One line of what can be printed."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())
