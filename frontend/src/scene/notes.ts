/** The file's notes as text: fetched when somebody first wants to read them. */

import { t } from "../state/messages";
import type { Workspace } from "../state/workspace";
import { hashOf, type FetchScene } from "./loader";
import { PMI_FILE, readPmi } from "./pmi";

/** Keeps `workspace.fileNotes` filled while it is wanted. Returns the way to stop. */
export function watchNotes(workspace: Workspace, fetchScene: FetchScene): () => void {
  const { manifest, notesWanted, display, fileNotes } = workspace;
  let asked: object | null = null;
  const look = (): void => {
    const now = manifest.get();
    if (!now?.pmi || asked === now || (!notesWanted.get() && !display.get().pmi)) return;
    asked = now;
    fetchScene(PMI_FILE, hashOf(now, PMI_FILE)).then(
      (bytes) => {
        const document: unknown = JSON.parse(new TextDecoder().decode(bytes));
        if (manifest.get() === now) fileNotes.set(readPmi(document, null));
      },
      (error: unknown) => {
        if (asked === now) asked = null;
        const reason = error instanceof Error ? error.message : String(error);
        workspace.announce(t("notes.failed", { reason }));
      },
    );
  };
  const stops = [manifest.subscribe(look), notesWanted.subscribe(look), display.subscribe(look)];
  return () => stops.forEach((stop) => stop());
}
