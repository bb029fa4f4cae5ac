/** A search as somebody types it: names at once, values of properties when the server has answered. */

import type { Api } from "../../../api/api";
import { t } from "../../../state/messages";
import type { Structure } from "../../../state/model";
import { PartSearch } from "../../../state/part_search";
import { BadQuery } from "../../../state/query";
import { RangeSet } from "../../../state/ranges";
import { toApiError } from "../../resource.svelte";

/** Typing goes on for about this long between two letters: the server is asked behind it. */
const ASK_AFTER_MS = 180;
const WARM_AFTER_MS = 500;

/** What a query found so far. */
export interface SearchResult {
  readonly query: string;
  /** Ascending rows of the structure. */
  readonly rows: Int32Array;
  /** Everything at and below them. */
  readonly ranges: RangeSet;
  /** Properties are still being looked through. */
  readonly asking: boolean;
  /** What is wrong with the query, or why properties could not be asked. */
  readonly problem: string | null;
  /** Character of the query that is wrong, or −1. */
  readonly position: number;
}

export class LiveSearch {
  text = $state("");
  result = $state.raw<SearchResult | null>(null);
  private readonly api: Api;
  private readonly revisionId: string;
  private search: PartSearch | null = null;
  private timer = 0;
  private stop: AbortController | null = null;

  constructor(api: Api, revisionId: string) {
    this.api = api;
    this.revisionId = revisionId;
  }

  /** Searches another model from now on. */
  setModel(model: Structure | null): void {
    const search = model ? new PartSearch(model) : null;
    this.search = search;
    this.type("");
    // After the picture: folding 100,000 names takes some 40 ms.
    if (search) this.timer = window.setTimeout(() => search.warm(), WARM_AFTER_MS);
  }

  /** The text is another one now. */
  type(text: string): void {
    this.text = text;
    this.stop?.abort();
    clearTimeout(this.timer);
    const { search } = this;
    if (!search || text.trim() === "") {
      this.result = null;
      return;
    }
    const base = { query: text, position: -1, problem: null };
    try {
      const { rows, partial } = search.find(text);
      this.result = { ...base, rows, ranges: search.occurrencesOf(rows), asking: partial };
      if (partial) this.timer = window.setTimeout(() => void this.ask(text), ASK_AFTER_MS);
    } catch (error) {
      if (!(error instanceof BadQuery)) throw error;
      const nothing = { rows: new Int32Array(0), ranges: RangeSet.empty, asking: false };
      const problem = t(`query.${error.reason}`, { word: error.word });
      this.result = { ...base, ...nothing, problem, position: error.position };
    }
  }

  dispose(): void {
    this.stop?.abort();
    clearTimeout(this.timer);
  }

  private async ask(text: string): Promise<void> {
    const stop = new AbortController();
    this.stop = stop;
    try {
      const found = await this.api.findParts(this.revisionId, text, stop.signal);
      if (stop.signal.aborted) return;
      const rows = Int32Array.from(RangeSet.parse(found.rows));
      const ranges = RangeSet.parse(found.ranges);
      this.result = { query: text, rows, ranges, asking: false, problem: null, position: -1 };
    } catch (error) {
      if (stop.signal.aborted || !this.result) return;
      const { code, message } = toApiError(error);
      // What the names gave stays; it is said that the properties are not in it.
      const problem = code === "bad_query" ? message : t("query.server", { reason: message });
      this.result = { ...this.result, asking: false, problem };
    }
  }
}
