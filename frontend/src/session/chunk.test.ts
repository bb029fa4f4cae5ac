import { expect, test } from "vitest";
import { readChunk } from "./chunk";

/** A chunk as docs/formats/recording.md describes it, written by hand. */
function chunk(...records: readonly (readonly [kind: number, payload: Uint8Array])[]): ArrayBuffer {
  const bytes = [...new TextEncoder().encode("HTREC1\0\0"), ...new Uint8Array(20)];
  for (const [kind, payload] of records) {
    const head = new Uint8Array(5);
    new DataView(head.buffer).setUint32(0, payload.length, true);
    head[4] = kind;
    bytes.push(...head, ...payload);
  }
  return Uint8Array.from(bytes).buffer;
}

const json = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value));

test("records come in their order; kinds that nobody knows are skipped", () => {
  const poses = Uint8Array.from([1, 1, 0x2c, 1, 0, 0, 0, 0]); // full, 300 ms, nobody
  const records = readChunk(
    chunk([2, json({ ms: 0, t: "who", who: [] })], [9, json("later")], [1, poses]),
  );
  expect(records[0]).toEqual({ ms: 0, message: { t: "who", who: [] } });
  expect(records[1]?.ms).toBe(300);
  expect(records).toHaveLength(2);
});

test("what is no chunk, and one that was cut, is refused", () => {
  expect(() => readChunk(new ArrayBuffer(40))).toThrow(RangeError);
  const whole = chunk([2, json({ ms: 0, t: "left", slot: 1, reason: "left" })]);
  expect(() => readChunk(whole.slice(0, -1))).toThrow(RangeError);
});
