/** Who leads a session and what happens in it for a moment (UX.md §3.3, §3.5), as the session tells it. */

import type { Vec3 } from "../model";
import type { LobbyRule } from "./attending";
import { Store } from "../store";
import type { Person } from "../workspace";

export const REACTIONS = ["agree", "applause", "heart", "laugh", "wow"] as const;
export type Reaction = (typeof REACTIONS)[number];
export const SCENE_RULES = ["everyone", "presenters", "hosts"] as const;
export const PRESENT_RULES = ["everyone", "hosts"] as const;
export const VOICE_RULES = ["everyone", "hosts"] as const;

/** What the host decided. */
export interface SessionRules {
  /** Who changes what everybody sees. */
  readonly scene: (typeof SCENE_RULES)[number];
  /** Who may begin to present unasked. */
  readonly present: (typeof PRESENT_RULES)[number];
  /** Whoever presents is followed at once. */
  readonly guided: boolean;
  /** Nobody new comes in. */
  readonly locked: boolean;
  /** Who waits until they are let in; null: as the session was started. */
  readonly lobby: LobbyRule | null;
  /** How many may watch beside those who take part. */
  readonly spectators: number;
  /** Who opens a microphone again that the host closed. */
  readonly voice: (typeof VOICE_RULES)[number];
}

/** What of a session's conduct lasts. Ids are principals'. */
export interface Conduct {
  readonly rules: SessionRules;
  readonly presenter: string | null;
  /** Id → name, of who only listens. */
  readonly listeners: ReadonlyMap<string, string>;
  /** Id → name, of who was removed and may be let in again. */
  readonly removed: ReadonlyMap<string, string>;
  /** Id → name, of who was not let in. */
  readonly declined: ReadonlyMap<string, string>;
}

/** Something somebody wants of me, answered or over by itself. */
export interface Call {
  readonly id: number;
  /** bring: come and see; offer: would you present?; ask: may I present? */
  readonly kind: "bring" | "offer" | "ask";
  readonly slot: number;
  readonly name: string;
  /** Milliseconds that it stands; what no answer means is the kind's. */
  readonly lasts_ms: number;
}

/** A face that floats from an avatar. */
export interface FloatingReaction {
  readonly id: number;
  readonly slot: number;
  readonly reaction: Reaction;
}

/** Somebody points here, for ten seconds. */
export interface Ping {
  readonly id: number;
  readonly slot: number;
  readonly colour: number;
  readonly name: string;
  /** The part it stands on; null: `point` is in the model's frame. */
  readonly occurrence: number | null;
  /** Metres. */
  readonly point: Vec3;
}

export const PLAIN_RULES: SessionRules = {
  scene: "everyone",
  present: "everyone",
  guided: false,
  locked: false,
  lobby: null,
  spectators: 100,
  voice: "everyone",
};
export const NO_CONDUCT: Conduct = {
  rules: PLAIN_RULES,
  presenter: null,
  listeners: new Map(),
  removed: new Map(),
  declined: new Map(),
};

/** The stores of this area. */
export interface Conducting {
  readonly conduct: Store<Conduct>;
  /** My hand is up. */
  readonly hand: Store<boolean>;
  /** My pointer is a laser, for as long as its key is held. */
  readonly laser: Store<boolean>;
  readonly calls: Store<readonly Call[]>;
  readonly reactions: Store<readonly FloatingReaction[]>;
  readonly pings: Store<readonly Ping[]>;
}

export function createConducting(): Conducting {
  return {
    conduct: new Store(NO_CONDUCT),
    hand: new Store(false),
    laser: new Store(false),
    calls: new Store<readonly Call[]>([]),
    reactions: new Store<readonly FloatingReaction[]>([]),
    pings: new Store<readonly Ping[]>([]),
  };
}

/** Who presents and is here. */
export function presenterAmong(people: readonly Person[], conduct: Conduct): Person | null {
  if (conduct.presenter === null) return null;
  return (
    people.find(({ principal_id, lost }) => principal_id === conduct.presenter && lost !== true) ??
    null
  );
}

/** Whose hands are up, in the order the room saw; one of each person. */
export function handsOf(people: readonly Person[]): readonly Person[] {
  const seen = new Set<string>();
  return people
    .filter(({ status, lost }) => status.hand === true && lost !== true)
    .sort((a, b) => (a.status.hand_rank ?? 0) - (b.status.hand_rank ?? 0))
    .filter(({ principal_id }) => !seen.has(principal_id) && seen.add(principal_id));
}

/** What I am in this session; null when I am in none. */
export function myPart(people: readonly Person[]): string | null {
  return people.find(({ mine }) => mine)?.session_role ?? null;
}

/** Whether I am the host or present. */
export function iLead(people: readonly Person[]): boolean {
  const part = myPart(people);
  return part === "host" || part === "presenter";
}
