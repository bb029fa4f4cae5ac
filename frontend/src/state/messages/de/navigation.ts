/** German: navigation. */

import type { TextsOf } from "../../languages";
import type { navigation as english } from "../en/navigation";

export const navigation = {
  "nav.breadcrumb": "Aktueller Ort",
  "nav.go": "Mit Code beitreten",
  "nav.help": "Hilfe",
  "nav.home": "Holotable, zu allen Projekten",
  "nav.projects": "Projekte",
  "nav.trash": "Papierkorb",
} as const satisfies TextsOf<typeof english>;
