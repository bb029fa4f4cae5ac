/** The issues of a project on its page: asked for, kept up to date, changed one by one or many at once. */

import type { Api } from "../../api/api";
import { type IssueNews, watchProject } from "../../api/events";
import type { ApiError } from "../../api/http";
import type {
  BulkAnswer,
  Issue,
  IssueChange,
  IssueFilter,
  IssueSettings,
  VerifyItem,
} from "../../api/issues";
import type { Member } from "../../api/types";
import { toApiError } from "../resource.svelte";
import { newUuid } from "./drafts";
import { type Conflict, changeField } from "./edit";
import { EVERY_ISSUE, type IssueQuestion, asked, kept } from "./questions";

export type BookApi = Pick<
  Api,
  | "everyIssue"
  | "issue"
  | "changeIssue"
  | "changeIssues"
  | "issueSettings"
  | "issueFilters"
  | "keepIssueFilter"
  | "dropIssueFilter"
  | "issuesToVerify"
  | "issueDrawings"
  | "members"
  | "projectEventsUrl"
>;

/** More than this nobody looks through: the filter is for that. */
export const MOST_ISSUES = 2_000;
/** As many as the server takes at once. */
const MOST_AT_ONCE = 200;
/** News come in bursts: a bulk change is one for each issue. */
const SETTLE_MS = 200;

/** What many changes at once came to. */
export interface BulkOutcome {
  readonly done: number;
  readonly refused: readonly { readonly number: number; readonly reason: string }[];
}

/** A collision of two people on one issue of the list. */
export interface BookConflict {
  readonly issue: Issue;
  readonly conflict: Conflict;
}

export class IssueBook {
  question = $state.raw<IssueQuestion>(EVERY_ISSUE);
  /** null: not fetched yet. */
  rows = $state.raw<readonly Issue[] | null>(null);
  error = $state.raw<ApiError | null>(null);
  loading = $state(false);
  settings = $state.raw<IssueSettings | null>(null);
  members = $state.raw<readonly Member[]>([]);
  /** Drawings on which issues stand. */
  drawings = $state.raw<readonly { readonly name: string }[]>([]);
  filters = $state.raw<readonly IssueFilter[]>([]);
  /** Probably resolved, please verify. */
  verify = $state.raw<readonly VerifyItem[]>([]);
  conflict = $state.raw<BookConflict | null>(null);
  private readonly api: BookApi;
  private readonly projectId: string;
  private turn = 0;
  private timer = 0;

  constructor(api: BookApi, projectId: string) {
    this.api = api;
    this.projectId = projectId;
  }

  /** Whether there are more than are shown. */
  get more(): boolean {
    return (this.rows?.length ?? 0) >= MOST_ISSUES;
  }

  /** Begins with a question; returns the way to stop. */
  start(question: IssueQuestion): () => void {
    this.question = question;
    void this.reload();
    void this.fetchWords();
    const stop = watchProject(
      this.api.projectEventsUrl(this.projectId),
      () => undefined,
      () => undefined,
      (news) => this.heard(news),
    );
    return () => {
      stop();
      clearTimeout(this.timer);
    };
  }

  ask(question: IssueQuestion): void {
    this.question = question;
    void this.reload();
  }

  /** Asks again; what is shown stays until the answer is there. */
  async reload(): Promise<void> {
    this.turn += 1;
    const turn = this.turn;
    this.loading = true;
    try {
      const [rows, verify, drawings] = await Promise.all([
        this.api.everyIssue(this.projectId, asked(this.question), MOST_ISSUES),
        this.api.issuesToVerify(this.projectId),
        this.api.issueDrawings(this.projectId),
      ]);
      if (turn !== this.turn) return;
      this.rows = rows;
      this.verify = verify;
      this.drawings = drawings;
      this.error = null;
    } catch (error) {
      if (turn !== this.turn) return;
      this.error = toApiError(error);
    }
    this.loading = false;
  }

  /** Changes one field. What somebody else changed meanwhile is asked about, not undone. @throws ApiError */
  async change<Field extends keyof IssueChange & string>(
    issue: Issue,
    field: Field,
    value: IssueChange[Field],
    etag = issue.etag,
  ): Promise<Issue | null> {
    const edited = await changeField(this.api, { id: issue.id, etag }, field, value);
    if ("issue" in edited) {
      this.conflict = null;
      this.put(edited.issue);
      return edited.issue;
    }
    this.conflict = { issue, conflict: edited.conflict };
    this.put(await this.api.issue(issue.id));
    return null;
  }

  /** The same for several; one that is refused does not keep the others from it. @throws ApiError */
  async changeMany(
    issues: readonly Issue[],
    request: Omit<Parameters<BookApi["changeIssues"]>[1], "items">,
  ): Promise<BulkOutcome> {
    const numberOf = (id: string): number => issues.find((one) => one.id === id)?.number ?? 0;
    const refused: BulkOutcome["refused"][number][] = [];
    let done = 0;
    for (let at = 0; at < issues.length; at += MOST_AT_ONCE) {
      const items = issues.slice(at, at + MOST_AT_ONCE).map(({ id, etag }) => ({ id, etag }));
      const answer: BulkAnswer = await this.api.changeIssues(this.projectId, { ...request, items });
      done += answer.done;
      for (const { id, problem } of answer.items)
        if (problem) refused.push({ number: numberOf(id), reason: problem.detail });
    }
    await this.reload();
    return { done, refused };
  }

  /** Keeps the question under a name. @throws ApiError */
  async keep(name: string, shared: boolean): Promise<void> {
    const query = kept(this.question);
    await this.api.keepIssueFilter(this.projectId, { id: newUuid(), name, shared, query });
    this.filters = await this.api.issueFilters(this.projectId);
  }

  /** @throws ApiError */
  async forget(filter: IssueFilter): Promise<void> {
    await this.api.dropIssueFilter(filter.id);
    this.filters = this.filters.filter(({ id }) => id !== filter.id);
  }

  /** Puts a newer copy into the list. */
  put(issue: Issue): void {
    this.rows = this.rows && this.rows.map((old) => (old.id === issue.id ? issue : old));
  }

  private heard(_news: IssueNews): void {
    clearTimeout(this.timer);
    this.timer = window.setTimeout(() => void this.reload(), SETTLE_MS);
  }

  private async fetchWords(): Promise<void> {
    const { api, projectId } = this;
    try {
      this.settings = await api.issueSettings(projectId);
      this.filters = await api.issueFilters(projectId);
      this.members = await api.members(projectId);
    } catch (error) {
      // Without its words the list still says what there is.
      this.error ??= toApiError(error);
    }
  }
}
