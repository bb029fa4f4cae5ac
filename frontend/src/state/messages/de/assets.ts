/** German: assets. */

import type { TextsOf } from "../../languages";
import type { assets as english } from "../en/assets";

export const assets = {
  "asset.downloadNamed": "{name} herunterladen",
  "asset.dropNext": "Nächste Datei dieses Assets hier ablegen.",
  "asset.failed": "Asset konnte nicht geladen werden",
  "asset.next": "Nächste Revision hochladen",
  "asset.noRevisions": "Noch keine Revisionen.",
  "asset.openNamed": "{name} öffnen",
  "asset.partNumber": "Teilenummer {number}",
  "asset.refOpens": "Öffnet {system} in einem neuen Tab",
  "asset.refs": "Andernorts bekannt als",
  "asset.revisions": "{count, plural, one {# Revision} other {# Revisionen}}",
  "asset.timeline": "Revisionen",
  "assets.choose": "Dateien wählen",
  "assets.drop": "Dateien hier ablegen",
  "assets.empty": "Noch keine Assets",
  "assets.failed": "Assets konnten nicht geladen werden",
  "assets.folder": "Ordner",
  "assets.folders": "Ordner",
  "assets.formatHelp": "Was von jedem Format erhalten bleibt",
  "assets.formats": "{formats} oder ein ZIP mit allem, was zusammengehört.",
  "assets.moveTitle": "„{name}“ verschieben",
  "assets.newFolder": "Neuer Ordner",
  "assets.top": "Oberste Ebene des Projekts",
  "revision.choose": "Revision wählen",
  "revision.label": "Rev. {label}",
  "revision.vendor": "PLM: {words}",
  "revision.vendorHelp": "Wie das PLM diese Revision und ihren Zustand nennt",
} as const satisfies TextsOf<typeof english>;
