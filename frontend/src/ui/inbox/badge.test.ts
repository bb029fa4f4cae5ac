import { expect, it } from "vitest";
import type { InboxNews } from "../../api/inbox";
import { type BadgeParts, InboxBadge } from "./badge";

/** A browser of several tabs: one lock, one channel, and a server that is asked how often. */
class Browser {
  listening = 0;
  private readonly heard = new Set<(news: InboxNews) => void>();
  private readonly channels = new Set<BroadcastChannel>();
  private held = false;
  private readonly queue: (() => void)[] = [];

  say(unread: number): void {
    for (const each of [...this.heard]) each({ unread, etag: `"${unread}"` });
  }

  tab(secure = true): BadgeParts {
    return {
      watch: (onNews) => {
        this.listening += 1;
        this.heard.add(onNews);
        return () => {
          this.listening -= 1;
          this.heard.delete(onNews);
        };
      },
      channel: () => {
        const channel = {
          onmessage: null as ((event: { data: unknown }) => void) | null,
          postMessage: (data: unknown) => {
            for (const other of this.channels)
              if (other !== made) (other as unknown as typeof channel).onmessage?.({ data });
          },
          close: () => this.channels.delete(made),
        };
        const made = channel as unknown as BroadcastChannel; // what is used of one
        this.channels.add(made);
        return made;
      },
      locks: secure
        ? ({
            request: async (
              _name: string,
              options: { signal: AbortSignal },
              act: () => Promise<void>,
            ) => {
              if (this.held)
                await new Promise<void>((resolve, reject) => {
                  this.queue.push(resolve);
                  options.signal.addEventListener("abort", () => reject(new Error("aborted")));
                });
              this.held = true;
              await act();
              this.held = false;
              this.queue.shift()?.();
            },
          } as unknown as LockManager) // as above
        : undefined,
    };
  }
}

const settled = () => new Promise((resolve) => setTimeout(resolve));

it("listens once for all tabs, and tells each of them", async () => {
  const browser = new Browser();
  const [one, two] = [new InboxBadge(browser.tab()), new InboxBadge(browser.tab())];
  one.start("mia");
  two.start("mia");
  browser.say(3);
  expect(browser.listening).toBe(1);
  expect([one.unread.get(), two.unread.get()]).toEqual([3, 3]);
  await settled();
});

it("tells a tab that is opened later what is known", () => {
  const browser = new Browser();
  new InboxBadge(browser.tab()).start("mia");
  browser.say(2);
  const later = new InboxBadge(browser.tab());
  later.start("mia");
  expect(later.unread.get()).toBe(2);
});

it("goes on in another tab when the one that listened is closed", async () => {
  const browser = new Browser();
  const [one, two] = [new InboxBadge(browser.tab()), new InboxBadge(browser.tab())];
  const stop = one.start("mia");
  two.start("mia");
  stop();
  await settled();
  browser.say(5);
  expect(browser.listening).toBe(1);
  expect([one.unread.get(), two.unread.get()]).toEqual([0, 5]);
});

it("listens by itself where the browser has no locks", () => {
  const browser = new Browser();
  const badge = new InboxBadge(browser.tab(false));
  const stop = badge.start("mia");
  browser.say(1);
  expect([badge.unread.get(), badge.version.get()]).toEqual([1, '"1"']);
  stop();
  expect([browser.listening, badge.unread.get()]).toEqual([0, 0]);
});
