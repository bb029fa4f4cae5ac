/**
 * MediaRecorder writes WebM while it goes on and so does not say how long it is; players cannot seek in that. This
 * adds the Duration (RFC 9559 §5.1.2.10) to the segment's Info. Anything it does not know stays as it is: Ogg and MP4
 * say their length in other ways.
 */

const EBML = [0x1a, 0x45, 0xdf, 0xa3];
const SEGMENT = [0x18, 0x53, 0x80, 0x67];
const INFO = [0x15, 0x49, 0xa9, 0x66];
/** Duration: a 64-bit float of milliseconds, the scale that browsers write. */
const DURATION = [0x44, 0x89, 0x88];

/** The same sound with its length, in milliseconds. */
export function withDuration(
  bytes: Uint8Array<ArrayBuffer>,
  durationMs: number,
): Uint8Array<ArrayBuffer> {
  if (!starts(bytes, 0, EBML)) return bytes;
  const head = vint(bytes, 4);
  if (!head) return bytes;
  const segment = head.end + head.value;
  if (!starts(bytes, segment, SEGMENT)) return bytes;
  const size = vint(bytes, segment + 4);
  // A segment of a known size would have to grow as well; what is written live has none.
  if (!size?.unknown) return bytes;
  const info = size.end;
  const inside = starts(bytes, info, INFO) ? vint(bytes, info + 4) : null;
  if (!inside || inside.unknown || inside.end + inside.value > bytes.length) return bytes;
  const content = bytes.subarray(inside.end, inside.end + inside.value);
  if (hasDuration(content)) return bytes;
  const grown = inside.value + DURATION.length + 8;
  const out = new Uint8Array(bytes.length - (inside.end - info - 4) + 8 + DURATION.length + 8);
  const view = new DataView(out.buffer);
  let at = info + 4;
  out.set(bytes.subarray(0, at), 0);
  view.setUint8(at, 0x01); // a size in eight bytes
  view.setUint32(at + 4, grown);
  at += 8;
  out.set(content, at);
  at += content.length;
  out.set(DURATION, at);
  at += DURATION.length;
  view.setFloat64(at, durationMs);
  out.set(bytes.subarray(inside.end + inside.value), at + 8);
  return out;
}

function hasDuration(content: Uint8Array): boolean {
  let at = 0;
  while (at < content.length) {
    const first = content[at] ?? 0;
    if (first === 0) return false;
    if (first === DURATION[0] && content[at + 1] === DURATION[1]) return true;
    const size = vint(content, at + Math.clz32(first) - 23);
    if (!size) return false;
    at = size.end + size.value;
  }
  return false;
}

/** An EBML variable-size integer (RFC 8794 §4); null when the bytes end within it. */
function vint(
  bytes: Uint8Array,
  at: number,
): { value: number; end: number; unknown: boolean } | null {
  const first = bytes[at];
  if (first === undefined || first === 0) return null;
  const length = Math.clz32(first) - 23;
  if (at + length > bytes.length) return null;
  let value = first & (0xff >> length);
  let unknown = value === 0xff >> length;
  for (let index = 1; index < length; index += 1) {
    const next = bytes[at + index] ?? 0;
    unknown &&= next === 0xff;
    value = value * 256 + next;
  }
  return { value, end: at + length, unknown };
}

function starts(bytes: Uint8Array, at: number, id: readonly number[]): boolean {
  return id.every((byte, index) => bytes[at + index] === byte);
}
