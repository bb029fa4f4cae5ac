"""Why a room refuses something: a closed set of codes, which pages word in their language.

The sentences are for logs and for clients that have no words of their own; they end without a
full stop. A code is never renamed: pages of an older version know it.
"""

from enum import StrEnum
from typing import Final


class Reason(StrEnum):
    """Why nothing happened."""

    ROLE = "role"
    LISTENS = "listens"
    NOT_YOURS = "not_yours"
    NO_CHAT = "no_chat"
    NOT_ALLOWED = "not_allowed"
    RAISE_HAND = "raise_hand"
    LEADS = "leads"
    HOSTS = "hosts"
    DOOR = "door"
    SCENE_HOSTS = "scene_hosts"
    SCENE_PRESENTERS = "scene_presenters"
    ENDS_PRESENTING = "ends_presenting"
    HANDS_OVER = "hands_over"
    OFFER_FIRST = "offer_first"
    ASK_HOST = "ask_host"
    ASK_PRESENTER = "ask_presenter"
    PASS_STAR = "pass_star"  # no password: the star goes to somebody else
    NEEDS_HOST = "needs_host"
    MAY_NOT_HOST = "may_not_host"
    NOT_HERE = "not_here"
    THEY_LISTEN = "they_listen"
    KEEPS_OWNER = "keeps_owner"
    OWNS_NEW = "owns_new"
    NO_ITEM = "no_item"
    VALUE = "value"
    FULL = "full"
    RATE = "rate"
    BEHIND = "behind"
    CONFLICT = "conflict"
    TABLE = "table"
    WATCHES = "watches"
    DRAGGED = "dragged"
    RECORDS = "records"
    NO_RECORDINGS = "no_recordings"
    NO_VOICE = "no_voice"
    VOICE_PEOPLE = "voice_people"
    VOICE_OPEN = "voice_open"
    SILENCED = "silenced"


SENTENCES: Final[dict[Reason, str]] = {
    Reason.ROLE: "your role in the project does not let you do this",
    Reason.LISTENS: "you listen in this session; ask the host to let you take part",
    Reason.NOT_YOURS: "only who made it, the presenter and the host may change this",
    Reason.NO_CHAT: "you may not write here",
    Reason.NOT_ALLOWED: "you may not do this here",
    Reason.RAISE_HAND: "you listen in this session; raise your hand to be heard",
    Reason.LEADS: "only the presenter and the host may do this",
    Reason.HOSTS: "only the host may do this",
    Reason.DOOR: "only the host, or who presents while the host is away, lets people in",
    Reason.SCENE_HOSTS: "only the host changes the scene in this session",
    Reason.SCENE_PRESENTERS: "only the presenter and the host change the scene in this session",
    Reason.ENDS_PRESENTING: "only the presenter and the host end this",
    Reason.HANDS_OVER: "only the presenter and the host hand over",
    Reason.OFFER_FIRST: "offer it to them: they must accept",
    Reason.ASK_HOST: "the host says who presents in this session: ask to present",
    Reason.ASK_PRESENTER: "somebody presents already: ask to present",
    Reason.PASS_STAR: "pass the star on first",
    Reason.NEEDS_HOST: "a session has a host; pass the star to somebody",
    Reason.MAY_NOT_HOST: "their role in the project does not let them host",
    Reason.NOT_HERE: "they are not here",
    Reason.THEY_LISTEN: "they only listen here",
    Reason.KEEPS_OWNER: "a shared object keeps its owner",
    Reason.OWNS_NEW: "a new object belongs to whoever makes it",
    Reason.NO_ITEM: "the agenda has no such item",
    Reason.VALUE: "this value does not fit",
    Reason.FULL: "there are too many of these",
    Reason.RATE: "too fast",
    Reason.BEHIND: "the server is behind; wait a moment",
    Reason.CONFLICT: "somebody changed this since",
    Reason.TABLE: "start a session to share changes, chat and voice",
    Reason.WATCHES: "you only watch this session",
    Reason.DRAGGED: "who leads a session is not dragged",
    Reason.RECORDS: "only the host starts and stops a recording",
    Reason.NO_RECORDINGS: "this server records no sessions",
    Reason.NO_VOICE: "there is no voice here; chat goes on",
    Reason.VOICE_PEOPLE: "no more people fit into voice here; chat goes on",
    Reason.VOICE_OPEN: "no more open microphones fit into voice here",
    Reason.SILENCED: "the host closed your microphone; raise your hand to be heard",
}
