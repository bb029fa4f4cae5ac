"""Access: the whole table of roles and actions, foreign ids, token scopes, on every operation."""

from collections.abc import Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

import pytest
from builders import (
    Caller,
    Clock,
    Principal,
    Project,
    add_asset,
    add_folder,
    add_guest,
    add_member,
    add_model_export,
    add_notification,
    add_project,
    add_recording,
    add_ref,
    add_review,
    add_revision,
    add_session,
    add_share_link,
    add_system,
    add_tus_upload,
    add_user,
    add_viewpoint,
    add_webhook,
    sign_in,
)
from fastapi import FastAPI
from httpx import AsyncClient, Response
from issue_builders import (
    add_anchor,
    add_attachment,
    add_comment,
    add_drawing,
    add_issue,
    add_issue_filter,
    add_issue_viewpoint,
)
from openapi_calls import INSTALLATION, Operation, operations

from holotable.accounts import login_from_name
from holotable.review.issue import DEFAULTS
from holotable.review.roles import MEMBER_ROLES, Action, Role, allows
from holotable.store.blobs import put_bytes
from holotable.store.database import Database, uuid7

PASSWORD: Final = "correct horse battery"

# What each operation on an owned row needs. An operation missing here fails the test below.
NEEDS: Final[Mapping[str, Action]] = {
    "get_project": Action.VIEW,
    "read_project_changes": Action.SEE_REVIEWS,
    "list_webhooks": Action.MANAGE_WEBHOOKS,
    "create_webhook": Action.MANAGE_WEBHOOKS,
    "get_webhook": Action.MANAGE_WEBHOOKS,
    "update_webhook": Action.MANAGE_WEBHOOKS,
    "delete_webhook": Action.MANAGE_WEBHOOKS,
    "rotate_webhook_secret": Action.MANAGE_WEBHOOKS,
    "test_webhook": Action.MANAGE_WEBHOOKS,
    "list_deliveries": Action.MANAGE_WEBHOOKS,
    "redeliver": Action.MANAGE_WEBHOOKS,
    "update_project": Action.EDIT,
    "trash_project": Action.DELETE_PROJECT,
    "restore_project": Action.DELETE_PROJECT,
    "add_member": Action.MANAGE_MEMBERS,
    "set_member_role": Action.MANAGE_MEMBERS,
    "remove_member": Action.MANAGE_MEMBERS,
    "list_folders": Action.VIEW,
    "create_folder": Action.EDIT,
    "update_folder": Action.EDIT,
    "trash_folder": Action.EDIT,
    "restore_folder": Action.EDIT,
    "list_assets": Action.VIEW,
    "create_asset": Action.UPLOAD,
    "get_asset": Action.VIEW,
    "update_asset": Action.EDIT,
    "trash_asset": Action.EDIT,
    "restore_asset": Action.EDIT,
    "list_revisions": Action.VIEW,
    "list_share_links": Action.SHARE_LINK,
    "create_share_link": Action.SHARE_LINK,
    "revoke_share_link": Action.SHARE_LINK,
    "upload_revision": Action.UPLOAD,
    "upload_asset": Action.UPLOAD,
    "add_missing_files": Action.UPLOAD,
    "get_revision": Action.VIEW,
    "update_revision": Action.EDIT,
    "cancel_conversion": Action.UPLOAD,
    "retry_conversion": Action.UPLOAD,
    "get_log": Action.DOWNLOAD,
    "get_source": Action.DOWNLOAD,
    "get_scene_file": Action.VIEW,
    "search_occurrences": Action.VIEW,
    "get_occurrence": Action.VIEW,
    "find_parts": Action.VIEW,
    "list_property_names": Action.VIEW,
    "list_property_values": Action.VIEW,
    "sum_selection": Action.VIEW,
    "get_bom": Action.VIEW,
    "get_bom_of_selection": Action.VIEW,
    "list_sessions": Action.VIEW,
    "start_session": Action.HOST_SESSION,
    "get_session": Action.VIEW,
    "get_session_voice": Action.VIEW,
    "issue_session_ticket": Action.VIEW,
    "invite_to_session": Action.HOST_SESSION,
    "issue_table_ticket": Action.VIEW,
    "list_viewpoints": Action.VIEW,
    "create_viewpoint": Action.COMMENT,
    "get_viewpoint": Action.VIEW,
    "get_viewpoint_thumbnail": Action.VIEW,
    "get_correspondence": Action.VIEW,
    "compare_revisions": Action.VIEW,
    "list_changes": Action.VIEW,
    "get_change_tour": Action.VIEW,
    "get_part_change": Action.VIEW,
    "get_changed_occurrences": Action.VIEW,
    "get_part_heatmap": Action.VIEW,
    "list_revision_reviews": Action.SEE_REVIEWS,
    "request_review": Action.REQUEST_REVIEW,
    "list_reviews": Action.SEE_REVIEWS,
    "get_review": Action.SEE_REVIEWS,
    "change_review": Action.REQUEST_REVIEW,
    "give_verdict": Action.DECIDE,
    "get_report": Action.SEE_REVIEWS,
    "make_packet": Action.DECIDE,
    "list_packets": Action.SEE_REVIEWS,
    "get_packet": Action.SEE_REVIEWS,
    "get_coverage": Action.SEE_REVIEWS,
    "get_history": Action.SEE_REVIEWS,
    "list_issues": Action.VIEW,
    "create_issue": Action.ISSUE,
    "get_issue": Action.VIEW,
    "update_issue": Action.ISSUE,
    "restore_issue": Action.ISSUE,
    "list_trashed_issues": Action.ISSUE,
    "change_issues": Action.ISSUE,
    "list_issue_history": Action.VIEW,
    "list_watchers": Action.VIEW,
    "add_watcher": Action.ISSUE,
    "remove_watcher": Action.ISSUE,
    "get_issue_settings": Action.VIEW,
    "set_issue_settings": Action.EDIT,
    "list_issue_filters": Action.VIEW,
    "create_issue_filter": Action.VIEW,
    "list_issue_viewpoints": Action.VIEW,
    "add_issue_viewpoint": Action.ISSUE,
    "get_issue_viewpoint": Action.VIEW,
    "get_issue_snapshot": Action.VIEW,
    "list_issue_comments": Action.VIEW,
    "comment_on_issue": Action.COMMENT,
    "list_revision_comments": Action.VIEW,
    "comment_on_revision": Action.COMMENT,
    "get_comment": Action.VIEW,
    "list_comment_edits": Action.VIEW,
    "resolve_thread": Action.COMMENT,
    "reopen_thread": Action.COMMENT,
    "make_issue_of_comment": Action.ISSUE,
    "list_issue_attachments": Action.VIEW,
    "attach_to_issue": Action.ISSUE,
    "get_attachment": Action.VIEW,
    "get_attachment_content": Action.VIEW,
    "anchor_issue": Action.ISSUE,
    "release_issue": Action.ISSUE,
    "list_issue_anchors": Action.VIEW,
    "get_anchor": Action.VIEW,
    "list_pins": Action.VIEW,
    "get_anchor_run": Action.VIEW,
    "retry_anchor_run": Action.ISSUE,
    "list_issues_to_verify": Action.VIEW,
    "list_drawings": Action.VIEW,
    "add_drawing": Action.UPLOAD,
    "get_drawing": Action.VIEW,
    "get_drawing_content": Action.VIEW,
    "rename_drawing": Action.EDIT,
    "remove_drawing": Action.EDIT,
    "restore_drawing": Action.EDIT,
    "list_sheet_pins": Action.VIEW,
    "list_issue_drawings": Action.VIEW,
    "put_issue_on_sheet": Action.ISSUE,
    "take_issue_off_sheet": Action.ISSUE,
    "list_recordings": Action.SEE_REVIEWS,
    "get_recording": Action.SEE_REVIEWS,
    "get_recording_manifest": Action.SEE_REVIEWS,
    "get_recording_timeline": Action.SEE_REVIEWS,
    "list_recorded_operations": Action.SEE_REVIEWS,
    "get_recording_chunk": Action.SEE_REVIEWS,
    "get_recorded_state": Action.SEE_REVIEWS,
    "list_recorded_voices": Action.SEE_REVIEWS,
    "get_voice_piece": Action.SEE_REVIEWS,
    "download_voice": Action.SEE_REVIEWS,
    "get_minutes": Action.SEE_REVIEWS,
    "note_minutes": Action.HOST_SESSION,
    "publish_minutes": Action.HOST_SESSION,
    "comment_minutes": Action.ISSUE,
    "correct_minutes": Action.HOST_SESSION,
    "get_minutes_document": Action.SEE_REVIEWS,
    "get_minutes_bcf": Action.SEE_REVIEWS,
    "get_session_agenda": Action.VIEW,
    "export_model": Action.DOWNLOAD,
    "create_tus_upload": Action.UPLOAD,
    "export_project": Action.MANAGE_MEMBERS,
    "list_model_exports": Action.DOWNLOAD,
    "get_model_export": Action.DOWNLOAD,
    "get_model_export_file": Action.DOWNLOAD,
    "prepare_session_agenda": Action.HOST_SESSION,
    "import_bcf": Action.ISSUE,
    "export_bcf": Action.VIEW,
    "list_project_revisions": Action.VIEW,
    "get_asset_by_ref": Action.VIEW,
    "put_asset_by_ref": Action.UPLOAD,
    "get_revision_by_ref": Action.VIEW,
    "put_revision_by_ref": Action.UPLOAD,
}
# Allowed, these may still fail for want of files, of a running or of a finished conversion.
MAY_FAIL_LATER: Final = {
    "cancel_conversion", "retry_conversion", "add_missing_files", "get_source", "get_scene_file",
    "search_occurrences", "get_occurrence", "get_viewpoint_thumbnail", "get_correspondence",
    "compare_revisions", "list_changes", "get_change_tour", "get_part_change",
    "get_changed_occurrences", "get_part_heatmap",
    "find_parts", "list_property_names", "list_property_values", "sum_selection", "get_bom",
    "get_bom_of_selection",
    "add_issue_viewpoint", "get_issue_snapshot", "get_attachment_content", "anchor_issue",
    "make_issue_of_comment",
    "get_packet",
    "add_drawing", "get_drawing_content",
    "get_recording_chunk", "publish_minutes", "correct_minutes", "get_minutes_bcf",
    "get_voice_piece", "download_voice",
    "import_bcf",
    "export_model", "get_model_export_file", "create_tus_upload",
}  # fmt: skip
# Operations whose own test module tries every role: here only strangers and tokens try them.
ELSEWHERE: Final = {
    "list_members": "tests/backend/web/test_members.py",
    "stream_events": "tests/backend/web/test_events.py",  # never ends once allowed
    "end_session": "tests/backend/web/test_sessions.py",  # asks who started it, too
    "update_viewpoint": "tests/backend/web/test_viewpoints.py",  # asks who made it, too
    "delete_viewpoint": "tests/backend/web/test_viewpoints.py",
    "tick_item": "tests/backend/web/test_reviews.py",  # asks who sits in the review, too
    "untick_item": "tests/backend/web/test_reviews.py",
    "note_opened": "tests/backend/web/test_reviews.py",
    "share_coverage": "tests/backend/web/test_review_progress.py",
    "add_coverage": "tests/backend/web/test_review_progress.py",
    "set_lifecycle": "tests/backend/web/test_reviews.py",  # depends on where to
    "trash_issue": "tests/backend/web/test_issues.py",  # asks who made it, too
    "update_issue_filter": "tests/backend/web/test_issue_settings.py",
    "delete_issue_filter": "tests/backend/web/test_issue_settings.py",
    "delete_issue_viewpoint": "tests/backend/web/test_issue_viewpoints.py",
    "update_comment": "tests/backend/web/test_comments.py",
    "delete_comment": "tests/backend/web/test_comments.py",
    "attach_to_comment": "tests/backend/web/test_attachments.py",
    "delete_attachment": "tests/backend/web/test_attachments.py",
    "anchor_comment": "tests/backend/web/test_anchors.py",
    "put_comment_on_sheet": "tests/backend/web/test_sheets.py",
    "change_notification": "tests/backend/web/test_inbox.py",  # nobody's but its reader's
    "delete_recording": "tests/backend/web/test_recordings.py",  # asks who started it, too
    "branch_viewpoint": "tests/backend/web/test_recordings.py",  # who comments, but no guest
    "get_tus_upload": "tests/backend/web/test_tus.py",  # nobody's but whose it is
    "append_to_tus_upload": "tests/backend/web/test_tus.py",
    "end_tus_upload": "tests/backend/web/test_tus.py",
    "cancel_model_export": "tests/backend/web/test_model_exports.py",  # asks who asked, too
    "get_voice_consent": "tests/backend/web/test_recorded_voices.py",  # asks who was there, too
    "set_voice_consent": "tests/backend/web/test_recorded_voices.py",
    "keep_voice_piece": "tests/backend/web/test_recorded_voices.py",
}
TRASHED: Final = {
    "restore_project",
    "restore_folder",
    "restore_asset",
    "restore_issue",
    "restore_drawing",
}


