/** A long list of equal rows in a scroller: which rows are on screen, also beyond the height a browser allows. */

/**
 * The tallest element that every browser lays out; pixels. Firefox stops at 17.9 million, Chromium at 33.5;
 * beyond ours, one pixel of scrolling stands for more than one pixel of rows.
 */
const TALLEST_PX = 8_000_000;
/** Rows kept ready above and below, so that a fast wheel shows no gap. */
const OVERSCAN = 6;
/** Never more row elements than this, however tall the window (UX.md §8, 23). */
export const MOST_ROWS = 80;

/** What is on screen of a list. */
export interface Window {
  readonly first: number;
  /** One behind the last. */
  readonly end: number;
  /** Pixels from the top of the list's element to row `first`. */
  readonly top: number;
  /** Height of the list's element, pixels. */
  readonly height: number;
}

/** Pixels of scrolling per pixel of rows: 1 unless the list is taller than browsers allow. */
function stretch(count: number, rowHeight: number, viewHeight: number): number {
  const full = count * rowHeight;
  if (full <= TALLEST_PX) return 1;
  return (TALLEST_PX - viewHeight) / (full - viewHeight);
}

/** The rows to draw for a scroll position. */
export function windowOf(
  count: number,
  rowHeight: number,
  scrollTop: number,
  viewHeight: number,
): Window {
  const scale = stretch(count, rowHeight, viewHeight);
  const height = Math.min(count * rowHeight, TALLEST_PX);
  const offset = Math.max(0, scrollTop) / scale;
  const shown = Math.ceil(viewHeight / rowHeight) + 1;
  const over = Math.max(0, Math.min(OVERSCAN, Math.floor((MOST_ROWS - shown) / 2)));
  const first = Math.max(0, Math.min(count, Math.floor(offset / rowHeight)) - over);
  const end = Math.min(count, first + Math.min(MOST_ROWS, shown + 2 * over));
  return { first, end, top: scrollTop - (offset - first * rowHeight), height };
}

/** Where to scroll so that a row is seen; null when it is already. */
export function scrollFor(
  index: number,
  block: "nearest" | "center",
  count: number,
  rowHeight: number,
  scrollTop: number,
  viewHeight: number,
): number | null {
  const scale = stretch(count, rowHeight, viewHeight);
  const offset = scrollTop / scale;
  const top = index * rowHeight;
  if (top >= offset - 0.5 && top + rowHeight <= offset + viewHeight + 0.5) return null;
  let wanted = top + rowHeight - viewHeight;
  if (block === "center") wanted = top + rowHeight / 2 - viewHeight / 2;
  else if (top < offset) wanted = top;
  const most = Math.max(0, count * rowHeight - viewHeight);
  return Math.min(most, Math.max(0, wanted)) * scale;
}
