// @vitest-environment jsdom
import { beforeEach, expect, test, vi } from "vitest";
import { ApiError } from "../../api/http";
import type { BulkAnswer, Issue } from "../../api/issues";
import { type BookApi, IssueBook } from "./book.svelte";
import { SETTINGS, issueOf } from "./issue.test-data";
import { EVERY_ISSUE } from "./questions";

let rows: Issue[] = [];
const asked: unknown[] = [];
const bulk: { items: { id: string }[] }[] = [];

function api(over: Partial<BookApi> = {}): BookApi {
  return {
    everyIssue: (_project, query) => {
      asked.push(query);
      return Promise.resolve(rows);
    },
    issue: (id) => Promise.resolve(rows.find((row) => row.id === id) ?? issueOf()),
    changeIssue: (id, change) =>
      Promise.resolve({ ...(rows.find((row) => row.id === id) ?? issueOf()), ...change } as Issue),
    changeIssues: (_project, request) => {
      bulk.push(request);
      const answer: BulkAnswer = {
        items: request.items.map(({ id }) => ({ id, done: true, etag: null, problem: null })),
        done: request.items.length,
      };
      return Promise.resolve(answer);
    },
    issueSettings: () => Promise.resolve(SETTINGS),
    issueFilters: () => Promise.resolve([]),
    keepIssueFilter: () => Promise.reject(new Error("not asked")),
    dropIssueFilter: () => Promise.resolve(),
    issuesToVerify: () => Promise.resolve([]),
    issueDrawings: () => Promise.resolve([]),
    members: () => Promise.resolve([]),
    projectEventsUrl: () => "/events",
    ...over,
  };
}

beforeEach(() => {
  rows = [issueOf({ number: 1 }), issueOf({ number: 2 })];
  asked.length = bulk.length = 0;
});

test("a question is asked, and the answer of an older one does not come over it", async () => {
  let slow: (found: Issue[]) => void = () => undefined;
  const answers = [
    new Promise<Issue[]>((resolve) => (slow = resolve)),
    Promise.resolve([issueOf({ number: 9 })]),
  ];
  const book = new IssueBook(
    api({ everyIssue: () => answers.shift() ?? Promise.resolve([]) }),
    "project",
  );
  const first = book.reload();
  book.ask({ ...EVERY_ISSUE, text: "weld" });
  await vi.waitFor(() => expect(book.rows?.map(({ number }) => number)).toEqual([9]));
  slow([issueOf({ number: 1 })]);
  await first;
  expect(book.rows?.map(({ number }) => number)).toEqual([9]);
});

test("what cannot be fetched is said, and what is shown stays", async () => {
  const down = new ApiError({ status: 502, title: "Bad", detail: "Down.", code: "unreachable" });
  let fails = false;
  const book = new IssueBook(
    api({ everyIssue: () => (fails ? Promise.reject(down) : Promise.resolve(rows)) }),
    "project",
  );
  await book.reload();
  fails = true;
  await book.reload();
  expect(book.error).toBe(down);
  expect(book.rows).toBe(rows);
});

test("two who change one field are asked, and the list shows what is there", async () => {
  const mine = issueOf({ number: 1 });
  const theirs = issueOf({ number: 1, status: "Closed", category: "closed", etag: '"new"' });
  const refused = new ApiError({
    status: 412,
    title: "Changed",
    detail: "Ben changed this since you read it.",
    code: "issue_changed",
    facts: {
      current: '"new"',
      issue: { status: "Closed" },
      updated_by: { id: "b", name: "Ben" },
      changes: [{ field: "status", by: { name: "Ben" } }],
    },
  });
  const book = new IssueBook(
    api({
      changeIssue: () => Promise.reject(refused),
      issue: () => Promise.resolve(theirs),
    }),
    "project",
  );
  book.rows = [mine];
  expect(await book.change(mine, "status", "Resolved")).toBeNull();
  expect(book.conflict?.conflict).toMatchObject({
    mine: "Resolved",
    theirs: "Closed",
    name: "Ben",
  });
  expect(book.rows).toEqual([theirs]);
});

test("many are changed two hundred at a time, and each that is refused is named", async () => {
  const many = Array.from({ length: 250 }, (_, i) => issueOf({ number: i + 1 }));
  const book = new IssueBook(
    api({
      changeIssues: (_project, request) => {
        bulk.push(request);
        const items = request.items.map(({ id }) =>
          id === "issue-7"
            ? {
                id,
                done: false,
                etag: null,
                problem: {
                  code: "issue_changed",
                  detail: "Ben was faster.",
                  remedy: "",
                  facts: {},
                },
              }
            : { id, done: true, etag: null, problem: null },
        );
        return Promise.resolve({ items, done: items.filter(({ done }) => done).length });
      },
    }),
    "project",
  );
  const outcome = await book.changeMany(many, { change: { status: "Closed" } as never });
  expect(bulk.map(({ items }) => items.length)).toEqual([200, 50]);
  expect(outcome).toEqual({ done: 249, refused: [{ number: 7, reason: "Ben was faster." }] });
});
