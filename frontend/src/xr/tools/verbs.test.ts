import { expect, test } from "vitest";
import type { Pointer } from "../../scene/pointer";
import { type TestSeat, testSeat } from "../seat_fixture.test-data";
import { Verbs } from "./verbs";

const POINTER = {} as Pointer; // `as`: the fixture's viewer answers what is hit

function pointedAt(occurrence: number): TestSeat {
  const made = testSeat();
  made.hit = { occurrence, point: [0, 0, 0], normal: [0, 1, 0], distance: 1, local: [0, 0, 0] };
  return made;
}

test("a click hides, isolates or ghosts what a click at this level would select", () => {
  const made = pointedAt(1);
  const { seat, workspace, commands } = made;
  const verbs = new Verbs(seat);
  const hiddenBefore = workspace.hidden.get().size;
  verbs.taken("hide");
  verbs.click(POINTER);
  expect(workspace.hidden.get().has(1)).toBe(true);
  expect(workspace.hidden.get().size).toBe(hiddenBefore + 1);
  commands.undo();
  verbs.taken("isolate");
  verbs.click(POINTER);
  expect([0, 1, 2].map((each) => workspace.hidden.get().has(each))).toEqual([true, false, true]);
  commands.undo();
  verbs.taken("ghost");
  verbs.click(POINTER);
  expect(workspace.ghosted.get().has(1)).toBe(true);
  verbs.click(POINTER);
  expect(workspace.ghosted.get().isEmpty).toBe(true);
});

test("a click beside everything does nothing, and what is put back lights nothing", () => {
  const made = pointedAt(2);
  const verbs = new Verbs(made.seat);
  verbs.hover(POINTER);
  expect(made.workspace.hover.get()).toBe(2);
  verbs.put();
  expect(made.workspace.hover.get()).toBeNull();
  made.hit = null;
  verbs.click(POINTER);
  expect(made.commands.canUndo.get()).toBe(false);
});
