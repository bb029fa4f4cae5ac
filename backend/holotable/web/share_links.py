"""Links for people without an account: made by editors, opened and redeemed by anybody."""

from datetime import datetime, timedelta
from typing import Literal, TypeAlias
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response
from pydantic import BaseModel, Field
from sqlalchemy.ext.asyncio import AsyncSession

from holotable import accounts
from holotable.accounts import MAX_PASSWORD_LENGTH
from holotable.errors import Forbidden, Invalid, NotFound
from holotable.review.roles import Action, Role
from holotable.store.database import uuid7
from holotable.store.queries import accounts as rows
from holotable.store.queries.standing import latest_revisions
from holotable.store.tables import Asset, Project, ShareLink
from holotable.web.answers import Items
from holotable.web.context import Context
from holotable.web.dependencies import Access, Anyone, AppContext, Transaction, address_of
from holotable.web.live import rooms_look_again
from holotable.web.login import Me, me_answer
from holotable.web.rate_limits import address_key
from holotable.web.security import origin_of, set_login_cookie

router = APIRouter(tags=["share links"], dependencies=[Depends(rooms_look_again)])

Capability: TypeAlias = Literal["view", "live"]
ROLES: dict[str, Role] = {"view": Role.GUEST_VIEW, "live": Role.GUEST_LIVE}


class ShareLinkAnswer(BaseModel):
    """A link; `url` is shown once, when it is made."""

    id: UUID
    asset_id: UUID | None
    capability: Capability
    label: str
    has_password: bool
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None
    uses: int
    url: str | None = None


class ShareLinkRequest(BaseModel):
    """A new link to the project, or to one asset of it."""

    asset_id: UUID | None = None
    capability: Capability
    label: str = Field(default="", max_length=200)
    expires_in_days: int | None = Field(default=None, ge=1, le=3650)
    password: str | None = Field(default=None, max_length=MAX_PASSWORD_LENGTH)


class SecretRequest(BaseModel):
    """What stands behind /s/ in the link."""

    secret: str = Field(min_length=1, max_length=200)


class RedeemRequest(SecretRequest):
    """Come in through a link."""

    name: str | None = Field(default=None, max_length=200)
    password: str | None = Field(default=None, max_length=MAX_PASSWORD_LENGTH)


class OpenedLink(BaseModel):
    """What a link leads to; names stay hidden behind a password."""

    project_name: str | None
    asset_name: str | None = None
    capability: Capability
    needs_name: bool
    needs_password: bool
    expires_at: datetime | None


class Redeemed(Me):
    """Who came in, and the page to open."""

    open: str


@router.get("/projects/{project_id}/share-links")
async def list_share_links(project_id: UUID, access: Access) -> Items[ShareLinkAnswer]:
    """The project's links that are not revoked, newest first."""
    await access.require(Project, project_id, Action.SHARE_LINK)
    found = await rows.share_links_of(access.transaction, project_id)
    return Items(items=[_answer(link) for link in found])


@router.post("/projects/{project_id}/share-links", status_code=201)
async def create_share_link(
    project_id: UUID,
    body: ShareLinkRequest,
    request: Request,
    access: Access,
    context: AppContext,
) -> ShareLinkAnswer:
    """Make a link; its address is shown only now."""
    await access.require(Project, project_id, Action.SHARE_LINK)
    if body.asset_id is not None:
        asset = await access.require(Asset, body.asset_id, Action.SHARE_LINK)
        if asset.project_id != project_id:
            raise NotFound()
    days = body.expires_in_days
    secret = accounts.new_secret()
    link = ShareLink(
        id=uuid7(),
        project_id=project_id,
        asset_id=body.asset_id,
        secret_hash=accounts.hash_secret(secret),
        capability=body.capability,
        password_hash=await context.passwords.hash(body.password) if body.password else None,
        label=body.label,
        created_at=access.now,
        created_by=access.who.id,
        expires_at=access.now + timedelta(days=days) if days else None,
        uses=0,
    )
    access.transaction.add(link)
    await access.transaction.flush()
    answer = _answer(link)
    answer.url = f"{origin_of(request, context)}/s/{secret}"
    return answer


