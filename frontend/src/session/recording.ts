/** Recording as one participant sees it: what the room says of it, asking to start or stop, going on. */

import type {
  ClientMessage,
  HelloMessage,
  RecordingShown,
  ServerMessage,
} from "../protocol/messages";
import type { Commands } from "../state/commands";
import { t } from "../state/messages";
import type { Workspace } from "../state/workspace";

type RecordingNews = Extract<ServerMessage, { t: "recording" }>;
type ConsentNews = Extract<ServerMessage, { t: "consent" }>;

/** What it needs of the live session. */
export interface RecordingHost {
  readonly workspace: Workspace;
  readonly commands: Commands;
  send(message: ClientMessage): unknown;
  /** The page has said before this person came that the session is recorded. */
  wasTold(sessionId: string): boolean;
}

/** Keeps `workspace.recording`. */
export class RecordingPart {
  /** What I said of a recording: a connection that comes back does not ask again. */
  private readonly said = new Map<string, boolean>();
  private me: string | null = null;

  private readonly host: RecordingHost;

  constructor(host: RecordingHost) {
    this.host = host;
  }

  perform(): (() => void)[] {
    const { commands } = this.host;
    return [
      commands.register("session.record", ({ on }) => {
        this.host.send({ t: "record", on });
      }),
      commands.register("session.goOn", () => this.say(true)),
      commands.register("session.stayUnrecorded", () => this.say(false)),
    ];
  }

  /** The first message on every socket. */
  hello(hello: HelloMessage): void {
    this.me = hello.you.principal_id;
    this.show(hello.recording ?? null, hello.agreed ?? false, this.host.wasTold(hello.session.id));
  }

  /** Recording began or is over. */
  news(message: RecordingNews): void {
    const before = this.host.workspace.recording.get();
    this.show(message.recording, message.recording?.principal_id === this.me, false);
    if (message.recording === null && before)
      this.host.workspace.announce(t(`recording.over.${message.reason ?? "stopped"}`), {
        assertive: true,
      });
  }

  /** Somebody, or I on another device, goes on or is not recorded any more. */
  heard({ principal_id, agrees }: ConsentNews): void {
    const { recording } = this.host.workspace;
    const state = recording.get();
    if (!state) return;
    const goingOn = new Set(state.goingOn);
    if (agrees) goingOn.add(principal_id);
    else goingOn.delete(principal_id);
    if (principal_id !== this.me) {
      recording.set({ ...state, goingOn });
      return;
    }
    this.said.set(state.id, agrees);
    recording.set({ ...state, goingOn, agreed: agrees, asked: false });
  }

  /** The room is left. */
  clear(): void {
    this.host.workspace.recording.set(null);
  }

  private show(shown: RecordingShown | null, agreed: boolean, told: boolean): void {
    const { recording } = this.host.workspace;
    const before = recording.get();
    if (shown === null) {
      recording.set(null);
      return;
    }
    const state = { id: shown.id, by: shown.by, startedMs: Date.parse(shown.started_at) };
    const said = this.said.get(shown.id);
    const mine = said ?? agreed;
    const asked = !mine && said === undefined;
    recording.set({ ...state, agreed: mine, asked, goingOn: new Set(shown.agreed) });
    if (before?.id !== shown.id)
      this.host.workspace.announce(t("recording.began", { name: shown.by }), { assertive: true });
    if (said === undefined ? !agreed && told : said !== agreed) this.say(said ?? true);
  }

  private say(agrees: boolean): void {
    const { recording } = this.host.workspace;
    const state = recording.get();
    if (!state) return;
    this.said.set(state.id, agrees);
    this.host.send({ t: "consent", recording: state.id, ...(agrees ? {} : { agrees }) });
    const goingOn = new Set(state.goingOn);
    if (this.me !== null && agrees) goingOn.add(this.me);
    if (this.me !== null && !agrees) goingOn.delete(this.me);
    recording.set({ ...state, agreed: agrees, asked: false, goingOn });
  }
}
