/**
 * My own voice for a recording: while the session is recorded, I agreed to it and my microphone is open, in pieces of
 * some seconds, each a sound that plays alone. They go to the server in order; what cannot be sent waits and is sent
 * when the network is back. Nothing is recorded before the press, while muted, or without my yes.
 */

import type { VoiceKept } from "../../state/areas/recording";
import type { Commands } from "../../state/commands";
import { t } from "../../state/messages";
import type { Workspace } from "../../state/workspace";
import type { Environment } from "../environment";

/** A microphone that is being recorded. */
export interface Take {
  /** Ends it; the sound, empty when there was none. */
  stop(): Promise<Blob>;
  /** How long after it was asked for it began, milliseconds. */
  lateMs(): number;
}

/** Some seconds of my voice. Times: milliseconds of the environment's clock. */
export interface Piece {
  readonly id: string;
  readonly recordingId: string;
  readonly beganMs: number;
  readonly durationMs: number;
  readonly sound: Blob;
}

/** How my voice reaches the recording. */
export interface VoiceTapePorts {
  /** Starts recording a microphone; null where the browser cannot. */
  record(track: MediaStreamTrack): Take | null;
  /** What I said last of my voice in this recording, on whatever page. */
  said(recordingId: string): Promise<boolean>;
  /** Yes or no; a no deletes what was kept. */
  consent(recordingId: string, agrees: boolean): Promise<void>;
  /** kept; or the server's word why it never will be. Rejects when it is to be tried again. */
  send(piece: Piece, ageMs: number): Promise<"kept" | (string & {})>;
  newId(): string;
}

export interface VoiceTapeOptions extends VoiceTapePorts {
  readonly workspace: Workspace;
  readonly commands: Commands;
  readonly environment: Environment;
}

/** Length of a piece: what a page that dies loses. */
export const PIECE_MS = 10_000;
const RETRY_MS = 3_000;
/** What waits for a network; ten minutes at 32 kbit/s are 2.4 MB. */
const WAITING_BYTES = 32 << 20;
/** The server keeps no more of this voice, whatever is sent. */
const FOR_GOOD = ["voice_full", "voice_not_agreed", "not_found", "forbidden"];

export class VoiceTape {
  private readonly options: VoiceTapeOptions;
  private readonly stops: (() => void)[] = [];
  private recordingId: string | null = null;
  private track: MediaStreamTrack | null = null;
  private take: { readonly take: Take; readonly beganMs: number; readonly id: string } | null =
    null;
  private cancelTurn: (() => void) | null = null;
  private waiting: Piece[] = [];
  private sending = false;
  private cancelRetry: (() => void) | null = null;
  private stopped = false;

  constructor(options: VoiceTapeOptions) {
    this.options = options;
    this.stops.push(
      options.commands.register("session.keepVoice", ({ on }) => void this.say(on)),
      options.workspace.recording.subscribe(() => this.recordingChanged()),
      options.environment.watch(() => {
        if (options.environment.isOnline()) this.retry();
      }),
    );
    this.recordingChanged();
  }

  /** My microphone as the others hear it; null: muted. */
  hear(track: MediaStreamTrack | null): void {
    this.track = track;
    this.turn();
  }

  stop(): void {
    this.hear(null);
    this.stopped = true;
    for (const stop of this.stops) stop();
    this.cancelRetry?.();
    this.set({ agreed: false, waiting: 0, problem: null });
  }

  debug(): Readonly<Record<string, unknown>> {
    return { recording: this.take !== null, waiting: this.waiting.length };
  }

  private get state(): VoiceKept {
    return this.options.workspace.voiceKept.get();
  }

  private set(change: Partial<VoiceKept>): void {
    this.options.workspace.voiceKept.update((state) => ({ ...state, ...change }));
  }

  private recordingChanged(): void {
    const recording = this.options.workspace.recording.get();
    const id = recording?.id ?? null;
    if (id !== this.recordingId) {
      this.turn(true);
      this.recordingId = id;
      this.set({ agreed: false, problem: null });
      if (id !== null) void this.restore(id);
    } else if (recording && !recording.agreed && this.state.agreed) {
      // The room deletes what was kept.
      this.set({ agreed: false });
      this.turn();
      this.drop(id);
    }
    this.turn();
  }

