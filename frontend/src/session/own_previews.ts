/** What I drag, on its way to the others: the newest value of each key, and the hold renewed while it is still. */

import type { ClientMessage, Json } from "../protocol/messages";
import type { Workspace } from "../state/workspace";
import type { Environment } from "./environment";

const PREVIEW_MS = 33;
/** A hold ends after 5 s of silence; while the pointer is down and still, it is renewed. */
const HOLD_RENEW_MS = 1_500;

/** Sends previews, at most thirty a second of each key. */
export class OwnPreviews {
  private readonly workspace: Workspace;
  private readonly environment: Environment;
  private readonly post: (message: ClientMessage) => unknown;
  private readonly waiting = new Map<string, Json>();
  private cancelSending: (() => void) | null = null;
  private cancelRenewal: (() => void) | null = null;

  constructor(
    workspace: Workspace,
    environment: Environment,
    post: (message: ClientMessage) => unknown,
  ) {
    this.workspace = workspace;
    this.environment = environment;
    this.post = post;
  }

  /** I drag it to here; null: I let go without a change, which is told at once. */
  put(key: string, value: Json): void {
    this.waiting.set(key, value);
    if (value === null) {
      this.flush();
      this.waiting.delete(key);
    } else {
      this.cancelSending ??= this.environment.later(() => this.flush(), PREVIEW_MS);
    }
  }

  /** An operation of mine says more than the preview would. */
  overtaken(key: string): void {
    this.waiting.delete(key);
  }

  /** Nothing goes out any more. */
  stop(): void {
    this.cancelSending?.();
    this.cancelRenewal?.();
    this.cancelSending = this.cancelRenewal = null;
  }

  private flush(): void {
    this.stop();
    const dragging = this.workspace.dragging.get();
    for (const [key, value] of this.waiting) {
      this.post({ t: "preview", key, value });
      if (key !== dragging) this.waiting.delete(key);
    }
    if (this.waiting.size > 0)
      this.cancelRenewal = this.environment.later(() => this.flush(), HOLD_RENEW_MS);
  }
}
