/** What a headset's user has in hand, what their eye sees, and the issue that they are writing there. */

import { Store } from "../store";
import type { CameraPose } from "../workspace";

/** UX.md §4.8, in the order of the rack. */
export const HAND_TOOLS = [
  "select",
  "hide",
  "isolate",
  "ghost",
  "knife",
  "box",
  "caliper",
  "pin",
  "pen",
  "photo",
  "explode",
  "compare",
] as const;
export type HandTool = (typeof HAND_TOOLS)[number];

/** The phrases that an issue may begin with (UX.md §4.8). */
export const PHRASES = [
  "clash",
  "missingBolt",
  "accessBlocked",
  "wrongPart",
  "gap",
  "misaligned",
  "tooClose",
  "sharpEdge",
  "cableRoute",
  "unclear",
  "check",
  "good",
] as const;
export type Phrase = (typeof PHRASES)[number];

/** A Blob, of which nothing is known here but that there is one. */
export interface Picture {
  readonly size: number;
  readonly type: string;
}

/** A headset's eye while somebody is inside: what they see is what a view, a picture or an issue keeps. */
export interface Eye {
  pose(): CameraPose;
  /** Without waiting for the graphics card; null: none could be taken. */
  picture(): Promise<Picture | null>;
}

/** The issue in the composer, as a headset shows it. */
export interface Composing {
  readonly kind: "issue" | "comment";
  readonly title: string;
  /** Seconds of the voice note beside it; null: there is none. */
  readonly voice_s: number | null;
  readonly sending: boolean;
  /** Why it was not sent; null: nothing is wrong. */
  readonly refused: string | null;
}

export interface HandTooling {
  readonly handTool: Store<HandTool>;
  readonly eye: Store<Eye | null>;
  readonly composing: Store<Composing | null>;
  /** How much is seen of the revisions that two hands hold, 0 to 1; null: nobody holds them. */
  readonly crossFade: Store<{ readonly old: number; readonly new: number } | null>;
}

export function createHandTooling(): HandTooling {
  return {
    handTool: new Store<HandTool>("select"),
    eye: new Store<Eye | null>(null),
    composing: new Store<Composing | null>(null),
    crossFade: new Store<{ readonly old: number; readonly new: number } | null>(null),
  };
}
