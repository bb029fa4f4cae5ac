"""How I want to hear: channels by kind, my address, quiet hours; mails over what they link to."""

from datetime import datetime, timedelta
from html import escape
from typing import Final
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse
from pydantic import BaseModel, Field

from holotable import letters, notifications
from holotable.accounts import SignedIn
from holotable.errors import Gone, Invalid
from holotable.review.notification import (
    CADENCES,
    LANGUAGES,
    Cadence,
    Choice,
    Kind,
    Language,
    choices_of,
    clock_time,
    require_zone,
    stored_choices,
)
from holotable.review.notification_words import kind_words, language_of, word
from holotable.store.notification_tables import NotificationSettings
from holotable.store.queries import mail
from holotable.store.queries import notifications as rows
from holotable.web.answers import Author
from holotable.web.dependencies import (
    Access,
    Administrator,
    AppContext,
    NoGuest,
    Permissions,
    Transaction,
    address_of,
)
from holotable.web.rate_limits import address_key

router = APIRouter(tags=["inbox"])

_CONFIRM_WITHIN: Final = timedelta(days=2)
_PAGE: Final = (
    '<!doctype html><html lang="{language}"><head><meta charset="utf-8"><title>Holotable</title>'
    '<meta name="viewport" content="width=device-width"><meta name="robots" content="noindex">'
    "<style>:root{{color-scheme:light dark}}body{{font:16px/1.5 system-ui,sans-serif;"
    "max-width:32rem;margin:15vh auto;padding:0 1rem}}"
    "button{{font:inherit;padding:.5rem 1.25rem}}</style></head>"
    "<body><h1>Holotable</h1><p>{text}</p>{action}</body></html>"
)


class ChoiceAnswer(BaseModel):
    """How one kind reaches me."""

    app: bool
    email: Cadence


class MailProblem(BaseModel):
    """Why mails do not arrive."""

    code: str
    detail: str
    remedy: str
    at: datetime | None = None


class NotificationSettingsAnswer(BaseModel):
    """How I want to hear. mail_on: whether this server sends mails at all.

    address: what I entered; empty means my login, if it is an address. goes_to: where mails go
    now, empty for nowhere.
    """

    mail_on: bool
    address: str
    confirmed: bool
    goes_to: str
    refused: MailProblem | None
    language: Language | None
    time_zone: str | None
    quiet_from: str | None
    quiet_until: str | None
    choices: dict[Kind, ChoiceAnswer]


class NotificationSettingsPatch(BaseModel):
    """What changes; what is absent stays. A new address is asked by mail whether it agrees; the
    same one again lifts a refusal. quiet_from and quiet_until: "22:00", both null for none."""

    address: str | None = Field(default=None, max_length=254)
    language: Language | None = None
    time_zone: str | None = Field(default=None, max_length=64)
    quiet_from: str | None = Field(default=None, max_length=5)
    quiet_until: str | None = Field(default=None, max_length=5)
    choices: dict[Kind, ChoiceAnswer] = {}


class ConfirmRequest(BaseModel):
    """The token of the link in the mail."""

    token: str = Field(min_length=1, max_length=600)


class Confirmed(BaseModel):
    """The address that mails go to from now on."""

    address: str


class RefusalAnswer(BaseModel):
    """An address that a mail server has refused for good."""

    address: str
    person: Author
    problem: MailProblem


class FailedMail(BaseModel):
    """A mail that could not be sent."""

    id: UUID
    person: Author
    address: str
    attempts: int
    created_at: datetime
    problem: MailProblem | None


class MailStatus(BaseModel):
    """E-mail of this installation. problem: why nothing goes out at the moment."""

    on: bool
    sender: str
    problem: MailProblem | None
    sent_at: datetime | None
    counts: dict[str, int]  # queued, sent, dropped, refused, failed
    refusals: list[RefusalAnswer]
    failed: list[FailedMail]


@router.get("/me/notification-settings")
async def get_notification_settings(
    who: NoGuest, access: Access, context: AppContext
) -> NotificationSettingsAnswer:
    """How I want to hear."""
    settings = await rows.settings_of(access.transaction, who.id, access.now)
    return await _answer(access, who, settings, mail_on=bool(context.mail_sender))


