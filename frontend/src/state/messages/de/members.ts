/** German: members. */

import type { TextsOf } from "../../languages";
import type { members as english } from "../en/members";

export const members = {
  "members.add": "Mitglied hinzufügen",
  "members.failed": "Mitglieder konnten nicht geladen werden",
  "members.firstPassword": "Erstes Passwort",
  "members.newAccount": "Noch kein Konto vorhanden: eines anlegen",
  "members.remove": "{name} entfernen",
  "members.role": "Rolle",
  "members.roleOf": "Rolle von {name}",
  "role.editor": "Bearbeiter",
  "role.editor.can": "Lädt hoch, benennt um, gibt frei, dazu alles, was Prüfer können.",
  "role.guest_live": "Gast",
  "role.guest_view": "Gast",
  "role.owner": "Eigentümer",
  "role.owner.can": "Bestimmt die Mitglieder, dazu alles, was Bearbeiter können.",
  "role.reviewer": "Prüfer",
  "role.reviewer.can":
    "Nimmt an Sitzungen teil, startet sie, schneidet und blendet für alle aus, chattet.",
  "role.viewer": "Betrachter",
  "role.viewer.can": "Sieht an und lädt herunter.",
} as const satisfies TextsOf<typeof english>;
