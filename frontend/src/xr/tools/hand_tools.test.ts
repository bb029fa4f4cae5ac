import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Tick } from "../seat";
import { type TestSeat, gripAt, stubCanvas, testSeat } from "../seat_fixture.test-data";
import { HandTools } from "./hand_tools";

const TICK = { nowMs: 0 } as Tick; // `as`: its moment alone
let made: TestSeat;
let tools: HandTools;

beforeEach(() => {
  stubCanvas();
  made = testSeat();
  tools = new HandTools(made.seat);
  tools.entered();
});
afterEach(() => {
  tools.dispose();
  vi.unstubAllGlobals();
});

const takes = (tool: "hide" | "explode" | "pen"): boolean => made.commands.run("xr.tool", { tool });

test("a tool has the trigger while it is in hand, and the desk's tool has it again afterwards", () => {
  const { viewer } = made.seat;
  const desk = {};
  viewer.setPointerHandler(desk);
  takes("hide");
  expect(made.workspace.handTool.get()).toBe("hide");
  expect(viewer.pointerHandler).not.toBe(desk);
  takes("pen");
  takes("pen");
  expect([made.workspace.handTool.get(), viewer.pointerHandler === desk]).toEqual(["select", true]);
});

test("only what is in hand can be grabbed", () => {
  expect(tools.grabbable.reach(gripAt("right", [0, 1, 0]))).toBeNull();
  takes("explode");
  expect(tools.grabbable.reach(gripAt("right", [0, 1, 0]))).toBe(0);
});

test("a controller that falls asleep with something in it is named; one that opens is not", () => {
  takes("explode");
  const grip = gripAt("right", [0, 1, 0]);
  made.hands = [{ side: "right", tracked: true, pressing: false }];
  tools.grabbable.grab(grip);
  tools.grabbable.let(grip);
  expect(tools.debug().said).toBeNull();
  tools.grabbable.grab(grip);
  made.hands = [];
  tools.grabbable.let(grip);
  expect(tools.debug().said).toMatch(/^The controller is asleep/);
});

test("what is said beside the hand goes after six seconds", () => {
  made.workspace.announce("Something.");
  tools.update(TICK);
  expect(tools.debug().said).toBe("Something.");
  tools.update({ ...TICK, nowMs: 6100 });
  expect(tools.debug().said).toBeNull();
});

test("who takes the headset off puts everything back; what views keep is the desk's camera again", () => {
  takes("hide");
  expect(made.workspace.eye.get()).not.toBeNull();
  tools.left();
  expect([made.workspace.handTool.get(), made.workspace.eye.get()]).toEqual(["select", null]);
});
