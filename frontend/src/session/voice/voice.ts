/**
 * Voice of one page: comes in muted without asking for anything, opens the microphone when told, and says what is
 * wrong in one word. Whatever fails here, the room goes on.
 */

import type { ServerMessage, StatusFields } from "../../protocol/messages";
import {
  type VoiceProblem,
  type VoiceState,
  NO_VOICE,
  isSpeaking,
} from "../../state/areas/voicing";
import type { Commands } from "../../state/commands";
import { t } from "../../state/messages";
import type { Workspace } from "../../state/workspace";
import type { Environment } from "../environment";
import type { LinkEvents, LinkState, VoiceLink } from "./link";
import { type Microphone, MicrophoneProblem } from "./microphone";
import { Placing, type PlacedPeople } from "./placing";
import type { Speakers } from "./speakers";

/** How the server says this session's voice works (`GET …/voice`). */
export interface VoiceAccess {
  readonly mode: "mesh" | "sfu" | "off";
  readonly ice_servers: readonly {
    readonly urls: readonly string[];
    readonly username: string | null;
    readonly credential: string | null;
  }[];
  readonly sfu: { readonly url: string; readonly token: string } | null;
  readonly expires_at: string;
}

/** A link that hears the signalling of others' pages, when it has any. */
export type AnyLink = VoiceLink & { receive?(from: number, data: never): void };

/** What voice is made of. */
export interface VoiceOptions {
  readonly workspace: Workspace;
  readonly commands: Commands;
  readonly environment: Environment;
  readonly speakers: Speakers;
  /** Kept choices of this device. */
  readonly kept: Pick<Storage, "getItem" | "setItem">;
  readonly people: PlacedPeople;
  microphone(onLost: () => void): Microphone;
  fetchAccess(sessionId: string): Promise<VoiceAccess>;
  link(access: VoiceAccess, mySlot: number, events: LinkEvents): Promise<VoiceLink>;
  /** Hears what the others hear of me; null: muted. */
  onMicrophone?(track: MediaStreamTrack | null): void;
}

const LEVELS_MS = 100;
/** Louder than this is a word (-38 dB), and a word goes on this long after it was heard. */
const WORD_LEVEL = 0.3;
const WORD_MS = 700;
const RENEW_BEFORE_MS = 10 * 60_000;
const KEPT = "holotable.voice";

export class Voice {
  private readonly options: VoiceOptions;
  private readonly workspace: Workspace;
  private readonly microphone: Microphone;
  private readonly placing: Placing;
  private readonly stops: (() => void)[] = [];
  private sessionId: string | null = null;
  private mySlot = -1;
  private access: VoiceAccess | null = null;
  private link: VoiceLink | null = null;
  private linking: Promise<void> | null = null;
  private track: MediaStreamTrack | null = null;
  /** What the key or the button wants; a permission may come when nobody wants it any more. */
  private wanted: "muted" | "open" | "talking" = "muted";
  private cancelLevels: (() => void) | null = null;
  private heardMyselfMs = -Infinity;

  constructor(options: VoiceOptions) {
    const { workspace, commands } = options;
    this.options = options;
    this.workspace = workspace;
    this.microphone = options.microphone(() => this.lost());
    this.placing = new Placing(options.people, options.speakers);
    this.restore();
    this.stops.push(
      commands.register("voice.microphone", ({ on }) => {
        this.want((on ?? !isSpeaking(this.state)) ? "open" : "muted");
      }),
      commands.register("voice.talk", ({ on }) => {
        if (on && this.state.microphone !== "open") this.want("talking");
        else if (!on && this.wanted === "talking") this.want("muted");
      }),
      commands.register("voice.join", ({ on }) => this.join(on)),
      commands.register("voice.retry", () => this.retry()),
      commands.register("voice.device", ({ side, id }) => void this.choose(side, id)),
      commands.register("voice.spatial", ({ on }) => {
        this.set({ spatial: on });
        options.speakers.spatial(on);
        this.keep();
      }),
      workspace.people.subscribe(() => this.peopleChanged()),
      this.microphone.watch(() => void this.findDevices()),
    );
  }

  /** The `voice` field of my status: null outside voice. */
  status(): "muted" | "open" | null {
    const { joined } = this.state;
    if (!joined) return null;
    return isSpeaking(this.state) ? "open" : "muted";
  }

  /** My microphone hears words right now, not only a room. */
  isTalking(): boolean {
    const { environment } = this.options;
    return isSpeaking(this.state) && environment.now() - this.heardMyselfMs < WORD_MS;
  }

  /** The first message on every socket of a meeting. */
  hello(sessionId: string, mySlot: number): void {
    const isNew = sessionId !== this.sessionId;
    this.sessionId = sessionId;
    if (mySlot !== this.mySlot) this.unlink(); // to the others I am somebody new
    this.mySlot = mySlot;
    if (isNew) void this.enter(sessionId);
    else this.relink();
  }

