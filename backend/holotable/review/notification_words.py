"""What mails say of notifications, in English and German: pure text, no markup.

The page words its own rows; both read the same tally, so a word that is new here is new there.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from holotable.review.notification import KIND_OF, Kind, Language


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet of a drawing. page: from 0."""

    name: str  # of the drawing
    page: int
    page_count: int


@dataclass(frozen=True, slots=True)
class Subject:
    """What happened to whom, by name. thing: review, issue, comments, conversion, session or
    webhook."""

    thing: str
    title: str  # of the review, the issue, the asset or the session
    number: int | None = None
    label: str = ""  # of the revision
    by: str = ""  # empty: the server
    due: str = ""  # ISO date
    sheet: Sheet | None = None  # on which the issue or the comment stands


# One sentence for each word of a tally. {by} is who did it, {n} how often it happened.
_EN: Final[Mapping[str, str]] = {
    "overdue": "It is overdue (due {due}).",
    "requested": "{by} asks for your approval.",
    "requested_again": "There is a new revision: you are asked again.",
    "invited": "{by} invites you to a session.",
    "assigned": "{by} assigned it to you.",
    "mentioned": "{by} mentioned you.",
    "changes_requested": "{by} requested changes.",
    "approved": "{by} approved.",
    "due_soon": "It is due on {due}.",
    "released": "The revision is released and the review is closed.",
    "rejected": "The revision is rejected and the review is closed.",
    "withdrawn": "The review was withdrawn.",
    "failed": "Your upload could not be converted.",
    "verify": "Its geometry changed on the new revision: probably resolved, please verify.",
    "detached": "Its pin found no place on the new revision.",
    "observing": "{by} lets you observe the review.",
    "observing_again": "The review goes on with a new revision.",
    "said": "{by} commented on the review.",
    "commented": "{by} commented.",
    "changed": "{by} changed it.",
    "converted": "Your upload is ready.",
    "minutes": "{by} published the minutes.",
    "webhook_off": "It was switched off: its receiver takes nothing.",
}
_EN_MORE: Final[Mapping[str, str]] = {
    "mentioned": "You were mentioned {n} times.",
    "changes_requested": "Changes were requested {n} times.",
    "approved": "{n} people approved.",
    "said": "{n} new comments on the review.",
    "commented": "{n} new comments.",
    "changed": "{n} changes.",
}
_DE: Final[Mapping[str, str]] = {
    "overdue": "Überfällig (fällig am {due}).",
    "requested": "{by} bittet um deine Genehmigung.",
    "requested_again": "Es gibt eine neue Revision: du wirst erneut um Genehmigung gebeten.",
    "invited": "{by} lädt dich zu einer Sitzung ein.",
    "assigned": "{by} hat es dir zugewiesen.",
    "mentioned": "{by} hat dich erwähnt.",
    "changes_requested": "{by} verlangt Änderungen.",
    "approved": "{by} hat genehmigt.",
    "due_soon": "Fällig am {due}.",
    "released": "Die Revision ist freigegeben, die Prüfung ist beendet.",
    "rejected": "Die Revision ist abgelehnt, die Prüfung ist beendet.",
    "withdrawn": "Die Prüfung wurde zurückgezogen.",
    "failed": "Deine Datei konnte nicht umgewandelt werden.",
    "verify": "Die Geometrie dort hat sich in der neuen Revision geändert: vermutlich erledigt, "
    "bitte prüfen.",
    "detached": "Der Pin findet in der neuen Revision keinen Platz.",
    "observing": "{by} lässt dich die Prüfung beobachten.",
    "observing_again": "Die Prüfung geht mit einer neuen Revision weiter.",
    "said": "{by} hat die Prüfung kommentiert.",
    "commented": "{by} hat kommentiert.",
    "changed": "{by} hat es geändert.",
    "converted": "Deine Datei ist bereit.",
    "minutes": "{by} hat das Protokoll veröffentlicht.",
    "webhook_off": "Er wurde abgeschaltet: sein Empfänger nimmt nichts an.",
}
_DE_MORE: Final[Mapping[str, str]] = {
    "mentioned": "Du wurdest {n}-mal erwähnt.",
    "changes_requested": "Es wurden {n}-mal Änderungen verlangt.",
    "approved": "{n} Personen haben genehmigt.",
    "said": "{n} neue Kommentare zur Prüfung.",
    "commented": "{n} neue Kommentare.",
    "changed": "{n} Änderungen.",
}
_SENTENCES: Final[Mapping[Language, tuple[Mapping[str, str], Mapping[str, str]]]] = {
    "en": (_EN, _EN_MORE),
    "de": (_DE, _DE_MORE),
}
_NOBODY: Final[Mapping[Language, str]] = {"en": "Somebody", "de": "Jemand"}
_TITLES: Final[Mapping[Language, Mapping[str, str]]] = {
    "en": {
        "review": "Review #{number}: {title}",
        "issue": "Issue #{number}: {title}",
        "comments": "Comments on {title}, revision {label}",
        "conversion": "{title}, revision {label}",
        "session": "Session: {title}",
        "webhook": "Webhook: {title}",
    },
    "de": {
        "review": "Prüfung #{number}: {title}",
        "issue": "Issue #{number}: {title}",
        "comments": "Kommentare zu {title}, Revision {label}",
        "conversion": "{title}, Revision {label}",
        "session": "Sitzung: {title}",
        "webhook": "Webhook: {title}",
    },
}
_KINDS: Final[Mapping[Language, Mapping[Kind, str]]] = {
    "en": {
        Kind.REVIEW_REQUESTED: "requests for your approval",
        Kind.REVIEW_VERDICT: "verdicts",
        Kind.REVIEW_CLOSED: "closed reviews",
        Kind.DUE: "due dates",
        Kind.ISSUE_ASSIGNED: "issues assigned to you",
        Kind.MENTION: "mentions",
        Kind.ISSUE_WATCHED: "issues you watch",
        Kind.ISSUE_VERIFY: "issues to verify",
        Kind.ANCHOR_DETACHED: "pins without a place",
        Kind.CONVERSION: "your uploads",
        Kind.SESSION_INVITED: "invitations to sessions",
        Kind.SESSION_MINUTES: "minutes of sessions",
        Kind.WEBHOOK: "webhooks that were switched off",
    },
    "de": {
        Kind.REVIEW_REQUESTED: "Bitten um deine Genehmigung",
        Kind.REVIEW_VERDICT: "Urteile",
        Kind.REVIEW_CLOSED: "beendete Prüfungen",
        Kind.DUE: "Fälligkeiten",
        Kind.ISSUE_ASSIGNED: "dir zugewiesene Issues",
        Kind.MENTION: "Erwähnungen",
        Kind.ISSUE_WATCHED: "beobachtete Issues",
        Kind.ISSUE_VERIFY: "zu prüfende Issues",
        Kind.ANCHOR_DETACHED: "Pins ohne Platz",
        Kind.CONVERSION: "deine Dateien",
        Kind.SESSION_INVITED: "Einladungen zu Sitzungen",
        Kind.SESSION_MINUTES: "Protokolle von Sitzungen",
        Kind.WEBHOOK: "abgeschaltete Webhooks",
    },
}
_WORDS: Final[Mapping[Language, Mapping[str, str]]] = {
    "en": {
        "on_sheet": "On sheet {page} of {name}.",
        "on_drawing": "On {name}.",
        "open": "Open in Holotable",
        "why": "You get this mail because you want to hear of {kind} by e-mail at once.",
        "why_digest": "You get this mail because you want a {cadence} summary.",
        "daily": "daily",
        "weekly": "weekly",
        "daily_all": "daily summaries",
        "weekly_all": "weekly summaries",
        "stop": "No more mails about {kind}",
        "stop_digest": "No more {cadence} summaries",
        "settings": "Choose what you hear of",
        "digest": "Holotable: {n} new for you",
        "digest_lead": "What happened since the last summary:",
        "more": "and {n} more in your inbox",
        "confirm": "Confirm your address for Holotable",
        "confirm_text": "Holotable is to send its mails for {name} to this address. Open this "
        "link to agree; it is good for two days. If you did not ask for it, do nothing.",
        "confirm_action": "Confirm this address",
        "test": "A test mail from Holotable",
        "test_text": "This mail was sent by the command holotable mail-test: the mail server takes "
        "mails from Holotable.",
        "stopped": "You get no more mails about {kind}.",
        "stop_ask": "Stop mails about {kind}?",
        "stop_button": "Stop them",
        "stop_bad": "This link is not good (any more). Change what you hear of in your settings.",
        "stop_back": "To your settings",
    },
    "de": {
        "on_sheet": "Auf Blatt {page} von {name}.",
        "on_drawing": "Auf {name}.",
        "open": "In Holotable öffnen",
        "why": "Du bekommst diese Mail, weil du von „{kind}“ sofort per E-Mail hören möchtest.",
        "why_digest": "Du bekommst diese Mail, weil du eine {cadence} Zusammenfassung möchtest.",
        "daily": "tägliche",
        "weekly": "wöchentliche",
        "daily_all": "tägliche Zusammenfassung",
        "weekly_all": "wöchentliche Zusammenfassung",
        "stop": "Keine Mails mehr zu „{kind}“",
        "stop_digest": "Keine {cadence} Zusammenfassung mehr",
        "settings": "Auswählen, wovon du hörst",
        "digest": "Holotable: {n} neu für dich",
        "digest_lead": "Was seit der letzten Zusammenfassung geschah:",
        "more": "und {n} weitere in deinem Eingang",
        "confirm": "Bestätige deine Adresse für Holotable",
        "confirm_text": "Holotable soll seine Mails für {name} an diese Adresse senden. Öffne "
        "diesen Link, um zuzustimmen; er gilt zwei Tage. Hast du nicht darum gebeten, tu nichts.",
        "confirm_action": "Adresse bestätigen",
        "test": "Eine Testmail von Holotable",
        "test_text": "Diese Mail hat der Befehl holotable mail-test gesendet: der Mailserver nimmt "
        "Mails von Holotable an.",
        "stopped": "Du bekommst keine Mails mehr zu „{kind}“.",
        "stop_ask": "Keine Mails mehr zu „{kind}“?",
        "stop_button": "Abbestellen",
        "stop_bad": "Dieser Link gilt nicht (mehr). Wähle in den Einstellungen, wovon du hörst.",
        "stop_back": "Zu deinen Einstellungen",
    },
}


