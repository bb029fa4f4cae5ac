import { expect, test } from "vitest";
import { captureNoting, isNoteShown, restoreNoting, type FileNotes } from "../areas/noting";
import { Commands } from "../commands";
import { MANIFEST, skid } from "../model_fixture.test-data";
import { performOnWorkspace } from "../perform";
import { createWorkspace } from "../workspace";

const NOTES: FileNotes = {
  annotations: [
    {
      id: "bore",
      kind: "dimension",
      type: "diameter",
      name: "D1",
      text: "⌀8",
      part: 1,
      shapes: [{ part: 1, faces: [3, 4], edges: [] }],
      views: ["Front"],
    },
    {
      id: "all",
      kind: "tolerance",
      type: "surface profile",
      name: "",
      text: "⌓ 0.8",
      part: 0,
      shapes: [{ part: 0, faces: [], edges: [] }],
      views: [],
    },
  ],
  views: [{ name: "Front", position: [3, 2, 1], target: [1, 2, 1], up: [0, 1, 0], height: 0.5 }],
};

function desk() {
  const workspace = createWorkspace();
  const commands = new Commands(workspace);
  performOnWorkspace(workspace, commands, () => "id");
  workspace.open({ ...MANIFEST, origin: [1, 1, 1] }, skid());
  workspace.fileNotes.set(NOTES);
  return { workspace, commands };
}

test("choosing a note selects the faces it is about, on the part that has them", () => {
  const { workspace, commands } = desk();
  commands.run("notes.choose", { id: "bore" });
  expect(workspace.chosenNote.get()).toBe("bore");
  expect(workspace.selectedEntities.get()).toEqual([
    { occurrence: 2, kind: "face", index: 3 },
    { occurrence: 2, kind: "face", index: 4 },
  ]);
  expect(workspace.display.get().pmi).toBe(true);
});

test("a note about a whole part selects the part", () => {
  const { workspace, commands } = desk();
  commands.run("notes.choose", { id: "all" });
  expect([...workspace.selection.get()]).toEqual([0]);
});

test("a view of the file brings its camera, in the model's frame, and its notes", () => {
  const { workspace, commands } = desk();
  commands.run("notes.view", { name: "Front" });
  expect(workspace.camera.get()).toMatchObject({
    position: [2, 1, 0],
    target: [0, 1, 0],
    ortho_height_m: 0.5,
  });
  expect(workspace.display.get().projection).toBe("orthographic");
  expect(workspace.noteFilter.get().view).toBe("Front");
  commands.undo();
  expect(workspace.noteFilter.get().view).toBeNull();
});

test("filters by kind and view let through what fits both", () => {
  const [bore, all] = NOTES.annotations;
  if (!bore || !all) throw new Error("The fixture has two notes.");
  expect(isNoteShown(bore, { without: [], view: "Front" })).toBe(true);
  expect(isNoteShown(all, { without: [], view: "Front" })).toBe(false);
  expect(isNoteShown(bore, { without: ["dimension"], view: null })).toBe(false);
});

test("filter and chosen note are kept and come back; unknown kinds are forgotten", () => {
  const { workspace, commands } = desk();
  commands.run("notes.filter", { without: ["datum", "note"], view: "Front" });
  workspace.chosenNote.set("bore");
  const kept = captureNoting(workspace);
  const other = createWorkspace();
  restoreNoting(other, JSON.parse(JSON.stringify(kept)) as typeof kept);
  expect(captureNoting(other)).toEqual(kept);
  restoreNoting(other, { without: ["comet" as "note"], view: null, chosen: null });
  expect(other.noteFilter.get().without).toEqual([]);
});
