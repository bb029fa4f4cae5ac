/** Notes of the file: filtering them, choosing one, standing where its designer stood. */

import type { NoteFilter } from "../areas/noting";
import type { Commands } from "../commands";
import type { EntityRef } from "../entities";
import { AS_READ, placedPoint } from "../placement";
import { RangeSet } from "../ranges";
import type { Workspace } from "../workspace";

export function performNotes(workspace: Workspace, commands: Commands): void {
  const { fileNotes, noteFilter, chosenNote, display } = workspace;

  commands.register("notes.filter", (change) => {
    const before = noteFilter.get();
    const after: NoteFilter = { ...before, ...change };
    if (JSON.stringify(after) === JSON.stringify(before)) return undefined;
    noteFilter.set(after);
    display.update((shown) => (shown.pmi ? shown : { ...shown, pmi: true }));
    return { undo: () => noteFilter.set(before), redo: () => noteFilter.set(after) };
  });

  commands.register("notes.choose", ({ id }) => {
    chosenNote.set(id);
    if (id === null) return;
    display.update((shown) => (shown.pmi ? shown : { ...shown, pmi: true }));
    const { parts, entities } = subjectOf(workspace, id);
    if (entities.length > 0) commands.run("selection.entities", { entities, mode: "replace" });
    else if (!parts.isEmpty) commands.run("selection.set", { ranges: parts, mode: "replace" });
  });

  commands.register("notes.view", ({ name }) => {
    const view = fileNotes.get()?.views.find((candidate) => candidate.name === name);
    const manifest = workspace.manifest.get();
    if (!view || !manifest) return undefined;
    const placement = manifest.placement ?? AS_READ;
    const point = (absolute: typeof view.position): typeof view.position => {
      const [x, y, z] = placedPoint(absolute, placement);
      const [ox, oy, oz] = manifest.origin;
      return [x - ox, y - oy, z - oz];
    };
    const camera = workspace.camera.get();
    const height = view.height === null ? null : view.height * placement.scale;
    const projection = height === null ? "perspective" : "orthographic";
    display.update((shown) => ({ ...shown, pmi: true, projection }));
    workspace.camera.set({
      ...camera,
      position: point(view.position),
      target: point(view.target),
      up: placedPoint(view.up, { scale: 1, turn: placement.turn }),
      ortho_height_m: height,
    });
    const before = noteFilter.get();
    const after: NoteFilter = { ...before, view: name };
    noteFilter.set(after);
    return { undo: () => noteFilter.set(before), redo: () => noteFilter.set(after) };
  });
}

/** What a note is about: faces and edges on the first shown occurrence of each part, and those occurrences. */
export function subjectOf(
  workspace: Workspace,
  id: string,
): { readonly parts: RangeSet; readonly entities: readonly EntityRef[] } {
  const note = workspace.fileNotes.get()?.annotations.find((candidate) => candidate.id === id);
  const structure = workspace.structure.get();
  const entities: EntityRef[] = [];
  const found: number[] = [];
  if (!note || !structure) return { parts: RangeSet.empty, entities };
  const hidden = workspace.hidden.get();
  for (const { part, faces, edges } of note.shapes) {
    let first: number | null = null;
    for (let o = 0; o < structure.occurrenceCount && first === null; o += 1)
      if (structure.partNumber(structure.rowOfOccurrence(o)) === part && !hidden.has(o)) first = o;
    if (first === null) continue;
    const occurrence = first;
    found.push(occurrence);
    for (const index of faces) entities.push({ occurrence, kind: "face", index });
    for (const index of edges) entities.push({ occurrence, kind: "edge", index });
  }
  return { parts: RangeSet.from(found), entities };
}
