"""A session and the people for it, put straight into a database that a real server then serves."""

from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from holotable.accounts import hash_secret, new_secret
from holotable.review.roles import Role
from holotable.store import migrate, tables
from holotable.store.database import Database, uuid7


@dataclass(frozen=True)
class Meeting:
    """A session, and for each of its people the principal and a token that reads and writes."""

    session_id: UUID
    project_id: UUID
    revision_id: UUID
    people: list[tuple[UUID, str]]
    owner_token: str  # of the project's owner, who is in no room


async def make_meeting(sqlalchemy_url: str, people: int) -> Meeting:
    """Migrate the database and add a project, a revision, a session and its people, editors."""
    await migrate.upgrade(sqlalchemy_url)
    database = Database(sqlalchemy_url)
    now = datetime.now(UTC)
    try:
        async with database.transaction() as transaction:
            project = tables.Project(id=uuid7(), name="Skid", created_at=now, updated_at=now)
            asset = tables.Asset(
                id=uuid7(), project_id=project.id, name="Skid", created_at=now, updated_at=now
            )
            revision = tables.Revision(
                id=uuid7(), project_id=project.id, asset_id=asset.id, ordinal=1, label="A",
                source_name="skid.step", source_sha256="0" * 64, source_bytes=0, created_at=now,
            )  # fmt: skip
            members = [
                tables.Principal(id=uuid7(), kind="user", name=f"Person {n}", created_at=now)
                for n in range(people + 1)
            ]
            for rows in ([project], [asset], [revision], members):
                transaction.add_all(rows)
                await transaction.flush()
            tokens = []
            for number, person in enumerate(members):
                role = Role.EDITOR if number < people else Role.OWNER
                transaction.add(
                    tables.Member(
                        project_id=project.id, principal_id=person.id, role=role, added_at=now
                    )
                )
                token_id, secret = uuid7(), new_secret()
                transaction.add(
                    tables.Token(
                        id=token_id,
                        principal_id=person.id,
                        name="tests",
                        secret_hash=hash_secret(secret),
                        scopes=["read", "write"],
                        created_at=now,
                    )
                )
                tokens.append(f"ht_{token_id.hex}_{secret}")
            session = tables.Session(
                id=uuid7(), project_id=project.id, revision_id=revision.id, kind="meeting",
                name="Friday", created_at=now, created_by=members[0].id, epoch="e1",
            )  # fmt: skip
            transaction.add(session)
    finally:
        await database.close()
    everybody = [(person.id, token) for person, token in zip(members, tokens, strict=True)]
    return Meeting(session.id, project.id, revision.id, everybody[:people], tokens[people])
