import { expect, test } from "vitest";
import { ELBOW_ROOM, TABLE, freeSeat, seatPlace, sits } from "./arrival";

test("thirty people around the table and before the model keep their elbows free", () => {
  const seats = Array.from({ length: 30 }, (_, index) => seatPlace(index));
  const table = seats.map(({ angle, ahead }) => [Math.sin(angle) * ahead, Math.cos(angle) * ahead]);
  const floor = seats.map(({ aside, back }) => [aside, back]);
  for (const places of [table, floor])
    places.forEach(([x = 0, z = 0], i) =>
      places.slice(i + 1).forEach(([u = 0, v = 0]) => {
        expect(Math.hypot(x - u, z - v)).toBeGreaterThan(ELBOW_ROOM);
      }),
    );
});

test("the first one stands 1 m before the front", () => {
  expect(seatPlace(0)).toEqual({ angle: 0, ahead: TABLE.ahead, aside: -0, back: 0 });
});

test("a seat where somebody stands is passed over, and a full room still has a place", () => {
  expect(freeSeat(0, ({ angle }) => angle === 0).angle).toBeCloseTo(Math.PI / 4, 9);
  expect(freeSeat(3, () => true)).toEqual(seatPlace(3));
});

test("a head below 1.3 m sits", () => {
  expect([sits(1.2), sits(1.6)]).toEqual([true, false]);
});
