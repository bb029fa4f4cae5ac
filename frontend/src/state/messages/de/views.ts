/** German: saved views, links, embedding. */

import type { TextsOf } from "../../languages";
import type { views as english } from "../en/views";

export const views = {
  "command.view.apply": "Ansicht zeigen",
  "command.view.back": "Zurück von der Ansicht",
  "command.view.forget": "Behalten, was die Ansicht zeigt",
  "command.view.forgetNewer": "Neuere Teile gesehen",
  "command.view.camera": "Kamera bewegen",
  "command.view.open": "Ansicht öffnen",
  "command.view.next": "Nächste gespeicherte Ansicht",
  "command.view.previous": "Vorherige gespeicherte Ansicht",
  "command.view.save": "Ansicht speichern",
  "command.view.copyLink": "Link auf diese Ansicht kopieren",
  "shortcut.saveView": "Ansicht speichern",
  "shortcut.nextSavedView": "Nächste gespeicherte Ansicht",
  "shortcut.previousSavedView": "Vorherige gespeicherte Ansicht",
  "shortcut.copyLink": "Link auf diese Ansicht kopieren",

  "chip.view": "Ansicht: {name}",
  "chip.back": "Zurück",
  "chip.newer": "{count, plural, one {# neueres Teil} other {# neuere Teile}}",
  "view.cameraOnly":
    "Nur die Kamera wurde bewegt: Was alle sehen, lässt sich hier mit dieser Rolle nicht ändern.",
  "view.gone":
    "{count, plural, one {# Teil dieser Ansicht gibt} other {# Teile dieser Ansicht gibt}} es in dieser Revision nicht.",
  "view.shown": "Ansicht {name} wird gezeigt.",

  "panel.views": "Ansichten",
  "views.save": "Ansicht speichern",
  "views.name": "Name der Ansicht",
  "views.nameHint": "Enter speichert, Esc verwirft",
  "views.defaultName": "Ansicht {number}",
  "views.search": "Ansichten suchen",
  "views.list": "Gespeicherte Ansichten, in der Reihenfolge der Tagesordnung",
  "views.none": "Noch keine Ansichten gespeichert.",
  "views.emptyText":
    "Eine gespeicherte Ansicht enthält Kamera, Schnitte, Ausgeblendetes und Gefärbtes, Messungen und Markierungen. Die Reihenfolge der Liste ist die Tagesordnung.",
  "views.emptyReadOnly": "Prüfer und Bearbeiter des Projekts speichern hier Ansichten.",
  "views.noHits": "Keine Ansicht heißt „{text}“.",
  "views.failed": "Ansichten konnten nicht geladen werden",
  "views.last": "Das war die letzte Ansicht.",
  "views.first": "Das ist die erste Ansicht.",
  "views.restore": "Wiederherstellen",
  "views.restore.camera": "Kamera",
  "views.restore.sections": "Schnitte",
  "views.restore.visibility": "Sichtbarkeit",
  "views.previous": "Vorherige Ansicht",
  "views.next": "Nächste Ansicht",
  "views.place": "{at} von {count}",
  "views.madeOn": "Rev. {label}",
  "views.by": "{name} · {when}",
  "views.byNobody": "Jemand · {when}",
  "views.noFolder": "Ohne Ordner",
  "views.update": "Durch den Bildschirminhalt ersetzen",
  "views.rename": "Umbenennen",
  "views.folder": "Ordner …",
  "views.folderName": "Ordner von {name}",
  "views.folderHint": "Leer: kein Ordner",
  "views.copyLink": "Link kopieren",
  "views.moveUp": "Nach oben",
  "views.moveDown": "Nach unten",
  "views.delete": "Löschen",
  "views.menu": "Mehr zu {name}",
  "views.open": "{name} zeigen",
  "views.moved": "{name} ist jetzt {at} von {count}.",
  "views.saved": "Ansicht {name} gespeichert.",
  "views.updated": "{name} zeigt jetzt den Bildschirminhalt.",
  "views.deleted": "{name} gelöscht.",
  "views.reorderHint": "Alt und Pfeiltasten verschieben eine Ansicht in der Tagesordnung.",
  "views.stale":
    "Diese Ansicht wurde inzwischen geändert; die Liste ist jetzt aktuell. Erneut versuchen.",
  "refused.saveView":
    "Ansichten speichern braucht die Rolle Prüfer. Stattdessen einen Link kopieren.",

  "live.tooLarge":
    "Das ist zu groß zum Teilen und daher nur hier zu sehen: ganze Baugruppen statt verstreuter Teile wählen.",
  "link.copied": "Link kopiert. Er zeigt genau dies.",
  "link.copiedLong":
    "Link kopiert. Er ist lang ({size} kB): Manche E-Mail-Programme schneiden ihn ab.",
  "link.selected": "Der Browser erlaubt hier kein Kopieren. Link aus der Adresszeile nehmen.",
  "link.failed": "Der Link konnte nicht erstellt werden: {reason}",
  "link.broken":
    "Der Link wurde unterwegs gekürzt oder beschädigt; das Modell öffnete sich ohne ihn.",
  "link.version":
    "Dieser Link stammt von einem neueren Holotable. Seite neu laden oder um ein Update bitten.",
  "link.foreign": "Der Link gilt einem anderen Modell; nur seine Adresse wurde befolgt.",
  "link.gone": "Die Ansicht dieses Links gibt es nicht mehr; das Modell öffnete sich ohne sie.",
  "link.forbidden": "Kein Zugang zur Ansicht dieses Links; das Modell öffnete sich ohne sie.",
  "link.otherScene":
    "Die Revision dieser Ansicht ist nicht mehr lesbar; nur die Kamera wurde gesetzt.",
  "link.view": "Link",

  "embed.title": "{name}, Revision {label}",
  "embed.open": "In Holotable öffnen",
  "embed.signIn": "Dieses Modell braucht eine Anmeldung.",
  "embed.signInText":
    "Beim Betreiber dieser Seite einen Freigabelink anfragen, oder Holotable in einem eigenen Tab öffnen und anmelden.",
  "embed.notFound": "Dieses Modell gibt es nicht, oder der Zugang fehlt.",
  "embed.linkOver": "Der Freigabelink dieser Seite ist abgelaufen.",
  "embed.linkPassword":
    "Der Freigabelink dieser Seite verlangt ein Passwort: in einem eigenen Tab öffnen.",
  "embed.notReady": "Diese Revision kann noch nicht gezeigt werden.",
} as const satisfies TextsOf<typeof english>;
