"""Reviews over REST: asked for, decided, gone on with, closed; each refusal by its name."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from typing import Any

import pytest
from argon2 import PasswordHasher
from builders import (
    PASSWORD,
    Asset,
    Caller,
    Clock,
    Project,
    Revision,
    add_asset,
    add_guest,
    add_member,
    add_revision,
    add_user,
    sign_in,
)
from fastapi import FastAPI

from holotable import reviews
from holotable.review.roles import Role
from holotable.store import tables
from holotable.store.database import Database


@pytest.fixture
async def asset(database: Database, clock: Clock, project: Project) -> Asset:
    return await add_asset(database, clock, project, "Gearbox")


@pytest.fixture
async def revision(database: Database, clock: Clock, asset: Asset) -> Revision:
    return await add_revision(database, clock, asset)


class Team:
    """Mia owns and made everything; Ed edits; Ben and Cara review; Vic looks."""

    ed: Caller
    ben: Caller
    cara: Caller
    vic: Caller


@pytest.fixture
async def team(
    app: FastAPI, database: Database, clock: Clock, project: Project, hasher: PasswordHasher
) -> AsyncIterator[Team]:
    made = Team()
    async with AsyncExitStack() as stack:
        for field, name, role in (
            ("ed", "Ed Ito", Role.EDITOR),
            ("ben", "Ben Okoro", Role.REVIEWER),
            ("cara", "Cara Ruiz", Role.REVIEWER),
            ("vic", "Vic Novak", Role.VIEWER),
        ):
            person = await add_user(database, clock, name, password_hash=hasher.hash(PASSWORD))
            await add_member(database, clock, project, person, role)
            caller = await stack.enter_async_context(sign_in(app, database, clock, person))
            setattr(made, field, caller)
        yield made


def people(*callers: Caller) -> list[str]:
    return [str(caller.id) for caller in callers]


async def ask(caller: Caller, revision: Revision, approvers: list[str], **more: Any) -> Any:
    answer = await caller.client.post(
        f"/api/v1/revisions/{revision.id}/reviews", json={"approvers": approvers, **more}
    )
    assert answer.status_code == 201, answer.text
    return answer.json()


async def say(caller: Caller, review: Any, verdict: str, text: str = "", **more: Any) -> Any:
    return await caller.client.post(
        f"/api/v1/reviews/{review['id']}/verdicts",
        json={"revision_id": review["revision"]["id"], "verdict": verdict, "text": text, **more},
    )


async def look(caller: Caller, review: Any) -> Any:
    answer = await caller.client.get(f"/api/v1/reviews/{review['id']}")
    assert answer.status_code == 200, answer.text
    return answer.json()


async def publish_next(database: Database, clock: Clock, asset: Asset) -> Revision:
    """The asset's next revision, ready to be seen, as the worker makes it."""
    made = await add_revision(database, clock, asset)
    async with database.transaction() as transaction:
        row = await transaction.get_one(Revision, made.id)
        await reviews.move_on(transaction, row, clock())
    return made


def standing(review: Any) -> dict[str, str]:
    return {seat["person"]["name"]: seat["standing"] for seat in review["seats"]}


async def test_two_approvals_approve_the_revision_and_the_owner_releases_it(
    owner: Caller, team: Team, revision: Revision
) -> None:
    review = await ask(team.ed, revision, people(team.ben, team.cara), due_on="2026-02-01")
    assert review["number"] == 1
    assert review["title"] == "Gearbox A"
    assert review["revision"] == {
        "id": str(revision.id), "label": "A", "lifecycle": "in_review"
    }  # fmt: skip
    assert (review["state"], review["approvals"], review["needed"]) == ("open", 0, 2)
    assert (await say(team.ben, review, "approve")).status_code == 201
    second = await say(team.cara, review, "approve", "Good.")
    assert second.status_code == 201
    done = second.json()
    assert (done["state"], done["approvals"]) == ("approved", 2)
    assert done["revision"]["lifecycle"] == "approved"
    # An editor may not release, and is told what is missing.
    path = f"/api/v1/revisions/{revision.id}/lifecycle"
    refused = await team.ed.client.post(path, json={"lifecycle": "released"})
    assert refused.status_code == 403
    released = await owner.client.post(path, json={"lifecycle": "released"})
    assert released.json()["lifecycle"] == "released"
    closed = await look(team.ben, review)
    assert (closed["state"], closed["closed_as"]) == ("closed", "released")
    late = await say(team.ben, review, "comment", "Too late?")
    assert (late.status_code, late.json()["code"]) == (409, "review_closed")


