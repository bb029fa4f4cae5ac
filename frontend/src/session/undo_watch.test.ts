import { beforeEach, expect, it } from "vitest";
import type { Json, OpMessage } from "../protocol/messages";
import { Commands } from "../state/commands";
import { performOnWorkspace } from "../state/perform";
import { createWorkspace, type Workspace } from "../state/workspace";
import { UndoWatch } from "./undo_watch";

let workspace: Workspace;
let commands: Commands;
let watch: UndoWatch;
let seq: number;

beforeEach(() => {
  workspace = createWorkspace();
  commands = new Commands(workspace);
  performOnWorkspace(workspace, commands, () => "id1");
  seq = 4;
  watch = new UndoWatch({ commands, me: () => "anna", seq: () => seq });
});

function told(by: string, key: string, value: Json = 1, kind: "set" | "clear" = "set"): void {
  seq += 1;
  const author = { principal_id: by, name: by.toUpperCase(), slot: 1 };
  const op: OpMessage = { t: "op", seq, kind, key, value, by: author, at: "", cid: "c", cseq: 1 };
  watch.told(op);
}

/** I explode, and the room hears of it in the same turn. */
async function explode(amount: number): Promise<void> {
  commands.run("explode.set", { amount });
  watch.sent("explode");
  await Promise.resolve();
  told("anna", "explode");
}

it("undoes at once what nobody has changed since", async () => {
  await explode(0.5);
  told("ben", "section/a");
  commands.undo();
  expect(workspace.undoQuestion.get()).toBeNull();
  expect(workspace.explode.get()).toBe(0);
});

it("asks when somebody has, and undoes anyway or keeps theirs", async () => {
  await explode(0.5);
  told("ben", "explode");
  commands.run("history.undo");
  expect(workspace.undoQuestion.get()).toMatchObject({ name: "BEN" });
  expect(workspace.explode.get()).toBe(0.5);
  commands.run("history.undoAnyway");
  expect(workspace.explode.get()).toBe(0);
  expect(workspace.undoQuestion.get()).toBeNull();
  await explode(0.7);
  told("ben", "explode");
  commands.run("history.undo");
  commands.run("history.keepTheirs");
  expect(workspace.explode.get()).toBe(0.7);
  expect(commands.canUndo.get()).toBe(false);
});

it("does not ask about what I did upon theirs, but about what I did before it", async () => {
  await explode(0.5);
  told("ben", "explode");
  await explode(0.7);
  commands.undo();
  expect(workspace.explode.get()).toBe(0.5);
  commands.undo();
  expect(workspace.undoQuestion.get()).toMatchObject({ name: "BEN" });
});

it("asks about what somebody cleared", async () => {
  told("ben", "section/a");
  commands.run("section.add", { axis: "x" });
  watch.sent("section/id1");
  await Promise.resolve();
  told("ben", "section/id1");
  told("ben", "section/", null, "clear");
  commands.undo();
  expect(workspace.undoQuestion.get()).toMatchObject({ name: "BEN" });
});

it("learns who changed what from the whole state, and asks nobody once it stopped", async () => {
  await explode(0.5);
  const by = { principal_id: "ben", name: "Ben", slot: null };
  watch.state({ explode: { value: 1, seq: 9, by } });
  commands.undo();
  expect(workspace.undoQuestion.get()).toMatchObject({ name: "Ben" });
  watch.stop();
  expect(workspace.undoQuestion.get()).toBeNull();
  commands.undo();
  expect(workspace.explode.get()).toBe(0);
});
