"""Passwords, secrets, logins and names."""

import asyncio

import pytest
from argon2 import PasswordHasher
from builders import Clock, add_guest, add_project, add_user

from holotable import accounts
from holotable.accounts import Passwords, SignedIn
from holotable.errors import Conflict, Gone, Invalid, NotFound, Unauthenticated
from holotable.review.roles import Role
from holotable.store.database import Database, uuid7


@pytest.fixture
def passwords(hasher: PasswordHasher) -> Passwords:
    return Passwords(hasher)


async def test_passwords_are_kept_as_argon2id(passwords: Passwords) -> None:
    encoded = await passwords.hash("correct horse battery")
    assert encoded.startswith("$argon2id$")
    assert await passwords.verify(encoded, "correct horse battery")
    assert not await passwords.verify(encoded, "correct horse batterz")
    assert not await passwords.verify("!", "correct horse battery")
    assert not await passwords.verify(None, "correct horse battery")


async def test_the_same_letters_from_another_keyboard_fit(passwords: Passwords) -> None:
    encoded = await passwords.hash("pa\u00dfw\u00f6rter")
    assert await passwords.verify(encoded, "pa\u00dfwo\u0308rter")


@pytest.mark.parametrize("password", ["", "seven77", "x" * 257])
async def test_a_password_has_eight_to_256_characters(passwords: Passwords, password: str) -> None:
    with pytest.raises(Invalid):
        await passwords.hash(password)


def test_the_product_hashes_at_least_as_dearly_as_owasp_asks() -> None:
    defaults = PasswordHasher()
    assert defaults.memory_cost >= 19_456  # KiB; OWASP password storage: 19 MiB, 2 passes
    assert defaults.time_cost >= 2


def test_logins_are_compared_without_case_and_space() -> None:
    assert accounts.normal_login("  Mia.Berg@Example.ORG ") == "mia.berg@example.org"
    assert accounts.login_from_name("Anna  Maria Keller") == "anna.maria.keller"
    for wrong in ("", "a b", "x" * 201):
        with pytest.raises(Invalid):
            accounts.normal_login(wrong)


def test_names_lose_control_characters_and_outer_space() -> None:
    assert accounts.display_name(" Mia\u202e\u0000 Berg\n") == "Mia Berg"
    with pytest.raises(Invalid):
        accounts.display_name("\u200b")


def test_a_csrf_token_belongs_to_one_login() -> None:
    one, two = accounts.new_secret(), accounts.new_secret()
    assert accounts.csrf_token(one) == accounts.csrf_token(one) != accounts.csrf_token(two)
    assert one not in accounts.csrf_token(one)


def test_secrets_do_not_appear_when_a_principal_is_printed() -> None:
    who = SignedIn(uuid7(), "user", "Mia", "mia", True, csrf_token="c" * 64)
    assert "cccc" not in repr(who)


async def test_a_login_taken_by_two_at_once_goes_to_one(database: Database, clock: Clock) -> None:
    answers = await asyncio.gather(
        *(add_user(database, clock, "Ben") for _ in range(4)), return_exceptions=True
    )
    assert sum(isinstance(answer, Conflict) for answer in answers) == 3


async def test_a_disabled_user_cannot_sign_in(
    database: Database, clock: Clock, passwords: Passwords
) -> None:
    mia = await add_user(database, clock, "Mia", is_admin=True)
    ben = await add_user(
        database, clock, "Ben", password_hash=await passwords.hash("correct horse battery")
    )
    asked = {"login": "ben", "password": "correct horse battery"}
    assert (await accounts.check_password(database, passwords, **asked)).id == ben.id
    async with database.transaction() as transaction:
        await accounts.change_user(transaction, ben.id, now=clock(), disabled=True)
    with pytest.raises(Unauthenticated):
        await accounts.check_password(database, passwords, **asked)
    assert mia.disabled_at is None


async def test_a_guest_of_a_project_keeps_one_grant_and_its_newest(
    database: Database, clock: Clock
) -> None:
    mia = await add_user(database, clock, "Mia")
    project = await add_project(database, clock, owner=mia)
    dana = await add_guest(database, clock, project, Role.GUEST_VIEW)
    who = SignedIn(dana.id, "guest", dana.name, None, False)
    async with database.transaction() as transaction:
        again = await accounts.admit_guest(
            transaction, who, name="Dana Fox", project_id=project.id, role=Role.GUEST_LIVE,
            expires_at=clock(), now=clock(),
        )  # fmt: skip
        grant = await accounts.rows.grant_of(transaction, dana.id, project.id)
    assert (again.id, again.name) == (dana.id, "Dana Fox")
    assert grant is not None
    assert grant.role == Role.GUEST_LIVE


async def test_a_link_that_is_over_says_why(database: Database, clock: Clock) -> None:
    from builders import add_share_link

    mia = await add_user(database, clock, "Mia")
    project = await add_project(database, clock, owner=mia)
    await add_share_link(database, clock, project, secret="old", expires_at=clock())
    await add_share_link(database, clock, project, secret="gone", revoked_at=clock())
    async with database.transaction() as transaction:
        for secret, reason in (("old", "expired"), ("gone", "revoked")):
            with pytest.raises(Gone) as over:
                await accounts.open_share_link(transaction, secret, now=clock())
            assert over.value.facts == {"reason": reason}
        with pytest.raises(NotFound):
            await accounts.open_share_link(transaction, "unknown", now=clock())
