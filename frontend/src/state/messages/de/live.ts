/** German: what others do in a session, and the connection to them. */

import type { TextsOf } from "../../languages";
import type { live as english } from "../en/live";

export const live = {
  "live.joined":
    "{count, plural, one {{first} ist dabei} =2 {{first} und {second} sind dabei} other {{first}, {second} und {others, plural, one {# weitere Person} other {# weitere Personen}} sind dabei}}",
  "live.left":
    "{count, plural, one {{first} ist gegangen} =2 {{first} und {second} sind gegangen} other {{first}, {second} und {others, plural, one {# weitere Person} other {# weitere Personen}} sind gegangen}}",
  "live.comings": "{joined}; {left}",
  "live.lost": "Die Verbindung ist weg. Es geht hier weiter, Änderungen bleiben erhalten.",
  "live.comparison": "{name} hat den Vergleich geändert",
  "live.comparisonGone": "{name} hat den Vergleich beendet",
  "live.drawing": "{name} hat etwas gezeichnet",
  "live.drawingGone": "{name} hat eine Zeichnung entfernt",
  "live.elsewhere": "{name} hat etwas zu einer Revision hinzugefügt, die hier nicht offen ist",
  "live.measurement": "{name} hat etwas gemessen",
  "live.measurementGone": "{name} hat eine Messung entfernt",
  "live.writing.issue": "{name} schreibt hier ein Issue",
  "live.writing.comment": "{name} schreibt hier einen Kommentar",
  "live.undoAsk": "{name} hat das seither geändert. Trotzdem rückgängig machen?",
  "live.undoTitle": "Rückgängig: {title}",
  "live.afterYou": "{text}, nach dir",
  "live.moreLost": "{count, plural, one {# Änderung} other {# Änderungen}} von dir",
  "live.holding": "{name} bewegt das gerade",
  "live.section": "{name} hat einen Schnitt geändert",
  "live.sectionGone": "{name} hat einen Schnitt entfernt",
  "live.visibility": "{name} hat die Sichtbarkeit geändert",
  "live.ghost": "{name} hat die Transparenz geändert",
  "live.explode": "{name} hat die Explosion geändert",
  "live.scene": "{name} hat die Szene geändert",
  "live.follow": "Folgt {name}",
  "live.followsYou": "{name} folgt schon hierher",
  "live.myView": "Eigene Ansicht: Änderungen sieht von jetzt an niemand sonst",
  "live.rejoined": "Zurück in der gemeinsamen Ansicht",
  "live.shared": "Alle sehen jetzt diese Ansicht",
  "live.back":
    "{count, plural, =0 {Wieder verbunden} one {Wieder verbunden – # Änderung gesendet} other {Wieder verbunden – # Änderungen gesendet}}",
  "live.refused": "Die Änderung wurde nicht angenommen: {detail}",
  "live.ended": "Die Sitzung ist beendet",
  "live.signedOut": "Dieses Gerät wurde abgemeldet",
  "live.removed": "Aus der Sitzung entfernt",
  "live.locked": "Diese Sitzung ist abgeschlossen. Einlassen kann die Leitung.",
  "live.over": "Die Teilnahme an dieser Sitzung ist nicht mehr erlaubt",
} as const satisfies TextsOf<typeof english>;
