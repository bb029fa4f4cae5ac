/** What a room shares of the parts of the other revisions on the table: keys as those of the active one, by revision. */

import type { Json } from "../protocol/messages";
import { putShownParts, shownPartsOf } from "../state/areas/layer_parts";
import { RangeSet } from "../state/ranges";
import type { Workspace } from "../state/workspace";

const KEY = /^(visibility|ghost)\/(.+)$/;

/**
 * What the stores say of revisions that are on the table. What is hidden comes before what is ghosted, and with it: who
 * hears of ghosts alone would not know what the file hides of a revision that is still on its way.
 */
export function readLayerParts({ layers, layerParts }: Workspace): Map<string, Json> {
  const values = new Map<string, Json>();
  for (const { revisionId } of layers.get()) {
    const parts = layerParts.get().get(revisionId);
    if (!parts) continue;
    const { hidden, isolated, ghosted } = parts;
    values.set(`visibility/${revisionId}`, { hidden: hidden.toJSON(), isolated });
    if (!ghosted.isEmpty) values.set(`ghost/${revisionId}`, { ghosted: ghosted.toJSON() });
  }
  return values;
}

/** Shows what the room says under a key; a key that is about no other revision is left alone. */
export function showLayerParts(
  workspace: Workspace,
  activeRevision: string,
  key: string,
  value: Json,
): void {
  const [, what, revision] = KEY.exec(key) ?? [];
  if (revision === undefined || revision === activeRevision) return;
  const said: Readonly<Record<string, unknown>> | null =
    typeof value === "object" && value !== null ? Object.fromEntries(Object.entries(value)) : null;
  const now = shownPartsOf(workspace, revision);
  if (what === "ghost") {
    const ghosted = RangeSet.parse(said?.["ghosted"]);
    if (workspace.layerParts.get().has(revision) || !ghosted.isEmpty)
      putShownParts(workspace, revision, { ...now, ghosted });
    return;
  }
  // As the file says: nothing is kept of it but ghosts.
  putShownParts(workspace, revision, null);
  const { ghosted, structure } = now;
  if (said) {
    const hidden = RangeSet.parse(said["hidden"]);
    const isolated = said["isolated"] === true;
    putShownParts(workspace, revision, { hidden, isolated, ghosted, structure });
  } else if (!ghosted.isEmpty)
    putShownParts(workspace, revision, { ...shownPartsOf(workspace, revision), ghosted });
}