@dataclass(frozen=True)
class World:
    """One project with one of everything in it, and the ids by the names routes use."""

    project: Project
    ids: Mapping[str, UUID]


async def build(
    database: Database, clock: Clock, owner: Principal, *, trashed: str | None = None
) -> World:
    project = await add_project(database, clock, owner=owner)
    member = await add_user(database, clock, f"Member {uuid7().hex}")
    await add_member(database, clock, project, member, Role.VIEWER)
    folder = await add_folder(database, clock, project)
    asset = await add_asset(database, clock, project, folder=folder)
    revision = await add_revision(database, clock, asset)
    other = await add_revision(database, clock, asset)
    session = await add_session(database, clock, revision)
    link = await add_share_link(database, clock, project)
    view = await add_viewpoint(database, clock, revision)
    judged = await add_revision(database, clock, await add_asset(database, clock, project))
    review = await add_review(database, clock, judged, approvers=[owner])
    issue = await add_issue(database, clock, project, revision=revision)
    remark = await add_comment(database, clock, revision)
    file = await add_attachment(database, clock, issue)
    issue_view = await add_issue_viewpoint(database, clock, issue)
    asked = await add_issue_filter(database, clock, project, owner)
    pinned = await add_anchor(database, clock, issue, revision)
    drawing = await add_drawing(database, clock, revision)
    recording = await add_recording(database, clock, session)
    written = await add_model_export(database, clock, revision)
    sending = await add_tus_upload(database, clock, project, owner)
    told = await add_notification(database, clock, owner, review=review)
    await add_system(database, clock)
    for row in (asset, revision):
        await add_ref(database, row, by=owner.id)
    hook, delivery = await add_webhook(database, clock, project)
    ids = {
        "webhook_id": hook.id,
        "delivery_id": delivery.id,
        "notification_id": told.id,
        "issue_id": issue.id,
        "comment_id": remark.id,
        "attachment_id": file.id,
        "issue_viewpoint_id": issue_view.id,
        "issue_filter_id": asked.id,
        "anchor_id": pinned.id,
        "drawing_id": drawing.id,
        "recording_id": recording.id,
        "model_export_id": written.id,
        "tus_upload_id": sending.id,
        "project_id": project.id,
        "asset_id": asset.id,
        "folder_id": folder.id,
        "parent_id": folder.id,
        "revision_id": revision.id,
        "other_id": other.id,
        "session_id": session.id,
        "share_link_id": link.id,
        "viewpoint_id": view.id,
        "review_id": review.id,
        "judged_id": judged.id,
        "after_id": view.id,
        "principal_id": member.id,
    }
    rows = {
        "restore_project": project,
        "restore_folder": folder,
        "restore_asset": asset,
        "restore_issue": issue,
        "restore_drawing": drawing,
    }
    if trashed is not None:
        async with database.transaction() as transaction:
            row = await transaction.merge(rows[trashed])
            row.deleted_at = clock()
    return World(project, ids)


