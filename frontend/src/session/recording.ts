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
  /** Recordings in which I said that I go on: a connection that comes back does not ask again. */
  private readonly agreedTo = new Set<string>();
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
      commands.register("session.goOn", () => this.goOn()),
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
    const known = agreed || this.agreedTo.has(shown.id);
    recording.set({ ...state, agreed: known });
    if (before?.id !== shown.id)
      this.host.workspace.announce(t("recording.began", { name: shown.by }), { assertive: true });
    if (!agreed && (told || known)) this.goOn();
  }

  private goOn(): void {
    const { recording } = this.host.workspace;
    const state = recording.get();
    if (!state) return;
    this.agreedTo.add(state.id);
    this.host.send({ t: "consent", recording: state.id });
    recording.set({ ...state, agreed: true });
  }
}
