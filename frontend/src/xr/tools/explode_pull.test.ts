import { expect, test } from "vitest";
import { gripAt, testSeat } from "../seat_fixture.test-data";
import { ExplodePull } from "./explode_pull";

test("two hands that go 0.3 m apart pull half way, as one step to undo; one hand alone pulls nothing", () => {
  const { seat, workspace, commands } = testSeat();
  const pull = new ExplodePull(seat);
  pull.grab(gripAt("left", [0, 1, 0]));
  pull.move(gripAt("left", [-1, 1, 0]));
  expect(workspace.explode.get()).toBe(0);
  pull.grab(gripAt("right", [-0.8, 1, 0]));
  for (const x of [-0.7, -0.6, -0.5]) pull.move(gripAt("right", [x, 1, 0]));
  expect(workspace.explode.get()).toBeCloseTo(0.5, 9);
  pull.let(gripAt("right", [-0.5, 1, 0]));
  pull.let(gripAt("left", [-1, 1, 0]));
  commands.undo();
  expect(workspace.explode.get()).toBe(0);
  expect(commands.canUndo.get()).toBe(false);
});

test("a tool that is put back in the middle of it keeps what was pulled", () => {
  const { seat, workspace, commands } = testSeat();
  const pull = new ExplodePull(seat);
  pull.grab(gripAt("left", [0, 1, 0]));
  pull.grab(gripAt("right", [0.2, 1, 0]));
  pull.move(gripAt("right", [0.5, 1, 0]));
  pull.put();
  pull.move(gripAt("right", [0.8, 1, 0]));
  expect(workspace.explode.get()).toBeCloseTo(0.5, 9);
  expect(commands.canUndo.get()).toBe(true);
});
