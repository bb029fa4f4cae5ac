"""Who belongs to a project, and as what."""

from datetime import datetime
from typing import Literal, TypeAlias
from uuid import UUID

from fastapi import APIRouter, Depends
from pydantic import BaseModel, Field

from holotable.accounts import normal_login
from holotable.errors import Conflict, Invalid, NotFound
from holotable.review.roles import Action, Role
from holotable.store.queries import accounts
from holotable.store.queries import projects as rows
from holotable.store.tables import Member, Principal, Project
from holotable.web.answers import Items, Person
from holotable.web.dependencies import Access, Permissions
from holotable.web.live import rooms_look_again

router = APIRouter(tags=["members"], dependencies=[Depends(rooms_look_again)])

MemberRole: TypeAlias = Literal["owner", "editor", "reviewer", "viewer"]


class MemberAnswer(BaseModel):
    """One member of a project."""

    principal: Person
    login: str | None
    role: MemberRole
    added_at: datetime


class MemberRequest(BaseModel):
    """Somebody to add, by login."""

    login: str = Field(min_length=1, max_length=200)
    role: MemberRole


class RoleRequest(BaseModel):
    """A member's new role."""

    role: MemberRole


@router.get("/projects/{project_id}/members")
async def list_members(project_id: UUID, access: Access) -> Items[MemberAnswer]:
    """Everybody in the project, owners first; for members only."""
    await access.require_member(project_id)
    found = await rows.members_of(access.transaction, project_id)
    return Items(items=[_answer(member, who, login) for member, who, login in found])


@router.post("/projects/{project_id}/members", status_code=201)
async def add_member(project_id: UUID, body: MemberRequest, access: Access) -> MemberAnswer:
    """Add a user of this installation."""
    await access.require(Project, project_id, Action.MANAGE_MEMBERS)
    found = await accounts.user_by_login(access.transaction, normal_login(body.login))
    if found is None:
        raise Invalid("Nobody signs in with this login.", pointer="/login")
    principal, user = found
    await rows.lock(access.transaction, project_id)
    if await rows.member_of(access.transaction, project_id, principal.id) is not None:
        raise Conflict("This person is a member already.")
    member = await _add(access, project_id, principal, Role(body.role))
    return _answer(member, principal, user.login)


@router.put("/projects/{project_id}/members/{principal_id}")
async def set_member_role(
    project_id: UUID, principal_id: UUID, body: RoleRequest, access: Access
) -> MemberAnswer:
    """Give a user a role in the project, as a new member if need be."""
    await access.require(Project, project_id, Action.MANAGE_MEMBERS)
    principal = await access.transaction.get(Principal, principal_id)
    if principal is None or principal.kind == "guest":
        raise NotFound()
    await rows.lock(access.transaction, project_id)
    member = await rows.member_of(access.transaction, project_id, principal_id)
    if member is None:
        member = await _add(access, project_id, principal, Role(body.role))
    else:
        if member.role == Role.OWNER and Role(body.role) is not Role.OWNER:
            await rows.keep_an_owner(access.transaction, project_id, principal_id)
        member.role = body.role
    user = await accounts.user_of(access.transaction, principal_id)
    return _answer(member, principal, user.login if user else None)


@router.delete("/projects/{project_id}/members/{principal_id}", status_code=204)
async def remove_member(project_id: UUID, principal_id: UUID, access: Access) -> None:
    """Take somebody out of the project; everybody may take out himself."""
    leaving = principal_id == access.who.id
    await access.require(Project, project_id, Action.VIEW if leaving else Action.MANAGE_MEMBERS)
    await rows.lock(access.transaction, project_id)
    member = await rows.member_of(access.transaction, project_id, principal_id)
    if member is None:
        raise NotFound()
    if member.role == Role.OWNER:
        await rows.keep_an_owner(access.transaction, project_id, principal_id)
    await access.transaction.delete(member)


async def _add(access: Permissions, project_id: UUID, principal: Principal, role: Role) -> Member:
    member = Member(
        project_id=project_id, principal_id=principal.id, role=role, added_at=access.now
    )
    access.transaction.add(member)
    await access.transaction.flush()
    return member


def _answer(member: Member, principal: Principal, login: str | None) -> MemberAnswer:
    return MemberAnswer(
        principal=Person.model_validate(principal, from_attributes=True),
        login=login,
        role=member.role,
        added_at=member.added_at,
    )
