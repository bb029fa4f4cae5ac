/** Which issues of a project are shown, and how: in the address, in kept filters, and as a question to the server. */

import type { IssueFilterQuery, IssueQuery } from "../../api/issues";

export const SORTS = ["number", "updated", "due", "priority", "status", "title"] as const;
export type IssueSort = (typeof SORTS)[number];
export type IssueLayout = "board" | "table";

/** Filters with several values each; the server's own names. */
export const MANY = [
  "status",
  "category",
  "type",
  "priority",
  "assignee",
  "label",
  "anchor",
  "place",
  "drawing",
] as const;
type Many = (typeof MANY)[number];
const FLAGS = ["overdue", "watching", "blocking"] as const;
export type Flag = (typeof FLAGS)[number];

/** Values of one filter are alternatives; none: any. */
export type IssueQuestion = Readonly<Record<Many, readonly string[]>> &
  Readonly<Record<Flag, boolean>> & {
    readonly text: string;
    readonly sort: IssueSort;
    readonly descending: boolean;
    readonly view: IssueLayout;
  };

export const EVERY_ISSUE: IssueQuestion = {
  status: [],
  category: [],
  type: [],
  priority: [],
  assignee: [],
  label: [],
  anchor: [],
  place: [],
  drawing: [],
  overdue: false,
  watching: false,
  blocking: false,
  text: "",
  sort: "number",
  descending: true,
  view: "board",
};

/** Whether anything is left out. */
export function isFiltered(question: IssueQuestion): boolean {
  return (
    question.text.trim() !== "" ||
    FLAGS.some((flag) => question[flag]) ||
    MANY.some((name) => question[name].length > 0)
  );
}

/** Query parameters with their values, only those that say something. */
export function parametersOf(question: IssueQuestion): Record<string, string[]> {
  const said: Record<string, string[]> = {};
  for (const name of MANY) if (question[name].length > 0) said[name] = [...question[name]];
  for (const flag of FLAGS) if (question[flag]) said[flag] = ["true"];
  if (question.text.trim()) said["q"] = [question.text.trim()];
  if (question.sort !== EVERY_ISSUE.sort) said["sort"] = [question.sort];
  if (question.descending !== EVERY_ISSUE.descending)
    said["descending"] = [String(question.descending)];
  return said;
}

/** What parameters ask; what is none of ours is left out, so that an old filter still answers. */
export function questionOf(
  parameters: Readonly<Record<string, readonly string[] | undefined>>,
  view: string | null | undefined,
): IssueQuestion {
  const many = (name: Many): readonly string[] => parameters[name] ?? [];
  const flag = (name: Flag): boolean => parameters[name]?.[0] === "true";
  const sort = parameters["sort"]?.[0];
  return {
    status: many("status"),
    category: many("category"),
    type: many("type"),
    priority: many("priority"),
    assignee: many("assignee"),
    label: many("label"),
    anchor: many("anchor"),
    place: many("place"),
    drawing: many("drawing"),
    overdue: flag("overdue"),
    watching: flag("watching"),
    blocking: flag("blocking"),
    text: parameters["q"]?.[0] ?? "",
    sort: SORTS.find((known) => known === sort) ?? EVERY_ISSUE.sort,
    descending: parameters["descending"]?.[0] !== "false",
    view: view === "table" ? "table" : "board",
  };
}

/** The part of an address behind `?`, without it. */
export function searchOf(question: IssueQuestion): string {
  const fields = new URLSearchParams();
  if (question.view === "table") fields.set("view", "table");
  for (const [name, values] of Object.entries(parametersOf(question)))
    for (const value of values) fields.append(name, value);
  return fields.toString();
}

export function readSearch(search: string): IssueQuestion {
  const fields = new URLSearchParams(search);
  const parameters: Record<string, string[]> = {};
  for (const name of new Set(fields.keys())) parameters[name] = fields.getAll(name);
  return questionOf(parameters, fields.get("view"));
}

/** As a filter is kept. */
export function kept(question: IssueQuestion): IssueFilterQuery {
  return { parameters: parametersOf(question), view: question.view };
}

/** As the server is asked. Its names of enumerations are its own: a word that it does not know, it refuses with a reason. */
export function asked(question: IssueQuestion): IssueQuery {
  const { q, sort, ...filters } = parametersOf(question);
  const query: Record<string, unknown> = {
    ...filters,
    sort: sort?.[0] ?? EVERY_ISSUE.sort,
    descending: question.descending,
  };
  for (const flag of FLAGS) if (question[flag]) query[flag] = true;
  if (q) query["q"] = q[0];
  return query as IssueQuery; // see above
}
