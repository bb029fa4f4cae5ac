/**
 * Where one arrives: seats on rings around the table, places side by side before a model at 1:1. Everybody's table is
 * the same place of the model frame, so that people of one scale sit around it and never inside each other.
 */

/** The table (UX.md §4.3): 0.8 m wide, 1 m ahead, its top 0.9 m high, or 0.75 m for who sits. Metres. */
export const TABLE = { width: 0.8, top: 0.9, seatedTop: 0.75, ahead: 1 } as const;
/** A head lower than this at the entry is one of somebody who sits, metres. */
const SEATED_BELOW = 1.3;
/** Heads nearer than this to each other are inside each other, metres of the user. */
export const ELBOW_ROOM = 0.6;

const ON_RING = 8;
const RING_M = 0.9;
const SIDE_M = 0.9;
const IN_ROW = 7;
/** As many as a session's people, and some. */
const MOST = 64;

/** A seat: where around the table, and where before the model at 1:1. */
export interface SeatPlace {
  /** Radians about the table, counter-clockwise from above; 0: before its front. */
  readonly angle: number;
  /** Metres from the table's middle. */
  readonly ahead: number;
  /** At 1:1: metres to the right, and back. */
  readonly aside: number;
  readonly back: number;
}

/** The seat of a number from 0: the front first, then to its right and left. */
export function seatPlace(index: number): SeatPlace {
  const at = Math.max(0, Math.floor(index)) % MOST;
  const ring = Math.floor(at / ON_RING);
  const step = alternating(at % ON_RING);
  const offset = ring % 2 === 1 ? Math.PI / ON_RING : 0; // who stands behind sees between two heads
  return {
    angle: (step * 2 * Math.PI) / ON_RING + offset,
    ahead: TABLE.ahead + ring * RING_M,
    aside: alternating(at % IN_ROW) * SIDE_M,
    back: Math.floor(at / IN_ROW) * SIDE_M,
  };
}

/** 0, 1, -1, 2, -2 … */
function alternating(index: number): number {
  return index % 2 === 1 ? (index + 1) / 2 : -index / 2;
}

/**
 * The first free seat.
 *
 * first: where to begin, so that two who come at once do not want the same. taken: whether somebody is there.
 */
export function freeSeat(first: number, taken: (seat: SeatPlace) => boolean): SeatPlace {
  for (let tried = 0; tried < MOST; tried += 1) {
    const seat = seatPlace(first + tried);
    if (!taken(seat)) return seat;
  }
  return seatPlace(first);
}

/** Whether who enters with their head at this height sits. height: metres above their floor. */
export function sits(height: number): boolean {
  return height < SEATED_BELOW;
}
