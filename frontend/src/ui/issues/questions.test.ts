import { expect, test } from "vitest";
import {
  EVERY_ISSUE,
  asked,
  isFiltered,
  kept,
  parametersOf,
  questionOf,
  readSearch,
  searchOf,
} from "./questions";

const NARROW = {
  ...EVERY_ISSUE,
  status: ["Open", "In Progress"],
  assignee: ["me", "none"],
  anchor: ["geometry_changed"],
  place: ["sheet", "nowhere"],
  drawing: ["pump & lid.pdf"],
  overdue: true,
  text: "weld & bolt",
  sort: "due",
  descending: false,
  view: "table",
} as const;

test("a question comes back from the address as it went in", () => {
  expect(readSearch(searchOf(NARROW))).toEqual(NARROW);
  expect(readSearch("")).toEqual(EVERY_ISSUE);
  expect(searchOf(EVERY_ISSUE)).toBe("");
});

test("a question comes back from a kept filter as it went in", () => {
  const { parameters, view } = kept(NARROW);
  expect(questionOf(parameters, view)).toEqual(NARROW);
});

test("the server is asked by its own names, with numbers and flags as what they are", () => {
  expect(asked(NARROW)).toEqual({
    status: ["Open", "In Progress"],
    assignee: ["me", "none"],
    anchor: ["geometry_changed"],
    place: ["sheet", "nowhere"],
    drawing: ["pump & lid.pdf"],
    overdue: true,
    q: "weld & bolt",
    sort: "due",
    descending: false,
  });
  expect(asked(EVERY_ISSUE)).toEqual({ sort: "number", descending: true });
});

test("what a kept filter says that nobody knows is left out", () => {
  const question = questionOf({ sort: ["colour"], nonsense: ["1"] }, "model");
  expect(question).toEqual(EVERY_ISSUE);
  expect(parametersOf(question)).toEqual({});
});

test("order and view leave nothing out, words and values do", () => {
  expect(isFiltered({ ...EVERY_ISSUE, sort: "due", view: "table" })).toBe(false);
  expect(isFiltered({ ...EVERY_ISSUE, text: "  " })).toBe(false);
  expect(isFiltered({ ...EVERY_ISSUE, text: "x" })).toBe(true);
  expect(isFiltered({ ...EVERY_ISSUE, label: ["weld"] })).toBe(true);
});
