/** German: actions. */

import type { TextsOf } from "../../languages";
import type { actions as english } from "../en/actions";

export const actions = {
  "action.cancel": "Abbrechen",
  "action.clearAll": "Alle aufheben",
  "action.close": "Schließen",
  "action.copy": "Kopieren",
  "action.create": "Anlegen",
  "action.details": "Details",
  "action.dismiss": "Verwerfen",
  "action.done": "Fertig",
  "action.download": "Herunterladen",
  "action.fit": "Einpassen",
  "action.ghost": "Andere transparent",
  "action.hide": "Ausblenden",
  "action.isolate": "Isolieren",
  "action.join": "Beitreten",
  "action.more": "Mehr zu {name}",
  "action.move": "Verschieben",
  "action.open": "Öffnen",
  "action.redo": "Wiederholen",
  "action.rename": "Umbenennen",
  "action.retry": "Erneut versuchen",
  "action.save": "Speichern",
  "action.share": "Freigeben",
  "action.show": "Einblenden",
  "action.showAll": "Alles einblenden",
  "action.toTrash": "In den Papierkorb",
  "action.undo": "Rückgängig",
  "action.upload": "Hochladen",
} as const satisfies TextsOf<typeof english>;
