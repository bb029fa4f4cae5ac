"""The words of a report, in the languages it speaks, and numbers and changes as they write them."""

import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Final, Literal, TypeAlias
from zoneinfo import ZoneInfo

Language: TypeAlias = Literal["en", "de"]

_MINUS: Final = "\u2212"
_HOLE: Final = re.compile(r"\{(\w+)\}")
_STILL: Final = 5e-7  # metres; less along an axis is not said

_ENGLISH: Final = {
    "review": "Review", "asset": "Asset", "project": "Project", "revision": "Revision",
    "compared_to": "Compared with", "state": "State", "rule": "Rule", "due": "Due",
    "asked": "Asked by", "closed": "Closed", "file": "File", "as_of": "As of",
    "people": "People", "name": "Name", "part_in_it": "Role", "standing": "Standing",
    "verdicts": "Verdicts", "verdict": "Verdict", "given_on": "Given on", "when": "When",
    "text": "Text", "signature": "Signature", "checklist": "Checklist", "line": "Line",
    "ticked": "Ticked", "not_ticked": "not ticked", "coverage": "Seen of what changed",
    "coverage_note": "Only of people who let it be kept.",
    "seen": "In view", "changes": "What changed", "issues": "Issues", "issue": "Issue",
    "title": "Title", "type": "Type", "status": "Status", "priority": "Priority",
    "assignee": "Assignee", "place": "Place",
    "on_sheet": "drawing {name}, sheet {sheet}", "trail": "What happened", "event": "Event",
    "who": "Who", "left_out": "Not in here", "no_verdicts": "Nobody has said anything.",
    "no_issues": "There are no issues on this asset.", "no_changes": "Nothing changed.",
    "not_compared": "There is nothing to compare with.",
    "compare_failed": "The revisions were not compared: {why}",
    "more_changes": "{shown} of {total} kinds of change, the most important first.",
    "signed": "signed: {meaning}", "unsigned": "not signed",
    "stale": "stale: given on {label}, counts for nothing now", "must": "must approve",
    "nobody": "by itself", "blocking": "blocking", "issues_count": "{count} × {status}",
    "approvals": "{count} of {needed} approvals", "missing": "still needed: {names}",
    "all": "all approvers", "count": "{count} of the approvers", "must_rule": "{names} among them",
    "with_signature": "with signature", "own_work": "the author may approve",
    "page": "Page {page} of {pages}", "times_utc": "Times are UTC.",
    "times_zone": "Times are UTC; the second is {zone}.",
    "missing_letters": "Some characters (shown as □ or ?) are in no font of this server: "
    "{scripts}. The HTML report has them.",
    "snapshot": "What was seen", "comments": "{count} comments", "files_count": "{count} files",
    "files_note": "Drawings: {drawings}. Files beside issues: {count}, together {size} MB.",
    "no_drawings": "none", "unnamed": "(no name)",
    "state.open": "Open", "state.changes_requested": "Changes requested",
    "state.approved": "Approved", "state.closed": "Closed", "closed.released": "released",
    "closed.rejected": "rejected", "closed.withdrawn": "withdrawn",
    "seat.approver": "Approver", "seat.observer": "Observer",
    "standing.waiting": "waiting", "standing.approved": "approved",
    "standing.changes_requested": "requested changes", "standing.stale": "stale",
    "verdict.comment": "Comment", "verdict.request_changes": "Changes requested",
    "verdict.approve": "Approved",
    "lifecycle.draft": "draft", "lifecycle.in_review": "in review",
    "lifecycle.approved": "approved", "lifecycle.released": "released",
    "lifecycle.superseded": "superseded", "lifecycle.rejected": "rejected",
    "event.requested": "asked for approval", "event.changed": "changed the review",
    "event.moved_on": "the review went on with revision {to}", "event.verdict": "{after}",
    "event.lifecycle": "{before} → {after}", "event.ticked": "ticked “{text}”",
    "event.unticked": "unticked “{text}”", "event.packet_made": "made a signed packet",
    "event.minutes_published": "published the minutes of session {name}",
    "event.drawing_added": "added drawing {name}",
    "event.drawing_removed": "removed drawing {name}",
    "event.drawing_restored": "brought drawing {name} back",
    "event.drawing_renamed": "renamed drawing {was} to {name}",
    "kind.added": "added", "kind.removed": "removed", "kind.moved": "moved",
    "kind.shape": "shape", "kind.appearance": "appearance", "kind.properties": "properties",
    "anchor.placed": "placed", "anchor.moved": "moved", "anchor.geometry_changed": "geometry "
    "changed here", "anchor.detached": "detached", "anchor.pending": "not yet looked for",
    "anchor.failed": "could not be looked for",
    "remark.hole_diameter": "hole Ø {from} → Ø {to}", "remark.shaft_diameter": "Ø {from} → Ø {to}",
    "remark.hole_moved": "hole Ø {to} moved {by} mm",
    "remark.shaft_moved": "cylinder Ø {to} moved {by} mm",
    "remark.hole_added": "hole Ø {to} added", "remark.hole_removed": "hole Ø {from} removed",
    "remark.fillet_radius": "fillet R {from} → R {to}", "remark.thickness": "thickness {from} → "
    "{to} mm", "remark.face_moved": "face moved {signed} mm",
    "remark.faces_added": "{count} faces added", "remark.faces_removed": "{count} faces removed",
    "remark.faces_trimmed": "{count} faces with another outline",
    "remark.free_form": "free-form face changed", "remark.mass": "mass {share}",
    "remark.volume": "volume {share}", "remark.area": "area {share}",
    "remark.centre_of_mass": "centre of mass {shift}", "remark.centre": "centre {shift}",
    "remark.size": "bounding box {shift}", "remark.surface": "surface differs by {by} mm",
    "moved": "moved {by} mm", "turned": "turned {angle}°",
}  # fmt: skip

