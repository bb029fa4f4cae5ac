import { beforeEach, expect, test } from "vitest";
import { BadArguments, COMMANDS, Commands } from "./commands";
import { t } from "./messages";
import { MANIFEST, skid } from "./model_fixture.test-data";
import { performOnWorkspace } from "./perform";
import { MAX_SECTIONS, sectionStep } from "./perform/sections";
import { RangeSet } from "./ranges";
import { type Section, type Workspace, createWorkspace } from "./workspace";

let workspace: Workspace;
let commands: Commands;

beforeEach(() => {
  workspace = createWorkspace();
  commands = new Commands(workspace);
  let ids = 0;
  performOnWorkspace(workspace, commands, () => `id-${(ids += 1)}`);
  workspace.open(MANIFEST, skid());
  commands.run("visibility.showAll");
  commands.clearHistory();
});

const hidden = (): unknown => workspace.hidden.get().toJSON();
const onlySection = (): Section => {
  const [section, ...others] = workspace.sections.get();
  if (!section || others.length > 0) throw new Error("Expected one section.");
  return section;
};

test("hide, undo and redo bring back exactly what was visible", () => {
  commands.run("visibility.hide", { ranges: RangeSet.of(1) });
  commands.run("visibility.hide", { ranges: RangeSet.of(1, 3) });
  expect(hidden()).toEqual([
    [1, 1],
    [3, 3],
  ]);
  commands.undo();
  expect(hidden()).toEqual([[1, 1]]);
  commands.undo();
  expect(hidden()).toEqual([]);
  commands.redo();
  commands.redo();
  expect(hidden()).toEqual([
    [1, 1],
    [3, 3],
  ]);
});

test("a step that changes nothing is no step", () => {
  commands.run("visibility.showAll");
  commands.run("visibility.show", { ranges: RangeSet.of(2) });
  expect(commands.canUndo.get()).toBe(false);
});

test("undo takes back my hiding and leaves what somebody else hid since", () => {
  commands.run("visibility.hide", { ranges: RangeSet.of(0) });
  workspace.hidden.set(workspace.hidden.get().union(RangeSet.of(2)));
  commands.undo();
  expect(hidden()).toEqual([[2, 2]]);
});

test("a new step forgets what was undone", () => {
  commands.run("visibility.hide", { ranges: RangeSet.of(0) });
  commands.undo();
  commands.run("visibility.hide", { ranges: RangeSet.of(1) });
  expect(commands.canRedo.get()).toBe(false);
});

test("isolating hides the others and says so; showing all ends it", () => {
  commands.run("visibility.isolate", { ranges: RangeSet.of(2) });
  expect(hidden()).toEqual([
    [0, 1],
    [3, 3],
  ]);
  expect(workspace.isolated.get()).toBe(true);
  commands.run("visibility.showAll");
  expect([hidden(), workspace.isolated.get()]).toEqual([[], false]);
  commands.undo();
  expect(workspace.isolated.get()).toBe(true);
});

test("hidden parts leave the selection", () => {
  commands.run("selection.set", { ranges: RangeSet.of(0, 2), mode: "replace" });
  commands.run("visibility.hide", { ranges: RangeSet.of(0) });
  expect([...workspace.selection.get()]).toEqual([2]);
});

test("selecting adds, removes and toggles", () => {
  const set = (mode: "replace" | "add" | "remove" | "toggle", ...of: number[]): number[] => {
    commands.run("selection.set", { ranges: RangeSet.of(...of), mode });
    return [...workspace.selection.get()];
  };
  expect(set("replace", 1)).toEqual([1]);
  expect(set("add", 2)).toEqual([1, 2]);
  expect(set("remove", 1)).toEqual([2]);
  expect(set("toggle", 2)).toEqual([]);
  expect(set("toggle", 3)).toEqual([3]);
});

test("selecting the parent climbs one level at a time", () => {
  commands.run("selection.set", { ranges: RangeSet.of(0), mode: "replace" });
  commands.run("selection.parent");
  expect(workspace.selection.get().toJSON()).toEqual([[0, 1]]);
  commands.run("selection.parent");
  expect(workspace.selection.get().toJSON()).toEqual([[0, 3]]);
  commands.run("selection.parent");
  expect(workspace.selection.get().toJSON()).toEqual([[0, 3]]);
});

test("a section across an axis of the file passes the middle of the model", () => {
  commands.run("section.add", { axis: "z" });
  // z of a z-up file is y inside; the kept side is below, away from the home view.
  expect(onlySection().normal).toEqual([0, -1, 0]);
  expect(onlySection().offset_m).toBeCloseTo(-0.5);
  expect(workspace.activeSection.get()).toBe(onlySection().id);
});

test("redoing an added section keeps its id, so that later steps still find it", () => {
  commands.run("section.add", { axis: "x" });
  const { id } = onlySection();
  commands.run("section.update", { id, change: { offset_m: 0.25 } });
  commands.undo();
  commands.undo();
  expect(workspace.sections.get()).toEqual([]);
  commands.redo();
  commands.redo();
  expect([onlySection().id, onlySection().offset_m]).toEqual([id, 0.25]);
});