async def test_a_new_revision_makes_verdicts_stale_and_keeps_the_names_ux_44(
    team: Team, database: Database, clock: Clock, asset: Asset, revision: Revision
) -> None:
    review = await ask(team.ed, revision, people(team.ben, team.cara))
    await say(team.ben, review, "approve")
    await say(team.cara, review, "approve")
    later = await publish_next(database, clock, asset)
    now = await look(team.ben, review)
    assert now["revision"]["id"] == str(later.id)
    assert (now["state"], now["approvals"], now["needed"]) == ("open", 0, 2)
    assert standing(now) == {"Ben Okoro": "stale", "Cara Ruiz": "stale"}
    assert [seat["decision"]["revision"]["label"] for seat in now["seats"]] == ["A", "A"]
    assert now["waits_for_me"] is True
    # The earlier one stays approved, since it was; a verdict on it is refused, with the way on.
    first = await team.ben.client.get(f"/api/v1/revisions/{revision.id}")
    assert first.json()["lifecycle"] == "approved"
    refused = await say(team.ben, review, "approve")
    assert (refused.status_code, refused.json()["code"]) == (409, "verdict_on_old_revision")
    assert refused.json()["facts"]["revision_id"] == str(later.id)
    again = await say(team.ben, now, "approve")
    assert again.json()["approvals"] == 1


async def test_a_revision_under_review_is_superseded_by_the_next(
    owner: Caller, team: Team, database: Database, clock: Clock, asset: Asset, revision: Revision
) -> None:
    await ask(team.ed, revision, people(team.ben))
    later = await publish_next(database, clock, asset)
    events = (await owner.client.get(f"/api/v1/revisions/{revision.id}/history")).json()["items"]
    assert [(one["kind"], one["before"], one["after"]) for one in events] == [
        ("requested", "", ""),
        ("lifecycle", "draft", "in_review"),
        ("lifecycle", "in_review", "superseded"),
    ]
    assert events[0]["person"]["name"] == "Ed Ito"
    assert events[2]["person"] is None
    events = (await owner.client.get(f"/api/v1/revisions/{later.id}/history")).json()["items"]
    assert [one["kind"] for one in events] == ["moved_on", "lifecycle"]
    assert events[0]["facts"] == {"from": "A", "to": "B"}


async def test_requesting_changes_needs_words_and_keeps_the_revision_in_review_ux_45(
    team: Team, revision: Revision
) -> None:
    review = await ask(
        team.ed, revision, people(team.ben, team.cara), rule={"kind": "count", "count": 1}
    )
    silent = await say(team.ben, review, "request_changes", "  ")
    assert silent.status_code == 422
    assert silent.json()["errors"][0]["pointer"] == "/text"
    await say(team.cara, review, "approve")
    objected = (await say(team.ben, review, "request_changes", "The wall is too thin.")).json()
    assert objected["state"] == "changes_requested"
    assert objected["revision"]["lifecycle"] == "in_review"  # the approval is taken back
    assert [one["text"] for one in objected["verdicts"]] == ["", "The wall is too thin."]


