/** German: graphics, memory and files that could not be had. */

import type { TextsOf } from "../../languages";
import type { graphics as english } from "../en/graphics";

export const graphics = {
  "command.graphics.restore": "Bild wiederherstellen",
  "command.graphics.lower": "Qualität senken",
  "command.graphics.full": "Volle Qualität",
  "command.graphics.retry": "Fehlende Teile erneut laden",
  "command.graphics.onlySelection": "Nur die Auswahl laden",
  "chip.detail.triangles": "Weniger Details (automatisch)",
  "chip.detail.memory": "Weniger Details (Speicher)",
  "chip.detail.lowered": "Geringere Qualität",
  "graphics.lost.title": "Grafik angehalten",
  "graphics.lost.detail":
    "Der Browser hat seinen 3D-Kontext verloren, meist wegen fehlendem Speicher oder eines neu gestarteten Treibers. Ansicht, Schnitte und Messungen bleiben erhalten.",
  "graphics.lost.remedy":
    "Bild wiederherstellen; geht es erneut verloren, Qualität senken oder andere 3D-Tabs schließen.",
  "graphics.lost.stays": "Der Browser gibt das Bild nicht zurück. Seite neu laden.",
  "graphics.memory.title": "Zu wenig Speicher für dieses Modell",
  "graphics.memory.detail":
    "Die Grafikkarte hat selbst für das grobe Modell keinen Speicher gegeben.",
  "graphics.memory.remedy":
    "Qualität senken, andere 3D-Tabs schließen oder auf einem größeren Rechner öffnen.",
  "graphics.none.title": "Dieser Browser kann nicht in 3D zeichnen",
  "graphics.none.detail": "Er stellt keinen WebGL-2-Kontext bereit.",
  "graphics.none.remedy":
    "Hardwarebeschleunigung in den Einstellungen des Browsers einschalten oder einen anderen Browser verwenden.",
  "graphics.base.title": "Das Modell konnte nicht geladen werden",
  "graphics.base.remedy":
    "Verbindung prüfen und Seite neu laden. Bleibt es dabei, die Revision erneut konvertieren.",
  "graphics.access.title": "Kein Zugang mehr zu diesem Modell",
  "graphics.access.remedy":
    "Bei einem Eigentümer des Projekts erneut Zugang anfragen, dann die Seite neu laden.",
  "graphics.way.restore": "Wiederherstellen",
  "graphics.way.lower": "Qualität senken",
  "graphics.way.reload": "Neu laden",
  "graphics.missing":
    "{count, plural, one {# Datei dieses Modells konnte nicht geladen werden; der Rest wird gezeigt.} other {# Dateien dieses Modells konnten nicht geladen werden; der Rest wird gezeigt.}}",
  "graphics.missing.why.damaged_chunk": "beschädigt",
  "graphics.missing.why.not_loaded": "nicht erreicht",
  "graphics.missing.why.no_access": "kein Zugang",
  "graphics.missing.why.no_memory": "kein Speicher",
  "graphics.missing.retry": "Erneut versuchen",
  "graphics.missing.list": "Dateien",
  "graphics.missing.hide": "Diese Meldung ausblenden",
  "graphics.revoked":
    "Kein Zugang mehr zu dieser Revision. Was auf dem Bildschirm ist, bleibt; mehr kann nicht geladen werden.",
  "graphics.revoked.retry": "Erneut prüfen",
  "graphics.ranOut":
    "Der Grafikspeicher ist voll: Teile werden gröber gezeigt. Eine Unterbaugruppe auswählen, um nur diese zu laden.",
  "graphics.ranOut.only": "Nur die Auswahl laden",
  "graphics.ranOut.lower": "Qualität senken",
} as const satisfies TextsOf<typeof english>;
