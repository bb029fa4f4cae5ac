/** German: people, chat, following, connection. */

import type { TextsOf } from "../../languages";
import type { people as english } from "../en/people";

export const people = {
  "people.alone": "Gerade sieht sich das sonst niemand an. Wer es öffnet, erscheint hier.",
  "people.announced": "Was gemeldet wurde",
  "people.away": "abwesend",
  "people.count": "{count, plural, =0 {niemand da} one {# Person} other {# Personen}}",
  "people.follow": "{name} folgen",
  "people.followed": "({count} folgen)",
  "people.goTo": "Hingehen, wo {name} hinsieht",
  "people.guest": "Gast",
  "people.here": "{count, plural, one {# Person hier} other {# Personen hier}}",
  "people.host": "Gastgeber",
  "people.inVr": "in VR",
  "people.me": "(ich)",
  "people.measuring": "misst",
  "people.more": "Alle zeigen",
  "people.phone": "am Telefon",
  "people.sectioning": "schneidet",
  "people.someone": "Jemand",
  "people.unfollow": "{name} nicht mehr folgen",
  "chat.empty": "Noch keine Nachrichten",
  "chat.emptyText": "Was hier geschrieben wird, sehen alle, die dies ansehen.",
  "chat.pending": "Unterwegs",
  "chat.placeholder": "Nachricht schreiben",
  "chat.readOnly": "Der Chat kann hier gelesen werden.",
  "chat.send": "Senden",
  "chat.unread": "{count, plural, one {# neue Nachricht} other {# neue Nachrichten}}",
  "follow.action": "Folgen",
  "follow.following": "Folgt {name}",
  "follow.paused": "Angehalten",
  "follow.resume": "Weiter",
  "follow.stop": "Beenden",
  "unsent.title":
    "{count, plural, one {# Änderung ist noch nicht gesendet} other {# Änderungen sind noch nicht gesendet}}",
  "unsent.changes":
    "{count, plural, one {Die letzte Änderung an der gemeinsamen Ansicht geht verloren.} other {Die letzten # Änderungen an der gemeinsamen Ansicht gehen verloren.}}",
  "unsent.issues":
    "{count, plural, one {Das Geschriebene bleibt auf diesem Gerät und wird gesendet, sobald diese Revision wieder geöffnet wird.} other {Die # geschriebenen Einträge bleiben auf diesem Gerät und werden gesendet, sobald diese Revision wieder geöffnet wird.}}",
  "unsent.leave": "Trotzdem gehen",
  "unsent.stay": "Bleiben",
  "myView.alone": "Eigene Ansicht – die anderen sehen das nicht",
  "myView.rejoin": "Zurück zu allen",
  "myView.share": "Ansicht teilen",
  "myView.hint":
    "Für sich schauen: Schnitte und Ausgeblendetes bleiben hier, bis es zurück zu allen geht",
  "connection.connected": "Verbunden",
  "connection.connecting": "Verbindet",
  "connection.ended": "Beendet",
  "connection.none": "Nicht verbunden",
  "connection.offline": "Offline",
  "connection.offlineText":
    "Offline. Weiterarbeiten ist möglich; Änderungen bleiben erhalten und werden gesendet.",
  "connection.reconnecting": "Verbindet erneut",
  "connection.reconnectingFor": "Verbindet erneut … {seconds} s",
  "connection.unsent": "{count, plural, one {# Änderung wartet} other {# Änderungen warten}}",
  "connection.unstable": "Instabil",
} as const satisfies TextsOf<typeof english>;
