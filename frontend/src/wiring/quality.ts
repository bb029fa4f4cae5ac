/** Keeps the quality of the picture for this tab: a reload after lost graphics must not ask for too much again. */

import { FULL_QUALITY, readQuality } from "../state/areas/rendering";
import { type Kept, shelf } from "../shelf";
import type { Workspace } from "../state/workspace";

const KEY = "holotable.quality";

/** Takes over what the tab kept and keeps what changes. Returns the way to stop. */
export function keepQuality(
  workspace: Workspace,
  storage: Kept = shelf("sessionStorage"),
): () => void {
  workspace.quality.set(read(storage));
  return workspace.quality.subscribe((quality) => {
    try {
      if (quality === FULL_QUALITY) storage.removeItem(KEY);
      else storage.setItem(KEY, JSON.stringify(quality));
    } catch {
      // A full or forbidden storage: the quality holds until the page goes.
    }
  });
}

function read(storage: Kept): typeof FULL_QUALITY {
  try {
    const kept: unknown = JSON.parse(storage.getItem(KEY) ?? "null");
    return readQuality(kept);
  } catch {
    return FULL_QUALITY;
  }
}
