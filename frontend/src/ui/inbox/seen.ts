/** Whoever has something in front of him has read it, however he came to it: by the inbox, a mail, a copied link. */

import type { Api } from "../../api/api";
import type { Subject } from "../../api/inbox";
import type { Me } from "../../api/types";
import type { Readable } from "../../state/store";

export interface SeenHost {
  readonly api: Pick<Api, "markSeen">;
  /** Guests have no inbox. */
  readonly me: Readable<Me | null | undefined>;
  readonly inbox: { readonly unread: Readable<number> };
}

/** Marks what is told of a subject as read as long as it is in front: now, and what comes meanwhile; returns the way to stop. */
export function keepSeen(host: SeenHost, thing: Subject["thing"], id: string): () => void {
  const me = host.me.get();
  if (!me || me.guest) return () => undefined;
  let unread = host.inbox.unread.get();
  const mark = (): void => {
    if (document.visibilityState !== "visible") return;
    host.api.markSeen({ thing, id }).catch((error: unknown) => {
      // The row stays unread in the inbox, where it can be marked by hand.
      console.warn("What is shown could not be marked as read.", error);
    });
  };
  mark();
  const stop = host.inbox.unread.subscribe((now) => {
    if (now > unread) mark();
    unread = now;
  });
  document.addEventListener("visibilitychange", mark);
  return () => {
    stop();
    document.removeEventListener("visibilitychange", mark);
  };
}
