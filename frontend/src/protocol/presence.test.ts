import { expect, it } from "vitest";
import vectors from "../../../tests/vectors/presence.json";
import { isInTurn, readPresence } from "./presence";

function viewOf(hex: string): DataView {
  const pairs = hex.match(/../g) ?? [];
  return new DataView(Uint8Array.from(pairs, (pair) => parseInt(pair, 16)).buffer);
}

it.each(vectors)("reads the server's frame: $name", (vector) => {
  const { hex, poses, full, tick } = vector;
  const inTurn = "in_turn" in vector;
  const read: [number, string][] = [];
  const head = readPresence(viewOf(hex), (slot, view, offset, length) => {
    const bytes = new Uint8Array(view.buffer, offset, length);
    read.push([slot, Array.from(bytes, (b) => b.toString(16).padStart(2, "0")).join("")]);
  });
  expect(read).toEqual(poses);
  expect(head).toEqual({ full, inTurn, tick });
  expect(isInTurn(viewOf(hex))).toBe(inTurn);
});

it("visits nothing of a cut, longer or foreign frame", () => {
  const hex = vectors[1]?.hex ?? "";
  const visit = (): never => {
    throw new Error("visited");
  };
  for (let end = 0; end < hex.length; end += 2) {
    expect(readPresence(viewOf(hex.slice(0, end)), visit)).toBeNull();
  }
  expect(readPresence(viewOf(hex + "00"), visit)).toBeNull();
  expect(readPresence(viewOf("02" + hex.slice(2)), visit)).toBeNull();
});
