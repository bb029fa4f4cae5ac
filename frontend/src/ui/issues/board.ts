/** A board: issues in columns by status, and which card lies beside which. */

import type { Issue, IssueSettings } from "../../api/issues";

export interface Column {
  readonly status: string;
  readonly category: Issue["category"];
  readonly issues: readonly Issue[];
  readonly total: number;
}

/** The project's statuses in their order; behind them those that are no longer its own but still stand somewhere. */
export function columnsOf(rows: readonly Issue[], settings: IssueSettings): readonly Column[] {
  const byStatus = new Map<string, Issue[]>(settings.statuses.map(({ name }) => [name, []]));
  for (const issue of rows) {
    const there = byStatus.get(issue.status);
    if (there) there.push(issue);
    else byStatus.set(issue.status, [issue]);
  }
  return [...byStatus].map(([status, issues]) => ({
    status,
    category:
      settings.statuses.find(({ name }) => name === status)?.category ??
      issues[0]?.category ??
      "open",
    issues,
    total: issues.length,
  }));
}

/** The card that an arrow key leads to; null: none. */
export function neighbour(
  columns: readonly Pick<Column, "issues">[],
  id: string,
  key: string,
): string | null {
  const column = columns.findIndex(({ issues }) => issues.some((issue) => issue.id === id));
  const issues = columns[column]?.issues ?? [];
  const row = issues.findIndex((issue) => issue.id === id);
  if (row < 0) return null;
  switch (key) {
    case "ArrowDown":
      return issues[row + 1]?.id ?? null;
    case "ArrowUp":
      return issues[row - 1]?.id ?? null;
    case "Home":
      return issues[0]?.id ?? null;
    case "End":
      return issues.at(-1)?.id ?? null;
    case "ArrowLeft":
    case "ArrowRight": {
      const step = key === "ArrowRight" ? 1 : -1;
      for (let next = column + step; next >= 0 && next < columns.length; next += step) {
        const beside = columns[next]?.issues ?? [];
        const card = beside[Math.min(row, beside.length - 1)];
        if (card) return card.id;
      }
      return null;
    }
    default:
      return null;
  }
}