def language_of(stored: str | None) -> Language:
    """German for German, English for everything else."""
    return "de" if stored == "de" else "en"


def word(language: Language, key: str, **facts: object) -> str:
    """A text that stands around what is told."""
    return _WORDS[language][key].format(**facts)


def kind_words(language: Language, kind: Kind) -> str:
    """What a kind is called within a sentence."""
    return _KINDS[language][kind]


def title(language: Language, subject: Subject) -> str:
    """What a subject is called: the same in every mail about it, so that they stay together."""
    number = "" if subject.number is None else str(subject.number)
    return _TITLES[language][subject.thing].format(
        number=number, title=subject.title, label=subject.label
    )


def sentences(language: Language, tally: Mapping[str, int], subject: Subject) -> list[str]:
    """What happened, strongest first, and on which sheet.

    Words of a later version say nothing here.
    """
    once, more = _SENTENCES[language]
    by = subject.by or _NOBODY[language]
    said = []
    for what, count in sorted(
        ((what, count) for what, count in tally.items() if what in KIND_OF),
        key=lambda pair: list(KIND_OF).index(pair[0]),
    ):
        text = more[what] if count > 1 and what in more else once[what]
        said.append(text.format(by=by, n=count, due=subject.due))
    if subject.sheet is not None:
        name, page = subject.sheet.name, subject.sheet.page + 1
        key = "on_drawing" if subject.sheet.page_count == 1 else "on_sheet"
        said.append(word(language, key, name=name, page=page))
    return said
