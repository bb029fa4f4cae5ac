import { expect, test } from "vitest";
import type { Pointer } from "../../scene/pointer";
import type { Vec3 } from "../../state/model";
import { testSeat } from "../seat_fixture.test-data";
import { Pen } from "./pen";

const at = (x: number): Pointer =>
  ({ origin: [x, 1, 0], direction: [0, 0, -1] }) as unknown as Pointer; // `as`: the ray alone

test("a stroke goes where the tip went, 6 cm before the hand; steps below 4 mm are left out", () => {
  const { seat, workspace, commands } = testSeat();
  const pen = new Pen(seat);
  pen.press(at(0));
  for (const x of [0.001, 0.002, 0.01, 0.02]) pen.drag(at(x));
  pen.release();
  const [mark] = workspace.modelMarks.get();
  const points: Vec3[] = [
    [0, 1, -0.06],
    [0.01, 1, -0.06],
    [0.02, 1, -0.06],
  ];
  expect(mark?.points.map(({ position }) => position)).toEqual(points);
  commands.undo();
  expect(workspace.modelMarks.get()).toEqual([]);
});

test("a tap of the trigger draws nothing; a stroke that is cut short is kept", () => {
  const { seat, workspace } = testSeat();
  const pen = new Pen(seat);
  pen.press(at(0));
  pen.release();
  expect(workspace.modelMarks.get()).toEqual([]);
  pen.press(at(0));
  pen.drag(at(0.1));
  pen.put();
  expect(workspace.modelMarks.get()).toHaveLength(1);
});