async def valid_body(
    operation: Operation, world: World, database: Database, clock: Clock
) -> dict[str, Any]:
    """What a smallest body lacks to succeed."""
    match operation.id:
        case "add_member":
            newcomer = await add_user(database, clock, f"New {uuid7().hex}")
            return {"login": login_from_name(newcomer.name)}
        case "create_webhook":
            return {"url": "https://plm.example.org/in"}
        case "start_session":
            return {"revision_id": str(world.ids["revision_id"])}
        case "create_viewpoint":
            revision_id = str(world.ids["revision_id"])
            content = {"format": "holotable-viewpoint/1", "revision_id": revision_id}
            return {"name": "Valve access", "content": content}
        case "request_review":
            return {"approvers": [str(world.project.created_by)]}
        case "create_issue":
            return {"title": "Bore too small"}
        case "comment_on_issue" | "comment_on_revision":
            return {"text": "Please look"}
        case "set_issue_settings":
            return {"settings": DEFAULTS.model_dump(mode="json")}
        case "invite_to_session":
            return {"people": [str(world.ids["principal_id"])]}
        case "put_issue_on_sheet":
            place = {"page": 1, "x": 0.5, "y": 0.5}
            return {"drawing_id": str(world.ids["drawing_id"]), **place}
        case "anchor_issue":
            return {"revision_id": str(world.ids["revision_id"]), "occurrence": "valve"}
        case "give_verdict":
            return {"revision_id": str(world.ids["judged_id"]), "verdict": "comment", "text": "So."}
        case _:
            return {}


