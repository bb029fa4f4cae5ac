import { expect, test } from "vitest";
import type { Vec3 } from "../state/model";
import { boxAround, boxPlanes, composed, dot, movedSide, turn } from "../state/planes";
import type { Pointer } from "../scene/pointer";
import { add, distance, normalize, scale, subtract } from "../scene/vector";
import { boxHandles, handleUnder, planeHandles } from "./section_handles";
import { axisOfSnap, offersOf, squareOf } from "./section_make";
import {
  SNAP_ANGLE,
  alongLine,
  gripRing,
  onPlane,
  snappedAngle,
  turnOf,
  turnedAbout,
} from "./section_math";

const at = (target: Vec3, from: Vec3 = [0, 0, 10]): { origin: Vec3; direction: Vec3 } => ({
  origin: from,
  direction: normalize(subtract(target, from)),
});
/** A pointer for which a pixel is a hundredth of a metre everywhere. */
const pointer = (target: Vec3, kind: Pointer["kind"] = "mouse", from?: Vec3): Pointer => ({
  ...at(target, from),
  id: 0,
  kind,
  screen: null,
  shift: false,
  ctrl: false,
  alt: false,
  reach: (_, pixels) => pixels / 100,
  beside: () => at(target, from),
});
const reach = (_: Vec3, pixels: number): number => pixels / 100;

test("an arrow is dragged by as far as the pointer moves along it, from any side", () => {
  for (const from of [
    [0, 0, 10],
    [3, 2, 10],
    [-6, 1, 4],
  ] as Vec3[]) {
    const line = (x: number): number | null => alongLine(at([x, 0, 0], from), [0, 0, 0], [1, 0, 0]);
    expect((line(1.25) ?? NaN) - (line(-0.5) ?? NaN)).toBeCloseTo(1.75, 9);
  }
});

test("looking along an arrow moves nothing", () => {
  expect(alongLine(at([0, 0, 0]), [0, 0, 0], [0, 0, 1])).toBeNull();
});

test("a ring turns by the angle that the pointer goes around it", () => {
  const on = (angle: number): Vec3 => [Math.cos(angle), Math.sin(angle), 0];
  const grip = gripRing(at(on(0.3)), [0, 0, 0], [0, 0, 1], 1);
  expect(turnOf(at(on(1.3)), grip)).toBeCloseTo(1, 1);
  expect(turnOf(at(on(-0.7)), grip)).toBeCloseTo(-1, 1);
});

test("a ring seen from its edge turns along its line", () => {
  const grip = gripRing(at([0, 0, 1]), [0, 0, 0], [0, 1, 0], 1);
  expect(turnOf(at([0.5, 0, 1]), grip)).toBeCloseTo(0.5, 1);
  expect(Math.sign(turnOf(at([-0.5, 0, 1]), grip))).toBe(-1);
});

test("turns snap to 15° and are free with Alt", () => {
  expect(snappedAngle(0.3, false)).toBeCloseTo(SNAP_ANGLE, 12);
  expect(snappedAngle(-0.1, false)).toBeCloseTo(0, 12);
  expect(snappedAngle(0.3, true)).toBe(0.3);
  expect(turnedAbout([1, 0, 0], [0, 0, 1], Math.PI / 2)).toEqual([
    expect.closeTo(0, 12),
    expect.closeTo(1, 12),
    expect.closeTo(0, 12),
  ]);
});

test("the middle of a box moves in the plane that faces the eye", () => {
  expect(onPlane(at([2, 1, 0]), [0, 0, 0], [0, 0, 1])).toEqual([2, 1, 0]);
  expect(onPlane(at([0, 0, 0], [5, 0, 0]), [0, 0, 0], [0, 1, 0])).toBeNull();
});

test("handles are met within 12 px all around, fingers within 22", () => {
  const handles = planeHandles([0, -1, 0], [0, 0, 0], reach);
  const beside = (pixels: number): Vec3 => [pixels / 100, 0.7, 0];
  // Behind the arrow's side nothing else is near: rings end at 58 px.
  expect(handleUnder(handles, pointer(beside(11)))?.name).toBe("move");
  expect(handleUnder(handles, pointer(beside(16)))?.name).not.toBe("move");
  expect(handleUnder(handles, pointer(beside(20), "touch"))?.name).toBe("move");
  expect(handleUnder(handles, pointer([3, 3, 0]))).toBeNull();
});