async def test_who_made_it_may_not_approve_it_unless_the_rule_says_so(
    owner: Caller, team: Team, revision: Revision
) -> None:
    review = await ask(team.ed, revision, people(owner, team.ben))
    mine = (await look(owner, review))["mine"]
    assert mine["may_approve"] is False
    assert mine["checks"][0] == {"code": "own_work", "blocking": True, "count": 0, "total": 0}
    refused = await say(owner, review, "approve")
    assert (refused.status_code, refused.json()["code"]) == (409, "verdict_refused")
    assert refused.json()["facts"]["checks"][0]["code"] == "own_work"
    path = f"/api/v1/reviews/{review['id']}"
    changed = await team.ed.client.patch(path, json={"rule": {"own_work": True}})
    assert changed.status_code == 200
    assert (await say(owner, review, "approve")).status_code == 201


async def test_observers_and_bystanders_see_and_comment_but_do_not_decide(
    app: FastAPI, team: Team, revision: Revision, database: Database, clock: Clock, project: Project
) -> None:
    review = await ask(team.ed, revision, people(team.ben), observers=people(team.cara, team.vic))
    seen = await look(team.vic, review)
    assert seen["mine"]["seat"] == "observer"
    assert seen["mine"]["may_decide"] is False
    assert (await say(team.cara, review, "approve")).status_code == 403
    assert (await say(team.cara, review, "comment", "Nice.")).status_code == 201
    assert (await say(team.ed, review, "approve")).status_code == 403
    guest = await add_guest(database, clock, project, Role.GUEST_LIVE)
    async with sign_in(app, database, clock, guest) as caller:
        answer = await caller.client.get(f"/api/v1/reviews/{review['id']}")
        assert answer.status_code == 403


async def test_a_signature_asks_for_the_password_and_its_meaning(
    team: Team, revision: Revision
) -> None:
    review = await ask(team.ed, revision, people(team.ben), rule={"signature": True})
    unsigned = await say(team.ben, review, "approve")
    assert unsigned.json()["errors"][0]["pointer"] == "/password"
    wrong = await say(team.ben, review, "approve", password="guess", meaning="I approve")
    assert (wrong.status_code, wrong.json()["code"]) == (403, "wrong_password")
    empty = await say(team.ben, review, "approve", password=PASSWORD)
    assert empty.json()["errors"][0]["pointer"] == "/meaning"
    signed = await say(
        team.ben, review, "approve", password=PASSWORD, meaning="Released for production"
    )
    assert signed.status_code == 201
    verdict = signed.json()["verdicts"][0]
    assert (verdict["signed"], verdict["meaning"]) == (True, "Released for production")
    for attempt in range(20):
        answer = await say(team.ben, review, "approve", password=f"guess {attempt}", meaning="x")
    assert (answer.status_code, answer.json()["code"]) == (429, "too_many")


async def test_a_checklist_is_ticked_anew_on_each_revision(
    team: Team, database: Database, clock: Clock, asset: Asset, revision: Revision
) -> None:
    review = await ask(
        team.ed, revision, people(team.ben), rule={"block_on_checklist": True},
        checklist=[{"text": "Tolerances checked"}, {"text": "Weight within limit"}],
    )  # fmt: skip
    first, second = (item["id"] for item in review["checklist"])
    assert (await say(team.ben, review, "approve")).json()["code"] == "verdict_refused"
    base = f"/api/v1/reviews/{review['id']}/checklist"
    await team.ben.client.put(f"{base}/{first}")
    ticked = (await team.ben.client.put(f"{base}/{second}")).json()
    assert [item["ticked_by"]["name"] for item in ticked["checklist"]] == ["Ben Okoro"] * 2
    assert ticked["mine"]["may_approve"] is True
    outsider = await team.cara.client.put(f"{base}/{first}")
    assert outsider.status_code == 403
    unknown = await team.ben.client.put(f"{base}/nothing")
    assert unknown.status_code == 422
    removed = (await team.ben.client.delete(f"{base}/{first}")).json()
    assert removed["checklist"][0]["ticked_by"] is None
    await publish_next(database, clock, asset)
    now = await look(team.ben, review)
    assert [item["ticked_by"] for item in now["checklist"]] == [None, None]
    # A changed list keeps the ids of the lines that stay.
    kept = await team.ed.client.patch(
        f"/api/v1/reviews/{review['id']}",
        json={"checklist": [{"id": second, "text": "Weight below 2 kg"}, {"text": "Cost"}]},
    )
    assert kept.json()["checklist"][0]["id"] == second


