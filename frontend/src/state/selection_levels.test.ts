import { expect, test } from "vitest";
import { Commands } from "./commands";
import { MANIFEST, skid } from "./model_fixture.test-data";
import { performOnWorkspace } from "./perform";
import { RangeSet } from "./ranges";
import { alikeSet, parentSet, setAtLevel } from "./selection_levels";
import { createWorkspace } from "./workspace";

test("a click selects the part, what it is assembled in, or the top assembly", () => {
  const model = skid();
  expect(setAtLevel(model, 1, "part").toJSON()).toEqual([[1, 1]]);
  expect(setAtLevel(model, 1, "subassembly").toJSON()).toEqual([[0, 1]]);
  expect(setAtLevel(model, 1, "assembly").toJSON()).toEqual([[0, 1]]);
  expect(setAtLevel(model, 2, "assembly").toJSON()).toEqual([[2, 2]]);
  expect(setAtLevel(model, 2, "face").toJSON()).toEqual([[2, 2]]);
});

test("parents end at the model", () => {
  const model = skid();
  expect(parentSet(model, RangeSet.of(0)).toJSON()).toEqual([[0, 1]]);
  expect(parentSet(model, RangeSet.of(0, 1)).toJSON()).toEqual([[0, 3]]);
  expect(parentSet(model, model.all()).equals(model.all())).toBe(true);
});

test("alike in part, name, colour or parent", () => {
  const model = skid();
  expect(alikeSet(model, RangeSet.of(0), "part").toJSON()).toEqual([[0, 1]]);
  expect(alikeSet(model, RangeSet.of(0), "name").toJSON()).toEqual([[0, 0]]);
  expect(alikeSet(model, RangeSet.of(0), "colour").toJSON()).toEqual([[0, 0]]);
  expect(alikeSet(model, RangeSet.of(0), "parent").toJSON()).toEqual([[0, 1]]);
  expect(alikeSet(model, RangeSet.of(0, 2), "type").size).toBe(4);
});

function desk() {
  const workspace = createWorkspace();
  const commands = new Commands(workspace);
  let ids = 0;
  performOnWorkspace(workspace, commands, () => `${(ids += 1)}`);
  workspace.open(MANIFEST, skid());
  return { workspace, commands };
}

test("faces select their parts, and a step up leaves the part", () => {
  const { workspace, commands } = desk();
  const face = { occurrence: 1, kind: "face", index: 4 } as const;
  commands.run("selection.entities", { entities: [face], mode: "replace" });
  expect(workspace.selection.get().toJSON()).toEqual([[1, 1]]);
  commands.run("selection.entities", { entities: [face], mode: "toggle" });
  expect(workspace.selectedEntities.get()).toEqual([]);
  commands.run("selection.entities", { entities: [face], mode: "replace" });
  commands.run("selection.parent");
  expect(workspace.selectedEntities.get()).toEqual([]);
  expect(workspace.selection.get().toJSON()).toEqual([[1, 1]]);
});

test("inverting and selecting all leave out what is hidden", () => {
  const { workspace, commands } = desk();
  commands.run("selection.set", { ranges: RangeSet.of(0), mode: "replace" });
  commands.run("selection.invert");
  expect(workspace.selection.get().toJSON()).toEqual([[1, 2]]);
  commands.run("selection.visible");
  expect(workspace.selection.get().toJSON()).toEqual([[0, 2]]);
});

test("sets are kept, renamed, removed and all of it undone", () => {
  const { workspace, commands } = desk();
  commands.run("sets.save", { name: " Beams ", ranges: RangeSet.of(0, 1) });
  expect(workspace.sets.get()).toEqual([{ id: "1", name: "Beams", ranges: RangeSet.of(0, 1) }]);
  commands.run("sets.rename", { id: "1", name: "Frame" });
  commands.run("sets.remove", { id: "1" });
  expect(workspace.sets.get()).toEqual([]);
  commands.undo();
  expect(workspace.sets.get()[0]?.name).toBe("Frame");
  commands.undo();
  expect(workspace.sets.get()[0]?.name).toBe("Beams");
});

test("a colouring is undone and redone", () => {
  const { workspace, commands } = desk();
  commands.run("colour.by", { property: "part" });
  expect(workspace.colouring.get()?.groups).toHaveLength(3);
  commands.run("colour.clear");
  commands.undo();
  expect(workspace.colouring.get()?.property).toBe("part");
  commands.undo();
  expect(workspace.colouring.get()).toBeNull();
});