_GERMAN: Final = {
    "review": "Prüfung", "asset": "Objekt", "project": "Projekt", "revision": "Revision",
    "compared_to": "Verglichen mit", "state": "Stand", "rule": "Regel", "due": "Fällig",
    "asked": "Erbeten von", "closed": "Geschlossen", "file": "Datei", "as_of": "Stand vom",
    "people": "Personen", "name": "Name", "part_in_it": "Rolle", "standing": "Haltung",
    "verdicts": "Urteile", "verdict": "Urteil", "given_on": "Gegeben zu", "when": "Wann",
    "text": "Text", "signature": "Unterschrift", "checklist": "Checkliste", "line": "Punkt",
    "ticked": "Abgehakt", "not_ticked": "nicht abgehakt", "coverage": "Vom Geänderten gesehen",
    "coverage_note": "Nur von Personen, die das festhalten lassen.",
    "seen": "Im Bild", "changes": "Was sich geändert hat", "issues": "Probleme",
    "issue": "Problem", "title": "Titel", "type": "Art", "status": "Status",
    "priority": "Priorität", "assignee": "Zuständig", "place": "Stelle",
    "on_sheet": "Zeichnung {name}, Blatt {sheet}",
    "trail": "Was geschehen ist", "event": "Ereignis", "who": "Wer",
    "left_out": "Nicht enthalten", "no_verdicts": "Niemand hat etwas gesagt.",
    "no_issues": "Zu diesem Objekt gibt es keine Probleme.",
    "no_changes": "Nichts hat sich geändert.",
    "not_compared": "Es gibt nichts, womit verglichen würde.",
    "compare_failed": "Die Revisionen wurden nicht verglichen: {why}",
    "more_changes": "{shown} von {total} Arten der Änderung, die wichtigsten zuerst.",
    "signed": "unterschrieben: {meaning}", "unsigned": "nicht unterschrieben",
    "stale": "veraltet: zu {label} gegeben, zählt nicht mehr", "must": "muss zustimmen",
    "nobody": "von selbst", "blocking": "blockierend", "issues_count": "{count} × {status}",
    "approvals": "{count} von {needed} Freigaben", "missing": "es fehlen: {names}",
    "all": "alle Prüfenden", "count": "{count} der Prüfenden", "must_rule": "darunter {names}",
    "with_signature": "mit Unterschrift", "own_work": "der Urheber darf freigeben",
    "page": "Seite {page} von {pages}", "times_utc": "Zeiten sind UTC.",
    "times_zone": "Zeiten sind UTC; die zweite ist {zone}.",
    "missing_letters": "Einige Zeichen (hier □ oder ?) hat keine Schrift dieses Servers: "
    "{scripts}. Der HTML-Bericht zeigt sie.",
    "snapshot": "Was zu sehen war", "comments": "{count} Kommentare",
    "files_count": "{count} Dateien",
    "files_note": "Zeichnungen: {drawings}. Dateien an Problemen: {count}, zusammen {size} MB.",
    "no_drawings": "keine", "unnamed": "(ohne Namen)",
    "state.open": "Offen", "state.changes_requested": "Änderungen verlangt",
    "state.approved": "Freigegeben", "state.closed": "Geschlossen",
    "closed.released": "veröffentlicht", "closed.rejected": "abgelehnt",
    "closed.withdrawn": "zurückgezogen", "seat.approver": "Prüfend", "seat.observer": "Zuschauend",
    "standing.waiting": "wartet", "standing.approved": "hat freigegeben",
    "standing.changes_requested": "verlangt Änderungen", "standing.stale": "veraltet",
    "verdict.comment": "Kommentar", "verdict.request_changes": "Änderungen verlangt",
    "verdict.approve": "Freigegeben", "lifecycle.draft": "Entwurf",
    "lifecycle.in_review": "in Prüfung", "lifecycle.approved": "freigegeben",
    "lifecycle.released": "veröffentlicht", "lifecycle.superseded": "abgelöst",
    "lifecycle.rejected": "abgelehnt", "event.requested": "bat um Freigabe",
    "event.changed": "änderte die Prüfung",
    "event.moved_on": "die Prüfung ging mit Revision {to} weiter", "event.verdict": "{after}",
    "event.lifecycle": "{before} → {after}", "event.ticked": "hakte „{text}“ ab",
    "event.unticked": "nahm den Haken bei „{text}“ zurück",
    "event.packet_made": "erstellte ein signiertes Paket",
    "event.minutes_published": "veröffentlichte das Protokoll der Sitzung {name}",
    "event.drawing_added": "fügte Zeichnung {name} hinzu",
    "event.drawing_removed": "entfernte Zeichnung {name}",
    "event.drawing_restored": "holte Zeichnung {name} zurück",
    "event.drawing_renamed": "benannte Zeichnung {was} in {name} um",
    "kind.added": "neu", "kind.removed": "entfernt", "kind.moved": "verschoben",
    "kind.shape": "Form", "kind.appearance": "Aussehen", "kind.properties": "Eigenschaften",
    "anchor.placed": "an seiner Stelle", "anchor.moved": "verschoben",
    "anchor.geometry_changed": "Geometrie hier geändert", "anchor.detached": "gelöst",
    "anchor.pending": "noch nicht gesucht", "anchor.failed": "nicht auffindbar",
    "remark.hole_diameter": "Bohrung Ø {from} → Ø {to}",
    "remark.shaft_diameter": "Ø {from} → Ø {to}",
    "remark.hole_moved": "Bohrung Ø {to} um {by} mm verschoben",
    "remark.shaft_moved": "Zylinder Ø {to} um {by} mm verschoben",
    "remark.hole_added": "Bohrung Ø {to} neu", "remark.hole_removed": "Bohrung Ø {from} entfernt",
    "remark.fillet_radius": "Rundung R {from} → R {to}",
    "remark.thickness": "Dicke {from} → {to} mm",
    "remark.face_moved": "Fläche um {signed} mm verschoben",
    "remark.faces_added": "{count} Flächen neu", "remark.faces_removed": "{count} Flächen entfernt",
    "remark.faces_trimmed": "{count} Flächen mit anderem Umriss",
    "remark.free_form": "Freiformfläche geändert", "remark.mass": "Masse {share}",
    "remark.volume": "Volumen {share}", "remark.area": "Oberfläche {share}",
    "remark.centre_of_mass": "Schwerpunkt {shift}", "remark.centre": "Mitte {shift}",
    "remark.size": "Hüllquader {shift}", "remark.surface": "Oberfläche weicht um {by} mm ab",
    "moved": "um {by} mm verschoben", "turned": "um {angle}° gedreht",
}  # fmt: skip

