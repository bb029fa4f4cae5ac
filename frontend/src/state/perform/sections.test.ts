import { beforeEach, expect, test } from "vitest";
import { BOX, captureSectioning, readBox, restoreSectioning } from "../areas/sectioning";
import { BadArguments, Commands } from "../commands";
import { MANIFEST, skid } from "../model_fixture.test-data";
import { boxAround } from "../planes";
import { RangeSet } from "../ranges";
import { type Workspace, createWorkspace } from "../workspace";
import { BOX_KEY, MAX_SECTIONS, performSections } from "./sections";

let workspace: Workspace;
let commands: Commands;
const box = boxAround([0, 0, 0], [1, 1, 1]);

beforeEach(() => {
  workspace = createWorkspace();
  commands = new Commands(workspace);
  let ids = 0;
  performSections(workspace, commands, () => `id-${(ids += 1)}`);
  workspace.open(MANIFEST, skid());
  commands.clearHistory();
});

const names = (): string[] => workspace.sections.get().map(({ name }) => name);
const cut = (): unknown => JSON.parse(JSON.stringify(captureSectioning(workspace)));

test("clearing takes planes, box and spared parts, and undo brings all of them back in their order", () => {
  for (const name of ["one", "two", "three"]) commands.run("section.add", { axis: "x", name });
  commands.run("section.box", { box });
  commands.run("section.uncut", { ranges: RangeSet.of(1, 2), mode: "add" });
  const before = cut();
  commands.run("section.clear");
  expect(cut()).toEqual({ sections: [], box: null, uncut: [] });
  commands.undo();
  expect(cut()).toEqual(before);
  commands.redo();
  expect(workspace.sectionBox.get()).toBeNull();
});

test("across an axis, what is nearer to the home view goes, whichever axis is up in the file", () => {
  for (const up_axis of ["y", "z"] as const) {
    workspace.manifest.set({ ...MANIFEST, source: { ...MANIFEST.source, up_axis } });
    for (const axis of ["x", "y", "z"] as const) {
      commands.run("section.add", { axis });
      const normal = workspace.sections.get().at(-1)?.normal ?? [0, 0, 0];
      expect(normal[0] + normal[1] + normal[2], `${axis}, ${up_axis} up`).toBe(-1);
    }
    commands.run("section.clear");
  }
});

test("planes and the box are there at the same time", () => {
  for (let i = 0; i <= MAX_SECTIONS; i += 1) commands.run("section.add", { axis: "y" });
  commands.run("section.box", { box });
  expect(workspace.sections.get()).toHaveLength(MAX_SECTIONS);
  expect(workspace.sectionBox.get()).toEqual(box);
  expect(workspace.activeSection.get()).toBe(BOX);
});

test("reordering is undone, and an end of the list is no step", () => {
  for (const name of ["one", "two", "three"]) commands.run("section.add", { axis: "x", name });
  commands.run("section.reorder", { id: "id-3", to: 0 });
  expect(names()).toEqual(["three", "one", "two"]);
  commands.undo();
  expect(names()).toEqual(["one", "two", "three"]);
  const steps = commands.history.get().length;
  commands.run("section.reorder", { id: "id-3", to: 7 });
  expect(commands.history.get()).toHaveLength(steps);
});

test("removing is undone into its old place", () => {
  for (const name of ["one", "two", "three"]) commands.run("section.add", { axis: "x", name });
  commands.run("section.remove", { id: "id-2" });
  commands.undo();
  expect(names()).toEqual(["one", "two", "three"]);
});

test("a drag of the box is one step, and one that ends where it began is none", () => {
  commands.run("section.box", { box });
  const steps = commands.history.get().length;
  const moved = { ...box, centre: [9, 0, 0] as const };
  commands.run("section.box", { box: moved, preview: true });
  expect(workspace.dragging.get()).toBe(BOX_KEY);
  commands.run("section.box", { box: moved });
  expect(workspace.dragging.get()).toBeNull();
  expect(commands.history.get()).toHaveLength(steps + 1);
  commands.undo();
  expect(workspace.sectionBox.get()).toEqual(box);
  commands.run("section.box", { box: moved, preview: true });
  commands.run("section.box", { box });
  expect(commands.history.get()).toHaveLength(steps);
});

test("a plane dragged to where it was is no step", () => {
  commands.run("section.add", { axis: "x" });
  const offset_m = workspace.sections.get()[0]?.offset_m ?? 0;
  const steps = commands.history.get().length;
  commands.run("section.update", { id: "id-1", change: { offset_m: 3 }, preview: true });
  commands.run("section.update", { id: "id-1", change: { offset_m } });
  expect(commands.history.get()).toHaveLength(steps);
});

test("a box that somebody else drags stays", () => {
  commands.run("section.box", { box });
  workspace.holds.set(new Map([[BOX_KEY, 2]]));
  commands.run("section.box", { box: null });
  expect(workspace.sectionBox.get()).toEqual(box);
});

test("undo of sparing leaves what somebody else spared since", () => {
  commands.run("section.uncut", { ranges: RangeSet.of(0), mode: "add" });
  workspace.uncut.update((now) => now.union(RangeSet.of(3)));
  commands.undo();
  expect(workspace.uncut.get().toJSON()).toEqual([[3, 3]]);
});

test("a cut that was kept is shown again, property for property", () => {
  commands.run("section.add", { axis: "z", name: "Bore" });
  commands.run("section.box", { box: { ...box, enabled: false, cap: false } });
  commands.run("section.uncut", { ranges: RangeSet.of(1), mode: "set" });
  const kept = cut();
  commands.run("section.clear");
  restoreSectioning(workspace, kept);
  expect(cut()).toEqual(kept);
});

test("what is no cut is left out of a kept view", () => {
  restoreSectioning(workspace, {
    sections: [{ id: "a", normal: [0, 0, 0], offset_m: 1 }, { id: 3 }, null],
    box: { centre: [0, 0, 0], half: [1, 0, 1], rotation: [0, 0, 0, 1] },
    uncut: "all",
  });
  expect(cut()).toEqual({ sections: [], box: null, uncut: [] });
  restoreSectioning(workspace, null);
  expect(readBox({ ...box, rotation: [0, 0, 0, 2] })).toBeNull();
});

test("a box without room is refused by name", () => {
  expect(() => commands.run("section.box", { box: { ...box, half: [1, -1, 1] } })).toThrow(
    BadArguments,
  );
});
