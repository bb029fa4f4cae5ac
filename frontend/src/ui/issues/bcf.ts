/** What the pages say of BCF files: which issues go out, and what became of those that came. */

import type { BcfImport, BcfTopic, BcfVersion } from "../../api/bcf";
import { type IssueQuestion, parametersOf } from "./questions";

/** How many topics a page names one by one. */
export const MOST_TOPICS = 50;

export const DONE = ["created", "updated", "unchanged", "skipped", "refused"] as const;

/** The query of an export: the filters of a question without its order; null: every issue. */
export function bcfSearch(question: IssueQuestion | null, version: BcfVersion): string {
  const fields = new URLSearchParams({ version });
  const said = question === null ? {} : parametersOf(question);
  for (const [name, values] of Object.entries(said))
    if (name !== "sort" && name !== "descending")
      for (const value of values) fields.append(name, value);
  return fields.toString();
}

/** What happened or would happen, as pairs of kind and number; nothing of which there is none. */
export function tally(answer: BcfImport): readonly (readonly [(typeof DONE)[number], number])[] {
  return DONE.map((kind) => [kind, answer[kind]] as const).filter(([, count]) => count > 0);
}

/** Topics in the order in which a reader wants them: what failed first, what stays last. */
export function inOrder(topics: readonly BcfTopic[]): readonly BcfTopic[] {
  const places = ["refused", "skipped", "created", "updated", "unchanged"];
  return [...topics].sort((a, b) => places.indexOf(a.done) - places.indexOf(b.done));
}

/** Whether an import would change anything. */
export function changes(answer: BcfImport): boolean {
  return answer.created + answer.updated > 0;
}