_TEXTS: Final[Mapping[str, Mapping[str, str]]] = {"en": _ENGLISH, "de": _GERMAN}
LANGUAGES: Final = tuple(_TEXTS)


class Words:
    """Texts, numbers and times in one language.

    zone: shown beside UTC; None for UTC alone.
    """

    def __init__(self, language: Language, zone: ZoneInfo | None = None) -> None:
        self.language = language
        self.zone = zone
        self._texts = _TEXTS[language]

    def __call__(self, key: str, **values: object) -> str:
        """A text with its values filled in, as they are: braces in a value mean nothing."""
        return _HOLE.sub(lambda hole: str(values.get(hole[1], "")), self._texts[key])

    def known(self, group: str, word: str) -> str:
        """A word of ours, translated; one that this version does not know, as it is."""
        return self._texts.get(f"{group}.{word}", word.replace("_", " "))

    def moment(self, at: datetime) -> str:
        """2026-11-23 09:00 UTC (10:00 CET); with the day where the zone has another one."""
        text = at.strftime("%Y-%m-%d %H:%M UTC")
        if self.zone is None:
            return text
        there = at.astimezone(self.zone)
        day = "" if there.date() == at.date() else there.strftime("%Y-%m-%d ")
        return f"{text} ({day}{there.strftime('%H:%M %Z')})"

    def day(self, day: date) -> str:
        """A day."""
        return day.strftime("%d.%m.%Y") if self.language == "de" else day.isoformat()

    def decimal(self, text: str) -> str:
        """A number that was written with a point."""
        text = text.replace("-", _MINUS)
        return text.replace(".", ",") if self.language == "de" else text

    def millimetres(self, metres: object, *, signed: bool = False) -> str:
        """Metres as millimetres, at least one decimal and at most three."""
        if not isinstance(metres, (int, float)):
            return "–"
        text = f"{metres * 1000.0:+.3f}" if signed else f"{metres * 1000.0:.3f}"
        whole, _, decimals = text.partition(".")
        return self.decimal(f"{whole}.{decimals.rstrip('0') or '0'}")

    def remark(self, remark: Mapping[str, Any]) -> str:
        """A change of a part, as compare.md has it, in an engineer's words."""
        kind = str(remark.get("kind", ""))
        template = self._texts.get(f"remark.{kind}")
        if template is None:
            return str(remark.get("text", kind))
        by = remark.get("by")
        count = int(remark.get("count", 1))
        share = f"{100.0 * by:+.3g} %" if isinstance(by, (int, float)) else "–"
        said = {
            "from": self.millimetres(remark.get("from")),
            "to": self.millimetres(remark.get("to")),
            "by": self.millimetres(by),
            "signed": self.millimetres(by, signed=True),
            "share": self.decimal(share),
            "shift": self._shift(remark.get("vector")),
            "count": str(count),
        }
        text = _HOLE.sub(lambda hole: said.get(hole[1], ""), template)
        times = f" (×{count})" if count > 1 and not kind.startswith("faces_") else ""
        return f"{'≈ ' if remark.get('approximate') else ''}{text}{times}"

    def _shift(self, vector: object) -> str:
        along = zip(vector if isinstance(vector, (list, tuple)) else (), "XYZ", strict=False)
        said = [
            f"{self.millimetres(value, signed=True)} mm {axis}"
            for value, axis in along
            if abs(value) >= _STILL
        ]
        return ", ".join(said) or "0 mm"

    def stop(self, stop: Mapping[str, Any]) -> str:
        """Why a stop of the change tour is one."""
        said = [self.remark(one) for one in stop.get("remarks") or ()]
        move = stop.get("move")
        if isinstance(move, Mapping):
            if move["distance_m"] >= _STILL:
                said.append(self("moved", by=self.millimetres(move["distance_m"])))
            angle = move["angle_rad"] * 57.29577951308232
            if angle >= 0.05:
                said.append(self("turned", angle=self.decimal(f"{angle:.1f}")))
        return "; ".join(said)
