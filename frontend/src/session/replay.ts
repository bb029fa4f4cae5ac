/**
 * Plays a recording in the workspace: writes the same stores as a live session, from the log and the chunks
 * instead of a socket, and sends nothing. Time is that of the recording.
 */

import type { Held, OpMessage } from "../protocol/messages";
import { Pose } from "../protocol/pose";
import { type Jump, NO_TIMELINE, SPEEDS, type Timeline } from "../state/areas/replaying";
import type { Commands } from "../state/commands";
import { t } from "../state/messages";
import type { Presence } from "../state/presence";
import type { CameraPose, Workspace } from "../state/workspace";
import { cameraOfPose } from "./camera";
import type { ChunkRecord } from "./chunk";
import { chatLines } from "./chat_lines";
import type { Environment } from "./environment";
import { OpLog } from "./op_log";
import { People, rootOf } from "./people";
import { RemotePoses } from "./remote_poses";
import { SceneSync } from "./scene_sync";
import type { Names } from "./shared_objects";
import { neighbour, quietUntil } from "./timeline";

const TICK_MS = 50;
/** That a pause was passed over is said this long. */
const SKIP_SHOWN_MS = 2_500;

/** A recording, as a player has read it. Times: milliseconds since its beginning. */
export interface Recorded {
  readonly id: string;
  readonly sessionId: string;
  readonly name: string;
  readonly revisionId: string;
  readonly durationMs: number;
  readonly firstSeq: number;
  /** Shared state at the beginning. */
  readonly state: Readonly<Record<string, Held>>;
  /** In order. */
  readonly operations: readonly { readonly ms: number; readonly op: OpMessage }[];
  readonly chunks: readonly { readonly number: number; readonly fromMs: number }[];
  /** What recorded it died. */
  readonly interrupted?: boolean;
  readonly timeline?: Timeline;
}

export interface ReplayOptions {
  readonly workspace: Workspace;
  readonly commands: Commands;
  readonly environment: Environment;
  readonly recorded: Recorded;
  readonly atMs: number;
  fetchChunk(number: number): Promise<readonly ChunkRecord[]>;
  /** Width by height of my picture. */
  aspect(): number;
  showCamera(pose: CameraPose): void;
  /** The voices, when there are any. */
  readonly voices?: { update(atMs: number, playing: boolean, speed: number): void };
  /** Some seconds cannot be read; everything else plays. Told once. */
  onFailure(error: unknown): void;
}

/** A recording that is played. */
export interface Replay extends Presence {
  pauseFollowing(): void;
  stop(): void;
  debug(): Readonly<Record<string, unknown>>;
}

export function createReplay(options: ReplayOptions): Replay {
  return new Player(options);
}

class Player implements Replay {
  private readonly options: ReplayOptions;
  private readonly workspace: Workspace;
  private readonly remote = new RemotePoses();
  private readonly people: People;
  private readonly sync: SceneSync;
  private readonly stops: (() => void)[] = [];
  private readonly listeners = new Set<() => void>();
  private readonly followed = new Pose();
  private readonly loaded = new Map<number, readonly ChunkRecord[]>();
  private readonly loading = new Set<number>();
  /** Chunks that could not be read. */
  private readonly damaged = new Set<number>();
  private log = new OpLog("a-replay");
  private atMs: number;
  private nextOperation = 0;
  /** Index of the chunk that is played, and of its next record. */
  private chunk = -1;
  private record = 0;
  private playing = false;
  private speed = 1;
  private skipsQuiet = false;
  private skipped: { readonly ms: number; readonly untilMs: number } | null = null;
  /** Index of the chunk at this place. */
  private wanted = -1;
  private heardMs = 0;
  private cancel: (() => void) | null = null;

  constructor(options: ReplayOptions) {
    const { workspace, environment, recorded, commands } = options;
    this.options = options;
    this.workspace = workspace;
    this.atMs = options.atMs;
    this.people = new People(workspace, environment, () => undefined);
    this.sync = new SceneSync(
      workspace,
      recorded.revisionId,
      { change: () => undefined, preview: () => undefined },
      { value: (key) => this.log.value(key), keys: () => this.log.keys() },
      namesIn(recorded),
    );
    workspace.role.set("viewer");
    workspace.session.set({
      ...{ id: recorded.sessionId, kind: "table", name: recorded.name },
      ...{ code: null, joinUrl: null, startedAt: null },
    });
    this.stops.push(
      commands.register("replay.play", ({ on }) => this.play(on)),
      commands.register("replay.seek", ({ ms }) => this.seek(ms)),
      commands.register("replay.speed", ({ speed }) => this.setSpeed(speed)),
      commands.register("replay.faster", () => this.faster()),
      commands.register("replay.skipQuiet", ({ on }) => {
        this.skipsQuiet = on;
        this.publish();
      }),
      commands.register("replay.jump", ({ to, by }) => this.jump(to, by)),
      commands.register("session.follow", ({ slot }) => {
        workspace.following.set(slot === null ? null : { slot, paused: false });
        this.tell();
      }),
      commands.register("session.goTo", ({ slot }) => {
        const camera = this.cameraOf(slot);
        if (camera) options.showCamera(camera);
      }),
      commands.register("resume", () => {
        const following = workspace.following.get();
        if (following) workspace.following.set({ ...following, paused: false });
      }),
    );
    this.fold();
    this.sync.enter({ publish: false });
    this.seek(options.atMs);
  }

