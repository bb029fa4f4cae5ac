import { expect, test } from "vitest";
import { columnsOf, neighbour } from "./board";
import { SETTINGS, issueOf } from "./issue.test-data";

const ROWS = [
  issueOf({ number: 1 }),
  issueOf({ number: 2 }),
  issueOf({ number: 3, status: "Resolved", category: "resolved" }),
  issueOf({ number: 4, status: "Parked", category: "in_progress" }),
];

test("columns are the project's statuses, and one that is no longer its own stands behind them", () => {
  const columns = columnsOf(ROWS, SETTINGS);
  expect(columns.map(({ status, category, total }) => [status, category, total])).toEqual([
    ["Open", "open", 2],
    ["In Progress", "in_progress", 0],
    ["Resolved", "resolved", 1],
    ["Closed", "closed", 0],
    ["Parked", "in_progress", 1],
  ]);
});

test("arrows go from card to card and over empty columns", () => {
  const columns = columnsOf(ROWS, SETTINGS);
  expect(neighbour(columns, "issue-1", "ArrowDown")).toBe("issue-2");
  expect(neighbour(columns, "issue-2", "ArrowDown")).toBeNull();
  expect(neighbour(columns, "issue-2", "ArrowUp")).toBe("issue-1");
  expect(neighbour(columns, "issue-2", "ArrowRight")).toBe("issue-3");
  expect(neighbour(columns, "issue-3", "ArrowRight")).toBe("issue-4");
  expect(neighbour(columns, "issue-1", "ArrowLeft")).toBeNull();
  expect(neighbour(columns, "issue-1", "End")).toBe("issue-2");
  expect(neighbour(columns, "issue-1", "x")).toBeNull();
  expect(neighbour(columns, "gone", "ArrowDown")).toBeNull();
});
