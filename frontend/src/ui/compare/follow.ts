/** Asks the server for the comparison that the workspace wants, and keeps the address of the page at it. */

import type { Api } from "../../api/api";
import type { TourStop } from "../../api/compare";
import { ApiError } from "../../api/http";
import type { ChangeColumns, ChangeDetail } from "../../state/changes";
import type { Commands } from "../../state/commands";
import { t } from "../../state/messages";
import type { Workspace } from "../../state/workspace";
import { toApiError } from "../resource.svelte";
import { detailOf, detailsOf, statesOf, stopOf } from "./answers";
import { bringHeats } from "./heats";

/** Stops that are listed; they come page by page. */
export const MOST_STOPS = 100_000;
/** Changes whose details come with the list; of others when their stop is looked at. */
const MOST_DETAILS = 200;

export interface CompareHost {
  readonly workspace: Workspace;
  readonly commands: Commands;
  readonly api: Pick<
    Api,
    "compare" | "changeTour" | "changesOf" | "changedOccurrences" | "partHeat"
  >;
  /** The revision on the table: the new one. */
  readonly revisionId: string;
  readonly label: string;
  /** Told the label of the revision that is compared with, whenever it may be another. */
  readonly tell: (label: string | null) => void;
}

/** Starts; returns the way to stop. */
export function followComparison(host: CompareHost): () => void {
  const { workspace, commands, revisionId } = host;
  const { comparing, comparison } = workspace;
  let asked: { readonly id: string; readonly ended: AbortController } | null = null;

  const ask = (old: string | null): void => {
    asked?.ended.abort();
    asked = null;
    comparison.set(null);
    workspace.heats.set(null);
    workspace.viewedStops.set(new Set());
    if (old === null) return;
    const ended = new AbortController();
    asked = { id: old, ended };
    compare(host, old, ended.signal).catch((error: unknown) => {
      if (ended.signal.aborted) return;
      const { code, message, remedy, facts } = toApiError(error);
      const conversion = typeof facts["state"] === "string" ? facts["state"] : null;
      comparison.set({ state: "failed", code, detail: message, remedy, conversion });
    });
  };

  /** Asks for displacements when somebody wants to see them, once for each comparison. */
  function heat(): void {
    const result = comparison.get();
    if (!asked || !comparing.get()?.heat || result?.state !== "ready" || workspace.heats.get())
      return;
    const { id, ended } = asked;
    void bringHeats(
      { api: host.api, heats: workspace.heats, structure: workspace.structure },
      { from: id, to: revisionId, stops: result.stops, signal: ended.signal },
    );
  }

  const stops = [
    comparing.subscribe((now) => {
      host.tell(now?.label ?? null);
      const old = now?.revisionId ?? null;
      if (old !== (asked?.id ?? null)) ask(old);
      if (now?.stop != null && asked) void detail(host, asked.id, now.stop, asked.ended.signal);
      heat();
    }),
    comparison.subscribe(heat),
    commands.register("compare.retry", () => ask(comparing.get()?.revisionId ?? null)),
  ];
  return () => {
    for (const stop of stops) stop();
    asked?.ended.abort();
  };

  /** The details of a stop that did not come with the list. */
  async function detail(
    { api }: CompareHost,
    old: string,
    number: number,
    signal: AbortSignal,
  ): Promise<void> {
    const now = comparison.get();
    if (now?.state !== "ready") return;
    const stop = now.stops.find((each) => each.stop === number);
    if (!stop || stop.detail !== null) return;
    try {
      const [change] = await api.changesOf(old, revisionId, number, 1, signal);
      const latest = comparison.get();
      if (!change || latest?.state !== "ready") return;
      comparison.set({
        ...latest,
        stops: latest.stops.map((each) =>
          each.stop === number ? { ...each, detail: detailOf(change) } : each,
        ),
      });
    } catch (error) {
      // The row goes on saying what it said before; the next look at it asks again.
      if (!(error instanceof ApiError) && !signal.aborted) throw error;
    }
  }
}

async function compare(host: CompareHost, old: string, signal: AbortSignal): Promise<void> {
  const { workspace, api, revisionId, label } = host;
  const { comparison, comparing } = workspace;
  const sinceMs = Date.now();
  comparison.set({ state: "computing", sinceMs, progress: null });
  const answer = await api.compare(old, revisionId, signal, (progress) => {
    if (!signal.aborted) comparison.set({ state: "computing", sinceMs, progress });
  });
  const known: { details: ReadonlyMap<number, ChangeDetail>; columns: ChangeColumns | null } = {
    details: new Map(),
    columns: null,
  };
  // The first page of the tour is shown while the others come.
  const put = (tour: readonly TourStop[]): void => {
    if (!known.columns || signal.aborted) return;
    const before = comparison.get();
    const here = before?.state === "ready" ? before.stops : [];
    const more = tour.slice(here.length);
    const stops = more.map((stop) => stopOf(stop, known.details.get(stop.stop) ?? null));
    comparison.set({
      state: "ready",
      counts: answer.counts ?? {},
      approximate: answer.approximate ?? 0,
      unchecked: answer.unchecked ?? 0,
      ...(answer.hint ? { hint: answer.hint } : {}),
      stops: [...here, ...stops],
      stopCount: answer.stops ?? tour.length,
      columns: known.columns,
    });
  };
  const [columns, changes] = await Promise.all([
    api.changedOccurrences(old, revisionId, signal),
    api.changesOf(old, revisionId, null, MOST_DETAILS, signal),
  ]);
  known.columns = columns;
  known.details = detailsOf(changes);
  put(await api.changeTour(old, revisionId, MOST_STOPS, signal, put));
  if (signal.aborted) return;
  const from = comparing.get()?.label ?? "";
  workspace.announce(t("compare.ready", { from, to: label, ...statesOf(answer) }));
}

/** `?compare=B` while B is compared with; the rest of the address stays. null: it says so already. */
export function comparedAddress(address: string, label: string | null): string | null {
  const url = new URL(address);
  if (!url.pathname.startsWith("/v/") || url.searchParams.get("compare") === label) return null;
  if (label === null) url.searchParams.delete("compare");
  else url.searchParams.set("compare", label);
  return url.pathname + url.search + url.hash;
}
