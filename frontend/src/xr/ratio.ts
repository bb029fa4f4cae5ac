/** Scales as they are read and where they catch (UX.md §4.7). */

const SNAPS = [1, 2, 5, 10, 20, 50, 100];
/** A scale this near to a round one is it. */
const CATCHES = 0.05;
/** Nobody needs to be smaller or larger. */
export const SCALES = { least: 1e-3, most: 1e5 } as const;

/** "1:20", or "3:1" for what is seen larger than it is. scale: model metres per metre of the user. */
export function ratioText(scale: number): string {
  return scale >= 1 ? `1:${digits(scale)}` : `${digits(1 / scale)}:1`;
}

/** The round scale that this one is near to, or itself. */
export function caughtScale(scale: number): number {
  return SNAPS.find((snap) => Math.abs(Math.log(scale / snap)) < CATCHES) ?? scale;
}

export function boundedScale(scale: number): number {
  return Math.min(SCALES.most, Math.max(SCALES.least, scale));
}

function digits(value: number): string {
  return value >= 99.5 ? String(Math.round(value)) : String(Number(value.toPrecision(2)));
}
