import { expect, test } from "vitest";
import { captureExploding, restoreExploding } from "../areas/exploding";
import { Commands } from "../commands";
import { performOnWorkspace } from "../perform";
import { RangeSet } from "../ranges";
import { createWorkspace } from "../workspace";

function desk() {
  const workspace = createWorkspace();
  const commands = new Commands(workspace);
  performOnWorkspace(workspace, commands, () => "id");
  return { workspace, commands };
}

test("how parts are pulled apart can be undone and done again", () => {
  const { workspace, commands } = desk();
  commands.run("explode.how", { by: "assemblies", along: "z" });
  expect(workspace.explosion.get()).toEqual({ by: "assemblies", along: "z", only: null });
  commands.undo();
  expect(workspace.explosion.get()).toEqual({ by: "parts", along: "radial", only: null });
  commands.redo();
  expect(workspace.explosion.get().along).toBe("z");
});

test("asking for what is so already leaves no step behind", () => {
  const { commands } = desk();
  commands.run("explode.how", { by: "parts" });
  expect(commands.canUndo.get()).toBe(false);
});

test("an unknown way is refused", () => {
  const { commands } = desk();
  expect(() => commands.run("explode.how", JSON.parse('{"along": "w"}') as never)).toThrow(
    "along must be one of",
  );
});

test("what is kept of an explosion comes back as it was", () => {
  const { workspace, commands } = desk();
  commands.run("explode.set", { amount: 0.4 });
  commands.run("explode.how", { along: "x", only: RangeSet.span(2, 5) });
  const kept = captureExploding(workspace);
  const other = createWorkspace();
  restoreExploding(other, JSON.parse(JSON.stringify(kept)) as typeof kept);
  expect(captureExploding(other)).toEqual(kept);
});