async def test_having_it_open_is_told_and_counts_for_the_present_revision(
    team: Team, database: Database, clock: Clock, asset: Asset, revision: Revision
) -> None:
    review = await ask(team.ed, revision, people(team.ben))
    assert (await look(team.ben, review))["mine"]["checks"][0]["code"] == "not_opened"
    await team.ben.client.post(f"/api/v1/reviews/{review['id']}/opened")
    now = await look(team.ben, review)
    assert now["mine"]["checks"] == []
    assert now["seats"][0]["opened"] is True
    await publish_next(database, clock, asset)
    assert (await look(team.ben, review))["seats"][0]["opened"] is False


async def test_people_leave_and_join_and_their_words_stay(team: Team, revision: Revision) -> None:
    review = await ask(team.ed, revision, people(team.ben, team.cara))
    await say(team.cara, review, "request_changes", "Please move the port.")
    path = f"/api/v1/reviews/{review['id']}"
    tag = (await team.ed.client.get(path)).headers["etag"]
    changed = await team.ed.client.patch(
        path, json={"approvers": people(team.ben)}, headers={"If-Match": tag}
    )
    assert changed.status_code == 200
    assert standing(changed.json()) == {"Ben Okoro": "waiting"}
    assert changed.json()["verdicts"][0]["text"] == "Please move the port."
    assert changed.json()["state"] == "open"


async def test_two_at_once_are_told_apart_by_the_tag(
    team: Team, revision: Revision, clock: Clock
) -> None:
    review = await ask(team.ed, revision, people(team.ben))
    path = f"/api/v1/reviews/{review['id']}"
    tag = (await team.ed.client.get(path)).headers["etag"]
    clock.advance(seconds=1)
    first = await team.ed.client.patch(path, json={"title": "One"}, headers={"If-Match": tag})
    assert first.status_code == 200
    second = await team.ed.client.patch(path, json={"title": "Two"}, headers={"If-Match": tag})
    assert (second.status_code, second.json()["code"]) == (412, "stale")
    assert (await look(team.ed, review))["title"] == "One"


async def test_one_review_at_a_time_and_none_of_what_is_past_it(
    owner: Caller, team: Team, revision: Revision
) -> None:
    await ask(team.ed, revision, people(team.ben))
    path = f"/api/v1/revisions/{revision.id}"
    second = await team.ed.client.post(f"{path}/reviews", json={"approvers": people(team.ben)})
    assert (second.status_code, second.json()["code"]) == (409, "review_goes_on")
    silent = await owner.client.post(f"{path}/lifecycle", json={"lifecycle": "rejected"})
    assert silent.json()["errors"][0]["pointer"] == "/reason"
    rejected = await owner.client.post(
        f"{path}/lifecycle", json={"lifecycle": "rejected", "reason": "Wrong supplier."}
    )
    assert rejected.json()["lifecycle"] == "rejected"
    third = await team.ed.client.post(f"{path}/reviews", json={"approvers": people(team.ben)})
    assert (third.status_code, third.json()["code"]) == (409, "cannot_review")
    jump = await owner.client.post(f"{path}/lifecycle", json={"lifecycle": "released"})
    assert jump.status_code == 422
    assert jump.json()["facts"]["choices"] == ["draft"]
    back = await owner.client.post(f"{path}/lifecycle", json={"lifecycle": "draft"})
    assert back.json()["lifecycle"] == "draft"
    again = await ask(team.ed, revision, people(team.ben))
    assert again["number"] == 2
    withdrawn = await team.ed.client.post(f"{path}/lifecycle", json={"lifecycle": "draft"})
    assert withdrawn.status_code == 200
    listed = (await team.vic.client.get(f"{path}/reviews")).json()["items"]
    assert [(one["number"], one["closed_as"]) for one in listed] == [
        (2, "withdrawn"), (1, "rejected")
    ]  # fmt: skip


