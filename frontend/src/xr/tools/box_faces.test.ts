import { expect, test } from "vitest";
import type { SectionBox } from "../../state/areas/sectioning";
import { turn } from "../../state/planes";
import { pulledSide, sideUnder, sidesOf } from "./box_faces";

const BOX: SectionBox = {
  centre: [1, 0, 0],
  half: [1, 0.5, 0.25],
  rotation: [0, 0, 0, 1],
  enabled: true,
  cap: true,
};

test("each side stands where its plane is and faces outward", () => {
  const middles = sidesOf(BOX).map(({ middle }) => middle.map((value) => value + 0));
  expect(middles).toEqual([
    [0, 0, 0],
    [2, 0, 0],
    [1, -0.5, 0],
    [1, 0.5, 0],
    [1, 0, -0.25],
    [1, 0, 0.25],
  ]);
});

test("a hand at a side means it; a ray from afar means the side that it enters", () => {
  expect(sideUnder(BOX, [2.03, 0.2, 0.1], [0, 0, -1], 0.05)?.side.side).toBe(1);
  expect(sideUnder(BOX, [1, 2, 0], [0, -1, 0], 0.05)).toMatchObject({ apart: 1.5 });
  expect(sideUnder(BOX, [1, 2, 0], [0, -1, 0], 0.05)?.side.side).toBe(3);
  expect(sideUnder(BOX, [1, 2, 0], [0, 1, 0], 0.05)).toBeNull();
  expect(sideUnder(BOX, [5, 2, 0], [0, -1, 0], 0.05)).toBeNull();
});

test("pulling moves one side by what the hand went along its normal, also of a turned box", () => {
  const turned = { ...BOX, rotation: turn([0, 1, 0], Math.PI / 2) };
  const found = sideUnder(turned, [1, 0, -3], [0, 0, 1], 0.01);
  expect(found?.side.side).toBe(1); // its own x points to -z
  if (!found) return;
  const after = pulledSide(turned, found.side, [1, 0, -1], [1.4, 0.3, -1.2]);
  expect(after.half[0]).toBeCloseTo(1.1, 12);
  expect(after.centre[2]).toBeCloseTo(-0.1, 12);
  expect(after.half[1]).toBe(0.5);
});
