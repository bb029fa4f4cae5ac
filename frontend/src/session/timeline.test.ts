import { expect, test } from "vitest";
import type { OpMessage } from "../protocol/messages";
import { talkedMs } from "../state/areas/replaying";
import { markOf, neighbour, quietOf, quietUntil, timelineOf } from "./timeline";

const BY = { principal_id: "anna", name: "Anna", slot: null };

function op(kind: OpMessage["kind"], key: string, value: OpMessage["value"]): OpMessage {
  const at = "2026-01-05T12:00:00.000Z";
  return { t: "op", seq: 1, kind, key, value, by: BY, at, cid: "client-one", cseq: 1 };
}

test.each([
  [op("chat", "", { text: "hello" }), "chat", "hello"],
  [op("chat", "", { text: "/decide Bore 6.5" }), "decision", "Bore 6.5"],
  [op("chat", "", { text: "/Q Who?" }), "question", "Who?"],
  [op("chat", "", { text: "/decide" }), "chat", "/decide"],
  [op("set", "view", { id: null, name: "Overview" }), "view", "Overview"],
  [op("set", "measurement/a", {}), "measurement", ""],
  [op("set", "markup/a", {}), "markup", ""],
  [op("clear", "section/", null), "scene", ""],
])("an operation is marked by its kind", (operation, kind, text) => {
  expect(markOf(5, operation)).toEqual({ ms: 5, kind, text, principalId: "anna" });
});

test("who leads is no mark: lanes show it", () => {
  expect(markOf(5, op("set", "conduct/presenter", "anna"))).toBeNull();
});

test("a pause is what lies between moves and marks, with a second around each", () => {
  const quiet = quietOf([[0, 5_000]], [{ ms: 20_000 }, { ms: 22_000 }], 30_000);
  expect(quiet).toEqual([
    [6_000, 19_000],
    [23_000, 30_000],
  ]);
  expect(quietUntil(quiet, 6_000)).toBe(19_000);
  expect(quietUntil(quiet, 19_000)).toBeNull();
  expect(quietOf([[0, 3_000]], [{ ms: 8_000 }], 9_000)).toEqual([]); // 3 s are a breath
});

test("from mark to mark, past the one where one is", () => {
  const marks = [1_000, 5_000, 9_000].map((ms) => ({
    ...{ ms, kind: "issue" as const, text: "", principalId: null },
  }));
  expect(neighbour(marks, "issue", 1_000, 1)?.ms).toBe(5_000);
  expect(neighbour(marks, "issue", 5_100, -1)?.ms).toBe(1_000);
  expect(neighbour(marks, "issue", 9_000, 1)).toBeNull();
  expect(neighbour(marks, "chat", 0, 1)).toBeNull();
});

test("issues from elsewhere stand among the operations, in order", () => {
  const issue = { ms: 2_000, kind: "issue" as const, text: "#7 Bore", principalId: null };
  const { marks } = timelineOf(
    [
      { ms: 1_000, op: op("chat", "", { text: "a" }) },
      { ms: 3_000, op: op("chat", "", { text: "b" }) },
    ],
    { lanes: [], active: [], gaps: [], marks: [issue] },
    4_000,
  );
  expect(marks.map(({ kind }) => kind)).toEqual(["chat", "issue", "chat"]);
});

test("nobody moves while somebody explains: that is no pause", () => {
  const lane = {
    ...{ principalId: "anna", name: "Anna", colour: 0, shape: 0, there: [], hand: [] },
    ...{ presenting: [], unrecorded: [] },
  };
  const talking = [[10_000, 20_000]] as const;
  const afar = { active: [], gaps: [], marks: [] };
  const said = timelineOf([], { ...afar, lanes: [{ ...lane, talking }] }, 30_000);
  expect(said.quiet).toEqual([
    [0, 9_000],
    [21_000, 30_000],
  ]);
  expect(talkedMs({ talking: [...talking, [25_000, 26_500]] })).toBe(11_500);
});
