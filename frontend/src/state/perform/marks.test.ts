import { expect, test } from "vitest";
import { captureMarking, restoreMarking } from "../areas/marking";
import { Commands } from "../commands";
import { performOnWorkspace } from "../perform";
import { createWorkspace } from "../workspace";

function desk() {
  const workspace = createWorkspace();
  const commands = new Commands(workspace);
  let ids = 0;
  performOnWorkspace(workspace, commands, () => `id-${(ids += 1)}`);
  return { workspace, commands };
}

const STROKE = {
  kind: "pen",
  points: [
    [0, 0],
    [0.1, 0.2],
  ],
  colour: "#d55e00",
} as const;

test("the first stroke freezes the view on a sheet of its own; the next ones join it", () => {
  const { workspace, commands } = desk();
  commands.run("mark.draw", STROKE);
  commands.run("mark.draw", { ...STROKE, kind: "arrow" });
  const [sheet] = workspace.sheets.get();
  expect(workspace.sheets.get()).toHaveLength(1);
  expect(workspace.openSheet.get()).toBe(sheet?.id);
  expect(sheet?.marks.map(({ kind }) => kind)).toEqual(["pen", "arrow"]);
  expect(sheet?.camera).toBe(workspace.camera.get());
});

test("undo takes strokes away one by one, and with the first one the sheet", () => {
  const { workspace, commands } = desk();
  commands.run("mark.draw", STROKE);
  commands.run("mark.draw", STROKE);
  commands.undo();
  expect(workspace.sheets.get()[0]?.marks).toHaveLength(1);
  commands.undo();
  expect(workspace.sheets.get()).toEqual([]);
  expect(workspace.openSheet.get()).toBeNull();
  commands.redo();
  expect(workspace.openSheet.get()).toBe(workspace.sheets.get()[0]?.id);
});

test("moving on keeps the sheet; opening it brings its camera and projection back", () => {
  const { workspace, commands } = desk();
  commands.run("mark.draw", STROKE);
  const [sheet] = workspace.sheets.get();
  commands.run("sheet.open", { id: null });
  workspace.camera.set({ ...workspace.camera.get(), position: [9, 9, 9], ortho_height_m: 2 });
  workspace.display.update((display) => ({ ...display, projection: "orthographic" }));
  commands.run("sheet.open", { id: sheet?.id ?? "" });
  expect(workspace.camera.get()).toEqual(sheet?.camera);
  expect(workspace.display.get().projection).toBe("perspective");
});

test("erasing a mark, on a sheet or on the model, can be undone", () => {
  const { workspace, commands } = desk();
  commands.run("mark.draw", STROKE);
  const place = { position: [1, 2, 3], occurrence: 4, local: [0, 0, 0] } as const;
  commands.run("mark.place", { kind: "pin", points: [place], text: "here", colour: "#000000" });
  const drawn = workspace.sheets.get()[0]?.marks[0]?.id ?? "";
  const pinned = workspace.modelMarks.get()[0]?.id ?? "";
  commands.run("mark.remove", { id: drawn });
  commands.run("mark.remove", { id: pinned });
  expect(workspace.sheets.get()[0]?.marks).toEqual([]);
  expect(workspace.modelMarks.get()).toEqual([]);
  commands.undo();
  commands.undo();
  expect(workspace.sheets.get()[0]?.marks).toHaveLength(1);
  expect(workspace.modelMarks.get()[0]?.text).toBe("here");
});

test("erasing everything can be undone, the open sheet included", () => {
  const { workspace, commands } = desk();
  commands.run("mark.draw", STROKE);
  const before = captureMarking(workspace);
  commands.run("mark.clear");
  expect(captureMarking(workspace)).toEqual({ sheets: [], open: null, marks: [] });
  commands.undo();
  expect(captureMarking(workspace)).toEqual(before);
});

test("what is kept comes back as it was, through JSON", () => {
  const { workspace, commands } = desk();
  commands.run("mark.draw", { ...STROKE, kind: "cloud", text: "gap" });
  const kept = captureMarking(workspace);
  const other = createWorkspace();
  restoreMarking(other, JSON.parse(JSON.stringify(kept)) as typeof kept);
  expect(captureMarking(other)).toEqual(kept);
});

test("a sheet that is not there is not opened", () => {
  const other = createWorkspace();
  restoreMarking(other, { sheets: [], open: "gone", marks: [] });
  expect(other.openSheet.get()).toBeNull();
});

test("marks that are no marks are refused by name", () => {
  const { commands } = desk();
  const run = (args: unknown) => () => commands.run("mark.draw", args as typeof STROKE);
  expect(run({ ...STROKE, colour: "red" })).toThrow("colour must be #rrggbb");
  expect(run({ ...STROKE, points: [] })).toThrow("at least one point");
  expect(run({ ...STROKE, points: Array(5001).fill([0, 0]) })).toThrow("at most 5000");
  expect(run({ ...STROKE, kind: "rocket" })).toThrow("kind must be one of");
});
