/**
 * Taking part in a room: connects, writes the workspace's people, chat, holds and scene from what the room says,
 * and sends what this person does. `main` plugs the network and the scene in; nothing above imports this.
 */

import type { Device, Json, ServerMessage, StatusFields } from "../protocol/messages";
import { Pose } from "../protocol/pose";
import type { Commands } from "../state/commands";
import type { Presence } from "../state/presence";
import type { CameraPose, Person, Role, SessionInfo, Workspace } from "../state/workspace";
import { NOT_CONNECTED } from "../state/workspace";
import { cameraOfPose } from "./camera";
import { chatLines } from "./chat_lines";
import { ConductSync } from "./conduct";
import { Connection, type ConnectionStatus, type TicketLike } from "./connection";
import type { Environment } from "./environment";
import { OpLog } from "./op_log";
import { PoseSender, readOwnPose, readPointer, type PoseSource } from "./own_pose";
import { People, rootOf } from "./people";
import { RecordingPart } from "./recording";
import { RemotePoses } from "./remote_poses";
import { SceneSync } from "./scene_sync";
import { Voice, type VoiceOptions } from "./voice/voice";
import { t } from "../state/messages";
import { backText, changeText, comingsText, endedText, refusedText } from "./words";

const PREVIEW_MS = 33;
/** A hold ends after 5 s of silence; while the pointer is down and still, it is renewed. */
const HOLD_RENEW_MS = 1_500;
const STATUS_MS = 100;
/** UX.md statement 60: joins are announced at most once in this time. */
const ARRIVALS_MS = 5_000;
const RATE_RETRY_MS = 1_000;
/** Ranges of a selection that others are shown. */
const SELECTION_RANGES = 1_000;

/** What the session row says beside the room's hello. */
export interface SessionFacts {
  readonly code: string | null;
  readonly joinUrl: string | null;
  readonly startedAt: string | null;
}

/** What a session is made of. */
export interface LiveSessionOptions {
  readonly workspace: Workspace;
  readonly commands: Commands;
  readonly environment: Environment;
  /** 8 to 36 letters, digits, `-`, `_`; new for every page. */
  readonly cid: string;
  readonly device: Device;
  readonly revisionId: string;
  /** A fresh ticket; throws TicketRefused when there will never be one. */
  fetchTicket(signal: AbortSignal): Promise<TicketLike>;
  /** Code, link and start of a meeting; null at a table. */
  fetchFacts(sessionId: string): Promise<SessionFacts>;
  readonly pose: PoseSource;
  /** The lobby has said that this session is recorded. */
  wasToldOfRecording?(sessionId: string): boolean;
  /** The browser's parts of voice; left out: chat alone. */
  voice?(
    signal: (to: number, data: Json) => void,
  ): Omit<VoiceOptions, "workspace" | "commands" | "environment" | "people">;
  /** Moves my camera there: *go to*. */
  showCamera(pose: CameraPose): void;
  /** Something outside the room changed, for example `members`: read it again over REST. */
  onChanged?(what: string): void;
}

/** A room that this page takes part in. */
export interface LiveSession extends Presence {
  /** The person moved their camera on purpose: following pauses, it does not stop. */
  pauseFollowing(): void;
  /** What is kept here until it is sent; leaving with some asks first. */
  unsent(): number;
  /** Leaves; the scene is mine again. */
  stop(): void;
  /** Plain numbers for tests. */
  debug(): Readonly<Record<string, unknown>>;
}

/** Connects and keeps connected. */
export function createLiveSession(options: LiveSessionOptions): LiveSession {
  return new Live(options);
}

class Live implements LiveSession {
  private readonly options: LiveSessionOptions;
  private readonly workspace: Workspace;
  private readonly environment: Environment;
  private readonly log: OpLog;
  private readonly remote = new RemotePoses();
  private readonly people: People;
  private readonly connection: Connection;
  private readonly sender: PoseSender;
  private readonly recording: RecordingPart;
  private readonly voice: Voice | null;
  private readonly stops: (() => void)[] = [];
  private readonly poseListeners = new Set<() => void>();
  private readonly followed = new Pose();
  private readonly previews = new Map<string, Json>();
  private sync: SceneSync | null = null;
  private conduct: ConductSync | null = null;
  private leader: Person | null = null;
  private sessionId: string | null = null;
  private kind: "meeting" | "table" | null = null;
  private cancelPreviews: (() => void) | null = null;
  private cancelRenewal: (() => void) | null = null;
  private cancelStatus: (() => void) | null = null;
  private cancelArrivals: (() => void) | null = null;
  private sentStatus = new Map<string, string>();
  private arrivals: { readonly name: string; readonly verb: "joined" | "left" }[] = [];
  private status: ConnectionStatus | null = null;
  private stopped = false;

