import { expect, test } from "vitest";
import { withDuration } from "./webm_duration";

const HEAD = [0x1a, 0x45, 0xdf, 0xa3, 0x84, 0x42, 0x86, 0x81, 0x01];
const SEGMENT = [0x18, 0x53, 0x80, 0x67, 0x01, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff];
const SCALE = [0x2a, 0xd7, 0xb1, 0x83, 0x0f, 0x42, 0x40];
const TRACKS = [0x16, 0x54, 0xae, 0x6b, 0x80, 0x99];

function webm(info: readonly number[], segment: readonly number[] = SEGMENT) {
  const size = 0x80 | info.length;
  return new Uint8Array([...HEAD, ...segment, 0x15, 0x49, 0xa9, 0x66, size, ...info, ...TRACKS]);
}

test("the length stands in the segment's info, and the rest is as it was", () => {
  const out = withDuration(webm(SCALE), 4_250);
  const info = HEAD.length + SEGMENT.length;
  expect([...out.subarray(0, info)]).toEqual([...HEAD, ...SEGMENT]);
  const view = new DataView(out.buffer);
  expect(view.getUint8(info + 4)).toBe(1);
  expect(view.getUint32(info + 8)).toBe(SCALE.length + 11);
  const at = info + 12 + SCALE.length;
  expect([...out.subarray(info + 12, at)]).toEqual(SCALE);
  expect([...out.subarray(at, at + 3)]).toEqual([0x44, 0x89, 0x88]);
  expect(view.getFloat64(at + 3)).toBe(4_250);
  expect([...out.subarray(at + 11)]).toEqual(TRACKS);
});

test("what has a length, another container or a known size stays as it is", () => {
  const known = webm([...SCALE, 0x44, 0x89, 0x84, 0, 0, 0, 0]);
  expect(withDuration(known, 1)).toBe(known);
  const sized = webm(SCALE, [0x18, 0x53, 0x80, 0x67, 0xb0]);
  expect(withDuration(sized, 1)).toBe(sized);
  for (const other of [[], [0x4f, 0x67, 0x67, 0x53], HEAD]) {
    const bytes = new Uint8Array(other);
    expect(withDuration(bytes, 1)).toBe(bytes);
  }
  const cut = webm(SCALE).subarray(0, HEAD.length + SEGMENT.length + 8);
  expect(withDuration(cut, 1)).toBe(cut);
});