@router.delete("/share-links/{share_link_id}", status_code=204)
async def revoke_share_link(share_link_id: UUID, access: Access) -> None:
    """End a link and what everybody got through it, at once."""
    link = await access.require(ShareLink, share_link_id, Action.SHARE_LINK)
    if link.revoked_at is None:
        link.revoked_at = access.now


@router.post("/share-links/open")
async def open_share_link(
    body: SecretRequest,
    request: Request,
    who: Anyone,
    transaction: Transaction,
    context: AppContext,
) -> OpenedLink:
    """What a link leads to and what it asks for, before coming in."""
    context.rates.share_address.take(address_key(address_of(request)))
    link, project, asset = await accounts.open_share_link(
        transaction, body.secret, now=context.clock()
    )
    hidden = link.password_hash is not None
    return OpenedLink(
        project_name=None if hidden else project.name,
        asset_name=None if hidden or asset is None else asset.name,
        capability=link.capability,
        needs_name=who is None and link.capability == "live",
        needs_password=hidden,
        expires_at=link.expires_at,
    )


@router.post("/share-links/redeem")
async def redeem_share_link(
    body: RedeemRequest,
    request: Request,
    response: Response,
    who: Anyone,
    transaction: Transaction,
    context: AppContext,
) -> Redeemed:
    """Come in through a link: as a guest, or as whoever is signed in."""
    context.rates.share_address.take(address_key(address_of(request)))
    now = context.clock()
    await _check_password(context, body, now)
    link, project, asset = await accounts.open_share_link(transaction, body.secret, now=now)
    if who is None and link.capability == "live" and not (body.name or "").strip():
        raise Invalid("Tell the others your name.", pointer="/name")
    until = now + context.limits.guest_lifetime
    earlier = await rows.grant_of(transaction, who.id, project.id) if who else None
    if earlier is None or earlier.share_link_id != link.id:
        await rows.count_use(transaction, link.id)
    principal = await accounts.admit_guest(
        transaction,
        who,
        name=body.name,
        project_id=project.id,
        role=ROLES[link.capability],
        asset_id=link.asset_id,
        share_link_id=link.id,
        expires_at=min(until, link.expires_at) if link.expires_at else until,
        now=now,
    )
    if who is None or who.is_guest:
        login = await accounts.start_login(
            transaction,
            principal,
            lifetime=context.limits.guest_lifetime,
            now=now,
            user_agent=request.headers.get("user-agent", ""),
            address=address_of(request),
        )
        set_login_cookie(request, response, context, login)
        who = login.who
    me = await me_answer(transaction, who, now)
    return Redeemed(**me.model_dump(), open=await _page(transaction, project, asset))


async def _check_password(context: Context, body: RedeemRequest, now: datetime) -> None:
    """Refuse a wrong password; in its own transaction, argon2 must not work under a lock."""
    async with context.database.transaction() as transaction:
        link, _, _ = await accounts.open_share_link(transaction, body.secret, now=now)
    if link.password_hash is None:
        return
    context.rates.login_account.take(f"share link {link.id}")
    if not await context.passwords.verify(link.password_hash, body.password or ""):
        raise Forbidden("The password of this link is wrong.", reason="password")


async def _page(transaction: AsyncSession, project: Project, asset: Asset | None) -> str:
    """The page a link opens: the asset's newest revision in the viewer, else the project."""
    if asset is None:
        return f"/p/{project.id}"
    newest = (await latest_revisions(transaction, [asset.id])).get(asset.id)
    return f"/v/{asset.id}/{newest[0].label}" if newest else f"/p/{project.id}/a/{asset.id}"


def _answer(link: ShareLink) -> ShareLinkAnswer:
    return ShareLinkAnswer(
        id=link.id,
        asset_id=link.asset_id,
        capability=link.capability,
        label=link.label,
        has_password=link.password_hash is not None,
        created_at=link.created_at,
        expires_at=link.expires_at,
        revoked_at=link.revoked_at,
        uses=link.uses,
    )
