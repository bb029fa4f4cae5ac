import { expect, test } from "vitest";
import { kernelShapes } from "../../tools/kernel_shapes";
import type { Vec3 } from "../../state/model";
import { type TestSeat, testSeat } from "../seat_fixture.test-data";
import type { MeasuresView } from "./measures_view";
import { Tape } from "./tape";

function holding(): TestSeat & { tape: Tape } {
  const made = testSeat();
  const { viewer } = made.seat;
  Object.assign(viewer, { models: [], layers: [] });
  const view = { snapping: { aim: () => null }, shapes: kernelShapes(viewer) };
  // `as`: what the tape asks of it
  return Object.assign(made, { tape: new Tape(made.seat, view as unknown as MeasuresView) });
}

function hands(made: TestSeat, pressing: readonly [boolean, boolean], apart: number): void {
  const places: Vec3[] = [
    [-apart / 2, 1.5, -0.5],
    [apart / 2, 1.5, -0.5],
  ];
  made.hands = places.map((position, i) => ({
    ...{ tracked: true, pressing: pressing[i], position, pointer: () => null },
  }));
}

test("both triggers stretch a tape; let go, it is a measurement of the model, and about", () => {
  const made = holding();
  made.seat.rig.scale = 10;
  hands(made, [true, true], 0.2);
  made.tape.update(null, true);
  hands(made, [true, true], 0.5);
  made.tape.update(null, true);
  expect(made.tape.now?.ends).toHaveLength(2);
  expect(made.tape.now?.text).toContain("5");
  hands(made, [true, false], 0.5);
  made.tape.update(null, true);
  const [measure] = made.workspace.measures.get();
  expect(measure?.value).toBeCloseTo(5, 9);
  expect(measure?.exact).toBe(false);
  expect(made.tape.now).toBeNull();
  made.commands.undo();
  expect(made.workspace.measures.get()).toEqual([]);
});

test("hands at one place measure nothing and say so; one hand alone stretches nothing", () => {
  const made = holding();
  hands(made, [true, false], 0.5);
  made.tape.update(null, true);
  expect(made.tape.now).toBeNull();
  hands(made, [true, true], 0);
  made.tape.update(null, true);
  hands(made, [false, false], 0);
  made.tape.update(null, true);
  expect(made.workspace.measures.get()).toEqual([]);
  expect(made.workspace.announcement.get()).not.toBeNull();
});
