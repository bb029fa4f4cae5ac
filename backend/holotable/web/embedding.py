"""Embedding: which sites may frame the viewer, what the others are told, and a pass for a frame.

A frame on another site has no cookie of ours (SameSite=Lax, and browsers keep third-party cookies
away), so a share link's secret is exchanged for a bearer token that only reads. docs/embed.md.
"""

import html
import re
from datetime import timedelta
from typing import Final
from urllib.parse import urlsplit
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse
from pydantic import BaseModel, Field
from sqlalchemy import delete, select

from holotable import accounts
from holotable.accounts import MAX_PASSWORD_LENGTH, SignedIn
from holotable.errors import Forbidden
from holotable.review.roles import Role
from holotable.store.queries import accounts as rows
from holotable.store.tables import GuestGrant, Principal, Token
from holotable.web.context import Context
from holotable.web.dependencies import AppContext, Transaction, address_of
from holotable.web.rate_limits import address_key
from holotable.web.security import CONTENT_SECURITY_POLICY, HEADERS

router = APIRouter(tags=["share links"])

PREFIX: Final = "embed/"
# The client file for pages on other sites, and its types: the only files that those may load.
CLIENT_FILES: Final = frozenset({"embed.js", "embed.d.ts"})
CLIENT_HEADERS: Final = {
    "Access-Control-Allow-Origin": "*",
    "Cross-Origin-Resource-Policy": "cross-origin",
    "Cache-Control": "public, max-age=3600",
}
PASS_LIFETIME: Final = timedelta(hours=1)  # the frame asks again with the secret it still has
GUEST_NAME: Final = "Embedded page"
_ORIGIN: Final = re.compile(
    r"https?://[A-Za-z0-9.-]+(:\d{1,5})?|https?://\[[0-9a-f:]+\](:\d{1,5})?"
)


class EmbedRequest(BaseModel):
    """The secret of a share link, as it stands behind `#t=` in the frame's address."""

    secret: str = Field(min_length=1, max_length=200)
    password: str | None = Field(default=None, max_length=MAX_PASSWORD_LENGTH)


class EmbedPass(BaseModel):
    """What a frame sends as `Authorization: Bearer`; it reads what the link shows, nothing else."""

    token: str
    expires_in_s: int
    project_id: UUID
    asset_id: UUID | None


def parse_origins(text: str) -> tuple[str, ...]:
    """The origins of a comma-separated list. raises: ValueError, naming what is no origin."""
    found = [one.strip().rstrip("/") for one in text.split(",") if one.strip()]
    for one in found:
        if not _ORIGIN.fullmatch(one):
            raise ValueError(
                f"HOLOTABLE_EMBED_ORIGINS: {one!r} is no origin; "
                "write https://plm.example.org, without path and without *"
            )
    return tuple(found)


def page_headers(context: Context) -> dict[str, str]:
    """What an embeddable page is sent with: the allow-list decides who frames it."""
    ancestors = " ".join(("'self'", *context.embed_origins))
    policy = CONTENT_SECURITY_POLICY.replace(
        "frame-ancestors 'self'", f"frame-ancestors {ancestors}"
    )
    return {"Content-Security-Policy": policy}


def page_meta(context: Context) -> str:
    """What the page itself must know: whose messages it answers."""
    origins = html.escape(" ".join(context.embed_origins), quote=True)
    return f'<meta name="holotable-embed-origins" content="{origins}">'


def refusal(request: Request, context: Context) -> HTMLResponse | None:
    """A page that explains why there is no viewer, for a frame that may not have one.

    A browser that enforces frame-ancestors shows its own error and no reason. This page holds no
    script, no cookie and no data, so that anybody may frame it.
    """
    if request.headers.get("sec-fetch-dest") not in ("iframe", "frame", "embed", "object"):
        return None
    referrer = urlsplit(request.headers.get("referer", ""))
    site = f"{referrer.scheme}://{referrer.netloc}" if referrer.netloc else ""
    if site in context.embed_origins or referrer.netloc == request.headers.get("host"):
        return None
    if not site and context.embed_origins:
        return None  # the browser knows who asks, and enforces the list
    if context.embed_origins:
        why = f"{html.escape(site)} is not among the sites that may show models of this server."
    else:
        why = "This server lets no other site show its models."
    wanted = html.escape(site or "https://plm.example.org")
    page = (
        "<!doctype html><html lang=en><meta charset=utf-8><title>Embedding is not allowed</title>"
        "<style>body{font:14px/1.5 system-ui,sans-serif;margin:0;display:grid;place-items:center;"
        "min-height:100vh;background:#e6eaee;color:#14181d}main{max-width:46ch;padding:24px}"
        "code{background:#fff;padding:2px 5px;border-radius:4px;overflow-wrap:anywhere}"
        "@media(prefers-color-scheme:dark){body{background:#14181d;color:#f2f4f7}"
        "code{background:#2a3038}}</style>"
        f"<main><h1>Not embedded</h1><p>{why}</p><p>Whoever runs the server allows it with "
        f"<code>HOLOTABLE_EMBED_ORIGINS={wanted}</code>.</p></main>"
    )
    policy = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors *"
    headers = {**HEADERS, "Content-Security-Policy": policy, "Cache-Control": "no-store"}
    return HTMLResponse(page, 403, headers=headers)


@router.post("/share-links/embed")
async def open_embed(
    body: EmbedRequest, request: Request, transaction: Transaction, context: AppContext
) -> EmbedPass:
    """Exchange the secret of a share link for a token that reads what the link shows."""
    context.rates.share_address.take(address_key(address_of(request)))
    now = context.clock()
    # argon2 must not work under a lock: the password is checked in a transaction of its own.
    async with context.database.transaction() as reading:
        link, _, _ = await accounts.open_share_link(reading, body.secret, now=now)
    if link.password_hash is not None:
        context.rates.login_account.take(f"share link {link.id}")
        if not await context.passwords.verify(link.password_hash, body.password or ""):
            raise Forbidden("The password of this link is wrong.", reason="password")
    link, project, _ = await accounts.open_share_link(transaction, body.secret, now=now)
    guest = await transaction.scalar(
        select(Principal)
        .join(GuestGrant, GuestGrant.principal_id == Principal.id)
        .where(GuestGrant.share_link_id == link.id, Principal.name == GUEST_NAME)
        .order_by(Principal.id)
        .limit(1)
    )
    until = now + context.limits.guest_lifetime
    who = await accounts.admit_guest(
        transaction,
        None if guest is None else SignedIn(guest.id, "guest", guest.name, None, False),
        name=GUEST_NAME,
        project_id=project.id,
        role=Role.GUEST_VIEW,  # a frame looks; taking part needs a page of its own
        asset_id=link.asset_id,
        share_link_id=link.id,
        expires_at=min(until, link.expires_at) if link.expires_at else until,
        now=now,
    )
    if guest is None:
        await rows.count_use(transaction, link.id)
    await transaction.execute(
        delete(Token).where(Token.principal_id == who.id, Token.expires_at <= now)
    )
    signed_in = SignedIn(who.id, "guest", who.name, None, False)
    _, token = await accounts.create_token(
        transaction, signed_in, name=GUEST_NAME, scopes=["read"], lifetime=PASS_LIFETIME, now=now
    )
    return EmbedPass(
        token=token,
        expires_in_s=int(PASS_LIFETIME.total_seconds()),
        project_id=project.id,
        asset_id=link.asset_id,
    )
