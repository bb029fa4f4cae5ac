import { expect, test } from "vitest";
import { Commands } from "./commands";
import { MANIFEST, skid } from "./model_fixture.test-data";
import { performOnWorkspace } from "./perform";
import { RangeSet } from "./ranges";
import { ghostAllBut, toggleGhost, toggleShown } from "./verbs";
import { createWorkspace } from "./workspace";

function desk() {
  const workspace = createWorkspace();
  const commands = new Commands(workspace);
  performOnWorkspace(workspace, commands, () => "id");
  workspace.open(MANIFEST, skid());
  commands.run("visibility.showAll");
  return { workspace, commands };
}

test("these become ghosts, or solid again, beside those that are ghosts already", () => {
  const { workspace, commands } = desk();
  toggleGhost(commands, workspace, RangeSet.of(0));
  toggleGhost(commands, workspace, RangeSet.of(2));
  expect(workspace.ghosted.get().toJSON()).toEqual([
    [0, 0],
    [2, 2],
  ]);
  toggleGhost(commands, workspace, RangeSet.of(0));
  expect(workspace.ghosted.get().toJSON()).toEqual([[2, 2]]);
  commands.undo();
  expect(workspace.ghosted.get().size).toBe(2);
});

test("all but these become ghosts, and solid again", () => {
  const { workspace, commands } = desk();
  ghostAllBut(commands, workspace, RangeSet.of(1));
  expect(workspace.ghosted.get().toJSON()).toEqual([
    [0, 0],
    [2, 3],
  ]);
  ghostAllBut(commands, workspace, RangeSet.of(1));
  expect(workspace.ghosted.get().isEmpty).toBe(true);
});

test("hidden ones are shown, others hidden, and both undone", () => {
  const { workspace, commands } = desk();
  toggleShown(commands, workspace, RangeSet.of(0, 1));
  toggleShown(commands, workspace, RangeSet.of(1, 2));
  expect(workspace.hidden.get().toJSON()).toEqual([[0, 2]]);
  toggleShown(commands, workspace, RangeSet.of(0));
  expect(workspace.hidden.get().toJSON()).toEqual([[1, 2]]);
  commands.undo();
  commands.undo();
  commands.undo();
  expect(workspace.hidden.get().isEmpty).toBe(true);
});
