import { beforeEach, expect, test } from "vitest";
import { Commands } from "../commands";
import { anchor, mark, measurement } from "../measures.test-data";
import { performOnWorkspace } from "../perform";
import { type Workspace, createWorkspace } from "../workspace";
import type { Measurement } from "../areas/measuring";

let workspace: Workspace;
let commands: Commands;

beforeEach(() => {
  workspace = createWorkspace();
  commands = new Commands(workspace);
  let ids = 0;
  performOnWorkspace(workspace, commands, () => `id${(ids += 1)}`);
});

function add(changes: Partial<Measurement> = {}): Measurement {
  const { name, ...measure } = measurement(changes);
  void name;
  commands.run("measure.add", { measure });
  const last = workspace.measures.get().at(-1);
  if (!last) throw new Error("Expected a measurement.");
  return last;
}

test("a measurement is added with a name of its kind, undone and done again", () => {
  workspace.pendingMeasure.set([anchor([0, 0, 0])]);
  const first = add();
  const second = add();
  const bore = add({ kind: "radius", mode: "diameter" });
  expect([first.name, second.name, bore.name]).toEqual(["Distance 1", "Distance 2", "Diameter 1"]);
  expect(add({ kind: "radius", mode: "radius" }).name).toBe("Radius 1");
  commands.undo();
  expect(workspace.pendingMeasure.get()).toBeNull();
  commands.undo();
  expect(workspace.measures.get()).toEqual([first, second]);
  commands.redo();
  expect(workspace.measures.get()).toEqual([first, second, bore]);
});

test("a free number is taken again", () => {
  const first = add();
  add();
  commands.run("measure.remove", { id: first.id });
  expect(add().name).toBe("Distance 1");
});

test("a drag is one step back, however many previews it had", () => {
  const before = add();
  const moved = (x: number) => ({
    anchors: [anchor([0, 0, 0]), anchor([x, 0, 0])],
    reading: {
      ...measurement(),
      value: x,
      components: [x, 0, 0],
      points: [mark([0, 0, 0]), mark([x, 0, 0])],
    },
  });
  for (const x of [0.1, 0.2, 0.3])
    commands.run("measure.update", { id: before.id, change: moved(x), preview: true });
  expect(workspace.measures.get()[0]?.value).toBe(0.3);
  commands.run("measure.update", { id: before.id, change: moved(0.4) });
  expect(workspace.measures.get()[0]).toMatchObject({ value: 0.4, name: before.name });
  commands.undo();
  expect(workspace.measures.get()).toEqual([before]);
  commands.redo();
  expect(workspace.measures.get()[0]?.value).toBe(0.4);
});

test("a locked measurement is renamed and hidden, but neither moved nor removed", () => {
  const { id } = add();
  commands.run("measure.update", { id, change: { locked: true } });
  commands.run("measure.update", { id, change: { anchors: [anchor([9, 9, 9])] } });
  commands.run("measure.remove", { id });
  commands.run("measure.clear");
  expect(workspace.measures.get()[0]?.anchors).toHaveLength(2);
  expect(workspace.announcement.get()?.text).toContain("locked");
  commands.run("measure.update", { id, change: { name: "Bore", shown: false } });
  expect(workspace.measures.get()[0]).toMatchObject({ name: "Bore", shown: false });
});

test("removing, clearing and hiding all can be undone", () => {
  const all = [add(), add(), add()];
  commands.run("measure.activate", { id: all[1]?.id ?? "" });
  commands.run("measure.remove", { id: all[1]?.id ?? "" });
  expect(workspace.activeMeasure.get()).toBeNull();
  commands.undo();
  expect(workspace.measures.get()).toEqual(all);
  commands.run("measure.clear");
  expect(workspace.measures.get()).toEqual([]);
  commands.undo();
  commands.run("measure.showAll", { shown: false });
  expect(workspace.measures.get().some(({ shown }) => shown)).toBe(false);
  commands.undo();
  expect(workspace.measures.get()).toEqual(all);
});

test("choosing what to measure takes the tool and drops what was begun", () => {
  workspace.pendingMeasure.set([anchor([0, 0, 0])]);
  commands.run("measure.task", { task: "angle" });
  expect(workspace.tool.get()).toBe("measure");
  expect(workspace.measureTask.get()).toBe("angle");
  expect(workspace.pendingMeasure.get()).toBeNull();
});

test("arguments of measurements are read at the border", () => {
  const run = (): boolean =>
    commands.run("measure.add", { measure: { ...measurement(), value: Infinity } });
  expect(run).toThrow("measure must be a measurement");
  commands.run("measure.snapRadius", { pixels: 99 });
  expect(workspace.snapRadius.get()).toBe(24);
});

test("how numbers are written is a personal choice, one field at a time", () => {
  commands.run("numbers.set", { decimals: 4 });
  commands.run("numbers.set", { fraction: 64, angle: "dms" });
  commands.run("numbers.set", { decimals: 40 });
  expect(workspace.numbers.get()).toMatchObject({ decimals: null, fraction: 64, angle: "dms" });
  commands.run("unit.set", { unit: "in-frac" });
  expect(workspace.style.get()).toMatchObject({ unit: "in-frac", fraction: 64 });
  expect(commands.canUndo.get()).toBe(false);
});