  constructor(options: LiveSessionOptions) {
    const { workspace, environment } = options;
    this.options = options;
    this.workspace = workspace;
    this.environment = environment;
    this.log = new OpLog(options.cid);
    this.people = new People(workspace, environment, (person) => this.gone(person));
    this.connection = new Connection({
      environment,
      fetchTicket: (signal) => options.fetchTicket(signal),
      resumeFrom: () => this.log.position,
      onHello: (hello) => this.hello(hello),
      onMessage: (message) => this.receive(message),
      onPoses: (frame) => this.receivePoses(frame),
      onStatus: (status) => this.told(status),
    });
    this.sender = new PoseSender(
      environment,
      (out) => readOwnPose(workspace, options.pose, out),
      (bytes) => this.connection.sendPose(bytes),
    );
    this.recording = new RecordingPart({
      workspace,
      commands: options.commands,
      send: (message) => this.connection.send(message),
      wasTold: (sessionId) => options.wasToldOfRecording?.(sessionId) ?? false,
    });
    this.voice = this.speaking();
    this.watch();
    this.perform();
    this.stops.push(...this.recording.perform());
  }

  // Presence

  poses(nowMs: number, listener: (slot: number, pose: Pose, ageMs: number) => void): void {
    this.remote.each(nowMs, listener);
  }

  isMoving(nowMs: number): boolean {
    return this.remote.isMoving(nowMs);
  }

  onPoses(callback: () => void): () => void {
    this.poseListeners.add(callback);
    return () => this.poseListeners.delete(callback);
  }

  followedCamera(nowMs: number): CameraPose | null {
    const following = this.workspace.following.get();
    if (!following || following.paused) return null;
    const root = rootOf(following.slot, this.workspace.people.get());
    return root ? this.cameraOf(root.slot, nowMs) : null;
  }

  cameraOf(slot: number, nowMs: number): CameraPose | null {
    if (!this.remote.at(slot, nowMs, this.followed)) return null;
    const aspect = this.options.pose.aspect();
    return cameraOfPose(this.followed, aspect, this.workspace.camera.get());
  }

  pauseFollowing(): void {
    const following = this.workspace.following.get();
    if (following && !following.paused) {
      this.workspace.following.set({ ...following, paused: true });
    }
  }

  // Actions

  unsent(): number {
    return this.log.unsent;
  }

  stop(): void {
    if (this.stopped) return;
    this.stopped = true;
    for (const stop of this.stops) stop();
    this.leave();
    this.voice?.stop();
    this.connection.stop();
    this.workspace.connection.set(NOT_CONNECTED);
    this.workspace.session.set(null);
    this.workspace.chat.set([]);
  }

  debug(): Readonly<Record<string, unknown>> {
    const now = this.environment.now();
    const others: number[] = [];
    this.remote.each(now, (slot) => others.push(slot));
    return {
      sessionId: this.sessionId,
      kind: this.kind,
      position: this.log.position,
      unsent: this.log.unsent,
      connection: this.status?.kind ?? null,
      latencyMs: this.status?.latencyMs ?? null,
      poses: others,
      voice: this.voice?.debug() ?? null,
    };
  }

  private perform(): void {
    const { commands } = this.options;
    this.stops.push(
      commands.register("session.follow", ({ slot }) => this.follow(slot)),
      commands.register("session.goTo", ({ slot }) => {
        const camera = this.cameraOf(slot, this.environment.now());
        if (camera) this.options.showCamera(camera);
      }),
      commands.register("session.chat", ({ text }) => {
        const line = text.trim();
        if (line === "" || this.kind !== "meeting") return;
        this.log.say(line);
        this.flush();
        this.publishChat();
      }),
      commands.register("session.myView", ({ on }) => {
        const { myView } = this.workspace;
        const next = on ?? !myView.get();
        if (next !== myView.get()) this.setMyView(next);
      }),
      commands.register("session.shareMyView", () => this.setMyView(false, true)),
      commands.register("resume", () => {
        const following = this.workspace.following.get();
        if (following) this.workspace.following.set({ ...following, paused: false });
      }),
    );
  }

  private follow(slot: number | null): void {
    if (slot === null) {
      this.workspace.following.set(null);
      return;
    }
    const people = this.workspace.people.get();
    const person = people.find((candidate) => candidate.slot === slot);
    if (!person || person.mine) return;
    if (!rootOf(slot, people)) {
      this.workspace.announce(t("live.followsYou", { name: person.name }), { others: true, slot });
      return;
    }
    this.leader = person;
    this.workspace.following.set({ slot, paused: false });
    this.workspace.announce(t("live.follow", { name: person.name }), { slot });
  }

