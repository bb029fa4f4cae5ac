import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Vec3 } from "../../state/model";
import { stubCanvas, testSeat } from "../seat_fixture.test-data";
import { Rack } from "./rack";

beforeEach(stubCanvas);
afterEach(() => vi.unstubAllGlobals());

/** Presses a button by a ray from the head. */
function press(rack: Rack, id: string): void {
  const at = rack.debug?.buttons[id];
  if (!at) throw new Error(`no button ${id}`);
  const from: Vec3 = [0, 1.45, 0];
  const way = at.map((value, axis) => value - (from[axis] ?? 0));
  const far = Math.hypot(...way);
  const [x = 0, y = 0, z = 0] = way.map((value) => value / far);
  expect(rack.target.aim(from, [x, y, z])).toBeCloseTo(far, 6);
  rack.target.press();
}

test("its buttons take tools, step through levels and undo, by the desk's commands", () => {
  const { seat, workspace, commands } = testSeat();
  const took: string[] = [];
  commands.register("xr.tool", ({ tool }) => void took.push(tool));
  const rack = new Rack(seat);
  rack.update();
  press(rack, "caliper");
  expect(took).toEqual(["caliper"]);
  const before = workspace.selectionLevel.get();
  press(rack, "level");
  expect(workspace.selectionLevel.get()).not.toBe(before);
  commands.run("explode.set", { amount: 0.5 });
  rack.update();
  press(rack, "undo");
  expect(workspace.explode.get()).toBe(0);
});

test("the slider explodes as far along as it is pressed, and a cut can be taken away", () => {
  const { seat, workspace, commands } = testSeat();
  const rack = new Rack(seat);
  rack.update();
  press(rack, "amount");
  expect(workspace.explode.get()).toBeCloseTo(0.5, 6);
  commands.run("section.add", { normal: [1, 0, 0], offset_m: 0 });
  rack.update();
  press(rack, "uncut");
  expect(workspace.sections.get()).toEqual([]);
});
