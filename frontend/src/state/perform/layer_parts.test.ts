import { expect, test } from "vitest";
import { putShownParts, shownPartsOf } from "../areas/layer_parts";
import { stateChips } from "../chips";
import { Commands } from "../commands";
import { menuLines, subjectOf } from "../context_menu";
import { fitSelected, ghostOthers, hideSelected, isolateSelected } from "../layer_verbs";
import { MANIFEST, skid } from "../model_fixture.test-data";
import { performOnWorkspace } from "../perform";
import { RangeSet } from "../ranges";
import { createWorkspace } from "../workspace";

const B = "b";

/** A skid with another one beside it. */
function desk() {
  const workspace = createWorkspace();
  const commands = new Commands(workspace);
  performOnWorkspace(workspace, commands, () => "id");
  workspace.open(MANIFEST, skid());
  workspace.layers.set([{ revisionId: B, visible: true, ghosted: false, transform: null }]);
  workspace.layerModels.set(new Map([[B, { manifest: MANIFEST, structure: skid() }]]));
  workspace.layerInfo.set(
    new Map([[B, { name: "Pump", label: "B", state: "ready", fraction: 1, problem: null }]]),
  );
  const select = (...parts: number[]): void =>
    void commands.run("layer.select", {
      revision: B,
      ranges: RangeSet.of(...parts),
      mode: "replace",
    });
  const hidden = (): number[] => [...shownPartsOf(workspace, B).hidden];
  return { workspace, commands, select, hidden };
}

test("one revision has the selection: choosing of another one takes it over, in both directions", () => {
  const { workspace, commands, select } = desk();
  commands.run("selection.set", { ranges: RangeSet.of(1), mode: "replace" });
  select(0);
  expect(workspace.selection.get().isEmpty).toBe(true);
  expect(workspace.layerSelection.get()?.ranges.toJSON()).toEqual([[0, 0]]);
  commands.run("selection.set", { ranges: RangeSet.of(1), mode: "add" });
  expect(workspace.layerSelection.get()).toBeNull();
  expect([...workspace.selection.get()]).toEqual([1]);
});

test("clicks with Ctrl and Shift go on within the revision, and Esc ends it", () => {
  const { workspace, commands, select } = desk();
  select(0);
  commands.run("layer.select", { revision: B, ranges: RangeSet.of(1), mode: "add" });
  commands.run("layer.select", { revision: B, ranges: RangeSet.of(0), mode: "toggle" });
  expect(workspace.layerSelection.get()?.ranges.toJSON()).toEqual([[1, 1]]);
  commands.run("escape");
  expect(workspace.layerSelection.get()).toBeNull();
});

test("keys and verbs work on the revision that has the selection and leave the active one alone", () => {
  const { workspace, commands, select, hidden } = desk();
  const own = workspace.hidden.get();
  select(0);
  hideSelected(commands, workspace);
  expect(hidden()).toContain(0);
  expect(workspace.layerSelection.get()).toBeNull();
  commands.undo();
  expect(hidden()).toEqual([...skid().hiddenByFile]);
  select(1);
  isolateSelected(commands, workspace);
  expect(hidden()).toEqual([...RangeSet.of(1).invert(skid().occurrenceCount)]);
  ghostOthers(commands, workspace);
  expect(shownPartsOf(workspace, B).ghosted.has(0)).toBe(true);
  ghostOthers(commands, workspace);
  expect(shownPartsOf(workspace, B).ghosted.isEmpty).toBe(true);
  expect(workspace.hidden.get()).toBe(own);
  expect(workspace.ghosted.get().isEmpty).toBe(true);
});

test("framing asks for the parts of their own revision", () => {
  const { workspace, commands, select } = desk();
  const framed: unknown[] = [];
  commands.register("layer.fit", (args) => void framed.push(args));
  commands.register("camera.fit", () => void framed.push("active"));
  select(1);
  fitSelected(commands, workspace);
  expect(framed).toEqual([{ revision: B, ranges: RangeSet.of(1) }]);
});

test("parents and parts alike are those of the revision's own tree", () => {
  const { workspace, commands, select } = desk();
  select(0);
  commands.run("selection.parent");
  const wider = workspace.layerSelection.get()?.ranges;
  expect(wider?.size).toBeGreaterThan(1);
  commands.run("selection.invert");
  expect(workspace.layerSelection.get()?.ranges.meets(wider ?? RangeSet.empty) ?? false).toBe(
    false,
  );
});

test("what is hidden and ghosted of it are chips that bring it back, and Esc leaves an isolation", () => {
  const { workspace, commands, select, hidden } = desk();
  commands.run("visibility.showAll");
  const labels = (): string[] =>
    stateChips(workspace)
      .get()
      .map(({ label }) => label);
  select(1);
  isolateSelected(commands, workspace);
  commands.run("layer.ghostParts", { revision: B, ranges: RangeSet.of(1) });
  const rest = skid().occurrenceCount - 1;
  expect(labels()).toEqual([`Pump B: Isolated, ${rest} hidden`, "Pump B: 1 ghosted"]);
  for (const { clear } of stateChips(workspace).get()) clear.run(commands);
  expect(labels()).toEqual([]);
  isolateSelected(commands, workspace);
  commands.run("escape"); // the selection
  commands.run("escape");
  expect(hidden()).toEqual([]);
});

test("a revision that is taken away is not selected any more, and comes back as it was left", () => {
  const { workspace, commands, select, hidden } = desk();
  select(0);
  workspace.layerHover.set({ revisionId: B, occurrence: 0 });
  commands.run("layer.hideParts", { revision: B, ranges: RangeSet.of(1) });
  commands.run("layer.remove", { revision: B });
  expect(workspace.layerSelection.get()).toBeNull();
  expect(workspace.layerHover.get()).toBeNull();
  commands.undo();
  expect(hidden()).toContain(1);
});

test("the menu over a part of it has the verbs for it, and none of the active revision's", () => {
  const { workspace, commands, hidden } = desk();
  for (const id of ["layer.fit", "camera.fit"] as const) commands.register(id, () => undefined);
  const place = { x: 0, y: 0 };
  const layer = { revisionId: B, occurrence: 1 };
  const at = { clientX: 0, clientY: 0, place, under: null, layer };
  const subject = subjectOf(workspace, commands, at);
  const [first = []] = menuLines(subject);
  expect(first.map(({ id }) => id)).toEqual([
    "layer-fit",
    "layer-hide",
    "layer-isolate",
    "layer-ghost",
  ]);
  first.find(({ id }) => id === "layer-hide")?.run(subject);
  expect(hidden()).toContain(1);
});

test("saying what is shown already is no change", () => {
  const { workspace, commands } = desk();
  const parts = {
    hidden: RangeSet.of(1),
    isolated: false,
    ghosted: RangeSet.empty,
    structure: null,
  };
  putShownParts(workspace, B, parts);
  const before = workspace.layerParts.get();
  putShownParts(workspace, B, { ...parts });
  expect(workspace.layerParts.get()).toBe(before);
  commands.run("layer.hideParts", { revision: B, ranges: RangeSet.of(1) });
  expect(commands.canUndo.get()).toBe(false);
});
