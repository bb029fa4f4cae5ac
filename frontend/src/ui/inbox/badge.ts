/**
 * How many rows of my inbox are unread. One tab of a browser listens to the server and tells the
 * others: a stream in each would use up the six connections that HTTP/1.1 has for all of them.
 */

import { type InboxNews, watchInbox } from "../../api/inbox";
import { Store } from "../../state/store";

/** What of the browser is needed; tests bring their own. */
export interface BadgeParts {
  readonly watch: (onNews: (news: InboxNews) => void) => () => void;
  readonly channel: (name: string) => BroadcastChannel | null;
  /** Absent where the page is not secure: then each tab listens for itself. */
  readonly locks: Pick<LockManager, "request"> | undefined;
}

const BROWSER: BadgeParts = {
  watch: watchInbox,
  channel: (name) => ("BroadcastChannel" in globalThis ? new BroadcastChannel(name) : null),
  locks: globalThis.navigator?.locks,
};

export class InboxBadge {
  readonly unread = new Store<number>(0);
  /** Another word whenever a row changed. */
  readonly version = new Store<string>("");
  private readonly parts: BadgeParts;

  constructor(parts: BadgeParts = BROWSER) {
    this.parts = parts;
  }

  /** Follows the inbox of this person; returns the way to stop. */
  start(personId: string): () => void {
    const { locks } = this.parts;
    const name = `holotable-inbox-${personId}`;
    const channel = this.parts.channel(name);
    const stopping = new AbortController();
    let last: InboxNews | null = null;
    const hear = (news: InboxNews): void => {
      last = news;
      this.unread.set(news.unread);
      this.version.set(news.etag);
    };
    if (channel)
      channel.onmessage = (event: MessageEvent<InboxNews | "ask">) => {
        if (event.data !== "ask") hear(event.data);
        else if (last) channel.postMessage(last);
      };
    const listen = (): Promise<void> =>
      new Promise((resolve) => {
        const stop = this.parts.watch((news) => {
          hear(news);
          channel?.postMessage(news);
        });
        stopping.signal.addEventListener("abort", () => {
          stop();
          resolve();
        });
      });
    if (locks && channel) {
      channel.postMessage("ask");
      // Rejects when it is stopped while another tab still listens: then there is nothing to do.
      locks.request(name, { signal: stopping.signal }, listen).catch(() => undefined);
    } else void listen();
    return () => {
      stopping.abort();
      channel?.close();
      this.unread.set(0);
      this.version.set("");
    };
  }
}