def owned(app: FastAPI) -> list[Operation]:
    return [operation for operation in operations(app) if operation.names_an_owned_row]


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_this_module_says_what_each_operation_needs(app: FastAPI) -> None:
    ours = {operation.id for operation in owned(app)}
    assert set(NEEDS) | set(ELSEWHERE) == ours


@pytest.mark.parametrize("engine", ["sqlite"])
@pytest.mark.parametrize("role", list(Role))
async def test_each_role_may_do_exactly_what_the_table_says(
    role: Role, app: FastAPI, owner: Caller, database: Database, clock: Clock
) -> None:
    await put_bytes(app.state.context.blobs, b"step")  # what the builders' revisions were made of
    wrong = []
    async with AsyncExitStack() as stack:
        shared: tuple[World, Caller] | None = None
        for operation in owned(app):
            action = NEEDS.get(operation.id)
            if action is None:
                continue
            alone = operation.method == "DELETE" or operation.id in TRASHED
            if alone or shared is None:  # what destroys its world gets one of its own
                trashed = operation.id if operation.id in TRASHED else None
                world = await build(database, clock, owner.principal, trashed=trashed)
                who = await somebody(database, clock, world.project, role)
                caller = await stack.enter_async_context(sign_in(app, database, clock, who))
                shared = shared if alone else (world, caller)
            else:
                world, caller = shared
            body = await valid_body(operation, world, database, clock)
            answer = await caller.client.request(**operation.arguments(world.ids, **body))
            if not as_expected(operation, role, action, answer):
                wrong.append((operation.id, role.value, answer.status_code, answer.text))
    assert wrong == []