  private async restore(id: string): Promise<void> {
    try {
      const agreed = await this.options.said(id);
      if (id !== this.recordingId || !agreed) return;
      if (this.options.workspace.recording.get()?.agreed !== true) return;
      this.set({ agreed });
      this.turn();
    } catch (error) {
      console.warn("recording: what I said of my voice is not known, so it is not kept", error);
    }
  }

  private async say(agrees: boolean): Promise<void> {
    const id = this.recordingId;
    if (id === null) return;
    if (!agrees) {
      this.set({ agreed: false });
      this.turn();
      this.drop(id);
    }
    try {
      await this.options.consent(id, agrees);
      if (id !== this.recordingId) return;
      this.set({ agreed: agrees, problem: null });
      this.options.workspace.announce(t(agrees ? "recording.voiceOn" : "recording.voiceOff"));
      this.turn();
    } catch (error) {
      console.warn("recording: the server did not hear what I said of my voice", error);
      this.set({ problem: "failed" });
      this.options.workspace.announce(t("recording.voiceProblem.failed"), { assertive: true });
    }
  }

  /** Starts, goes on or ends, as things are. again: the piece ends here in any case. */
  private turn(again = false): void {
    const { track, recordingId } = this;
    const wanted = track !== null && recordingId !== null && this.state.agreed && !this.stopped;
    if (this.take && wanted && !again) return;
    const before = this.take;
    this.take = null;
    this.cancelTurn?.();
    this.cancelTurn = null;
    if (wanted) {
      // The next piece begins before the last one ends: nothing is lost between them.
      const take = this.options.record(track);
      if (!take) this.set({ problem: "unsupported" });
      else {
        this.take = { take, beganMs: this.options.environment.now(), id: recordingId };
        this.cancelTurn = this.options.environment.later(() => this.turn(true), PIECE_MS);
      }
    }
    if (before) void this.end(before);
  }

  private async end({ take, beganMs, id }: NonNullable<VoiceTape["take"]>): Promise<void> {
    const endedMs = this.options.environment.now();
    const epoch = this.drops;
    const sound = await take.stop();
    const heardMs = beganMs + take.lateMs();
    const durationMs = Math.round(endedMs - heardMs);
    if (sound.size === 0 || durationMs < 1 || epoch !== this.drops) return;
    this.waiting.push({
      ...{ id: this.options.newId(), recordingId: id, beganMs: heardMs },
      ...{ durationMs, sound },
    });
    let bytes = 0;
    for (const piece of this.waiting) bytes += piece.sound.size;
    while (bytes > WAITING_BYTES) {
      bytes -= this.waiting.shift()?.sound.size ?? bytes;
      this.set({ problem: "lost" });
    }
    this.set({ waiting: this.waiting.length });
    void this.pump();
  }

  /** How often pieces were thrown away; one that was still ending then goes too. */
  private drops = 0;

  private drop(recordingId: string | null): void {
    this.drops += 1;
    this.waiting = this.waiting.filter((piece) => piece.recordingId !== recordingId);
    this.set({ waiting: this.waiting.length });
  }

  private retry(): void {
    this.cancelRetry?.();
    this.cancelRetry = null;
    void this.pump();
  }

  private async pump(): Promise<void> {
    if (this.sending || this.cancelRetry) return;
    this.sending = true;
    try {
      for (let piece = this.waiting[0]; piece; piece = this.waiting[0]) {
        const word = await this.options.send(piece, this.options.environment.now() - piece.beganMs);
        this.waiting = this.waiting.filter((other) => other !== piece);
        this.set({ waiting: this.waiting.length });
        if (word !== "kept") this.refused(word, piece);
      }
    } catch (error) {
      console.warn("recording: a piece of my voice waits for the network", error);
      if (!this.stopped)
        this.cancelRetry = this.options.environment.later(() => this.retry(), RETRY_MS);
    } finally {
      this.sending = false;
    }
  }

  private refused(word: string, piece: Piece): void {
    console.warn(`recording: a piece of my voice was refused: ${word}`);
    this.set({ problem: word === "voice_full" ? "full" : "refused" });
    if (!FOR_GOOD.includes(word) || piece.recordingId !== this.recordingId) return;
    this.set({ agreed: false });
    this.turn();
    this.drop(piece.recordingId);
  }
}