  /** What the room says of my own status. */
  mine(value: StatusFields): void {
    if (value.silenced !== undefined && value.silenced !== this.state.silenced) {
      this.set({ silenced: value.silenced });
      if (value.silenced) this.workspace.announce(t("voice.mutedByHost"), { assertive: true });
    }
    if (value.voice === "muted" && this.wanted !== "muted" && value.silenced === true)
      this.want("muted");
  }

  /** The room did not let me into voice, or not speak. */
  refused(message: Extract<ServerMessage, { t: "nak" }>): void {
    const speaking = this.wanted !== "muted";
    if (message.code === "full") this.trouble(speaking ? "fullOpen" : "fullPeople");
    else this.trouble(this.state.silenced ? "silenced" : "listener");
    if (speaking) this.want("muted");
    else this.set({ joined: false });
  }

  signal(from: number, data: unknown): void {
    if (!this.state.joined) return;
    const receive = (): void => (this.link as AnyLink | null)?.receive?.(from, data as never); // the mesh decodes it
    if (this.link) receive();
    else void this.connectLink().then(receive);
  }

  /** Plain numbers for tests. */
  debug(): Readonly<Record<string, unknown>> {
    return { wanted: this.wanted, linked: this.link !== null, status: this.status() };
  }

  /** Out of the meeting. */
  leave(): void {
    this.sessionId = null;
    this.access = null;
    this.wanted = "muted";
    this.options.onMicrophone?.(null);
    this.release();
    this.unlink();
    this.cancelLevels?.();
    this.cancelLevels = null;
    this.workspace.levels.set(new Map());
    const { spatial, inputs, outputs, input, output } = this.state;
    this.workspace.voice.set({ ...NO_VOICE, spatial, inputs, outputs, input, output });
  }

  stop(): void {
    this.leave();
    for (const stop of this.stops) stop();
    this.options.speakers.stop();
  }

  private get state(): VoiceState {
    return this.workspace.voice.get();
  }

  private set(change: Partial<VoiceState>): void {
    this.workspace.voice.update((state) => ({ ...state, ...change }));
  }

  private trouble(problem: VoiceProblem | null): void {
    if (problem === this.state.problem) return;
    this.set({ problem });
    if (problem) this.workspace.announce(t(`voice.problem.${problem}`), { assertive: true });
  }

  private async enter(sessionId: string): Promise<void> {
    try {
      this.access = await this.options.fetchAccess(sessionId);
    } catch (error) {
      console.warn("voice: the server did not say how voice works", error);
      if (this.sessionId === sessionId) this.set({ mode: "mesh", problem: "failed" });
      return;
    }
    if (this.sessionId !== sessionId) return;
    const { mode } = this.access;
    this.set({ mode });
    // A second device of mine would hear the first one: it joins when told.
    const people = this.workspace.people.get();
    const me = people.find(({ mine }) => mine);
    const elsewhere = people.some(
      ({ mine, lost, principal_id, status }) =>
        !mine && lost !== true && principal_id === me?.principal_id && status.voice != null,
    );
    if (mode !== "off" && !elsewhere) this.join(true);
  }

  private join(on: boolean): void {
    if (on === this.state.joined || this.state.mode === "off") return;
    this.set({ joined: on, problem: null });
    if (on) {
      this.relink();
      void this.findDevices();
    } else {
      this.want("muted");
      this.unlink();
    }
  }

  // The microphone

  private want(wanted: "muted" | "open" | "talking"): void {
    const before = this.wanted;
    this.wanted = wanted;
    if (wanted === "muted") {
      this.options.onMicrophone?.(null);
      // The others stop hearing me at once; the device stays warm for the next hold of the key.
      if (before === "talking" && !this.state.silenced) this.rest();
      else this.release();
      this.set({ microphone: "muted" });
      return;
    }
    if (this.sessionId === null || this.state.mode === "off") return;
    if (!this.state.joined) this.join(true);
    void this.speak();
  }

  private async speak(): Promise<void> {
    if (!this.track) this.set({ microphone: "asking" });
    let track: MediaStreamTrack;
    try {
      track = await this.microphone.open(this.state.input);
    } catch (error) {
      this.wanted = "muted";
      this.set({ microphone: "muted" });
      this.trouble(error instanceof MicrophoneProblem ? error.why : "blocked");
      return;
    }
    if (this.wanted === "muted") {
      this.release();
      this.set({ microphone: "muted" });
      return;
    }
    this.track = track;
    this.set({ microphone: this.wanted, problem: null });
    this.options.speakers.resume();
    this.options.speakers.listenToMe(track);
    this.options.onMicrophone?.(track);
    void this.findDevices();
    this.measure();
    await this.connectLink();
    if (isSpeaking(this.state)) this.link?.send(track);
  }

  private rest(): void {
    this.link?.send(null);
    this.microphone.rest();
  }

  private release(): void {
    this.link?.send(null);
    this.microphone.close();
    this.track = null;
    this.options.speakers.listenToMe(null);
  }

  private lost(): void {
    this.want("muted");
    this.trouble("noDevice");
  }

