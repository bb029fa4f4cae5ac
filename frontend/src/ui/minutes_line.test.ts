import { expect, test } from "vitest";
import "../state/speak_english.test-data";
import { marksOfMinutes, lineHref, lineTitle } from "./minutes_line";

const AT = "2026-11-23T22:56:40.500Z";

test("a line of a recorded moment leads to its second", () => {
  const line = { at: AT, seq: 4, recording_id: "r1", second: 100.5 };
  expect(lineHref("s1", line)).toBe("/live/s1/replay?r=r1&t=100.5");
  expect(lineTitle(line)).toContain("Play this moment");
});

test("issues and verdicts of this recording are marks of its scrubber", () => {
  const line = (second: number | null, recording_id: string | null = "r1") => ({
    ...{ at: AT, seq: null, recording_id, second },
  });
  const issue = {
    ...{ ...line(2), number: 7, title: "Bore", what: "changed" as const },
    ...{ status: "", assignee: "", due_on: "" },
    happened: [line(2), line(4.5), line(1, "r2"), line(null, null)],
  };
  const verdict = { ...line(5), by: "Anna", verdict: "approve", revision: "C", text: "" };
  expect(marksOfMinutes({ issues: [issue], verdicts: [verdict] }, "r1")).toEqual([
    { ms: 2_000, kind: "issue", text: "#7 Bore", principalId: null },
    { ms: 4_500, kind: "issue", text: "#7 Bore", principalId: null },
    { ms: 5_000, kind: "verdict", text: "Anna: C", principalId: null },
  ]);
});

test("a line of another moment leads to the chat at its time", () => {
  const line = { at: AT, seq: 4, recording_id: null, second: null };
  expect(lineHref("s1", line)).toBe(`#chat-${AT}`);
});
