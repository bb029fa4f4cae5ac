/** What the pages need from the scene and the session; `main` plugs the real ones in. */

import type { Mark } from "../state/areas/replaying";
import type { Commands } from "../state/commands";
import type { RevisionRef, Workspace } from "../state/workspace";

/** Everything a running viewer page shares. */
export interface Stage {
  readonly workspace: Workspace;
  readonly commands: Commands;
  /** Fills a positioned element, into which the scene may put what lies over the picture. */
  readonly canvas: HTMLCanvasElement;
  readonly revision: RevisionRef;
}

/** Something that runs until it is told to stop. */
export interface Running {
  stop(): void;
  /** What `window.__ux` shows of it; plain values only. */
  debug?(): Readonly<Record<string, unknown>>;
  /** What the canvas shows, small; pixels. */
  thumbnail?(width: number, height: number): Promise<Blob>;
  /** What the canvas shows; scale: pixels per CSS pixel. */
  screenshot?(options: { readonly scale: number; readonly transparent: boolean }): Promise<Blob>;
}

/** Which room to be in. */
export type LiveTarget =
  | { readonly kind: "table"; readonly revisionId: string }
  /** watch: only look, without taking part. */
  | { readonly kind: "session"; readonly sessionId: string; readonly watch?: boolean }
  | {
      readonly kind: "replay";
      readonly sessionId: string;
      readonly recordingId: string;
      readonly atMs: number;
      /** Issues and verdicts: the recording itself does not hold them. */
      readonly marks: readonly Mark[];
    };

/** A recording, and where to begin. */
export type ReplayWanted = Omit<Extract<LiveTarget, { kind: "replay" }>, "kind">;

/** Where somebody at the door of a session stands, as the session tells it. */
export type DoorState =
  | { readonly kind: "asking" | "lost" | "admitted" }
  | { readonly kind: "waiting"; readonly asked: "host" | "presenter" | "nobody" }
  /** For good. */
  | { readonly kind: "refused"; readonly reason: string };

/** What I say at the door. */
export interface DoorEntry {
  readonly sessionId: string;
  readonly code: string | null;
  readonly name: string | null;
}

/** The scene and the session as the pages see them. */
export interface Ports {
  /** Loads the 3D code, then the revision. Failures go to `workspace.problem`. */
  startViewer(stage: Stage): Promise<Running>;
  /** Connects to a room and keeps connected. */
  startLive(stage: Stage, target: LiveTarget): Promise<Running>;
  /** Waits at the door of a session until somebody says yes or no, or it is stopped. */
  waitAtDoor(entry: DoorEntry, onState: (state: DoorState) => void): Promise<Running>;
}
