import { expect, test } from "vitest";
import { Commands } from "./commands";
import { LINES, menuLines, subjectOf } from "./context_menu";
import { MANIFEST, skid } from "./model_fixture.test-data";
import { performOnWorkspace } from "./perform";
import { RangeSet } from "./ranges";
import { SHORTCUTS } from "./shortcuts";
import { createWorkspace } from "./workspace";

function desk() {
  const workspace = createWorkspace();
  const commands = new Commands(workspace);
  performOnWorkspace(workspace, commands, () => "id");
  workspace.open(MANIFEST, skid());
  commands.run("visibility.showAll");
  return { workspace, commands };
}
const over = (occurrence: number | null) => ({
  clientX: 10,
  clientY: 10,
  place: { x: 5, y: 5 },
  under:
    occurrence === null
      ? null
      : { occurrence, point: [0, 0, 0] as const, normal: [0, 1, 0] as const },
});
const run = (id: string, subject: ReturnType<typeof subjectOf>): void =>
  LINES.find((line) => line.id === id)?.run(subject);

test("it is about the part under the pointer, or the selection that part belongs to", () => {
  const { workspace, commands } = desk();
  workspace.selection.set(RangeSet.of(1, 2));
  expect(subjectOf(workspace, commands, over(0)).ranges.toJSON()).toEqual([[0, 0]]);
  expect(subjectOf(workspace, commands, over(2)).ranges.toJSON()).toEqual([[1, 2]]);
  expect(subjectOf(workspace, commands, over(null)).ranges.isEmpty).toBe(true);
});

test("only what somebody can do here is offered", () => {
  const { workspace, commands } = desk();
  const offered = menuLines(subjectOf(workspace, commands, over(0))).flat();
  expect(offered.map(({ id }) => id)).toContain("hide");
  for (const { command } of offered) expect(commands.has(command)).toBe(true);
  const inAir = menuLines(subjectOf(workspace, commands, over(null))).flat();
  expect(inAir.every(({ group }) => group === "everything")).toBe(true);
});

test("hiding from the menu hides that part, and ghosting the others selects it first", () => {
  const { workspace, commands } = desk();
  run("hide", subjectOf(workspace, commands, over(1)));
  expect(workspace.hidden.get().toJSON()).toEqual([[1, 1]]);
  run("ghost", subjectOf(workspace, commands, over(0)));
  expect(workspace.selection.get().toJSON()).toEqual([[0, 0]]);
  expect(workspace.ghosted.get().has(0)).toBe(false);
  expect(workspace.ghosted.get().has(2)).toBe(true);
});

test("every key that it names is in the table of keys", () => {
  const ids = new Set(SHORTCUTS.map(({ id }) => id));
  for (const { shortcut } of LINES) if (shortcut) expect(ids.has(shortcut), shortcut).toBe(true);
});

test("parts are spared from sections, and cut again, where something cuts", () => {
  const { workspace, commands } = desk();
  const offered = () =>
    menuLines(subjectOf(workspace, commands, over(1)))
      .flat()
      .map(({ id }) => id);
  expect(offered()).not.toContain("spare");
  commands.run("section.add", { axis: "x" });
  expect(offered()).toContain("spare");
  run("spare", subjectOf(workspace, commands, over(1)));
  expect(workspace.uncut.get().toJSON()).toEqual([[1, 1]]);
  expect(offered()).toContain("cut-again");
  expect(offered()).not.toContain("spare");
  commands.undo();
  expect(workspace.uncut.get().isEmpty).toBe(true);
  commands.redo();
  run("cut-again", subjectOf(workspace, commands, over(1)));
  expect(workspace.uncut.get().isEmpty).toBe(true);
});
