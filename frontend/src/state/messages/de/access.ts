/** German: setup and sign-in; Join by code; Guests. */

import type { TextsOf } from "../../languages";
import type { access as english } from "../en/access";

export const access = {
  // Setup and sign-in
  "setup.action": "Anlegen und öffnen",
  "setup.address": "Prüfung der Adresse",
  "setup.addressOk": "Dieser Browser erreicht {origin}.",
  "setup.http":
    "Einfaches HTTP: Alles geht außer VR, das HTTPS braucht. Mit HTTPS=1 starten, für Arbeitsplätze und Headsets.",
  "setup.https": "HTTPS: Headsets können VR starten.",
  "setup.key": "Einrichtungsschlüssel",
  "setup.keyHint": "Steht beim Start des Servers im ersten Link für den Eigentümer.",
  "setup.local":
    "Nur von diesem Rechner erreichbar. Mit HTTPS=1 starten, um andere Arbeitsplätze und Headsets zuzulassen.",
  "setup.making": "Beispielmodelle werden erzeugt",
  "setup.name": "Eigener Name",
  "setup.password": "Passwort",
  "setup.passwordHint": "Mindestens 8 Zeichen. Ein Satz ist leichter zu merken als ein Rätsel.",
  "setup.passwordShort": "Das Passwort braucht mindestens 8 Zeichen.",
  "setup.preparing": "Beispiel wird vorbereitet",
  "setup.preparingText": "Das erste Modell öffnet sich von selbst, sobald es konvertiert ist.",
  "setup.sample": "Beispielprojekt öffnen",
  "setup.sampleHint": "Ein Getriebe, ein Pumpenaggregat, ein kleines Haus.",
  "setup.text": "Das erste Konto ist Eigentümer. Eine E-Mail-Adresse ist nicht nötig.",
  "setup.title": "Willkommen bei Holotable",
  "setup.toProjects": "Stattdessen zu den Projekten",
  "signin.action": "Anmelden",
  "signin.login": "Anmeldename",
  "signin.password": "Passwort",
  "signin.shareHint": "Freigabelink erhalten? Einfach öffnen.",
  "signin.title": "Anmelden",
  "signin.withCode": "Mit Code beitreten",

  // Join by code
  "go.back": "Letzte Ziffer löschen",
  "go.clear": "Leeren",
  "go.entered": "Eingegeben: {digits}",
  "go.hint": "Sechs Ziffern, zum Beispiel 482 913.",
  "go.joining": "Sitzung {code} wird gesucht …",
  "go.keypad": "Ziffernblock",
  "go.text": "Code der Sitzung eingeben.",
  "go.title": "Mit Code beitreten",
  "go.toProjects": "Zu den Projekten",
  "go.unknown":
    "Keine Sitzung hat diesen Code. Beim Gastgeber nachfragen: Codes enden mit ihrer Sitzung.",

  // Guests
  "guest.askNew": "Beim Absender einen neuen Link anfragen.",
  "guest.enter": "Öffnen",
  "guest.failed": "Link konnte nicht geöffnet werden",
  "guest.live": "Ansehen, zeigen, schneiden, ausblenden und chatten, gemeinsam mit den anderen.",
  "guest.name": "Eigener Name",
  "guest.over": "Dieser Link gilt nicht mehr",
  "guest.password": "Passwort des Links",
  "guest.protected": "Geschützter Link",
  "guest.text": "Hier wurde ein Entwurf freigegeben.",
  "guest.title": "Freigegeben",
  "guest.until": "Bis {date}",
  "guest.view": "Nur ansehen. Nichts davon verändert das Modell.",
  "go.continue": "Weiter als {name} → {session} (live)",
  "go.notMe": "Nicht {name}? Hier abmelden",
  "go.nothingLive":
    "Angemeldet als {name}. Keine Sitzung läuft; sobald eine beginnt, den Code eingeben.",
  "go.own": "Oder dieses Headset anmelden",
  "go.ownComing": "Der Code kommt gleich",
  "go.ownHow":
    "Diesen Code am Arbeitsplatz eingeben: VR … → Mein Headset hinzufügen, oder Einstellungen → Meine Geräte.",
  "go.throttled": "Zu viele falsche Codes. In {seconds} Sekunden noch einmal versuchen.",
  "go.welcome": "Angemeldet als {name}",
  "code.read": "Code: {code}",
  "pair.added": "{name} meldet sich in wenigen Sekunden an.",
  "pair.allow": "Ja, anmelden",
  "pair.code": "Code des Headsets",
  "pair.from": "fragt von {address}, {ago}",
  "pair.look": "Ansehen",
  "pair.sure":
    "Es wird als {name} angemeldet, bis es entfernt wird. Nur fortfahren, wenn das Headset in den eigenen Händen ist.",
  "pair.title": "Mein Headset hinzufügen",
  "pair.unknown": "Kein Headset zeigt diesen Code. Codes gelten zehn Minuten und nur einmal.",
  "pair.where": "Im Headset zeigt ihn {address}.",
  "devices.empty": "Noch kein Headset",
  "devices.emptyText": "Im Headset {address} öffnen und den Code von dort hier eingeben.",
  "devices.event.headset_allowed": "{name}: Code eingegeben, von {address}",
  "devices.event.headset_removed": "{name} entfernt, von {address}",
  "devices.event.headset_signed_in": "{name} angemeldet, von {address}",
  "devices.failed": "Die Geräte konnten nicht geladen werden",
  "devices.history": "Verlauf",
  "devices.remove": "Entfernen",
  "devices.removeNamed": "{name} entfernen",
  "devices.removed": "{name} ist abgemeldet",
  "devices.text":
    "Headsets, die unter diesem Konto angemeldet sind. Wird eines entfernt, ist es sofort abgemeldet.",
  "devices.this": "dieses",
  "devices.title": "Meine Geräte",
  "devices.used": "benutzt {ago}, angemeldet von {address}",
} as const satisfies TextsOf<typeof english>;
