import { beforeEach, expect, it } from "vitest";
import type { Json, OpMessage } from "../protocol/messages";
import { createWorkspace, type Workspace } from "../state/workspace";
import { FakeEnvironment } from "./fake_environment";
import { Overwrites } from "./overwrites";

let workspace: Workspace;
let environment: FakeEnvironment;
let overwrites: Overwrites;
let restored: [string, Json][];
let pending: boolean;

beforeEach(() => {
  workspace = createWorkspace();
  environment = new FakeEnvironment();
  restored = [];
  pending = false;
  overwrites = new Overwrites({
    workspace,
    environment,
    me: () => "anna",
    isPending: () => pending,
    restore: (key, value) => restored.push([key, value]),
  });
});

function op(by: string, key: string, value: Json, kind: "set" | "clear" = "set"): OpMessage {
  const author = { principal_id: by, name: "Ben", slot: 1 };
  return { t: "op", seq: 5, kind, key, value, by: author, at: "", cid: "c", cseq: 1 };
}

it("offers mine back when somebody's change came right after it, and restores it once", () => {
  overwrites.sent("section/a", { offset_m: 1 });
  overwrites.told(op("ben", "section/a", { offset_m: 2 }));
  expect(workspace.overwritten.get()).toEqual({ text: "Ben changed a section", slot: 1, count: 1 });
  overwrites.restore();
  expect(restored).toEqual([["section/a", { offset_m: 1 }]]);
  expect(workspace.overwritten.get()).toBeNull();
});

it("says nothing of the same value, of my other device, of another key, or long after", async () => {
  overwrites.sent("explode", 1);
  overwrites.told(op("ben", "explode", 1));
  overwrites.sent("explode", 1);
  overwrites.told(op("anna", "explode", 2));
  overwrites.told(op("ben", "section/a", 2));
  await environment.pass(10_001);
  overwrites.told(op("ben", "explode", 2));
  expect(workspace.overwritten.get()).toBeNull();
});

it("says nothing while mine is on its way: it comes after theirs", () => {
  overwrites.sent("explode", 1);
  pending = true;
  overwrites.told(op("ben", "explode", 2));
  expect(workspace.overwritten.get()).toBeNull();
});

it("offers back all that a clear removed, and what was refused for theirs", () => {
  overwrites.sent("section/a", 1);
  overwrites.sent("section/b", 2);
  overwrites.told(op("ben", "section/", null, "clear"));
  expect(workspace.overwritten.get()).toMatchObject({ count: 2 });
  const by = { principal_id: "ben", name: "Ben", slot: 1 };
  overwrites.refused("explode", 0.5, { value: 0.9, seq: 8, by });
  expect(workspace.overwritten.get()).toMatchObject({ count: 3 });
  overwrites.restore();
  expect(restored.map(([key]) => key)).toEqual(["section/a", "section/b", "explode"]);
});

it("lets go when I change the same again, after half a minute, and on the way out", async () => {
  overwrites.sent("explode", 1);
  overwrites.told(op("ben", "explode", 2));
  overwrites.sent("explode", 3);
  expect(workspace.overwritten.get()).toBeNull();
  overwrites.told(op("ben", "explode", 4));
  await environment.pass(30_001);
  expect(workspace.overwritten.get()).toBeNull();
  overwrites.sent("explode", 5);
  overwrites.told(op("ben", "explode", 6));
  overwrites.clear();
  expect(workspace.overwritten.get()).toBeNull();
});

it("says nothing when somebody ends or changes the comparison: it is a way of looking, not work", () => {
  overwrites.sent("compare", { old: "a", new: "b" });
  overwrites.told(op("ben", "compare", null));
  expect(workspace.overwritten.get()).toBeNull();
});
