"""Who may do what: one table, one function, asked by every route and every live message."""

from enum import StrEnum
from typing import Final


class Role(StrEnum):
    """A principal's role in one project, strongest first."""

    OWNER = "owner"
    EDITOR = "editor"
    REVIEWER = "reviewer"
    VIEWER = "viewer"
    GUEST_LIVE = "guest_live"  # a share link or session code that allows taking part live
    GUEST_VIEW = "guest_view"  # a share link that allows looking only


class Action(StrEnum):
    """Something a principal does to a project or to what it owns."""

    VIEW = "view"  # see the project, its assets, revisions, packages, sessions
    DOWNLOAD = "download"  # the uploaded source and model.glb
    COMMENT = "comment"  # chat, comments, measurements that others see
    ISSUE = "issue"  # make issues and change them
    SHARE_SCENE = "share_scene"  # change sections, visibility, explode of a live session
    HOST_SESSION = "host_session"  # start a session, admit, remove, end
    UPLOAD = "upload"  # new assets and revisions, retry and cancel conversions
    EDIT = "edit"  # rename, move, folders, trash, restore, placement
    SHARE_LINK = "share_link"  # make and revoke links for guests
    REQUEST_REVIEW = "request_review"  # ask for approval of a revision, choose who decides and how
    SEE_REVIEWS = "see_reviews"  # reviews and the audit trail of revisions: members only
    DECIDE = "decide"  # give a verdict where one was asked for
    RELEASE = "release"  # release a revision, reject one, take a rejection back
    MANAGE_MEMBERS = "manage_members"
    MANAGE_WEBHOOKS = "manage_webhooks"  # who outside is told of everything in the project
    DELETE_PROJECT = "delete_project"


_VIEWER: Final = frozenset({Action.VIEW, Action.DOWNLOAD, Action.SEE_REVIEWS})
_REVIEWER: Final = _VIEWER | {
    Action.COMMENT,
    Action.ISSUE,
    Action.SHARE_SCENE,
    Action.HOST_SESSION,
    Action.DECIDE,
}
_EDITOR: Final = _REVIEWER | {
    Action.UPLOAD,
    Action.EDIT,
    Action.SHARE_LINK,
    Action.REQUEST_REVIEW,
}

ALLOWED: Final[dict[Role, frozenset[Action]]] = {
    Role.OWNER: frozenset(Action),
    Role.EDITOR: _EDITOR,
    Role.REVIEWER: _REVIEWER,
    Role.VIEWER: _VIEWER,
    Role.GUEST_LIVE: frozenset({Action.VIEW, Action.COMMENT, Action.SHARE_SCENE}),
    Role.GUEST_VIEW: frozenset({Action.VIEW}),
}

MEMBER_ROLES: Final = (Role.OWNER, Role.EDITOR, Role.REVIEWER, Role.VIEWER)


def allows(role: Role, action: Action) -> bool:
    """Whether a principal with this role in a project may do this there."""
    return action in ALLOWED[role]
