/** German: uploads and conversion. */

import type { TextsOf } from "../../languages";
import type { uploads as english } from "../en/uploads";

export const uploads = {
  "stage.cancelled": "Abgebrochen",
  "stage.converting": "Konvertiert",
  "stage.failed": "Fehlgeschlagen",
  "stage.optimising": "Optimiert",
  "stage.publishing": "Stellt bereit",
  "stage.queued": "Wartet",
  "stage.reading": "Liest",
  "stage.ready": "Fertig",
  "stage.tessellating": "Vernetzt",
  "upload.addMissing": "Hinzufügen",
  "upload.code": "Code",
  "upload.continueWithout": "Ohne fortfahren",
  "upload.converting": "Konvertiert",
  "upload.dropHere": "Zum Hochladen ablegen",
  "upload.left": "noch {time}",
  "upload.list": "Uploads",
  "upload.log": "Protokoll herunterladen",
  "upload.missingMore": "und {count, plural, one {# weitere Datei} other {# weitere Dateien}}",
  "upload.notAllowed":
    "Dieses Projekt kann angesehen werden. Zum Hochladen bei einem Eigentümer die Rolle Bearbeiter anfragen.",
  "upload.phases": "Phasen",
  "upload.position": "Platz {position} in der Warteschlange",
  "upload.progress": "Fortschritt von {name}",
  "upload.remove": "Entfernen",
  "upload.speed": "{speed}/s",
  "upload.uploading": "Lädt hoch",
} as const satisfies TextsOf<typeof english>;
