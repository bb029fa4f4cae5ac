import { expect, it } from "vitest";
import "../../state/speak_english.test-data";
import type { Notification } from "../../api/inbox";
import { GROUPS, KINDS, KINDS_OF, heading, sentences, sheetText } from "./words";

const row = (change: Partial<Notification>): Notification => ({
  id: "1",
  kind: "review_requested",
  thing: "review",
  state: "unread",
  tally: { requested: 1 },
  count: 1,
  title: "Housing",
  number: 14,
  label: "C",
  due: null,
  by: { id: "2", name: "Mia Berg" },
  sheet: null,
  project: { id: "3", name: "Skid" },
  asset: null,
  path: "/p/3/reviews/1",
  happened_at: "2026-01-05T12:00:00Z",
  snoozed_until: null,
  ...change,
});

it("says the strongest first and counts what repeats", () => {
  expect(sentences(row({ tally: { commented: 3, mentioned: 1, unheard: 2 } }))).toEqual([
    "Mia Berg mentioned you",
    "3 new comments",
  ]);
});

it("names nobody as somebody", () => {
  expect(sentences(row({ by: null, tally: { commented: 1 } }))).toEqual(["Somebody commented"]);
});

it("calls each thing by its name", () => {
  expect(heading(row({}))).toBe("Review #14: Housing");
  expect(heading(row({ thing: "conversion", title: "Gearbox" }))).toBe("Gearbox, rev C");
});

it("says on which sheet something stands, without a number where there is one only", () => {
  const sheet = { drawing_name: "pump.pdf", page: 1, page_count: 4 };
  expect(sheetText(row({ sheet }))).toBe("on sheet 2 of pump.pdf");
  expect(sheetText(row({ sheet: { ...sheet, page: 0, page_count: 1 } }))).toBe("on pump.pdf");
  expect(sheetText(row({}))).toBe("");
});

it("puts every kind into exactly one group", () => {
  expect(GROUPS.flatMap((group) => KINDS_OF[group]).sort()).toEqual([...KINDS].sort());
});
