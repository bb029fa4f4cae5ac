import { expect, test } from "vitest";
import "../state/speak_english.test-data";
import { lineHref, lineTitle } from "./minutes_line";

const AT = "2026-11-23T22:56:40.500Z";

test("a line of a recorded moment leads to its second", () => {
  const line = { at: AT, seq: 4, recording_id: "r1", second: 100.5 };
  expect(lineHref("s1", line)).toBe("/live/s1/replay?r=r1&at=100.5");
  expect(lineTitle(line)).toContain("Play this moment");
});

test("a line of another moment leads to the chat at its time", () => {
  const line = { at: AT, seq: 4, recording_id: null, second: null };
  expect(lineHref("s1", line)).toBe(`#chat-${AT}`);
});
