import { Quaternion } from "three";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Vec3 } from "../../state/model";
import type { Grip } from "../grabbing";
import { type TestSeat, gripAt, stubCanvas, testSeat } from "../seat_fixture.test-data";
import { Knife } from "./knife";

let made: TestSeat;
let knife: Knife;

beforeEach(() => {
  stubCanvas();
  made = testSeat();
  made.seat.rig.arrive("one_to_one", made.seat.bounds);
  made.hands = [{ side: "right", tracked: true, hit: null }];
  knife = new Knife(made.seat);
});
afterEach(() => {
  knife.dispose();
  vi.unstubAllGlobals();
});

/** A grip that is turned about the vertical, degrees. */
function turned(at: Vec3, degrees: number): Grip {
  const half = (degrees * Math.PI) / 360;
  const quaternion = new Quaternion(0, Math.sin(half), 0, Math.cos(half));
  return {
    ...gripAt("right", at),
    quaternion,
    forward: [-Math.sin(2 * half), 0, -Math.cos(2 * half)],
  };
}

test("the plate cuts while it is held, straight within 5° of an axis, and leaves one step to undo", () => {
  const { workspace, commands } = made;
  knife.taken("knife");
  expect(knife.reach(gripAt("left", [0, 1, 0]))).toBeNull();
  expect(knife.reach(turned([0, 1, -1], 3))).toBe(0);
  knife.grab(turned([0, 1, -1], 3));
  knife.move(turned([0, 1, -1], 3));
  expect(knife.snap).toBe("axis");
  const straight = workspace.sections.get()[0]?.normal ?? [];
  expect([...straight].map(Math.abs).sort()).toEqual([0, 0, 1]);
  knife.move(turned([0, 1, -1.2], 20));
  expect(knife.snap).toBe("none");
  knife.let(turned([0, 1, -1.2], 20));
  expect(workspace.sections.get()).toHaveLength(1);
  commands.undo();
  expect(workspace.sections.get()).toEqual([]);
  expect(commands.canUndo.get()).toBe(false);
});

test("a plane that the plate lies in is taken again instead of another being made", () => {
  const { workspace } = made;
  knife.taken("knife");
  knife.grab(turned([0, 1, -1], 0));
  knife.let(turned([0, 1, -1], 0));
  const [first] = workspace.sections.get();
  knife.grab(turned([0, 1, -1], 0));
  knife.move(turned([0, 1, -1.5], 0));
  knife.let(turned([0, 1, -1.5], 0));
  const [again, ...more] = workspace.sections.get();
  expect([again?.id, more.length]).toEqual([first?.id, 0]);
  expect(again?.offset_m).not.toBe(first?.offset_m);
});
