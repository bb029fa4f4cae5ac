/**
 * The voices of a recording that is played: each person's pieces sound where they were said, follow the scrubber, and
 * keep their pitch when time goes faster. Above twice the speed nobody is understood, so nobody is heard.
 */

import type { ReplayVoice } from "../state/areas/replaying";
import type { Commands } from "../state/commands";
import { t } from "../state/messages";
import type { Workspace } from "../state/workspace";

/** Some seconds of a voice. Times: milliseconds since the beginning of the recording. */
export interface VoicePiece {
  readonly id: string;
  readonly fromMs: number;
  readonly durationMs: number;
}

/** What is kept of one person's voice. */
export interface RecordedVoice {
  readonly principalId: string;
  readonly name: string;
  readonly mine: boolean;
  /** As they were said. */
  readonly pieces: readonly VoicePiece[];
}

/** The part of an audio element that is used; one piece each. */
export interface Sound {
  currentTime: number;
  playbackRate: number;
  volume: number;
  muted: boolean;
  readonly paused: boolean;
  play(): Promise<void>;
  pause(): void;
  /** Lets its bytes go. */
  close(): void;
}

export interface ReplayVoicesOptions {
  readonly workspace: Workspace;
  readonly commands: Commands;
  readonly voices: readonly RecordedVoice[];
  fetchSound(principalId: string, pieceId: string): Promise<Sound>;
  /** Deletes my own voice on the server. */
  forget(): Promise<void>;
}

/** Slower and faster voices say nothing. */
export const AUDIBLE = [0.5, 2] as const;
/** A voice further from where it should be is put there. */
const DRIFT_S = 0.25;
/** Pieces that begin this soon are fetched. */
const AHEAD_MS = 12_000;

/** Whether voices are heard at a speed. */
export function isAudible(speed: number): boolean {
  return speed >= AUDIBLE[0] && speed <= AUDIBLE[1];
}

/** The piece that sounds at a moment: where two overlap, the later one. */
export function pieceAt(pieces: readonly VoicePiece[], atMs: number): VoicePiece | null {
  let found: VoicePiece | null = null;
  for (const piece of pieces) {
    if (piece.fromMs > atMs) break;
    if (atMs < piece.fromMs + piece.durationMs) found = piece;
  }
  return found;
}

export class ReplayVoices {
  private readonly options: ReplayVoicesOptions;
  private voices: readonly RecordedVoice[];
  private readonly sounds = new Map<string, Sound | "coming" | "broken">();
  private readonly stops: (() => void)[];
  private moment = { atMs: 0, playing: false, speed: 1 };
  private stopped = false;

  constructor(options: ReplayVoicesOptions) {
    this.options = options;
    this.voices = options.voices;
    this.stops = [
      options.commands.register("replay.voice", ({ principalId, ...change }) => {
        const volume = Math.min(1, Math.max(0, change.volume ?? 1));
        this.change(principalId, change.volume === undefined ? change : { ...change, volume });
      }),
      options.commands.register("replay.forgetVoice", () => void this.forget()),
    ];
    this.show(
      options.voices.map(({ principalId, name, mine }) => ({
        ...{ principalId, name, mine, muted: false, volume: 1, speaking: false },
      })),
    );
  }

  /** Time went on, or was moved. */
  update(atMs: number, playing: boolean, speed: number): void {
    this.moment = { atMs, playing, speed };
    const wanted = new Set<string>();
    const speaking = new Set<string>();
    for (const voice of this.voices) {
      const now = pieceAt(voice.pieces, atMs);
      if (now) speaking.add(voice.principalId);
      const ahead = AHEAD_MS * Math.max(1, speed);
      for (const piece of voice.pieces) {
        if (piece.fromMs + piece.durationMs <= atMs || piece.fromMs > atMs + ahead) continue;
        wanted.add(piece.id);
        this.fetch(voice.principalId, piece.id);
        const sound = this.sounds.get(piece.id);
        if (typeof sound === "object") this.place(voice.principalId, sound, piece, piece === now);
      }
    }
    for (const [id, sound] of this.sounds) {
      if (wanted.has(id) || sound === "coming") continue;
      this.sounds.delete(id);
      if (typeof sound === "object") sound.close();
    }
    if (this.state().some((one) => one.speaking !== speaking.has(one.principalId)))
      this.show(this.state().map((one) => ({ ...one, speaking: speaking.has(one.principalId) })));
  }

  stop(): void {
    this.stopped = true;
    for (const stop of this.stops) stop();
    for (const sound of this.sounds.values()) if (typeof sound === "object") sound.close();
    this.sounds.clear();
    this.show([]);
  }

  private place(principalId: string, sound: Sound, piece: VoicePiece, now: boolean): void {
    const { atMs, playing, speed } = this.moment;
    const chosen = this.state().find((one) => one.principalId === principalId);
    sound.muted = chosen?.muted ?? false;
    sound.volume = chosen?.volume ?? 1;
    const shouldBeAt = Math.max(0, (atMs - piece.fromMs) / 1_000);
    const heard = now && playing && isAudible(speed);
    if (!heard) {
      if (!sound.paused) sound.pause();
      if (now && Math.abs(sound.currentTime - shouldBeAt) > 0.05) sound.currentTime = shouldBeAt;
      return;
    }
    sound.playbackRate = speed;
    if (Math.abs(sound.currentTime - shouldBeAt) > DRIFT_S * Math.max(1, speed))
      sound.currentTime = shouldBeAt;
    if (sound.paused)
      sound.play().catch((error: unknown) => {
        // A pause that came before it began, or a browser that waits for a press.
        if (this.moment.playing) console.warn("replay: a voice does not play", error);
      });
  }

  private fetch(principalId: string, pieceId: string): void {
    if (this.sounds.has(pieceId)) return;
    this.sounds.set(pieceId, "coming");
    this.options.fetchSound(principalId, pieceId).then(
      (sound) => {
        if (this.stopped || !this.voices.some((one) => one.principalId === principalId)) {
          sound.close();
          return;
        }
        this.sounds.set(pieceId, sound);
        const { atMs, playing, speed } = this.moment;
        this.update(atMs, playing, speed);
      },
      (error: unknown) => {
        console.warn("replay: some seconds of a voice cannot be read", error);
        this.sounds.set(pieceId, "broken");
      },
    );
  }

  private async forget(): Promise<void> {
    try {
      await this.options.forget();
    } catch (error) {
      console.warn("replay: my voice is not deleted", error);
      this.options.workspace.announce(t("recording.voiceProblem.failed"), { assertive: true });
      return;
    }
    this.options.workspace.announce(t("replay.forgotVoice"));
    const mine = this.voices.find((voice) => voice.mine);
    this.voices = this.voices.filter((voice) => voice !== mine);
    this.show(this.state().filter((one) => !one.mine));
    this.update(this.moment.atMs, this.moment.playing, this.moment.speed);
  }

  private change(principalId: string, change: Partial<ReplayVoice>): void {
    this.show(
      this.state().map((one) => (one.principalId === principalId ? { ...one, ...change } : one)),
    );
    this.update(this.moment.atMs, this.moment.playing, this.moment.speed);
  }

  private state(): readonly ReplayVoice[] {
    return this.options.workspace.replayVoices.get();
  }

  private show(voices: readonly ReplayVoice[]): void {
    this.options.workspace.replayVoices.set(voices);
  }
}
