/** How boards in a headset are written: what a person chose, kept on the device (UX.md §4.11). */

import { Store } from "../store";

/** What can be chosen between; any share from the first to the last is understood. */
export const TEXT_SCALES = [0.8, 1, 1.2, 1.4, 1.6] as const;
const [LEAST, , , , MOST] = TEXT_SCALES;

export interface RoomPanels {
  /** Letters, as a share of their usual size. */
  readonly textScale: Store<number>;
  /** Frame times stand before the eyes; less is drawn when the rate cannot be kept. */
  readonly frameTimes: Store<boolean>;
  readonly autoDetail: Store<boolean>;
}

export function createRoomPanels(): RoomPanels {
  return { textScale: new Store(1), frameTimes: new Store(false), autoDetail: new Store(true) };
}

/** A share as it was kept or asked for; what makes no sense is the usual. */
export function readTextScale(value: unknown): number {
  const share = typeof value === "string" ? Number(value) : value;
  if (typeof share !== "number" || !Number.isFinite(share) || share <= 0) return 1;
  return Math.min(MOST, Math.max(LEAST, share));
}
