import { expect, test } from "vitest";
import { Commands } from "../commands";
import { MANIFEST, skid } from "../model_fixture.test-data";
import { performOnWorkspace } from "../perform";
import { RangeSet } from "../ranges";
import { createWorkspace } from "../workspace";

test("Esc leaves one thing per press: point, walk, pick mode, follow, tool, selection, isolation", () => {
  const workspace = createWorkspace();
  const commands = new Commands(workspace);
  performOnWorkspace(workspace, commands, () => "id");
  commands.register("camera.walk", () => workspace.walk.set(null));
  commands.register("session.follow", () => workspace.following.set(null));
  workspace.open(MANIFEST, skid());
  commands.run("visibility.isolate", { ranges: RangeSet.of(1) });
  commands.run("selection.set", { ranges: RangeSet.of(1), mode: "replace" });
  commands.run("tool.set", { tool: "measure" });
  workspace.session.set({
    id: "s",
    kind: "table",
    name: "",
    code: null,
    joinUrl: null,
    startedAt: null,
  });
  workspace.following.set({ slot: 2, paused: false });
  workspace.pickMode.set({ reticle: { x: 1, y: 1 }, occurrence: null, place: null });
  workspace.walk.set({ held: new Set(), speed: 1 });
  workspace.pendingMeasure.set([]);
  const standing = (): string =>
    [
      workspace.pendingMeasure.get() !== null,
      workspace.walk.get() !== null,
      workspace.pickMode.get() !== null,
      workspace.following.get() !== null,
      workspace.tool.get() !== "select",
      !workspace.selection.get().isEmpty,
      workspace.isolated.get(),
    ]
      .map(Number)
      .join("");
  const seen = [standing()];
  for (let press = 0; press < 8; press += 1) {
    commands.run("escape");
    seen.push(standing());
  }
  expect(seen).toEqual([
    "1111111",
    "0111111",
    "0011111",
    "0001111",
    "0000111",
    "0000011",
    "0000001",
    "0000000",
    "0000000",
  ]);
});
