/**
 * Taking part in a room: connects, writes the workspace's people, chat, holds and scene from what the room says,
 * and sends what this person does. `main` plugs the network and the scene in; nothing above imports this.
 */

import type {
  Author,
  ClientMessage,
  Device,
  Json,
  OpMessage,
  ServerMessage,
} from "../protocol/messages";
import type { Pose } from "../protocol/pose";
import type { Commands } from "../state/commands";
import type { Presence } from "../state/presence";
import type { CameraPose, Person, Role, SessionInfo, Workspace } from "../state/workspace";
import { NOT_CONNECTED } from "../state/workspace";
import { Arrivals } from "./arrivals";
import { Attendance } from "./attendance";
import { Chat } from "./chat";
import { ConductSync } from "./conduct";
import { Connection, type ConnectionStatus, type TicketLike } from "./connection";
import type { Environment } from "./environment";
import { Following } from "./following";
import { OpLog } from "./op_log";
import { PoseSender, readOwnPose, readPointer, type PoseSource } from "./own_pose";
import { Overwrites } from "./overwrites";
import { obey, tellOwn } from "./own_devices";
import { OwnPreviews } from "./own_previews";
import { OwnStatus } from "./own_status";
import { People } from "./people";
import { RecordingPart } from "./recording";
import { RemotePoses } from "./remote_poses";
import { SceneSync } from "./scene_sync";
import { UndoWatch } from "./undo_watch";
import { Voice, type VoiceOptions } from "./voice/voice";
import { VoiceTape, type VoiceTapePorts } from "./voice/voice_tape";
import { t } from "../state/messages";
import { endedText } from "../state/endings";
import { backText, changeText, refusedText } from "./words";