@router.patch("/me/notification-settings")
async def change_notification_settings(
    body: NotificationSettingsPatch, who: NoGuest, access: Access, context: AppContext
) -> NotificationSettingsAnswer:
    """Change how I want to hear."""
    settings = await rows.settings_of(access.transaction, who.id, access.now)
    sent = body.model_fields_set
    if body.language is not None:
        settings.language = body.language
    if body.time_zone is not None:
        settings.time_zone = require_zone(body.time_zone)
    if sent & {"quiet_from", "quiet_until"}:
        _set_quiet(settings, body)
    if body.choices:
        chosen = choices_of(settings.choices)
        chosen |= {kind: Choice(one.app, one.email) for kind, one in body.choices.items()}
        settings.choices = stored_choices(chosen)
    if body.address is not None:
        await _set_address(access, who, context, settings, body.address.strip())
    settings.updated_at = access.now
    await access.transaction.flush()
    return await _answer(access, who, settings, mail_on=bool(context.mail_sender))


@router.post("/mail/confirm")
async def confirm_address(
    body: ConfirmRequest, request: Request, transaction: Transaction, context: AppContext
) -> Confirmed:
    """Agree that mails go to the address that this link was sent to; needs no sign-in."""
    context.rates.share_address.take(address_key(address_of(request)))
    now = context.clock()
    read = letters.read_confirmation(await mail.secret(transaction), body.token, now)
    settings = None if read is None else await transaction.get(NotificationSettings, read[0])
    if read is None or settings is None or settings.address != read[1]:
        raise Gone("This link confirms nothing (any more). Enter the address again for a new one.")
    settings.confirmed_at = settings.confirmed_at or now
    settings.updated_at = now
    await transaction.flush()
    return Confirmed(address=settings.address)


@router.get("/mail/unsubscribe/{token}", response_class=HTMLResponse)
async def ask_unsubscribe(
    token: str, request: Request, transaction: Transaction, context: AppContext
) -> HTMLResponse:
    """What a person who follows the link sees: a button. Looking at it changes nothing."""
    context.rates.share_address.take(address_key(address_of(request)))
    found = await _read_stop(transaction, token)
    if found is None:
        return _bad_link()
    settings, what = found
    language = language_of(settings.language)
    button = f'<form method="post"><button>{escape(word(language, "stop_button"))}</button></form>'
    return _page(language, word(language, "stop_ask", kind=_said(language, what)), button)


@router.post("/mail/unsubscribe/{token}", response_class=HTMLResponse)
async def unsubscribe(
    token: str, request: Request, transaction: Transaction, context: AppContext
) -> HTMLResponse:
    """Turn off mails of one kind, or summaries of one cadence: one click, no sign-in (RFC 8058)."""
    context.rates.share_address.take(address_key(address_of(request)))
    found = await _read_stop(transaction, token)
    if found is None:
        return _bad_link()
    settings, what = found
    await notifications.stop_mails(transaction, settings, what, context.clock())
    language = language_of(settings.language)
    return _page(language, word(language, "stopped", kind=_said(language, what)), _back(language))


@router.get("/admin/mail")
async def get_mail_status(
    _who: Administrator, transaction: Transaction, context: AppContext
) -> MailStatus:
    """Whether mails go out, which addresses are refused, which mails could not be sent."""
    server = await mail.server(transaction)
    refusals = await mail.refusals(transaction)
    failed = await mail.failed(transaction)
    return MailStatus(
        on=bool(context.mail_sender),
        sender=context.mail_sender,
        problem=None
        if server is None or server.problem is None
        else MailProblem(**server.problem, at=server.problem_at),
        sent_at=server.sent_at if server else None,
        counts=await mail.counts(transaction),
        refusals=[
            RefusalAnswer(
                address=one.address,
                person=Author(id=principal.id, name=principal.name),
                problem=_refusal(one.status, one.text, one.at),
            )
            for one, principal in refusals
        ],
        failed=[
            FailedMail(
                id=one.id,
                person=Author(id=principal.id, name=principal.name),
                address=one.address,
                attempts=one.attempts,
                created_at=one.created_at,
                problem=MailProblem(**one.problem) if one.problem else None,
            )
            for one, principal in failed
        ],
    )


