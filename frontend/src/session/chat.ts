/** Chat of the live session: sends my lines, shows everybody's with mine that wait at the end. */

import type { Commands } from "../state/commands";
import type { Person, Workspace } from "../state/workspace";
import { chatLines } from "./chat_lines";
import type { Environment } from "./environment";
import type { OpLog } from "./op_log";

/** What it needs of the live session. */
export interface ChatHost {
  readonly workspace: Workspace;
  readonly commands: Commands;
  readonly environment: Environment;
  readonly log: OpLog;
  me(): Person | null;
  /** Only a meeting has chat; a table has not. */
  isMeeting(): boolean;
  /** Sends what waits in the log. */
  flush(): void;
}

/** Keeps `workspace.chat`. */
export class Chat {
  private readonly host: ChatHost;

  constructor(host: ChatHost) {
    this.host = host;
  }

  perform(): (() => void)[] {
    const { commands, log } = this.host;
    return [
      commands.register("session.chat", ({ text }) => {
        const line = text.trim();
        if (line === "" || !this.host.isMeeting()) return;
        log.say(line);
        this.host.flush();
        this.publish();
      }),
    ];
  }

  publish(): void {
    const { workspace, environment, log } = this.host;
    const me = this.host.me();
    const lines = chatLines(log.chat, me?.principal_id ?? null);
    for (const line of log.pendingChat) {
      lines.push({
        seq: null,
        text: line.text,
        name: me?.name ?? "",
        slot: me?.slot ?? null,
        at: new Date(environment.wallClock()).toISOString(),
        mine: true,
      });
    }
    workspace.chat.set(lines);
  }
}
