import { expect, test } from "vitest";
import { captureTabling, MOST_LAYERS, restoreTabling } from "../areas/table";
import { Commands } from "../commands";
import { performOnWorkspace } from "../perform";
import { translation } from "../rigid";
import { createWorkspace } from "../workspace";

function desk() {
  const workspace = createWorkspace();
  const commands = new Commands(workspace);
  performOnWorkspace(workspace, commands, () => "id");
  return { workspace, commands };
}

test("a revision comes onto the table, is moved and goes; every step can be undone", () => {
  const { workspace, commands } = desk();
  const place = translation([1, 2, 3]);
  commands.run("layer.add", { revision: "b" });
  commands.run("layer.update", { revision: "b", change: { transform: place, ghosted: true } });
  commands.run("layer.remove", { revision: "b" });
  commands.undo();
  expect(workspace.layers.get()).toEqual([
    { revisionId: "b", visible: true, ghosted: true, transform: place },
  ]);
  commands.undo();
  expect(workspace.layers.get()[0]?.transform).toBeNull();
  commands.undo();
  expect(workspace.layers.get()).toEqual([]);
});

test("a drag is one step, however many previews it had", () => {
  const { workspace, commands } = desk();
  commands.run("layer.add", { revision: "b" });
  for (const x of [1, 2, 3]) {
    const change = { transform: translation([x, 0, 0]) };
    commands.run("layer.update", { revision: "b", change, preview: true });
  }
  expect(workspace.dragging.get()).toBe("layers");
  const change = { transform: translation([4, 0, 0]) };
  commands.run("layer.update", { revision: "b", change });
  expect(workspace.dragging.get()).toBeNull();
  commands.undo();
  expect(workspace.layers.get()[0]?.transform).toBeNull();
});

test("the same revision twice, or too many, is refused with a word", () => {
  const { workspace, commands } = desk();
  commands.run("layer.add", { revision: "0" });
  commands.run("layer.add", { revision: "0" });
  expect(workspace.layers.get()).toHaveLength(1);
  expect(workspace.announcement.get()?.text).toContain("already");
  for (let i = 1; i <= MOST_LAYERS; i += 1) commands.run("layer.add", { revision: String(i) });
  expect(workspace.layers.get()).toHaveLength(MOST_LAYERS);
  expect(workspace.announcement.get()?.text).toContain(String(MOST_LAYERS));
});

test("only rigid motions are places", () => {
  const { commands } = desk();
  const scaled = [2, 0, 0, 0, 0, 2, 0, 0, 0, 0, 2, 0, 0, 0, 0, 1];
  expect(() => commands.run("layer.add", { revision: "b", transform: scaled })).toThrow("rigid");
});

test("what is kept of the table comes back; a place that is none is forgotten", () => {
  const { workspace, commands } = desk();
  commands.run("layer.add", { revision: "b", transform: translation([1, 0, 0]) });
  const kept = captureTabling(workspace);
  const other = createWorkspace();
  restoreTabling(other, JSON.parse(JSON.stringify(kept)) as typeof kept);
  expect(captureTabling(other)).toEqual(kept);
  restoreTabling(other, [{ revision_id: "c", visible: true, ghosted: false, transform: [1] }]);
  expect(other.layers.get()[0]?.transform).toBeNull();
});
