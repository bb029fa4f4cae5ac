/**
 * The lossy lane from the server: one binary frame per tick with the poses of everyone who moved.
 *
 *     u8 type = 1 | u8 flags (1 = full, 2 = in turn) | u32 tick | u16 count
 *     count x (u16 slot | u16 length | bytes)
 *
 * Little endian; pinned by `tests/vectors/presence.json`.
 */

export const FRAME_POSES = 1;
export const FLAG_FULL = 1;
export const FLAG_IN_TURN = 2;
const HEAD_BYTES = 8;

/** Hears each pose of a frame; it stands at `offset` in `view` and is `length` bytes long. */
export type PoseVisitor = (slot: number, view: DataView, offset: number, length: number) => void;

/** What a frame says of itself. */
export interface PresenceHead {
  /** Holds everybody's pose, not only of those who moved. */
  readonly full: boolean;
  /** Holds some of a crowd, who come a few times a second, one after the other. */
  readonly inTurn: boolean;
  /** Wraps at 2^32. */
  readonly tick: number;
}

/** Walks a frame without copying; null for another type or a cut frame, of which nothing was visited. */
export function readPresence(view: DataView, visit: PoseVisitor): PresenceHead | null {
  if (view.byteLength < HEAD_BYTES || view.getUint8(0) !== FRAME_POSES) return null;
  const count = view.getUint16(6, true);
  let end = HEAD_BYTES;
  for (let index = 0; index < count; index += 1) {
    if (end + 4 > view.byteLength) return null;
    end += 4 + view.getUint16(end + 2, true);
  }
  if (end !== view.byteLength) return null;
  let offset = HEAD_BYTES;
  for (let index = 0; index < count; index += 1) {
    const length = view.getUint16(offset + 2, true);
    visit(view.getUint16(offset, true), view, offset + 4, length);
    offset += 4 + length;
  }
  const flags = view.getUint8(1);
  return {
    full: (flags & FLAG_FULL) !== 0,
    inTurn: (flags & FLAG_IN_TURN) !== 0,
    tick: view.getUint32(2, true),
  };
}

/** Whether a frame says of its poses that they come in turn; known before they are visited. */
export function isInTurn(view: DataView): boolean {
  return view.byteLength >= HEAD_BYTES && (view.getUint8(1) & FLAG_IN_TURN) !== 0;
}
