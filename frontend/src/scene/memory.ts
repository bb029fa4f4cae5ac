/** How much memory the triangles of a model may take on this machine. */

/** What is known of a machine. */
export interface Machine {
  /** GiB as the browser tells it: 0.25 to 8, never more; null where it says nothing (Firefox, Safari, plain HTTP). */
  readonly memoryGib: number | null;
  /** A processor draws: what is on the graphics card is in main memory, too. */
  readonly software: boolean;
  /** A headset that has no computer beside it. */
  readonly standalone: boolean;
}

const MB = 1e6;
/** A browser tab on a headset is ended at about 2 GB; UX.md §4.12 allows geometry 512 MB of it, copies included. */
const STANDALONE = 256 * MB;
const SOFTWARE = 256 * MB;
const UNKNOWN = 512 * MB;
/** Of each GiB that the machine has: it also holds as much again for picking, and other programs. */
const PER_GIB = 128 * MB;
const LEAST = 64 * MB;

/** Bytes of triangles on the graphics card; their copy for picking takes two thirds as many again. */
export function memoryCeiling({ memoryGib, software, standalone }: Machine): number {
  const known = memoryGib === null ? UNKNOWN : Math.max(LEAST, memoryGib * PER_GIB);
  return Math.min(known, software ? SOFTWARE : Infinity, standalone ? STANDALONE : Infinity);
}

/** What the browser says of the machine it runs on. */
export function thisMachine(software: boolean, browser: Navigator = navigator): Machine {
  // Not every browser has it, and the DOM library of TypeScript does not know it.
  const memory: unknown = "deviceMemory" in browser ? browser.deviceMemory : null;
  return {
    memoryGib: typeof memory === "number" ? memory : null,
    software,
    standalone: /OculusBrowser|Quest|PicoBrowser|Pico |Wolvic/i.test(browser.userAgent),
  };
}