async def test_releasing_supersedes_what_was_released_before(
    owner: Caller, team: Team, database: Database, clock: Clock, asset: Asset, revision: Revision
) -> None:
    for made in (revision, await add_revision(database, clock, asset)):
        review = await ask(team.ed, made, people(team.ben))
        await say(team.ben, review, "approve")
        path = f"/api/v1/revisions/{made.id}/lifecycle"
        assert (await owner.client.post(path, json={"lifecycle": "released"})).status_code == 200
    first = await owner.client.get(f"/api/v1/revisions/{revision.id}")
    assert first.json()["lifecycle"] == "superseded"
    assert review["compared_to"]["label"] == "A"  # the last one that was decided


async def test_whoever_is_asked_must_be_a_member_who_may_decide(
    team: Team, revision: Revision, database: Database, clock: Clock
) -> None:
    stranger = await add_user(database, clock, "Zoe Stranger")
    path = f"/api/v1/revisions/{revision.id}/reviews"
    cases: list[tuple[dict[str, Any], str]] = [
        ({"approvers": []}, "/approvers"),
        ({"approvers": [str(stranger.id)]}, "/approvers/0"),
        ({"approvers": people(team.vic)}, "/approvers/0"),
        ({"approvers": people(team.ben), "observers": people(team.ben)}, "/observers"),
        ({"approvers": people(team.ben), "rule": {"kind": "count", "count": 2}}, "/rule/count"),
        (
            {"approvers": people(team.ben), "rule": {"must": people(team.cara)}},
            "/rule/must",
        ),
        (
            {"approvers": people(team.ben), "compared_to_id": str(revision.id)},
            "/compared_to_id",
        ),
    ]
    for body, pointer in cases:
        answer = await team.ed.client.post(path, json=body)
        assert answer.status_code == 422, body
        assert answer.json()["errors"][0]["pointer"] == pointer
    async with database.transaction() as transaction:
        row = await transaction.get_one(tables.Revision, revision.id)
        assert row.lifecycle == "draft"


async def test_two_verdicts_at_the_same_moment_are_both_counted(
    team: Team, revision: Revision
) -> None:
    review = await ask(team.ed, revision, people(team.ben, team.cara))
    await asyncio.gather(say(team.ben, review, "approve"), say(team.cara, review, "approve"))
    now = await look(team.ed, review)
    assert (now["state"], now["approvals"]) == ("approved", 2)
    assert now["revision"]["lifecycle"] == "approved"


async def test_lists_are_filtered_by_state_and_by_whose_turn_it_is(
    team: Team, database: Database, clock: Clock, project: Project, revision: Revision
) -> None:
    first = await ask(team.ed, revision, people(team.ben))
    other = await add_revision(database, clock, await add_asset(database, clock, project, "Skid"))
    await ask(team.ed, other, people(team.cara))
    await say(team.ben, first, "approve")
    path = f"/api/v1/projects/{project.id}/reviews"

    async def numbers(caller: Caller, **query: Any) -> list[int]:
        answer = await caller.client.get(path, params=query)
        return [one["number"] for one in answer.json()["items"]]

    assert await numbers(team.vic) == [2, 1]
    assert await numbers(team.vic, state="approved") == [1]
    assert await numbers(team.vic, state="open") == [2]
    assert await numbers(team.ben, mine=True) == [1]
    assert await numbers(team.vic, state="closed") == []
    page = (await team.vic.client.get(path, params={"limit": 1})).json()
    rest = (await team.vic.client.get(path, params={"cursor": page["next_cursor"]})).json()
    assert [one["asset_name"] for one in (*page["items"], *rest["items"])] == ["Skid", "Gearbox"]
    mine = (await team.cara.client.get(path, params={"mine": True})).json()["items"][0]
    assert mine["waits_for_me"] is True
