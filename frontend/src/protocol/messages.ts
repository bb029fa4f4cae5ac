/**
 * What crosses the reliable lane, as the server's `rooms/protocol.py` types it. JSON in text frames.
 * `tests/vectors/messages.json` pins the bytes for both sides.
 */

export const SUBPROTOCOL = "holotable.v1";

/** Close codes that say what to do next; others mean: come back with a back-off. */
export const CLOSE = {
  normal: 1000,
  tooBig: 1009,
  restart: 1012,
  /** The room lives elsewhere: fetch a new ticket. */
  moved: 4307,
  /** Fetch a new ticket. */
  ticket: 4401,
  /** Removed, ended or not allowed any more: do not come back. */
  forbidden: 4403,
  silent: 4408,
} as const;

export type Json =
  null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };
export type SessionRole = "host" | "presenter" | "participant" | "listener";
export type NakCode = "forbidden" | "conflict" | "rate" | "invalid" | "full" | "start_a_session";
export type Device = "desktop" | "tablet" | "phone" | "headset";

/** Who made an operation; slot is null once they left or the room was loaded again. */
export interface Author {
  readonly principal_id: string;
  readonly name: string;
  readonly slot: number | null;
}

/** One key of shared state. */
export interface Held {
  readonly value: Json;
  /** Number of its last change. */
  readonly seq: number;
  readonly by: Author;
}

/** Fields that are sent replace, the others stay. */
export interface StatusFields {
  readonly selection?: {
    readonly revision_id: string;
    readonly ranges: readonly (readonly [number, number])[];
  } | null;
  readonly following?: number | null;
  readonly tool?: string;
  readonly device?: Device;
  readonly away?: boolean;
  readonly hand?: boolean;
  /** The room's: place of a raised hand in the queue. */
  readonly hand_rank?: number | null;
  readonly in_xr?: boolean;
  /** What I wear, as people call it. */
  readonly xr_device?: string;
  /** Where I write an issue or a comment; not what. */
  readonly writing?: Writing | null;
  /** null: not in voice. */
  readonly voice?: "muted" | "open" | null;
  /** The room's: the host closed this microphone. */
  readonly silenced?: boolean;
}

/** A place on a revision where somebody writes. */
export interface Writing {
  readonly revision_id: string;
  readonly kind: "issue" | "comment";
  readonly occurrence: number | null;
  /** Absolute metres, y up, unexploded. */
  readonly point: readonly [number, number, number];
}

/** What happens and is over; the room sends it on to whom it is for (rooms/events.py). */
export type EventBody =
  | {
      readonly kind: "point";
      readonly revision_id: string;
      /** null: `point` is in the model's frame, else in that of the part; metres. */
      readonly occurrence?: number | null;
      readonly point: readonly [number, number, number];
    }
  | {
      readonly kind: "react";
      readonly reaction: "agree" | "applause" | "heart" | "laugh" | "wow";
    }
  | { readonly kind: "bring"; readonly to?: number | null }
  | { readonly kind: "ask" }
  | { readonly kind: "offer"; readonly to: number }
  | { readonly kind: "decline"; readonly to: number }
  /** Without `to`: everybody but me. */
  | { readonly kind: "mute"; readonly to?: number | null }
  | { readonly kind: "allow"; readonly to: number }
  | { readonly kind: "lower"; readonly to?: number | null }
  /** To another device of my own. */
  | { readonly kind: "own"; readonly to: number; readonly act: "leave_xr" | "leave_voice" };

/** One connection in the room. */
export interface PersonMessage {
  readonly slot: number;
  readonly principal_id: string;
  readonly name: string;
  readonly colour: number;
  readonly shape: number;
  readonly role: string;
  readonly session_role: SessionRole;
  readonly device: string;
  readonly guest: boolean;
  readonly status: StatusFields;
}

/** A numbered, stored operation; for its sender also the acknowledgement. */
export interface OpMessage {
  readonly t: "op";
  readonly seq: number;
  readonly kind: "set" | "clear" | "chat";
  readonly key: string;
  readonly value: Json;
  readonly by: Author;
  /** ISO time, UTC. */
  readonly at: string;
  readonly cid: string;
  readonly cseq: number;
}

/** The first message on every socket. */
export interface HelloMessage {
  readonly t: "hello";
  readonly epoch: string;
  readonly seq: number;
  readonly slot: number;
  readonly resumed: boolean;
  /** When not resumed. */
  readonly state?: Readonly<Record<string, Held>>;
  /** When resumed: exactly what was missed. */
  readonly ops?: readonly OpMessage[];
  readonly chat: readonly OpMessage[];
  readonly who: readonly PersonMessage[];
  readonly holds: Readonly<Record<string, number>>;
  readonly hz: number;
  readonly session: {
    readonly id: string;
    readonly kind: "meeting" | "table";
    readonly name: string;
    readonly project_id: string;
    readonly revision_id: string;
  };
  readonly you: PersonMessage;
  /** How many only watch. */
  readonly watching?: number;
  /** I only watch: `slot` is below 0, and nobody's. */
  readonly spectator?: boolean;
  /** When the session is being recorded. */
  readonly recording?: RecordingShown;
  /** Beside `recording`: nobody has to ask you any more. */
  readonly agreed?: boolean;
}