  /** Undo does not cross the border: what was done on one side would be undone on the other. */
  private setMyView(on: boolean, share = false): void {
    const { workspace, sync } = this;
    if (!sync || on === workspace.myView.get()) return;
    workspace.myView.set(on);
    if (on) sync.fork();
    else sync.rejoin({ share });
    this.options.commands.clearHistory();
    const said = on ? "live.myView" : share ? "live.shared" : "live.rejoined";
    workspace.announce(t(said));
  }

  // From the room

  private hello(hello: Extract<ServerMessage, { t: "hello" }>): void {
    const isNew = this.sessionId !== hello.session.id;
    const waiting = this.log.unsent;
    const change = this.log.hello(hello);
    if (change.gap) {
      this.connection.restart();
      return;
    }
    this.sessionId = hello.session.id;
    this.kind = hello.session.kind;
    this.remote.clear();
    this.remote.ownSlot = hello.slot;
    this.people.reset(hello.who, hello.slot);
    this.findFollowed();
    this.workspace.role.set(hello.you.role as Role); // the server's roles are the same list
    this.workspace.holds.set(new Map(Object.entries(hello.holds)));
    if (isNew) this.entered(hello);
    else {
      this.sync?.changed(change.keys);
      this.conduct?.changed(change.keys);
      this.workspace.announce(backText(waiting), { assertive: true });
    }
    this.publishChat();
    if (hello.session.kind === "meeting") this.voice?.hello(hello.session.id, hello.slot);
    else this.voice?.leave();
    this.recording.hello(hello);
    this.sentStatus.clear();
    this.sendStatus();
    this.sender.refresh();
    this.flush();
  }

  private entered(hello: Extract<ServerMessage, { t: "hello" }>): void {
    const { session } = hello;
    const info: SessionInfo = {
      id: session.id,
      kind: session.kind === "meeting" ? "session" : "table",
      name: session.name,
      code: null,
      joinUrl: null,
      startedAt: null,
    };
    this.workspace.session.set(info);
    this.sync?.stop();
    this.conduct?.stop();
    this.sync = this.conduct = null;
    this.workspace.myView.set(false);
    if (session.kind !== "meeting") return;
    const { workspace, log } = this;
    this.sync = new SceneSync(
      workspace,
      session.revision_id,
      {
        change: (key, value) => {
          this.previews.delete(key);
          log.set(key, value);
          this.flush();
        },
        preview: (key, value) => this.preview(key, value),
      },
      { value: (key) => log.value(key), keys: () => log.keys() },
    );
    this.options.commands.clearHistory();
    this.sync.enter({ publish: hello.seq === 0 && hello.you.session_role === "host" });
    this.conduct = this.conducting(session.revision_id);
    this.conduct.enter();
    this.options
      .fetchFacts(session.id)
      .then((facts) => {
        if (this.sessionId === session.id && !this.stopped)
          workspace.session.set({ ...info, ...facts });
      })
      .catch(() => undefined); // the code is a convenience; the room works without it
  }

  private speaking(): Voice | null {
    const { options, workspace, environment, connection, remote } = this;
    const parts = options.voice?.((to, d) => connection.send({ t: "sig", to, d }));
    if (!parts) return null;
    return new Voice({
      ...parts,
      workspace,
      commands: options.commands,
      environment,
      people: {
        each: (listener) => remote.each(environment.now(), listener),
        mine: (out) => readOwnPose(workspace, options.pose, out),
      },
    });
  }

  private conducting(revisionId: string): ConductSync {
    const { workspace, log, options, connection } = this;
    return new ConductSync(workspace, options.commands, this.environment, revisionId, {
      value: (key) => log.value(key),
      keys: () => log.keys(),
      set: (key, value) => {
        log.set(key, value);
        this.flush();
      },
      send: (event) => connection.send({ t: "event", event }),
      pointer: () => readPointer(workspace, options.pose),
    });
  }

