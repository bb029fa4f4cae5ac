/** German: BCF files, in and out. */

import type { TextsOf } from "../../languages";
import type { bcf as english } from "../en/bcf";

export const bcf = {
  "bcf.all": "Alle Issues",
  "bcf.choose": "BCF-Datei wählen",
  "bcf.chooseHint": "BCF-XML 2.1 oder 3.0 (.bcf, .bcfzip), bis 128 MB. Noch ändert sich nichts.",
  "bcf.done.created": "{count, plural, one {# neues Issue} other {# neue Issues}}",
  "bcf.done.refused": "{count} abgelehnt",
  "bcf.done.skipped": "{count} ausgelassen",
  "bcf.done.unchanged": "{count} unverändert",
  "bcf.done.updated": "{count} geändert",
  "bcf.download": "Herunterladen",
  "bcf.export": "BCF exportieren",
  "bcf.exportHint":
    "Titel, Kommentare, Ansichten, Bilder und Teile, für jedes BCF-Programm. Deine Filter bestimmen, welche.",
  "bcf.failed": "Die Datei wurde nicht übernommen",
  "bcf.filtered": "{count, plural, one {Das # gezeigte Issue} other {Die # gezeigten Issues}}",
  "bcf.import": "BCF importieren",
  "bcf.imported": "Importiert: {what}",
  "bcf.leftOut":
    "{count, plural, one {# Teil oder Schnitt der Ansichten ist} other {# Teile oder Schnitte der Ansichten sind}} nicht im Modell",
  "bcf.mark.created": "Neu",
  "bcf.mark.refused": "Abgelehnt",
  "bcf.mark.skipped": "Ausgelassen",
  "bcf.mark.unchanged": "Unverändert",
  "bcf.mark.updated": "Geändert",
  "bcf.more": "{count, plural, one {und # weiteres} other {und # weitere}}",
  "bcf.nothing": "Jedes Issue dieser Datei ist schon da, genau so.",
  "bcf.plan": "Diese Datei enthält: {what}",
  "bcf.problem.in_trash": "liegt hier im Papierkorb",
  "bcf.problem.known": "schon bekannt",
  "bcf.reading": "{name} wird gelesen",
  "bcf.take": "Importieren",
  "bcf.topics": "Themen der Datei",
  "bcf.version": "Version",
  "bcf.which": "Issues",
} satisfies TextsOf<typeof english>;
