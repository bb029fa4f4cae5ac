import { expect, test } from "vitest";
import type { BcfImport, BcfTopic } from "../../api/bcf";
import { bcfSearch, changes, inOrder, tally } from "./bcf";
import { EVERY_ISSUE } from "./questions";

const topic = (done: BcfTopic["done"]): BcfTopic => ({
  guid: done,
  title: done,
  done,
  issue_id: null,
  number: null,
  comments: 0,
  viewpoints: 0,
  left_out: 0,
  problem: null,
  words: [],
});
const answer = (said: Partial<BcfImport>): BcfImport => ({
  version: "3.0",
  project_name: null,
  dry_run: true,
  created: 0,
  updated: 0,
  unchanged: 0,
  skipped: 0,
  refused: 0,
  unread: [],
  topics: [],
  ...said,
});

test("an export asks with the filters of the list, without its order", () => {
  const question = { ...EVERY_ISSUE, status: ["Open", "Closed"], text: " bore ", sort: "due" };
  expect(bcfSearch(question as typeof EVERY_ISSUE, "2.1")).toBe(
    "version=2.1&status=Open&status=Closed&q=bore",
  );
  expect(bcfSearch(null, "3.0")).toBe("version=3.0");
});

test("only what there is is counted, and no change is no change", () => {
  expect(tally(answer({ created: 2, refused: 1 }))).toEqual([
    ["created", 2],
    ["refused", 1],
  ]);
  expect(changes(answer({ unchanged: 3 }))).toBe(false);
  expect(changes(answer({ updated: 1 }))).toBe(true);
});

test("what failed is read first, what stays as it is last", () => {
  const said = inOrder([topic("unchanged"), topic("created"), topic("refused")]);
  expect(said.map(({ done }) => done)).toEqual(["refused", "created", "unchanged"]);
});