  private async choose(side: "input" | "output", id: string): Promise<void> {
    this.set(side === "input" ? { input: id } : { output: id });
    this.keep();
    if (side === "output") await this.options.speakers.output(id);
    else if (isSpeaking(this.state)) await this.speak();
  }

  private async findDevices(): Promise<void> {
    try {
      this.set(await this.microphone.devices());
    } catch (error) {
      console.warn("voice: the browser names no devices", error);
    }
  }

  // The others

  private peopleChanged(): void {
    const people = this.workspace.people.get();
    const me = people.find(({ mine }) => mine);
    const here = people.filter(
      ({ mine, lost, status }) => !mine && lost !== true && status.voice != null,
    );
    this.options.speakers.hear(
      new Set(here.filter(({ status }) => status.voice === "open").map(({ slot }) => slot)),
    );
    const listens = me?.session_role === "listener";
    if (listens && this.wanted !== "muted") {
      this.want("muted");
      this.trouble("listener");
    }
    this.link?.allow(!listens);
    this.link?.others(
      here.map(({ slot, principal_id, status }) => ({
        slot,
        principalId: principal_id,
        open: status.voice === "open",
      })),
    );
    this.measure();
  }

  private retry(): void {
    this.trouble(null);
    this.options.speakers.resume();
    if (!this.access && this.sessionId !== null) void this.enter(this.sessionId);
    else if (!this.state.joined) this.join(true);
    else if (this.link) this.link.retry();
    else this.relink();
  }

  private relink(): void {
    if (!this.state.joined) return;
    // An SFU has to be entered to hear anybody; in a mesh whoever speaks begins.
    if (this.access?.mode === "sfu" || isSpeaking(this.state))
      void this.connectLink().then(() =>
        this.link?.send(isSpeaking(this.state) ? this.track : null),
      );
  }

  private connectLink(): Promise<void> {
    if (this.link) return Promise.resolve();
    this.linking ??= this.makeLink().finally(() => (this.linking = null));
    return this.linking;
  }

  private async makeLink(): Promise<void> {
    const { sessionId, mySlot } = this;
    if (sessionId === null) return;
    try {
      const ends = this.access ? Date.parse(this.access.expires_at) : 0;
      if (!this.access || ends - this.options.environment.wallClock() < RENEW_BEFORE_MS)
        this.access = await this.options.fetchAccess(sessionId);
      const link = await this.options.link(this.access, mySlot, {
        onStream: (slot, stream) => this.stream(slot, stream),
        onState: (state) => this.linkState(state),
      });
      if (this.sessionId !== sessionId || this.mySlot !== mySlot || !this.state.joined) {
        link.stop();
        return;
      }
      this.link = link;
      this.peopleChanged();
    } catch (error) {
      console.warn("voice: no link", error);
      this.linkState("failed");
    }
  }

  private unlink(): void {
    this.link?.stop();
    this.link = null;
    this.set({ connecting: false });
  }

  private stream(slot: number, stream: MediaStream | null): void {
    this.options.speakers.put(slot, stream);
    this.measure();
  }

  private linkState(state: LinkState): void {
    this.set({ connecting: state === "connecting" });
    if (state === "failed") this.trouble("failed");
    else if (state === "connected" && this.state.problem === "failed") this.trouble(null);
  }

  // How loud, and from where

  private measure(): void {
    this.cancelLevels ??= this.options.environment.later(() => {
      this.cancelLevels = null;
      const levels = this.readLevels();
      this.workspace.levels.set(levels);
      this.placing.update(this.state.spatial);
      const { speakers } = this.options;
      const suspended = speakers.isSuspended();
      if (suspended && this.state.problem === null) this.trouble("suspended");
      else if (!suspended && this.state.problem === "suspended") this.trouble(null);
      if (levels.size > 0) this.measure();
    }, LEVELS_MS);
  }

  private readLevels(): ReadonlyMap<number, number> {
    const { speakers } = this.options;
    const levels = new Map<number, number>();
    if (!this.state.joined) return levels;
    for (const { slot, mine, lost, status } of this.workspace.people.get()) {
      if (mine && isSpeaking(this.state)) {
        const level = speakers.level("me");
        if (level > WORD_LEVEL) this.heardMyselfMs = this.options.environment.now();
        levels.set(slot, level);
      } else if (!mine && lost !== true && status.voice === "open")
        levels.set(slot, speakers.level(slot));
    }
    return levels;
  }

  // What this device remembers

  private restore(): void {
    const text = this.options.kept.getItem(KEPT);
    if (text === null) return;
    try {
      const kept = JSON.parse(text) as Partial<Record<string, unknown>>; // each field is checked
      const { input, output, spatial } = kept;
      this.set({
        ...(typeof input === "string" ? { input } : {}),
        ...(typeof output === "string" ? { output } : {}),
        spatial: spatial === true,
      });
    } catch {
      return; // what an older version kept: the usual choices
    }
    this.options.speakers.spatial(this.state.spatial);
    void this.options.speakers.output(this.state.output);
  }

  private keep(): void {
    const { input, output, spatial } = this.state;
    this.options.kept.setItem(KEPT, JSON.stringify({ input, output, spatial }));
  }
}