  private receive(message: ServerMessage): void {
    switch (message.t) {
      case "op": {
        const change = this.log.op(message);
        if (change.gap) {
          this.connection.restart();
          return;
        }
        this.sync?.changed(change.keys);
        this.conduct?.changed(change.keys, message.by.name);
        if (change.chat) this.publishChat();
        this.publishUnsent();
        if (message.cid !== this.log.cid && isScene(message)) {
          const text = changeText(message.by.name, message.key, message.value === null);
          this.workspace.announce(text, { others: true, slot: message.by.slot });
        }
        return;
      }
      case "nak":
        this.nak(message);
        return;
      case "join":
        if (this.people.join(message.who)) this.arrived(message.who.name, "joined");
        this.findFollowed();
        this.sender.refresh();
        return;
      case "left":
        this.remote.forget(message.slot);
        this.people.left(message.slot, message.reason);
        this.tellPoses();
        return;
      case "status":
        this.people.status(message.slot, message.value);
        if (message.slot === this.people.me?.slot && message.value.hand !== undefined) {
          this.sentStatus.set("hand", JSON.stringify(message.value.hand));
          this.conduct?.myHand(message.value.hand);
        }
        if (message.slot === this.people.me?.slot) {
          if (message.value.voice !== undefined)
            this.sentStatus.set("voice", JSON.stringify(message.value.voice));
          this.voice?.mine(message.value);
          this.queueStatus();
        }
        return;
      case "preview":
        this.sync?.preview(message.key, message.value);
        return;
      case "hold":
        this.hold(message.key, message.slot);
        return;
      case "role":
        this.people.role(message);
        if (this.people.me?.slot === message.slot) this.workspace.role.set(message.role as Role); // as above
        return;
      case "changed":
        this.options.onChanged?.(message.what);
        return;
      case "sig":
        this.voice?.signal(message.slot, message.d);
        return;
      case "event":
        this.conduct?.event(message);
        return;
      case "recording":
        this.recording.news(message);
        return;
      case "hello":
      case "pong":
      case "bye":
      case "moved":
        return; // the connection's own
    }
  }

  private receivePoses(frame: DataView): void {
    if (this.remote.receive(frame, this.environment.now())) this.tellPoses();
  }

  private tellPoses(): void {
    for (const tell of this.poseListeners) tell();
  }

  private nak(message: Extract<ServerMessage, { t: "nak" }>): void {
    if (message.about === "voice") {
      this.voice?.refused(message);
      return;
    }
    if (message.about === "event")
      this.workspace.announce(refusedText(message.detail), { assertive: true });
    const { refused, later } = this.log.nak(message);
    if (later) {
      this.environment.later(() => this.flush(), RATE_RETRY_MS);
      return;
    }
    this.publishUnsent();
    if (!refused) return;
    if (refused.t === "op") {
      this.sync?.changed([refused.key]);
      this.conduct?.changed([refused.key]);
    } else this.publishChat();
    this.workspace.announce(refusedText(message.detail), { assertive: true });
  }

  private hold(key: string, slot: number | null): void {
    const holds = new Map(this.workspace.holds.get());
    if (slot === null) {
      holds.delete(key);
      this.sync?.released(key);
    } else {
      holds.set(key, slot);
    }
    this.workspace.holds.set(holds);
  }

  private gone(person: Person): void {
    this.arrived(person.name, "left");
    if (this.workspace.following.get()?.slot === person.slot) this.workspace.following.set(null);
  }

  /** Says who came or went: the first at once, whoever follows within five seconds together. */
  private arrived(name: string, verb: "joined" | "left"): void {
    this.arrivals.push({ name, verb });
    if (!this.cancelArrivals) this.announceArrivals();
  }

  private announceArrivals(): void {
    this.cancelArrivals = null;
    if (this.arrivals.length === 0) return;
    const names = (wanted: "joined" | "left"): readonly string[] =>
      this.arrivals.filter(({ verb }) => verb === wanted).map(({ name }) => name);
    this.workspace.announce(comingsText(names("joined"), names("left")), { others: true });
    this.arrivals = [];
    this.cancelArrivals = this.environment.later(() => this.announceArrivals(), ARRIVALS_MS);
  }

  /** Whom I follow may have come back under another slot. */
  private findFollowed(): void {
    const following = this.workspace.following.get();
    const leader = this.leader;
    if (!following || !leader) return;
    const back = this.workspace.people
      .get()
      .find(
        (person) =>
          !person.lost &&
          person.principal_id === leader.principal_id &&
          person.device === leader.device,
      );
    if (back && back.slot !== following.slot) {
      this.workspace.following.set({ ...following, slot: back.slot });
    }
  }

  // To the room

  private flush(): void {
    this.log.flush((message) => this.connection.send(message));
    this.publishUnsent();
  }

  private preview(key: string, value: Json): void {
    this.previews.set(key, value);
    if (value === null) {
      this.sendPreviews();
      this.previews.delete(key);
    } else {
      this.cancelPreviews ??= this.environment.later(() => this.sendPreviews(), PREVIEW_MS);
    }
  }

