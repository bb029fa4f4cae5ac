/** German: commands, as the undo button and menus name them. */

import type { TextsOf } from "../../languages";
import type { commands as english } from "../en/commands";

export const commands = {
  "command.camera.fit": "Auswahl einpassen",
  "command.camera.fitAll": "Alles einpassen",
  "command.camera.projection": "Perspektive oder Parallelprojektion",
  "command.camera.view": "Standardansicht",
  "command.display.edges": "Kanten",
  "command.display.pmi": "Angaben der Datei",
  "command.escape": "Einen Schritt zurück",
  "command.explode.how": "Art der Explosion",
  "command.explode.set": "Explodieren",
  "command.history.redo": "Wiederholen",
  "command.history.undo": "Rückgängig",
  "command.resume": "Weiter folgen",
  "command.selection.clear": "Auswahl aufheben",
  "command.selection.identical": "Gleiche auswählen",
  "command.selection.parent": "Übergeordnetes auswählen",
  "command.selection.set": "Auswählen",
  "command.session.chat": "Nachricht senden",
  "command.session.follow": "Folgen",
  "command.session.goTo": "Hingehen",
  "command.session.myView": "Eigene Ansicht",
  "command.session.shareMyView": "Eigene Ansicht teilen",
  "command.theme.set": "Farbschema",
  "command.tool.set": "Werkzeug wählen",
  "command.ui.chat": "Chat",
  "command.ui.chrome": "Bedienfelder ein- oder ausblenden",
  "command.ui.search": "Teile suchen",
  "command.ui.shortcuts": "Tastenkürzel",
  "command.unit.set": "Maßeinheit der Anzeige",
  "command.visibility.ghost": "Transparent",
  "command.visibility.hide": "Ausblenden",
  "command.visibility.isolate": "Andere ausblenden",
  "command.visibility.show": "Einblenden",
  "command.visibility.showAll": "Alles einblenden",
  "command.xr.enter": "VR starten",
  "command.xr.leave": "VR verlassen",
  "refused.chat":
    "Der Chat kann gelesen werden. Zum Schreiben bei einem Eigentümer die Rolle Prüfer anfragen.",
  "refused.noConnection": "Chat braucht eine Verbindung zu den anderen.",
  "refused.noSession": "Sonst ist niemand verbunden.",
  "refused.scene":
    "Diese Sitzung kann nur verfolgt werden. Um zu ändern, was alle sehen, bei einem Eigentümer die Rolle Prüfer anfragen.",
} as const satisfies TextsOf<typeof english>;
