import { expect, test } from "vitest";
import { Commands } from "../commands";
import { createWorkspace } from "../workspace";
import { performSeating } from "./seating";

test("a preset sets what belongs to it, and one setting is changed without the others", () => {
  const workspace = createWorkspace();
  const commands = new Commands(workspace);
  performSeating(workspace, commands);
  commands.run("xr.comfort", { change: { step_m: 0.25 } });
  commands.run("xr.comfort", { preset: "balanced" });
  expect(workspace.comfort.get()).toMatchObject({
    preset: "balanced",
    turn: 45,
    smoothMove: true,
    speed_mps: 1.4,
    step_m: 0.25,
  });
  commands.run("xr.comfort", { change: { turn: 15 } });
  expect(workspace.comfort.get()).toMatchObject({ preset: "balanced", turn: 15, smoothMove: true });
});