  // Presence, by the recording's own clock

  poses(_nowMs: number, listener: (slot: number, pose: Pose, ageMs: number) => void): void {
    this.remote.each(this.atMs, (slot, pose) => listener(slot, pose, 0));
  }

  isMoving(): boolean {
    return this.playing;
  }

  onPoses(callback: () => void): () => void {
    this.listeners.add(callback);
    return () => this.listeners.delete(callback);
  }

  followedCamera(): CameraPose | null {
    const following = this.workspace.following.get();
    if (!following || following.paused) return null;
    const root = rootOf(following.slot, this.workspace.people.get());
    return root ? this.cameraOf(root.slot) : null;
  }

  cameraOf(slot: number): CameraPose | null {
    if (!this.remote.at(slot, this.atMs, this.followed)) return null;
    return cameraOfPose(this.followed, this.options.aspect(), this.workspace.camera.get());
  }

  pauseFollowing(): void {
    const following = this.workspace.following.get();
    if (following && !following.paused)
      this.workspace.following.set({ ...following, paused: true });
  }

  stop(): void {
    this.cancel?.();
    for (const stop of this.stops) stop();
    this.sync.stop();
    this.remote.clear();
    this.people.clear();
    this.workspace.following.set(null);
    this.workspace.session.set(null);
    this.workspace.chat.set([]);
    this.workspace.replay.set(null);
  }

  debug(): Readonly<Record<string, unknown>> {
    const slots: number[] = [];
    this.remote.each(this.atMs, (slot) => slots.push(slot));
    return { kind: "replay", atMs: this.atMs, playing: this.playing, poses: slots };
  }

  // Time

  private play(on: boolean): void {
    this.cancel?.();
    this.cancel = null;
    if (on && this.atMs >= this.options.recorded.durationMs) this.seek(0);
    this.playing = on;
    this.heardMs = this.options.environment.now();
    if (on) this.cancel = this.options.environment.later(() => this.tick(), TICK_MS);
    this.publish();
  }

  private setSpeed(speed: number): void {
    this.speed = SPEEDS.find((known) => known === speed) ?? 1;
    this.publish();
  }

  private faster(): void {
    this.setSpeed(SPEEDS.find((known) => known > this.speed) ?? 1);
  }

  private jump(to: Jump, by: 1 | -1): void {
    const mark = neighbour(this.timeline().marks, to, this.atMs, by);
    if (mark) this.seek(mark.ms);
    else this.workspace.announce(t(by > 0 ? `replay.noNext.${to}` : `replay.noPrevious.${to}`));
  }

  private timeline(): Timeline {
    return this.options.recorded.timeline ?? NO_TIMELINE;
  }

  private tick(): void {
    const now = this.options.environment.now();
    const { durationMs } = this.options.recorded;
    this.atMs = Math.min(durationMs, this.atMs + (now - this.heardMs) * this.speed);
    this.heardMs = now;
    const until = this.skipsQuiet ? quietUntil(this.timeline().quiet, this.atMs) : null;
    if (until !== null) {
      this.skipped = { ms: until - this.atMs, untilMs: until };
      this.seek(until);
    } else this.advance();
    if (this.atMs >= durationMs) {
      this.play(false);
      return;
    }
    this.cancel = this.options.environment.later(() => this.tick(), TICK_MS);
    this.publish();
  }

  private seek(ms: number): void {
    this.atMs = Math.min(this.options.recorded.durationMs, Math.max(0, ms));
    const before = this.log.keys();
    this.fold();
    this.sync.changed([...new Set([...before, ...this.log.keys()])]);
    this.workspace.chat.set(chatLines(this.log.chat, null));
    this.chunk = -1;
    this.record = 0;
    this.remote.clear();
    this.advance();
    this.publish();
  }

  // What the recording says

