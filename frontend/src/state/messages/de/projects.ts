/** German: projects; Trash. */

import type { TextsOf } from "../../languages";
import type { projects as english } from "../en/projects";

export const projects = {
  // Projects
  "kind.asset": "Asset",
  "kind.folder": "Ordner",
  "kind.project": "Projekt",
  "kind.revision": "Revision",
  "kind.issue": "Issue",
  "kind.comment": "Kommentar",
  "projects.assets": "{count, plural, one {# Asset} other {# Assets}}",
  "projects.create": "Projekt anlegen",
  "projects.description": "Beschreibung",
  "projects.empty": "Noch keine Projekte",
  "projects.emptyText":
    "Ein Projekt enthält die Entwürfe eines Vorhabens und die Menschen, die sie prüfen. Eines anlegen, oder bei einem Eigentümer Zugang zu einem anderen anfragen.",
  "projects.failed": "Projekte konnten nicht geladen werden",
  "projects.filter": "Nach Namen filtern",
  "projects.members": "{count, plural, one {# Mitglied} other {# Mitglieder}}",
  "projects.name": "Name des Projekts",
  "projects.noMatch": "Kein Projekt heißt „{query}“.",
  "projects.sample": "Beispiel",
  "projects.updated": "Geändert {time}",
  "project.failed": "Projekt konnte nicht geladen werden",
  "project.tabs": "Bereiche des Projekts",
  "tab.assets": "Assets",
  "tab.links": "Freigabelinks",
  "tab.members": "Mitglieder",
  "tab.sessions": "Sitzungen",
  "tab.settings": "Einstellungen",
  "tab.trash": "Papierkorb",
  "settings.trash": "Dieses Projekt in den Papierkorb legen",
  "settings.trashConfirm": "„{name}“ in den Papierkorb legen?",
  "settings.trashText": "Niemand kann es öffnen, bis es aus dem Papierkorb wiederhergestellt ist.",
  "search.everything": "Alles durchsuchen",
  "search.failed": "Suche fehlgeschlagen",
  "search.none": "Nichts gefunden",
  "search.noneText": "Gesucht wird in den Namen von Projekten, Ordnern, Assets und Revisionen.",
  "search.short": "Suchen",
  "search.title": "Gefunden zu „{query}“",

  // Trash
  "trash.deleted": "Gelöscht",
  "trash.empty": "Der Papierkorb ist leer",
  "trash.emptyText": "Gelöschtes bleibt hier, bis es wiederhergestellt wird.",
  "trash.failed": "Papierkorb konnte nicht geladen werden",
  "trash.kind": "Art",
  "trash.moved": "„{name}“ liegt im Papierkorb.",
  "trash.restore": "Wiederherstellen",
  "trash.restored": "„{name}“ ist wieder da.",
} as const satisfies TextsOf<typeof english>;