async def somebody(database: Database, clock: Clock, project: Project, role: Role) -> Principal:
    """Somebody with this role in the project and none elsewhere."""
    if role not in MEMBER_ROLES:
        return await add_guest(database, clock, project, role)
    principal = await add_user(database, clock, f"Who {uuid7().hex}")
    await add_member(database, clock, project, principal, role)
    return principal


def as_expected(operation: Operation, role: Role, action: Action, answer: Response) -> bool:
    """Whether allowed means done, and forbidden names the role that would suffice."""
    if allows(role, action):
        late = operation.id in MAY_FAIL_LATER and answer.status_code != 403
        return answer.status_code < 300 or late
    if operation.id in TRASHED and answer.status_code == 404:
        return True  # who may not restore need not know of it
    if answer.status_code != 403:
        return False
    facts = answer.json().get("facts", {})
    return facts.get("role") == role.value and allows(Role(facts["needs"]), action)


def same_but_address(problem: dict[str, Any]) -> dict[str, Any]:
    return {key: problem[key] for key in problem if key not in ("instance", "trace_id")}


async def test_ids_of_another_project_answer_one_identical_404_on_every_operation(
    app: FastAPI, owner: Caller, database: Database, clock: Clock
) -> None:
    world = await build(database, clock, owner.principal)
    ben = await add_user(database, clock, "Ben Okoro")
    await build(database, clock, ben)  # an owner elsewhere, so no role is too weak
    nobody = {name: uuid7() for name in world.ids}
    wrong, answers = [], []
    async with sign_in(app, database, clock, ben) as caller:
        for operation in owned(app):
            for ids in (world.ids, nobody):
                answer = await caller.client.request(
                    **operation.arguments({**ids, "principal_id": world.ids["principal_id"]})
                )
                if answer.status_code != 404:
                    wrong.append((operation.method, operation.path, answer.status_code))
                else:
                    answers.append(same_but_address(answer.json()))
    assert wrong == []
    assert all(answer == answers[0] for answer in answers)