test("a drag is many previews and one step back", () => {
  commands.run("section.add", { axis: "x" });
  const { id, offset_m: start } = onlySection();
  for (const offset_m of [0.1, 0.2, 0.3])
    commands.run("section.update", { id, change: { offset_m }, preview: true });
  expect(workspace.dragging.get()).toBe(`section/${id}`);
  commands.run("section.update", { id, change: { offset_m: 0.4 } });
  expect(workspace.dragging.get()).toBeNull();
  expect(commands.history.get()).toHaveLength(2);
  commands.undo();
  expect(onlySection().offset_m).toBe(start);
});

test("what somebody else drags cannot be moved here", () => {
  commands.run("section.add", { axis: "x" });
  const before = onlySection();
  workspace.holds.set(new Map([[`section/${before.id}`, 3]]));
  commands.run("section.update", { id: before.id, change: { offset_m: 9 } });
  expect(onlySection()).toEqual(before);
});

test("removing all sections is one step", () => {
  commands.run("section.add", { axis: "x" });
  commands.run("section.add", { axis: "y" });
  const before = workspace.sections.get();
  commands.run("section.clear");
  expect(workspace.sections.get()).toEqual([]);
  commands.undo();
  expect(workspace.sections.get()).toEqual(before);
});

test("a view holds six sections and says so at the seventh", () => {
  for (let count = 0; count <= MAX_SECTIONS; count += 1) commands.run("section.add", { axis: "x" });
  expect(workspace.sections.get()).toHaveLength(MAX_SECTIONS);
  expect(workspace.announcement.get()?.text).toBe(t("section.limit", { count: MAX_SECTIONS }));
});

test("the explode slider comes back to where the drag began", () => {
  commands.run("explode.set", { amount: 0.2, preview: true });
  commands.run("explode.set", { amount: 0.6, preview: true });
  commands.run("explode.set", { amount: 0.7 });
  expect(workspace.explode.get()).toBe(0.7);
  commands.undo();
  expect(workspace.explode.get()).toBe(0);
});

test("Esc goes down one rung per press: point, follow, tool, selection, isolation, nothing", () => {
  commands.register("session.follow", ({ slot }) =>
    workspace.following.set(slot === null ? null : { slot, paused: false }),
  );
  workspace.session.set({
    id: "s",
    kind: "session",
    name: "",
    code: null,
    joinUrl: null,
    startedAt: null,
  });
  workspace.role.set("owner");
  commands.run("visibility.isolate", { ranges: RangeSet.of(1, 2) });
  commands.run("selection.set", { ranges: RangeSet.of(1), mode: "replace" });
  commands.run("tool.set", { tool: "measure" });
  commands.run("session.follow", { slot: 2 });
  workspace.pendingMeasure.set([]);
  const rungs = (): unknown[] => [
    workspace.pendingMeasure.get() !== null,
    workspace.following.get() !== null,
    workspace.tool.get(),
    workspace.selection.get().size,
    workspace.isolated.get(),
  ];
  const seen = Array.from({ length: 6 }, () => {
    commands.run("escape");
    return rungs();
  });
  expect(seen).toEqual([
    [false, true, "measure", 1, true],
    [false, false, "measure", 1, true],
    [false, false, "select", 1, true],
    [false, false, "select", 0, true],
    [false, false, "select", 0, false],
    [false, false, "select", 0, false],
  ]);
});

test("a viewer of a session changes nothing for the others and is told why", () => {
  workspace.role.set("viewer");
  workspace.session.set({
    id: "s",
    kind: "session",
    name: "",
    code: null,
    joinUrl: null,
    startedAt: null,
  });
  expect(commands.run("visibility.hide", { ranges: RangeSet.of(0) })).toBe(false);
  expect(hidden()).toEqual([]);
  expect(commands.refused.get()).toEqual({ id: "visibility.hide", reason: t("refused.scene") });
  expect(commands.run("selection.set", { ranges: RangeSet.of(0), mode: "replace" })).toBe(true);
});

test("without a session a viewer's scene is their own", () => {
  workspace.role.set("viewer");
  expect(commands.run("visibility.hide", { ranges: RangeSet.of(0) })).toBe(true);
});

test("a command that nobody performs does nothing and says so", () => {
  expect(commands.has("xr.enter")).toBe(false);
  expect(commands.run("xr.enter")).toBe(false);
  const stop = commands.register("xr.enter", () => undefined);
  expect(commands.run("xr.enter")).toBe(true);
  stop();
  expect(commands.run("xr.enter")).toBe(false);
});

test("arguments are read at the border: wrong ones never reach a performer", () => {
  expect(COMMANDS["section.add"].parse({ normal: [0, 3, 4] })).toEqual({ normal: [0, 0.6, 0.8] });
  expect(COMMANDS["explode.set"].parse({ amount: 7 })).toEqual({ amount: 1 });
  expect([...COMMANDS["visibility.hide"].parse({ ranges: [[2, 3]] }).ranges]).toEqual([2, 3]);
  for (const [id, args] of [
    ["section.add", { normal: [0, 0, 0] }],
    ["section.add", { axis: "w" }],
    ["explode.set", { amount: Number.NaN }],
    ["visibility.hide", { ranges: "all" }],
    ["tool.set", {}],
  ] as const)
    expect(() => COMMANDS[id].parse(args), id).toThrow(BadArguments);
});

test("the step of a section is a round hundredth of the model", () => {
  // The diagonal is 4.58 m.
  expect(sectionStep(workspace)).toBeCloseTo(0.02);
});
