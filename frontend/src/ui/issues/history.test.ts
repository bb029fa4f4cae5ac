import { expect, test } from "vitest";
import type { IssueEvent } from "../../api/issues";
import { eventText, valueWord } from "./history";

const BEN = { id: "11111111-1111-4111-8111-111111111111", name: "Ben Okoro" };

function said(over: Partial<IssueEvent>): string {
  return eventText(
    {
      ...{ id: "e", at: "2026-11-23T08:00:00Z", by: null, kind: "changed", field: null },
      ...{ before: null, after: null, comment_id: null },
      ...over,
    },
    [BEN],
  );
}

test("a change names its field, what was there and what is", () => {
  expect(said({ field: "status", before: "Open", after: "Closed" })).toBe("Status: Open → Closed");
  expect(said({ field: "assignee_id", before: null, after: BEN.id })).toBe(
    "Assignee: – → Ben Okoro",
  );
  expect(said({ field: "assignee_id", before: "gone", after: null })).toBe(
    "Assignee: Somebody → –",
  );
  expect(said({ field: "labels", before: ["weld"], after: ["weld", "paint"] })).toBe(
    "Labels: weld → weld, paint",
  );
  expect(said({ field: "blocking", before: false, after: true })).toBe("Blocks approval: no → yes");
  expect(said({ field: "description", before: "a", after: "b" })).toBe("changed the description");
});

test("places, files and comments have words of their own", () => {
  expect(said({ kind: "anchor", field: "anchor", after: { occurrence_id: "x" } })).toBe(
    "put its pin on the model",
  );
  expect(said({ kind: "anchor", field: "anchor", after: { state: "detached" } })).toBe(
    "Its place on a new revision: Detached",
  );
  expect(said({ kind: "anchor", field: "anchor", after: null })).toBe(
    "kept it as a note without a place",
  );
  expect(said({ kind: "attached", after: { name: "weld.png" } })).toBe("attached weld.png");
  expect(said({ kind: "comment_added" })).toBe("commented");
});

test("what a newer server tells is said in its own words", () => {
  expect(said({ kind: "sent_to_plm" })).toBe("sent to plm");
  expect(said({ field: "cost_centre", before: null, after: 12 })).toBe("cost centre: – → 12");
});

test("a long value is cut", () => {
  expect(valueWord("title", "x".repeat(200), [])).toHaveLength(80);
});

test("a place on a sheet is named with its drawing", () => {
  const after = { drawing: "Plate", page: 1 };
  expect(said({ kind: "sheet", field: "sheet", after })).toBe("put it on Plate, sheet 2");
  expect(said({ kind: "sheet", field: "sheet", after: null })).toBe("took it off its sheet");
});