  private sendPreviews(): void {
    this.cancelPreviews?.();
    this.cancelRenewal?.();
    this.cancelPreviews = this.cancelRenewal = null;
    const dragging = this.workspace.dragging.get();
    for (const [key, value] of this.previews) {
      this.connection.send({ t: "preview", key, value });
      if (key !== dragging) this.previews.delete(key);
    }
    if (this.previews.size > 0) {
      this.cancelRenewal = this.environment.later(() => this.sendPreviews(), HOLD_RENEW_MS);
    }
  }

  private watch(): void {
    const { selection, tool, following, xr, hand, voice } = this.workspace;
    for (const store of [selection, tool, following, xr, hand, voice]) {
      this.stops.push(store.subscribe(() => this.queueStatus()));
    }
    // Whoever is followed may stand still: their picture is wanted now, not when they move.
    this.stops.push(following.subscribe(() => this.tellPoses()));
    this.stops.push(this.environment.watch(() => this.queueStatus()));
  }

  private queueStatus(): void {
    this.cancelStatus ??= this.environment.later(() => this.sendStatus(), STATUS_MS);
  }

  /** Sends the fields that differ from what was sent last. */
  private sendStatus(): void {
    this.cancelStatus?.();
    this.cancelStatus = null;
    if (!this.connection.isOpen) return;
    const { workspace, options } = this;
    const ranges = workspace.selection.get().toJSON().slice(0, SELECTION_RANGES);
    const all: StatusFields = {
      selection: ranges.length === 0 ? null : { revision_id: options.revisionId, ranges },
      following: workspace.following.get()?.slot ?? null,
      tool: workspace.tool.get(),
      device: options.device,
      away: this.environment.isHidden(),
      hand: workspace.hand.get(),
      in_xr: workspace.xr.get().kind === "active",
      voice: this.voice?.status() ?? null,
    };
    const changed = Object.entries(all).filter(([field, value]) => {
      const json = JSON.stringify(value);
      if (this.sentStatus.get(field) === json) return false;
      this.sentStatus.set(field, json);
      return true;
    });
    if (changed.length > 0)
      this.connection.send({ t: "status", value: Object.fromEntries(changed) });
  }

  // To the workspace

  private told(status: ConnectionStatus): void {
    const before = this.status;
    this.status = status;
    if (status.kind === "ended" && before?.kind !== "ended") {
      this.leave();
      this.workspace.announce(endedText(status.reason ?? ""), { assertive: true });
    }
    this.publishConnection();
    if (status.lostSinceMs === null || before?.lostSinceMs !== null) return;
    this.remote.clear();
    this.workspace.announce(t("live.lost"), { assertive: true });
  }

  /** Nobody is seen any more, and the scene is mine again. */
  private leave(): void {
    this.cancelPreviews?.();
    this.cancelRenewal?.();
    this.cancelStatus?.();
    this.cancelArrivals?.();
    this.sender.stop();
    this.sync?.stop();
    this.conduct?.stop();
    this.sync = this.conduct = null;
    this.workspace.myView.set(false);
    this.remote.clear();
    this.recording.clear();
    this.voice?.leave();
    this.people.clear();
    this.workspace.holds.set(new Map());
    this.workspace.following.set(null);
  }

  private publishUnsent(): void {
    if (this.workspace.connection.get().unsent !== this.log.unsent) this.publishConnection();
  }

  private publishConnection(): void {
    const { status } = this;
    if (!status || this.stopped) return;
    const before = this.workspace.connection.get();
    const same = before.kind === status.kind;
    const lostFor = status.lostSinceMs === null ? 0 : this.environment.now() - status.lostSinceMs;
    this.workspace.connection.set({
      kind: status.kind,
      latency_ms: status.latencyMs,
      since_ms: same ? before.since_ms : this.environment.wallClock() - lostFor,
      unsent: this.log.unsent,
      reason: status.reason,
    });
  }

  private publishChat(): void {
    const me = this.people.me;
    const lines = chatLines(this.log.chat, me?.principal_id ?? null);
    for (const line of this.log.pendingChat) {
      lines.push({
        seq: null,
        text: line.text,
        name: me?.name ?? "",
        slot: me?.slot ?? null,
        at: new Date(this.environment.wallClock()).toISOString(),
        mine: true,
      });
    }
    this.workspace.chat.set(lines);
  }
}

/** Whether an operation changes what is seen, rather than who leads: that is said in other words. */
function isScene({ kind, key }: Extract<ServerMessage, { t: "op" }>): boolean {
  return kind !== "chat" && !key.startsWith("session/");
}
