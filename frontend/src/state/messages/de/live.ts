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
  "live.removed": "Aus der Sitzung entfernt",
  "live.locked": "Diese Sitzung ist abgeschlossen. Einlassen kann die Leitung.",
  "live.over": "Die Teilnahme an dieser Sitzung ist nicht mehr erlaubt",
} as const satisfies TextsOf<typeof english>;
