"""Personal access tokens: for scripts, with scopes; a token managing tokens needs `admin`."""

from datetime import datetime, timedelta
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, Field

from holotable import accounts
from holotable.accounts import Scope
from holotable.store.queries import accounts as rows
from holotable.web.answers import Items
from holotable.web.dependencies import AccountHolder, AppContext, Transaction

router = APIRouter(tags=["tokens"])


class TokenAnswer(BaseModel):
    """A token without its secret."""

    id: UUID
    name: str
    scopes: list[Scope]
    created_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None
    last_used_address: str


class NewTokenAnswer(TokenAnswer):
    """A token just made: the only time its secret is shown."""

    token: str


class TokenRequest(BaseModel):
    """A new token; without `expires_in_days` it lasts until revoked."""

    name: str = Field(min_length=1, max_length=200)
    scopes: list[Scope] = Field(min_length=1, max_length=3)
    expires_in_days: int | None = Field(default=None, ge=1, le=3650)


@router.get("/tokens")
async def list_tokens(who: AccountHolder, transaction: Transaction) -> Items[TokenAnswer]:
    """My tokens that are not revoked."""
    found = await rows.tokens_of(transaction, who.id)
    return Items(items=[TokenAnswer.model_validate(row, from_attributes=True) for row in found])


@router.post("/tokens", status_code=201)
async def create_token(
    body: TokenRequest, who: AccountHolder, transaction: Transaction, context: AppContext
) -> NewTokenAnswer:
    """Make a token that acts as me within its scopes."""
    days = body.expires_in_days
    row, token = await accounts.create_token(
        transaction,
        who,
        name=body.name,
        scopes=body.scopes,
        lifetime=timedelta(days=days) if days else None,
        now=context.clock(),
    )
    made = TokenAnswer.model_validate(row, from_attributes=True)
    return NewTokenAnswer(**made.model_dump(), token=token)


@router.delete("/tokens/{token_id}", status_code=204)
async def revoke_token(
    token_id: UUID, who: AccountHolder, transaction: Transaction, context: AppContext
) -> None:
    """End one of my tokens at once."""
    await accounts.revoke_token(transaction, who.id, token_id, now=context.clock())
