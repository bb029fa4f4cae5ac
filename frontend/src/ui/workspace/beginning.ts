/** What a workspace is begun with. */

import type { Revision } from "../../api/types";
import type { Correction } from "../../state/placement";
import type { Running } from "../ports";

/** The longer side of an issue's picture. */
const SNAPSHOT_PX = 1280;

/** What the canvas shows, in its proportions; null where nothing can be taken. */
export async function snapshotOf(
  canvas: HTMLCanvasElement | null,
  viewer: Running | null,
): Promise<Blob | null> {
  const { clientWidth = 0, clientHeight = 0 } = canvas ?? {};
  const scale = Math.min(1, SNAPSHOT_PX / Math.max(clientWidth, clientHeight, 1));
  const [width = 0, height = 0] = [clientWidth * scale, clientHeight * scale].map(Math.round);
  return (width && height && (await viewer?.thumbnail?.(width, height))) || null;
}

/** What somebody said of the file's unit and axis. */
export function correctionOf({ placement }: Pick<Revision, "placement">): Correction | null {
  return placement ? { unit: placement.unit ?? null, up_axis: placement.up_axis ?? null } : null;
}

/** Ids that no other participant makes; `randomUUID` is missing over plain HTTP. */
export function newId(): string {
  return [...crypto.getRandomValues(new Uint8Array(9))]
    .map((byte) => byte.toString(16).padStart(2, "0"))
    .join("");
}