async def test_ids_of_another_project_in_a_body_answer_404(
    app: FastAPI, owner: Caller, database: Database, clock: Clock
) -> None:
    world = await build(database, clock, owner.principal)
    ben = await add_user(database, clock, "Ben Okoro")
    own = await build(database, clock, ben)
    tried, wrong = 0, []
    async with sign_in(app, database, clock, ben) as caller:
        for operation in owned(app):
            for name in operation.body_ids:
                arguments = operation.arguments(own.ids, **{name: str(world.ids[name])})
                answer = await caller.client.request(**arguments)
                tried += 1
                if answer.status_code != 404:
                    wrong.append((operation.method, operation.path, name, answer.status_code))
    assert tried >= 4
    assert wrong == []


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_nobody_signed_in_gets_401_on_every_operation_that_needs_a_principal(
    app: FastAPI, client: AsyncClient, owner: Caller, database: Database, clock: Clock
) -> None:
    world = await build(database, clock, owner.principal)
    ids = {**world.ids, **{name: uuid7() for name in INSTALLATION}}
    public = {
        "get_setup", "create_first_owner", "sign_in", "sign_out", "open_share_link",
        "redeem_share_link", "open_embed", "join_session", "get_health", "get_readiness",
        "list_signing_keys",
        "confirm_address", "ask_unsubscribe", "unsubscribe",  # the link is the right
        "get_https", "get_authority",
        "offer_pairing", "collect_pairing",  # a headset that nobody is signed in on
    }  # fmt: skip
    for operation in operations(app):
        if operation.id in public:
            continue
        answer = await client.request(**operation.arguments(ids))
        assert answer.status_code == 401, (operation.method, operation.path, answer.text)
        assert answer.headers["www-authenticate"].startswith("Bearer")


async def token_with(caller: Caller, *scopes: str) -> dict[str, str]:
    made = await caller.client.post("/api/v1/tokens", json={"name": "t", "scopes": list(scopes)})
    return {"Authorization": f"Bearer {made.json()['token']}"}


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_scopes_of_a_token_hold_on_every_operation(
    app: FastAPI, client: AsyncClient, owner: Caller, database: Database, clock: Clock
) -> None:
    world = await build(database, clock, owner.principal)
    ids = {**world.ids, **{name: uuid7() for name in INSTALLATION}}
    read, admin = await token_with(owner, "read"), await token_with(owner, "admin")
    administrative = ("/users", "/tokens", "/devices", "/me/password", "/admin/")
    # made for people who have no account yet: no token is needed, so none can be too weak
    public = {
        "get_setup", "create_first_owner", "sign_in", "sign_out", "get_health", "get_readiness",
        "list_signing_keys", "open_embed", "confirm_address", "ask_unsubscribe", "unsubscribe",
        "offer_pairing", "collect_pairing", "get_https", "get_authority",
    }  # fmt: skip
    for operation in operations(app):
        if operation.id in public:
            continue
        manages = any(part in operation.path for part in administrative)
        reads = operation.method == "GET"
        arguments = operation.arguments(ids)
        refused_read = await client.request(**arguments, headers=read) if not reads else None
        if refused_read is not None or manages:
            answer = refused_read or await client.request(**arguments, headers=read)
            assert answer.status_code == 403, (operation.path, answer.text)
            assert "needs_scope" in answer.json()["facts"]
        if not manages:
            answer = await client.request(**arguments, headers=admin)
            assert answer.status_code == 403, (operation.path, answer.text)
    assert (await client.get("/api/v1/projects", headers=read)).status_code == 200
    assert (await client.get("/api/v1/users", headers=admin)).status_code == 200


async def test_a_request_that_fails_leaves_nothing_behind(owner: Caller, project: Project) -> None:
    path = f"/api/v1/projects/{project.id}/assets"
    refused = await owner.client.post(path, json={"name": "x", "folder_id": str(uuid7())})
    assert refused.status_code == 404
    assert (await owner.client.get(path)).json()["items"] == []


async def test_an_answer_is_sent_after_the_commit(owner: Caller, client: AsyncClient) -> None:
    made = await owner.client.post("/api/v1/projects", json={"name": "x"})
    read = await token_with(owner, "read")
    seen = await client.get(f"/api/v1/projects/{made.json()['id']}", headers=read)
    assert seen.status_code == 200
