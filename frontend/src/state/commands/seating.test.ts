import { expect, test } from "vitest";
import { NEW_SEAT } from "../areas/seating";
import { BadArguments, Commands } from "../commands";
import { createWorkspace } from "../workspace";
import { SEATING_COMMANDS } from "./seating";

test("arguments are read at the border", () => {
  expect(SEATING_COMMANDS["xr.scale"].parse({ mode: "miniature" })).toEqual({ mode: "miniature" });
  expect(() => SEATING_COMMANDS["xr.scale"].parse({ ratio: 0 })).toThrow(BadArguments);
  expect(() => SEATING_COMMANDS["xr.scale"].parse({ mode: "free" })).toThrow(BadArguments);
  expect(SEATING_COMMANDS["xr.goTo"].parse({ eye: [0, 1, 2], target: [0, 0, 0] })).toEqual({
    eye: [0, 1, 2],
    target: [0, 0, 0],
  });
  expect(SEATING_COMMANDS["xr.comfort"].parse({ change: { blink_ms: 999, wild: 1 } })).toEqual({
    change: { blink_ms: 300 },
  });
  expect(SEATING_COMMANDS["xr.dim"].parse({ share: 2 })).toEqual({ share: 0.9 });
});

test("outside of a headset nothing of it can be done, and in VR there is no room to dim", () => {
  const workspace = createWorkspace();
  const commands = new Commands(workspace);
  let turns = 0;
  commands.register("xr.turn", () => void (turns += 1));
  commands.register("xr.dim", () => void (turns += 10));
  expect(commands.run("xr.turn", { by: 1 })).toBe(false);
  expect(commands.refused.get()?.reason).toBe("You are not in a headset.");
  workspace.seat.set(NEW_SEAT);
  expect([commands.run("xr.turn", { by: 1 }), commands.run("xr.dim", { share: 0.5 })]).toEqual([
    true,
    false,
  ]);
  expect(turns).toBe(1);
});
