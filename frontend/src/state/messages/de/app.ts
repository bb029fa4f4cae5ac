/** German: the application; Not found. */

import type { TextsOf } from "../../languages";
import type { app as english } from "../en/app";

export const app = {
  // The application
  "app.unreachable": "Server nicht erreichbar",
  "copy.done": "Kopiert",
  "copy.selected": "Markiert. Mit Strg+C kopieren.",
  "copy.unavailable": "Der Browser erlaubt hier kein Kopieren. Kopieren braucht HTTPS.",
  "form.actions": "Aktionen",
  "form.name": "Name",
  "form.no": "Nein",
  "form.optional": "(optional)",
  "form.saved": "Gespeichert",
  "form.yes": "Ja",
  "password.hide": "Passwort verbergen",
  "password.show": "Passwort zeigen",
  "problem.answered": "Der Server hat mit {status} geantwortet.",
  "problem.checkNetwork": "Netzwerk prüfen, dann erneut versuchen.",
  "problem.error": "Fehler {status}",
  "problem.fileAnswered":
    "{file} konnte nicht geholt werden: Der Server hat mit {status} geantwortet.",
  "problem.fileNoAnswer": "{file} konnte nicht geholt werden: Der Server antwortet nicht.",
  "problem.format": "Unbekanntes Paketformat",
  "problem.formatDetail": "Diese Seite kann keine Pakete des Formats {format} lesen.",
  "problem.formatRemedy": "Seite neu laden: Sie ist womöglich älter als der Server.",
  "problem.noAnswer": "Der Server antwortet nicht.",
  "problem.noConnection": "Keine Verbindung",
  "problem.reload": "Seite neu laden.",
  "problem.retrySoon":
    "In einem Augenblick erneut versuchen. Bleibt es dabei, beim Betreiber des Servers nachfragen.",
  "problem.unexpected": "Unerwartete Antwort",
  "problem.unreadable": "Unlesbare Antwort",
  "problem.unreadableUpload": "Die Antwort des Servers auf den Upload war nicht lesbar.",
  "qr.label": "QR-Code für {text}",
  "signedOut.text":
    "Die Anmeldung ist abgelaufen. Neu anmelden, um an derselben Stelle fortzufahren.",
  "signedOut.title": "Abgemeldet",
  "state.loading": "Wird geladen",
  "state.stale": "Stand: vor {age}.",
  "time.ago": "vor {time}",
  "time.hours": "{count} h",
  "time.justNow": "gerade eben",
  "time.minutes": "{count} min",
  "time.seconds": "{count} s",
  "toast.region": "Hinweise",

  // Not found
  "notFound.message": "Nachricht an einen Eigentümer",
  "notFound.messageText": "Hallo, ich bin als {who} angemeldet und bitte um Zugang zu {address}",
  "notFound.request": "Zugang anfragen",
  "notFound.requestText":
    "An einen Eigentümer des Projekts senden; unter Mitglieder wird der Zugang erteilt.",
  "notFound.short": "Kein Zugang",
  "notFound.text":
    "Die Seite gibt es nicht, oder der Zugang fehlt. Wer den Link geschickt hat, kann Zugang erteilen lassen.",
  "notFound.title": "Diese Seite lässt sich nicht öffnen",
} as const satisfies TextsOf<typeof english>;