const RATE_RETRY_MS = 1_000;
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
  /** What people call the headset that this page is in. */
  readonly deviceName?: string | null;
  readonly revisionId: string;
  /** A fresh ticket; throws TicketRefused when there will never be one. */
  fetchTicket(signal: AbortSignal): Promise<TicketLike>;
  /** Code, link and start of a meeting; null at a table. */
  fetchFacts(sessionId: string): Promise<SessionFacts>;
  readonly pose: PoseSource;
  /** The lobby has said that this session is recorded. */
  wasToldOfRecording?(sessionId: string): boolean;
  /** How my voice gets into a recording; left out: never. */
  readonly voiceTape?: VoiceTapePorts;
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
  private readonly voiceTape: VoiceTape | null;
  private readonly stops: (() => void)[] = [];
  private readonly poseListeners = new Set<() => void>();
  private readonly previews: OwnPreviews;
  private readonly ownStatus: OwnStatus;
  private readonly chat: Chat;
  private readonly arrivals: Arrivals;
  private readonly following: Following;
  private sync: SceneSync | null = null;
  private conduct: ConductSync | null = null;
  private attendance: Attendance | null = null;
  private undoWatch: UndoWatch | null = null;
  private readonly overwrites: Overwrites;
  private sessionId: string | null = null;
  private kind: "meeting" | "table" | null = null;
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
      (out) => readOwnPose(workspace, { ...options.pose, talking: () => this.isTalking() }, out),
      (bytes) => !workspace.spectator.get() && this.connection.sendPose(bytes),
    );
    this.recording = new RecordingPart({
      workspace,
      commands: options.commands,
      send: (message) => this.connection.send(message),
      wasTold: (sessionId) => options.wasToldOfRecording?.(sessionId) ?? false,
    });
    const send = (message: ClientMessage) => this.connection.send(message);
    const { commands } = options;
    this.previews = new OwnPreviews(workspace, environment, send);
    const tape = options.voiceTape;
    this.voiceTape = tape ? new VoiceTape({ ...tape, workspace, commands, environment }) : null;
    this.voice = this.speaking();
    this.ownStatus = new OwnStatus({
      workspace,
      environment,
      device: options.device,
      deviceName: options.deviceName ?? null,
      voice: () => this.voice?.status() ?? null,
      revisionId: options.revisionId,
      isOpen: () => this.connection.isOpen && !workspace.spectator.get(),
      send,
    });
    this.chat = new Chat({
      workspace,
      commands,
      environment,
      log: this.log,
      me: () => this.people.me,
      isMeeting: () => this.kind === "meeting",
      flush: () => this.flush(),
    });
    this.arrivals = new Arrivals(workspace, environment);
    this.following = new Following({
      workspace,
      commands,
      environment,
      remote: this.remote,
      aspect: () => options.pose.aspect(),
      showCamera: (pose) => options.showCamera(pose),
    });
    this.overwrites = new Overwrites({
      workspace,
      environment,
      me: () => this.people.me?.principal_id ?? "",
      isPending: (key) => this.log.isPending(key),
      restore: (key, value) => {
        this.overwrites.sent(key, value);
        this.log.set(key, value, !this.connection.isOpen);
        this.sync?.changed([key]);
        this.flush();
      },
    });
    this.perform();
    this.stops.push(
      ...this.ownStatus.watch(),
      ...this.chat.perform(),
      ...this.following.perform(),
      ...this.recording.perform(),
      // Whoever is followed may stand still: their picture is wanted now, not when they move.
      workspace.following.subscribe(() => this.tellPoses()),
    );
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
    return this.following.camera(nowMs);
  }

  cameraOf(slot: number, nowMs: number): CameraPose | null {
    return this.following.cameraOf(slot, nowMs);
  }

  pauseFollowing(): void {
    this.following.pause();
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
    this.voiceTape?.stop();
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
      voiceTape: this.voiceTape?.debug() ?? null,
    };
  }

  private perform(): void {
    const { commands } = this.options;
    this.stops.push(
      commands.register("session.myView", ({ on }) => {
        const { myView } = this.workspace;
        const next = on ?? !myView.get();
        if (next !== myView.get()) this.setMyView(next);
      }),
      commands.register("session.laser", ({ on }) => this.workspace.laser.set(on)),
      commands.register("xr.elsewhere", (order) =>
        tellOwn(order, (told) => this.connection.send(told)),
      ),
      commands.register("session.restoreMine", () => this.overwrites.restore()),
      commands.register("session.letGo", () => this.overwrites.dismiss()),
      commands.register("session.shareMyView", () => this.setMyView(false, true)),
    );
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
    this.following.find();
    const spectator = hello.spectator === true;
    this.workspace.spectator.set(spectator);
    this.workspace.watching.set(hello.watching ?? 0);
    this.workspace.role.set(spectator ? "guest_view" : (hello.you.role as Role)); // the server's roles are the same list
    this.workspace.holds.set(new Map(Object.entries(hello.holds)));
    if (isNew) this.entered(hello);
    else {
      for (const op of hello.ops ?? []) this.heard(op);
      this.undoWatch?.state(hello.state ?? {});
      this.sync?.changed(change.keys);
      this.conduct?.changed(change.keys);
      this.attendance?.changed(change.keys);
      this.workspace.announce(backText(waiting), { assertive: true });
    }
    this.chat.publish();
    if (hello.session.kind === "meeting") this.voice?.hello(hello.session.id, hello.slot);
    else this.voice?.leave();
    this.recording.hello(hello);
    this.ownStatus.hello();
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
    this.attendance?.stop();
    this.undoWatch?.stop();
    this.sync = this.conduct = this.attendance = this.undoWatch = null;
    this.workspace.myView.set(false);
    if (session.kind !== "meeting") return;
    const { workspace, log } = this;
    this.sync = new SceneSync(
      workspace,
      session.revision_id,
      {
        change: (key, value) => {
          this.previews.overtaken(key);
          this.undoWatch?.sent(key);
          this.overwrites.sent(key, value);
          log.set(key, value, !this.connection.isOpen);
          this.flush();
        },
        preview: (key, value) => this.previews.put(key, value),
      },
      {
        value: (key) => log.value(key),
        keys: () => log.keys(),
      },
      {
        me: () => this.people.me?.principal_id ?? "",
        nameOf: (principalId, key) => this.nameOf(principalId, log.lastChange(key)?.by),
      },
    );
    this.options.commands.clearHistory();
    this.undoWatch = new UndoWatch({
      commands: this.options.commands,
      me: () => this.people.me?.principal_id ?? "",
      seq: () => log.position?.seq ?? 0,
    });
    this.sync.enter({ publish: hello.seq === 0 && hello.you.session_role === "host" });
    this.attendance = new Attendance(workspace, this.options.commands, {
      value: (key) => log.value(key),
      set: (key, value) => {
        log.set(key, value);
        this.flush();
      },
    });
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

  /** Of who is here, or of who is not when they were the last to change it. */
  private nameOf(principalId: string, last: Author | undefined): string {
    const here = this.workspace.people.get().find((one) => one.principal_id === principalId);
    if (here) return here.name;
    return last?.principal_id === principalId ? last.name : t("people.someone");
  }

  private isTalking(): boolean {
    return this.voice?.isTalking() ?? false;
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
      onMicrophone: (track) => this.voiceTape?.hear(track),
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
      showCamera: (pose) => options.showCamera(pose),
      pointer: () => readPointer(workspace, options.pose),
    });
  }

  private receive(message: ServerMessage): void {
    switch (message.t) {
      case "op": {
        const change = this.log.op(message);
        if (!change.gap) this.heard(message);
        if (change.gap) {
          this.connection.restart();
          return;
        }
        this.sync?.changed(change.keys);
        this.conduct?.changed(change.keys, message.by.name);
        this.attendance?.changed(change.keys);
        if (change.chat) this.chat.publish();
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
        if (this.people.join(message.who)) this.arrivals.add(message.who.name, "joined");
        this.following.find();
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
          this.ownStatus.told("hand", message.value.hand);
          this.conduct?.myHand(message.value.hand);
        }
        if (message.slot === this.people.me?.slot) {
          if (message.value.voice !== undefined) this.ownStatus.told("voice", message.value.voice);
          this.voice?.mine(message.value);
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
        if (message.event.kind === "own") obey(this.options.commands, message.event.act);
        else this.conduct?.event(message);
        return;
      case "recording":
        this.recording.news(message);
        return;
      case "knocks":
        this.attendance?.knocks(message);
        return;
      case "watching":
        this.workspace.watching.set(message.count);
        return;
      case "consent":
        this.recording.heard(message);
        return;
      case "lobby": // of who waits, on another socket
      case "hello":
      case "batch":
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
      this.workspace.announce(refusedText(message), { assertive: true });
    const { refused, later } = this.log.nak(message);
    if (later) {
      this.environment.later(() => this.flush(), RATE_RETRY_MS);
      return;
    }
    this.publishUnsent();
    if (!refused) return;
    if (refused.t === "op") {
      if (message.code === "conflict")
        this.overwrites.refused(refused.key, refused.value, message.current);
      this.sync?.changed([refused.key]);
      this.conduct?.changed([refused.key]);
      this.attendance?.changed([refused.key]);
    } else this.chat.publish();
    this.workspace.announce(refusedText(message), { assertive: true });
  }

  /** An operation of anybody, once. */
  private heard(op: OpMessage): void {
    this.undoWatch?.told(op);
    if (this.sync && !this.workspace.myView.get()) this.overwrites.told(op);
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
    this.arrivals.add(person.name, "left");
    this.following.gone(person.slot);
  }

  // To the room

  private flush(): void {
    this.log.flush((message) => this.connection.send(message));
    this.publishUnsent();
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
    this.previews.stop();
    this.ownStatus.stop();
    this.arrivals.stop();
    this.sender.stop();
    this.sync?.stop();
    this.conduct?.stop();
    this.attendance?.stop();
    this.undoWatch?.stop();
    this.sync = this.conduct = this.attendance = this.undoWatch = null;
    this.workspace.spectator.set(false);
    this.workspace.watching.set(0);
    this.overwrites.clear();
    this.workspace.myView.set(false);
    this.remote.clear();
    this.recording.clear();
    this.voice?.leave();
    this.people.clear();
    this.workspace.holds.set(new Map());
    this.workspace.following.set(null);
    this.workspace.laser.set(false);
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
}

/** Whether an operation changes what is seen, rather than who leads: that is said in other words. */
function isScene({ kind, key }: Extract<ServerMessage, { t: "op" }>): boolean {
  return kind !== "chat" && !key.startsWith("session/");
}