def _set_quiet(settings: NotificationSettings, body: NotificationSettingsPatch) -> None:
    """raises: Invalid for one without the other, and for what is no time of day."""
    if (body.quiet_from is None) != (body.quiet_until is None):
        raise Invalid("Quiet hours have a beginning and an end.", pointer="/quiet_from")
    for said in (body.quiet_from, body.quiet_until):
        if said is not None:
            clock_time(said)
    settings.quiet_from, settings.quiet_until = body.quiet_from, body.quiet_until


async def _set_address(
    access: Permissions,
    who: SignedIn,
    context: AppContext,
    settings: NotificationSettings,
    address: str,
) -> None:
    """A new address waits for its reader to agree; one that is the login was given by an owner."""
    login = who.login or ""
    if address:
        letters.check_address(address)
        await mail.forgive(access.transaction, address, who.id)
    elif "@" in login:
        await mail.forgive(access.transaction, login, who.id)
    if address.lower() == login.lower():
        address = ""
    if address == settings.address and (not address or settings.confirmed_at is not None):
        return
    settings.address, settings.confirmed_at = address, None
    if address:
        context.rates.login_account.take(f"mail:{who.id}")
        await access.transaction.flush()
        expires_at = access.now + _CONFIRM_WITHIN
        await mail.enqueue(
            access.transaction,
            who.id,
            "confirm",
            not_before=access.now,
            now=access.now,
            content={"address": address, "expires_at": expires_at.isoformat()},
        )


async def _answer(
    access: Permissions, who: SignedIn, settings: NotificationSettings, *, mail_on: bool
) -> NotificationSettingsAnswer:
    confirmed = settings.address if settings.confirmed_at is not None else ""
    login = who.login or ""
    goes_to = confirmed or (login if "@" in login else "")
    refusal = await mail.refusal_of(access.transaction, settings.address or goes_to)
    language = settings.language
    return NotificationSettingsAnswer(
        mail_on=mail_on,
        address=settings.address,
        confirmed=settings.confirmed_at is not None or not settings.address,
        goes_to=goes_to,
        refused=_refusal(refusal.status, refusal.text, refusal.at)
        if refusal is not None and refusal.principal_id == who.id
        else None,
        language=language_of(language) if language in LANGUAGES else None,
        time_zone=settings.time_zone,
        quiet_from=settings.quiet_from,
        quiet_until=settings.quiet_until,
        choices={
            kind: ChoiceAnswer(app=one.app, email=one.email)
            for kind, one in choices_of(settings.choices).items()
        },
    )


def _refusal(status: int, text: str, at: datetime) -> MailProblem:
    return MailProblem(
        code="mail_address_refused",
        detail=f"The mail server refused this address: {status} {text}",
        remedy="Check the address for mistakes and save it again, or use another.",
        at=at,
    )


async def _read_stop(
    transaction: Transaction, token: str
) -> tuple[NotificationSettings, str] | None:
    read = letters.read_unsubscribe(await mail.secret(transaction), token)
    if read is None or (read[1] not in set(Kind) and read[1] not in CADENCES):
        return None
    settings = await transaction.get(NotificationSettings, read[0])
    return None if settings is None else (settings, read[1])


def _said(language: Language, what: str) -> str:
    return kind_words(language, Kind(what)) if what in set(Kind) else word(language, f"{what}_all")


def _bad_link() -> HTMLResponse:
    both = " ".join(word(language, "stop_bad") for language in LANGUAGES)
    return _page("en", both, _back("en"), status=404)


def _back(language: Language) -> str:
    return f'<p><a href="/settings/me#notifications">{escape(word(language, "stop_back"))}</a></p>'


def _page(language: Language, text: str, action: str, status: int = 200) -> HTMLResponse:
    page = _PAGE.format(language=language, text=escape(text), action=action)
    return HTMLResponse(page, status, headers={"Cache-Control": "no-store"})
