"""External references: what is taken, what is refused, and within what they are unique."""

import pytest
from builders import Caller, Clock, Project, add_asset, add_ref, add_revision, add_system

from holotable.errors import DeepLinkRefused, Invalid, RefTaken, UnknownSystem
from holotable.external_refs import Ref, check, leads_to, of, put, replace
from holotable.store.database import Database
from holotable.store.tables import Asset


@pytest.mark.parametrize(
    ("url", "leads"),
    [
        ("https://plm.example.com/wt", True),
        ("https://plm.example.com/wt/app?oid=1#x", True),
        ("https://plm.example.com/wt?oid=1", True),
        ("https://plm.example.com/wtf", False),
        ("https://plm.example.com.evil.org/wt", False),
        ("https://evil.org/https://plm.example.com/wt", False),
        ("javascript:alert(1)", False),
        ("https://plm.example.com/wt/\\evil", False),
        ("https://plm.example.com/wt/\u202e", False),
    ],
)
def test_a_deep_link_stays_below_the_address_of_its_system(url: str, leads: bool) -> None:
    assert leads_to(url, "https://plm.example.com/wt") is leads
    assert not leads_to(url, "")


@pytest.mark.parametrize(
    ("ref", "error", "pointer"),
    [
        (Ref("aras", "Part", "1"), UnknownSystem, "/system"),
        (Ref("Wind chill", "Part", "1"), UnknownSystem, "/system"),
        (Ref("windchill", "a b", "1"), Invalid, "/object_type"),
        (Ref("windchill", "Part", ""), Invalid, "/id"),
        (Ref("windchill", "Part", "a\nb"), Invalid, "/id"),
        (Ref("windchill", "Part", "1", url="https://evil.org"), DeepLinkRefused, "/url"),
    ],
)
async def test_what_no_reference_may_be_is_refused_by_name_and_place(
    ref: Ref, error: type[Invalid], pointer: str, database: Database, clock: Clock
) -> None:
    await add_system(database, clock)
    async with database.transaction() as transaction:
        with pytest.raises(error) as refused:
            await check(transaction, ref, "")
    assert refused.value.facts["pointer"] == pointer
    assert type(refused.value) is error


async def test_a_reference_is_of_one_asset_of_a_project_and_of_one_revision_of_an_asset(
    owner: Caller, project: Project, database: Database, clock: Clock
) -> None:
    asset, other = [await add_asset(database, clock, project, name) for name in "AB"]
    first, second = (
        await add_revision(database, clock, asset),
        await add_revision(database, clock, other),
    )
    await add_system(database, clock)
    await add_ref(database, asset, by=owner.id)
    await add_ref(database, first, by=owner.id)
    await add_ref(database, second, by=owner.id)  # of another asset: another scope
    with pytest.raises(RefTaken):
        await add_ref(database, other, by=owner.id)


async def test_replacing_says_whether_anything_changed_and_putting_adds_one(
    owner: Caller, project: Project, database: Database, clock: Clock
) -> None:
    made = await add_asset(database, clock, project)
    await add_system(database, clock)
    one, two = Ref("windchill", "Part", "1"), Ref("windchill", "Part", "2", revision="C")
    async with database.transaction() as transaction:
        asset = await transaction.get_one(Asset, made.id)
        assert await replace(transaction, asset, [one], by=owner.id)
        assert not await replace(transaction, asset, [one], by=owner.id)
        assert await put(transaction, asset, two, by=owner.id)
        told = Ref("windchill", "Part", "2", revision="C", synced_at=clock())
        assert not await put(transaction, asset, told, by=owner.id)  # told again is no change
        assert {row.external_id: row.synced_at for row in await of(transaction, asset)} == {
            "1": None, "2": clock(),
        }  # fmt: skip
        assert await replace(transaction, asset, [two], by=owner.id)
        assert [row.external_id for row in await of(transaction, asset)] == ["2"]
        with pytest.raises(Invalid, match="twice"):
            await replace(transaction, asset, [one, one], by=owner.id)
