/**
 * What a screen reader hears of announcements (UX.md §5.6): what interrupts and what I did myself at once; what others
 * do in one sentence, at most once in five seconds; and as much of it as somebody wants.
 */

import type { Announcement } from "./workspace";

export const VERBOSITIES = ["all", "important", "off"] as const;
/** important: not what others do. */
export type Verbosity = (typeof VERBOSITIES)[number];

/** Between two sentences about others. */
export const OTHERS_MS = 5_000;
/** More than these in one sentence is a flood. */
const MOST_IN_ONE = 3;

export interface SpokenHost {
  /** Calls back once; returns the way to cancel. */
  later(callback: () => void, ms: number): () => void;
  /** Puts a text where screen readers hear it. */
  say(text: string, assertive: boolean): void;
}

/** One listener's ear. */
export class Spoken {
  private readonly host: SpokenHost;
  private waiting: string[] = [];
  /** While a sentence about others is fresh. */
  private cancel: (() => void) | null = null;

  constructor(host: SpokenHost) {
    this.host = host;
  }

  hear({ text, assertive, others }: Announcement, verbosity: Verbosity): void {
    if (verbosity === "off" || (others && !assertive && verbosity === "important")) return;
    if (assertive || !others) {
      this.host.say(text, assertive);
      return;
    }
    // Said again, it is the latest of them.
    this.waiting = [...this.waiting.filter((each) => each !== text), text].slice(-MOST_IN_ONE);
    if (!this.cancel) this.flush();
  }

  stop(): void {
    this.cancel?.();
    this.cancel = null;
    this.waiting = [];
  }

  private readonly flush = (): void => {
    this.cancel = null;
    if (this.waiting.length === 0) return;
    this.host.say(this.waiting.join("; "), false);
    this.waiting = [];
    this.cancel = this.host.later(this.flush, OTHERS_MS);
  };
}

/** A choice as it was stored; the usual one is all. */
export function readVerbosity(value: string | null): Verbosity {
  return VERBOSITIES.find((each) => each === value) ?? "all";
}
