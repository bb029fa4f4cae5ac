/** Brings how far the surfaces of changed parts were displaced, as many parts as a page can hold. */

import type { Api } from "../../api/api";
import type { HeatPoints } from "../../api/compare";
import { ApiError } from "../../api/http";
import type { Heats, PartHeat } from "../../state/areas/comparing";
import type { ChangeStop } from "../../state/changes";
import type { Structure } from "../../state/model";
import type { Readable, Store } from "../../state/store";

/** Asked for at a time. */
const AT_ONCE = 4;
/** Of all maps together; what is beyond stays in the colour of modified parts. */
const MOST_BYTES = 48e6;

/** Where they come from and where they go. */
export interface HeatHost {
  readonly api: Pick<Api, "partHeat">;
  readonly heats: Store<Heats | null>;
  readonly structure: Readable<Structure | null>;
}

/** Of which comparison. */
export interface HeatQuestion {
  readonly from: string;
  readonly to: string;
  readonly stops: readonly ChangeStop[];
  readonly signal: AbortSignal;
}

/** Fills `heats`; what fails is said there. The most important parts come first. */
export async function bringHeats(host: HeatHost, question: HeatQuestion): Promise<void> {
  const { heats } = host;
  const { from, to, stops, signal } = question;
  const wanted = changedParts(stops);
  const parts: PartHeat[] = [];
  const range = { least: 0, greatest: 0 };
  let bytes = 0;
  let without = 0;
  const tell = (state: Heats["state"]): void => {
    if (!signal.aborted) heats.set({ state, parts: [...parts], ...range, without });
  };
  const take = (heat: HeatPoints | null, part: number): void => {
    if (!heat || part < 0) {
      without += 1;
      return;
    }
    bytes += heat.points.byteLength;
    range.least = Math.min(range.least, heat.least);
    range.greatest = Math.max(range.greatest, heat.greatest);
    parts.push({ part, points: heat.points });
  };

  tell("loading");
  try {
    const structure = await given(host.structure, signal);
    for (let at = 0; at < wanted.length && bytes < MOST_BYTES; at += AT_ONCE) {
      const some = wanted.slice(at, at + AT_ONCE);
      const found = await Promise.all(
        some.map(({ pair }) => host.api.partHeat(from, to, pair, signal)),
      );
      found.forEach((heat, i) => {
        const row = structure.rowOfOccurrence(some[i]?.occurrence ?? 0);
        take(heat, structure.partNumber(row));
      });
    }
    without += Math.max(0, wanted.length - parts.length - without);
    tell("ready");
  } catch (error) {
    if (signal.aborted) return;
    // The parts go on being shown as modified, and the legend says so.
    tell("failed");
    if (!(error instanceof ApiError)) throw error;
  }
}

/** Each changed part once, with an occurrence of it in the new revision. */
function changedParts(
  stops: readonly ChangeStop[],
): readonly { readonly pair: number; readonly occurrence: number }[] {
  const found = new Map<number, number>();
  for (const { part, to } of stops) {
    const [occurrence] = to;
    if (part !== null && occurrence !== undefined && !found.has(part)) found.set(part, occurrence);
  }
  return [...found].map(([pair, occurrence]) => ({ pair, occurrence }));
}

/** A store's value once it has one. */
function given<T>(store: Readable<T | null>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = store.subscribe((value) => {
      if (value === null) return;
      resolve(value);
      queueMicrotask(() => stop());
    });
    signal.addEventListener(
      "abort",
      () => {
        stop();
        reject(new Error("Aborted."));
      },
      { once: true },
    );
  });
}
