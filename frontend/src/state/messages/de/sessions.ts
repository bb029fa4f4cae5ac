/** German: sessions. */

import type { TextsOf } from "../../languages";
import type { sessions as english } from "../en/sessions";

export const sessions = {
  "session.codeAt": "Code, auf {address}",
  "session.codeHint": "Der Gastgeber sieht ihn unter Sitzung.",
  "session.end": "Für alle beenden",
  "session.first": "Noch niemand da.",
  "session.gone": "Keine solche Sitzung",
  "session.goneText": "Es gibt sie nicht, oder es fehlt ihr Code.",
  "session.hasEnded": "Diese Sitzung ist beendet.",
  "session.haveAccount": "Mit eigenem Konto",
  "session.inside": "{count, plural, one {# Person ist da} other {# Personen sind da}}",
  "session.inviteText":
    "Link senden, QR-Code zeigen oder Code ansagen. Gäste brauchen nur einen Namen.",
  "session.joinAs": "Beitritt als {name}.",
  "session.joinTitle": "Einer Sitzung beitreten",
  "session.leave": "Verlassen",
  "session.link": "Link zur Sitzung",
  "session.live": "Live",
  "session.liveNow": "Gerade live",
  "session.lobbyFailed": "Sitzung konnte nicht geladen werden",
  "session.noMicrophone": "Kein Mikrofon, keine Kamera, keine Installation.",
  "session.running": "Sitzungen dieses Projekts",
  "session.start": "Sitzung starten",
  "session.startText":
    "Alle sehen dieselben Schnitte und dieselben ausgeblendeten Teile, dazu die Zeiger der anderen, und können einander folgen.",
  "session.startTitle": "Live-Sitzung starten",
  "session.title": "Sitzung",
  "session.unnamed": "Live-Sitzung",
  "sessions.code": "Code",
  "sessions.empty": "Noch keine Sitzungen",
  "sessions.emptyText": "Ein Asset öffnen und Sitzung drücken, um es gemeinsam anzusehen.",
  "sessions.ended": "Beendet",
  "sessions.failed": "Sitzungen konnten nicht geladen werden",
  "sessions.live": "Live",
  "sessions.prepared": "Vorbereitet",
  "sessions.started": "Begonnen",
  "sessions.state": "Zustand",
} as const satisfies TextsOf<typeof english>;
