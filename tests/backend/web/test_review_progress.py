"""What approvers have had in view: kept with their yes, counted against what changed."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from typing import Any
from uuid import UUID

import numpy as np
import pytest
from builders import (
    Asset,
    Caller,
    Clock,
    Project,
    Revision,
    add_asset,
    add_member,
    add_revision,
    add_user,
    sign_in,
)
from fastapi import FastAPI

from holotable.comparison import Changed
from holotable.errors import ComparisonFailed, HolotableError, NotComparable
from holotable.review.roles import Role
from holotable.store.database import Database

DIGEST = "ab" * 32


class Round:
    """Two revisions of an asset, a review of the second, and the people in it."""

    old: Revision
    new: Revision
    ben: Caller
    cara: Caller
    vic: Caller
    review: Any
    prepared: list[tuple[UUID, UUID]]

    @property
    def base(self) -> str:
        return f"/api/v1/reviews/{self.review['id']}"

    def seen(self, *runs: list[int], structure: str = DIGEST) -> dict[str, Any]:
        return {"revision_id": str(self.new.id), "structure": structure, "seen": list(runs)}

    async def look(self, caller: Caller) -> dict[str, Any]:
        answer = await caller.client.get(self.base)
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    async def checks(self, caller: Caller) -> list[tuple[str, bool, int, int]]:
        mine = (await self.look(caller))["mine"]["checks"]
        return [
            (one["code"], one["blocking"], one["count"], one["total"])
            for one in mine
            if one["code"] != "not_opened"
        ]

    async def approve(self, caller: Caller) -> Any:
        body = {"revision_id": str(self.new.id), "verdict": "approve", "text": ""}
        return await caller.client.post(f"{self.base}/verdicts", json=body)


@pytest.fixture
async def review(
    app: FastAPI, owner: Caller, database: Database, clock: Clock, project: Project,
    monkeypatch: pytest.MonkeyPatch,
) -> AsyncIterator[Round]:  # fmt: skip
    found = Round()
    asset: Asset = await add_asset(database, clock, project, "Gearbox")
    found.old = await add_revision(database, clock, asset)
    found.new = await add_revision(database, clock, asset)
    found.prepared = []
    monkeypatch.setattr(
        app.state.context.comparisons, "prepare", lambda *pair: found.prepared.append(pair)
    )
    async with AsyncExitStack() as stack:
        for field, name, role in (
            ("ben", "Ben Okoro", Role.REVIEWER),
            ("cara", "Cara Ruiz", Role.REVIEWER),
            ("vic", "Vic Novak", Role.VIEWER),
        ):
            person = await add_user(database, clock, name)
            await add_member(database, clock, project, person, role)
            caller = await stack.enter_async_context(sign_in(app, database, clock, person))
            setattr(found, field, caller)
        await ask(owner, found, block_on_coverage=False)
        yield found


async def ask(owner: Caller, found: Round, *, block_on_coverage: bool) -> None:
    answer = await owner.client.post(
        f"/api/v1/revisions/{found.new.id}/reviews",
        json={
            "approvers": [str(found.ben.id), str(found.cara.id)],
            "compared_to_id": str(found.old.id),
            "rule": {"kind": "all", "block_on_coverage": block_on_coverage},
        },
    )
    assert answer.status_code == 201, answer.text
    found.review = answer.json()


def tell(
    app: FastAPI, monkeypatch: pytest.MonkeyPatch, result: list[int] | HolotableError | None
) -> None:
    """Let the comparison of the two have found that these changed."""

    async def changed(*_asked: object) -> Changed | None:
        if isinstance(result, HolotableError):
            raise result
        return None if result is None else Changed(DIGEST, np.array(result))

    class Named:
        @staticmethod
        def placed_ids() -> list[str]:
            return [f"part-{number}" for number in range(50)]

    async def structure(_sha256: str) -> type[Named]:
        return Named

    monkeypatch.setattr(app.state.context.comparisons, "changed", changed)
    monkeypatch.setattr(app.state.context.structures, "get", structure)


async def set_rule(owner: Caller, found: Round, *, block_on_coverage: bool) -> None:
    rule = {"kind": "all", "block_on_coverage": block_on_coverage}
    assert (await owner.client.patch(found.base, json={"rule": rule})).status_code == 200


async def test_what_somebody_looks_at_is_kept_only_with_their_yes(review: Round) -> None:
    ben, base = review.ben, review.base
    unasked = await ben.client.post(f"{base}/coverage", json=review.seen([0, 4], [9, 9]))
    assert unasked.status_code == 403
    await ben.client.put(f"{base}/sharing", json={"coverage": True})
    for seen in (review.seen([0, 4], [9, 9]), review.seen([5, 6], [20, 30])):
        assert (await ben.client.post(f"{base}/coverage", json=seen)).status_code == 204
    kept = (await review.cara.client.get(f"{base}/coverage")).json()["items"]
    assert [(one["person"]["name"], one["seen"]) for one in kept] == [
        ("Ben Okoro", [[0, 6], [9, 9], [20, 30]])
    ]
    for bad in (review.seen([4, 1]), review.seen([1, 2], structure="x")):
        assert (await ben.client.post(f"{base}/coverage", json=bad)).status_code == 422
    renumbered = review.seen([1, 1], structure="cd" * 32)
    await ben.client.post(f"{base}/coverage", json=renumbered)
    kept = (await review.cara.client.get(f"{base}/coverage")).json()["items"]
    assert kept[0]["seen"] == [[1, 1]]
    await ben.client.put(f"{base}/sharing", json={"coverage": False})
    assert (await review.cara.client.get(f"{base}/coverage")).json()["items"] == []
    outsider = await review.vic.client.put(f"{base}/sharing", json={"coverage": True})
    assert outsider.status_code == 403


async def test_seen_parts_are_counted_against_those_that_changed(
    review: Round, app: FastAPI, monkeypatch: pytest.MonkeyPatch
) -> None:
    tell(app, monkeypatch, [3, 4, 5, 20])
    ben, base = review.ben, review.base
    assert await review.checks(ben) == []  # nobody keeps track
    await ben.client.put(f"{base}/sharing", json={"coverage": True})
    assert await review.checks(ben) == [("coverage", False, 4, 4)]
    await ben.client.post(f"{base}/coverage", json=review.seen([0, 4]))
    assert await review.checks(ben) == [("coverage", False, 2, 4)]
    (item,) = (await review.cara.client.get(f"{base}/coverage")).json()["items"]
    assert (item["changed"], item["unseen"], item["next"]) == (4, 2, ["part-5", "part-20"])
    await ben.client.post(f"{base}/coverage", json=review.seen([5, 20]))
    assert await review.checks(ben) == []
    assert await review.checks(review.cara) == []
    # What was seen of another conversion, whose parts have other numbers, does not count.
    await ben.client.post(f"{base}/coverage", json=review.seen([0, 20], structure="cd" * 32))
    assert await review.checks(ben) == [("coverage", False, 4, 4)]


async def test_a_rule_that_asks_for_it_refuses_whoever_has_not_seen_everything(
    review: Round, owner: Caller, app: FastAPI, monkeypatch: pytest.MonkeyPatch
) -> None:
    tell(app, monkeypatch, [3, 4])
    await set_rule(owner, review, block_on_coverage=True)
    ben = review.ben
    assert await review.checks(ben) == [("coverage", True, 2, 2)]
    refused = await review.approve(ben)
    assert (refused.status_code, refused.json()["code"]) == (409, "verdict_refused")
    assert [one["code"] for one in refused.json()["facts"]["checks"]] == ["coverage"]
    await ben.client.put(f"{review.base}/sharing", json={"coverage": True})
    await ben.client.post(f"{review.base}/coverage", json=review.seen([0, 9]))
    assert (await review.approve(ben)).status_code == 201


async def test_while_the_revisions_are_compared_the_rule_waits_and_the_comparison_is_begun(
    review: Round, owner: Caller, app: FastAPI, monkeypatch: pytest.MonkeyPatch
) -> None:
    tell(app, monkeypatch, None)
    await set_rule(owner, review, block_on_coverage=True)
    assert await review.checks(review.ben) == [("comparing", True, 0, 0)]
    assert set(review.prepared) == {(review.old.id, review.new.id)}
    assert (await review.approve(review.ben)).status_code == 409
    items = (await review.ben.client.get(f"{review.base}/coverage")).json()["items"]
    assert items == []


@pytest.mark.parametrize("why", [NotComparable, ComparisonFailed])
async def test_what_cannot_be_compared_is_said_and_holds_nobody_up(
    review: Round, owner: Caller, app: FastAPI, monkeypatch: pytest.MonkeyPatch,
    why: type[HolotableError],
) -> None:  # fmt: skip
    tell(app, monkeypatch, why())
    await set_rule(owner, review, block_on_coverage=True)
    assert await review.checks(review.ben) == [("not_compared", False, 0, 0)]
    assert (await review.approve(review.ben)).status_code == 201