/** A recording that goes on. */
export interface RecordingShown {
  readonly id: string;
  /** Name of who started it. */
  readonly by: string;
  readonly principal_id: string;
  /** ISO time, UTC. */
  readonly started_at: string;
  /** Principals of those who go on; whoever else is here is not recorded. */
  readonly agreed: readonly string[];
}

/** Why nothing happened. */
export interface NakMessage {
  readonly t: "nak";
  readonly cseq: number | null;
  readonly code: NakCode;
  /** Of a closed set (rooms/reasons.py); absent from an older server. */
  readonly reason?: string;
  readonly detail: string;
  readonly current?: Held | null;
  /** What was refused has no number: an event, or to be in voice. */
  readonly about?: "event" | "voice";
}

/** Somebody came or went. */
export type ComingMessage =
  | { readonly t: "join"; readonly who: PersonMessage }
  | { readonly t: "left"; readonly slot: number; readonly reason: "left" | "lost" | "removed" };

export type ServerMessage =
  | HelloMessage
  | OpMessage
  | NakMessage
  | ComingMessage
  /** Who came and went within a tick of a large room, in order. */
  | { readonly t: "batch"; readonly messages: readonly ComingMessage[] }
  | { readonly t: "status"; readonly slot: number; readonly value: StatusFields }
  | { readonly t: "preview"; readonly slot: number; readonly key: string; readonly value: Json }
  | { readonly t: "hold"; readonly key: string; readonly slot: number | null }
  | { readonly t: "pong"; readonly ts: number }
  | { readonly t: "changed"; readonly what: string }
  | {
      readonly t: "role";
      readonly slot: number;
      readonly role: string;
      readonly session_role: SessionRole;
    }
  | { readonly t: "sig"; readonly slot: number; readonly d: Json }
  | { readonly t: "event"; readonly slot: number; readonly event: EventBody }
  | { readonly t: "bye"; readonly reason: string; readonly retry_after_ms: number | null }
  | { readonly t: "moved"; readonly url: string }
  | { readonly t: "watching"; readonly count: number }
  | {
      readonly t: "knocks";
      readonly waiting: readonly {
        readonly principal_id: string;
        readonly name: string;
        readonly guest: boolean;
      }[];
    }
  | {
      readonly t: "lobby";
      readonly state: "waiting" | "admitted";
      readonly asked: "host" | "presenter" | "nobody";
    }
  | {
      readonly t: "recording";
      readonly recording: RecordingShown | null;
      readonly reason: "stopped" | "ended" | "empty" | "limit" | "interrupted" | null;
    }
  /** Somebody goes on in the recording, or is not recorded any more. */
  | { readonly t: "consent"; readonly principal_id: string; readonly agrees: boolean };

/** A change of shared state on its way: a set, a clear or a line of chat. */
export type ChangeMessage =
  | {
      readonly t: "op";
      readonly cid: string;
      readonly cseq: number;
      readonly kind: "set" | "clear";
      readonly key: string;
      readonly value: Json;
      readonly base?: number;
    }
  | { readonly t: "chat"; readonly cid: string; readonly cseq: number; readonly text: string };

export type ClientMessage =
  | ChangeMessage
  /** null ends the hold without a change. */
  | { readonly t: "preview"; readonly key: string; readonly value: Json }
  | { readonly t: "status"; readonly value: StatusFields }
  | { readonly t: "ping"; readonly ts: number }
  | { readonly t: "sig"; readonly to: number; readonly d: Json }
  | { readonly t: "event"; readonly event: EventBody }
  | { readonly t: "record"; readonly on: boolean }
  /** I go on in a session that is recorded; `agrees` false: I stay without being recorded. */
  | { readonly t: "consent"; readonly recording: string; readonly agrees?: boolean };

const KNOWN: ReadonlySet<string> = new Set<ServerMessage["t"]>([
  "hello",
  "op",
  "nak",
  "join",
  "left",
  "batch",
  "status",
  "preview",
  "hold",
  "pong",
  "changed",
  "role",
  "sig",
  "event",
  "bye",
  "moved",
  "recording",
  "watching",
  "knocks",
  "lobby",
  "consent",
]);

/** Reads one text frame; null for a kind this client does not know, so that a newer server may say more. */
export function parseServerMessage(text: string): ServerMessage | null {
  const message: unknown = JSON.parse(text);
  if (typeof message !== "object" || message === null || !("t" in message)) return null;
  if (typeof message.t !== "string" || !KNOWN.has(message.t)) return null;
  // The server's messages are pinned by shared vectors; checking each field again would double them.
  return message as ServerMessage;
}

/** The text frame of a message. */
export function encodeClientMessage(message: ClientMessage): string {
  return JSON.stringify(message);
}
