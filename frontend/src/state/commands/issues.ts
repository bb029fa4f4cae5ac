/** Issues and comments on the model. */

import { CATEGORIES, type PinFilter, type PinState } from "../areas/issues";
import { t } from "../messages";
import type { Role, Workspace } from "../workspace";
import {
  BadArguments,
  type Commanding,
  type NoArgs,
  bool,
  define,
  nothing,
  oneOf,
  text,
} from "./define";

export interface IssuesArgs {
  /** Begins an issue or a comment: on what is under the reticle or the pointer, else on what is pressed next. */
  "issue.start": { kind: "issue" | "comment"; at?: { x: number; y: number } };
  /** The next press on a part is the issue's new place. */
  "issue.move": { id: string; number: number };
  /** Looks at an issue or a comment: frames it and shows what was said. */
  "issue.open": { id: string };
  /** The next one of the list, or the one before. */
  "issue.next": NoArgs;
  "issue.previous": NoArgs;
  /** Shows or hides the pins; without a word the other of the two. */
  "pins.show": { shown?: boolean };
  /** What is left out stays as it is. */
  "pins.filter": Partial<PinFilter>;
}

const STATES: readonly PinState[] = [
  "placed",
  "moved",
  "geometry_changed",
  "detached",
  "pending",
  "failed",
];
const WRITERS: readonly Role[] = ["owner", "editor", "reviewer", "guest_live"];

/** Who may write on the model: guests comment, members raise issues. */
export function mayWrite({ role }: Workspace): true | string {
  return WRITERS.includes(role.get()) ? true : t("refused.issue");
}

export function mayIssue(workspace: Workspace): true | string {
  return workspace.role.get() === "guest_live" ? t("refused.issue") : mayWrite(workspace);
}

function categories(value: unknown): PinFilter["categories"] {
  if (!Array.isArray(value)) throw new BadArguments("categories must be a list.");
  return value.map((one) => oneOf(one, CATEGORIES, "categories"));
}

function place(value: unknown): { x: number; y: number } {
  if (typeof value !== "object" || value === null)
    throw new BadArguments("at must be a place in the canvas.");
  const { x, y } = Object.fromEntries(Object.entries(value));
  if (typeof x !== "number" || typeof y !== "number")
    throw new BadArguments("at must be a place in the canvas.");
  return { x, y };
}

export const ISSUES_COMMANDS: Commanding<IssuesArgs> = {
  "issue.start": define(
    t("command.issue.start"),
    "object",
    (raw) => ({
      kind: oneOf(raw["kind"], ["issue", "comment"] as const, "kind"),
      ...(raw["at"] === undefined ? {} : { at: place(raw["at"]) }),
    }),
    mayWrite,
  ),
  "issue.move": define(
    t("command.issue.move"),
    "object",
    (raw) => ({ id: text(raw["id"], "id"), number: Number(raw["number"]) || 0 }),
    mayIssue,
  ),
  "issue.open": define(t("command.issue.open"), "personal", (raw) => ({
    id: text(raw["id"], "id"),
  })),
  "issue.next": define(t("command.issue.next"), "personal", nothing),
  "issue.previous": define(t("command.issue.previous"), "personal", nothing),
  "pins.show": define(t("command.pins.show"), "personal", (raw) =>
    raw["shown"] === undefined ? {} : { shown: bool(raw["shown"], "shown") },
  ),
  "pins.filter": define(t("command.pins.filter"), "personal", (raw) => ({
    ...(raw["categories"] === undefined ? {} : { categories: categories(raw["categories"]) }),
    ...(raw["mine"] === undefined ? {} : { mine: bool(raw["mine"], "mine") }),
    ...(raw["state"] === undefined
      ? {}
      : { state: raw["state"] === null ? null : oneOf(raw["state"], STATES, "state") }),
  })),
};