  /** Shared state and chat anew, up to this moment. */
  private fold(): void {
    const { recorded } = this.options;
    this.log = new OpLog("a-replay");
    this.log.hello({
      ...{ t: "hello", epoch: recorded.id, seq: recorded.firstSeq, slot: -1, resumed: false },
      ...{ state: recorded.state, chat: [], who: [], holds: {}, hz: 10 },
      session: {
        ...{ id: recorded.sessionId, kind: "meeting", name: recorded.name },
        ...{ project_id: "", revision_id: recorded.revisionId },
      },
      you: NOBODY,
    });
    this.nextOperation = 0;
    this.apply(() => undefined);
  }

  /** Operations up to this moment that are not applied yet. */
  private apply(onChange: (keys: readonly string[], chat: boolean) => void): void {
    const { operations } = this.options.recorded;
    for (;;) {
      const next = operations[this.nextOperation];
      if (!next || next.ms > this.atMs) return;
      this.nextOperation += 1;
      const change = this.log.op(next.op);
      onChange(change.keys, change.chat);
    }
  }

  /** Everything up to this moment: operations at once, presence as far as it is loaded. */
  private advance(): void {
    this.apply((keys, chat) => {
      this.sync.changed(keys);
      if (chat) this.workspace.chat.set(chatLines(this.log.chat, null));
    });
    const { chunks } = this.options.recorded;
    const later = chunks.findIndex(({ fromMs }) => fromMs > this.atMs);
    const wanted = (later < 0 ? chunks.length : later) - 1;
    this.wanted = wanted;
    if (wanted < 0) return;
    if (wanted !== this.chunk) {
      if (this.loaded.has(wanted)) {
        this.chunk = wanted;
        this.record = 0;
      } else this.load(wanted);
    }
    if (chunks[wanted + 1]) this.load(wanted + 1);
    const records = this.loaded.get(this.chunk) ?? [];
    for (;;) {
      const next = records[this.record];
      if (!next || next.ms > this.atMs) break;
      this.record += 1;
      this.take(next);
    }
    this.tell();
  }

  private load(index: number): void {
    const row = this.options.recorded.chunks[index];
    if (!row || this.loaded.has(index) || this.loading.has(index)) return;
    this.loading.add(index);
    this.options.fetchChunk(row.number).then(
      (records) => {
        this.loading.delete(index);
        this.loaded.set(index, records);
        this.advance();
        this.publish();
      },
      (error: unknown) => {
        // Each chunk can be read alone: without this one people stand where they were.
        this.loading.delete(index);
        this.loaded.set(index, []);
        if (this.damaged.size === 0) this.options.onFailure(error);
        this.damaged.add(index);
        this.publish();
      },
    );
  }

  private take(record: ChunkRecord): void {
    if ("poses" in record) {
      this.remote.receive(record.poses, record.ms);
      return;
    }
    const { message } = record;
    switch (message.t) {
      case "who":
        this.people.reset(message.who, -1);
        return;
      case "join":
        this.people.join(message.who);
        return;
      case "left":
        this.remote.forget(message.slot);
        this.people.left(message.slot, "left");
        return;
      case "status":
        this.people.status(message.slot, message.value);
        return;
      case "role":
        this.people.role(message);
        return;
    }
  }

  /** The pause that was passed over, for some seconds after it. */
  private recentlySkipped(): typeof this.skipped {
    const passed = this.skipped;
    if (!passed) return null;
    const since = this.atMs - passed.untilMs;
    return since >= 0 && since <= SKIP_SHOWN_MS * this.speed ? passed : null;
  }

  private tell(): void {
    for (const tell of this.listeners) tell();
  }

  private publish(): void {
    const { recorded } = this.options;
    this.workspace.replay.set({
      ...{ recordingId: recorded.id, sessionId: recorded.sessionId, name: recorded.name },
      ...{ durationMs: recorded.durationMs, atMs: this.atMs },
      ...{ playing: this.playing, speed: this.speed, skipsQuiet: this.skipsQuiet },
      skipped: this.recentlySkipped(),
      waiting: this.loading.has(this.wanted),
      damaged: this.damaged.has(this.wanted),
      interrupted: recorded.interrupted ?? false,
      timeline: this.timeline(),
    });
    this.options.voices?.update(this.atMs, this.playing, this.speed);
  }
}

/** Whose things they are: of everybody who was there, or changed anything before or in it. Nobody is me. */
function namesIn({ state, operations, timeline }: Recorded): Names {
  const names = new Map<string, string>();
  for (const { by } of Object.values(state)) names.set(by.principal_id, by.name);
  for (const { op } of operations) names.set(op.by.principal_id, op.by.name);
  for (const { principalId, name } of timeline?.lanes ?? []) names.set(principalId, name);
  return { me: () => "", nameOf: (id) => names.get(id) ?? t("people.someone") };
}

const NOBODY = {
  ...{ slot: -1, principal_id: "", name: "", colour: 0, shape: 0, role: "viewer" },
  ...{ session_role: "listener" as const, device: "desktop", guest: false, status: {} },
};