test("a box has six sides, a middle and three rings, and small boxes keep them apart", () => {
  const box = boxAround([-0.01, -0.01, -0.01], [0.01, 0.01, 0.01]);
  const handles = boxHandles(box, reach);
  expect(handles.map(({ kind }) => kind).sort()).toEqual([
    "centre",
    ...Array.from({ length: 6 }, () => "side"),
    ...Array.from({ length: 3 }, () => "turn"),
  ]);
  const sides = handles.filter(({ kind }) => kind === "side");
  for (const side of sides) expect(distance(side.at, box.centre)).toBeGreaterThan(0.9);
});

test("a dragged side of a turned box goes with the pointer and the others stay", () => {
  const box = { ...boxAround([-2, -2, -2], [2, 2, 2]), rotation: turn([0, 0, 1], 0.4) };
  const handle = boxHandles(box, reach).find(({ side }) => side === 3);
  if (!handle) throw new Error("no handle");
  const eye: Vec3 = [1, -3, 10];
  const from = alongLine(at(handle.at, eye), handle.at, handle.axis) ?? NaN;
  const to = alongLine(at(add(handle.at, scale(handle.axis, 0.7)), eye), handle.at, handle.axis);
  const moved = boxPlanes(movedSide(box, 3, (to ?? NaN) - from));
  boxPlanes(box).forEach(({ normal, offset }, side) =>
    expect((moved[side]?.offset ?? NaN) - offset).toBeCloseTo(side === 3 ? -0.7 : 0, 9),
  );
  expect(composed(turn([0, 0, 1], 0.1), box.rotation)[3]).toBeCloseTo(Math.cos(0.25), 12);
});

test("a click on a bore offers planes through its axis, square to it and along it", () => {
  const shape = {
    kind: "round",
    point: [1, 2, 0],
    axis: [0, 0, 1],
    outward: [-1, 0, 0],
  } as const;
  const hit: Vec3 = [1.5, 2, 0.3];
  const view: Vec3 = [-0.8, 0, -0.6];
  const [through, square, tangent] = offersOf(shape, hit, view);
  expect(through?.kind).toBe("through");
  expect(dot(through?.normal ?? [0, 0, 0], [0, 0, 1])).toBeCloseTo(0, 12);
  expect(through?.offset_m).toBeCloseTo(dot(through?.normal ?? [0, 0, 0], [1, 2, 5]), 12);
  expect(dot(through?.normal ?? [0, 0, 0], view)).toBeGreaterThan(0);
  expect(square?.normal).toEqual([0, 0, -1]);
  expect(square?.offset_m).toBeCloseTo(-0.3, 12);
  expect(tangent?.normal).toEqual([1, 0, 0]);
});

test("what is kept of a plane square to an axis lies behind it", () => {
  expect(squareOf([0, 2, 0], [0, -1, 0.1])).toEqual([0, -1, 0]);
});

test("edges have axes: straight ones their direction, circles theirs, other curves none", () => {
  const snap = (points: readonly Vec3[]): Parameters<typeof axisOfSnap>[0] => ({
    kind: "edge",
    point: [0, 0, 0],
    occurrence: 0,
    local: [0, 0, 0],
    entity: null,
    exact: false,
    tolerance_m: 0,
    axis: null,
    edge: points.slice(1).map((point, i) => [points[i] ?? point, point] as const),
  });
  expect(
    axisOfSnap(
      snap([
        [0, 0, 0],
        [0, 0, 2],
        [0, 0, 5],
      ]),
    ),
  ).toEqual([0, 0, 1]);
  const circle = Array.from({ length: 25 }, (_, i): Vec3 => [
    Math.cos((i * Math.PI) / 12),
    3,
    Math.sin((i * Math.PI) / 12),
  ]);
  expect(Math.abs(axisOfSnap(snap(circle))?.[1] ?? 0)).toBeCloseTo(1, 9);
  const helix = circle.map(([x, , z], i): Vec3 => [x, i / 10, z]);
  expect(axisOfSnap(snap(helix))).toBeNull();
});
