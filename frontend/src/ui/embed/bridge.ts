/**
 * The window's side of `holotable-embed/1`: hears only the page that frames us, only from an origin of the server's
 * list, and answers to that origin and no other.
 */

import {
  EMBED,
  EMBED_METHODS,
  type EmbedHost,
  EmbedRefused,
  answer,
  idsOf,
} from "../../state/embed";
import { originOf, toCamera } from "../../state/viewpoint";
import type { Workspace } from "../../state/workspace";

/** The origins that may talk to this page, as the server wrote them into it. */
export function allowedOrigins(page: Document = document): readonly string[] {
  const meta = page.querySelector<HTMLMetaElement>('meta[name="holotable-embed-origins"]');
  return (meta?.content ?? "").split(" ").filter(Boolean);
}

/** What a bridge needs of its window. */
export interface BridgeWindow {
  readonly parent: Pick<Window, "postMessage">;
  readonly location: { readonly origin: string };
  addEventListener(type: "message", listener: (event: MessageEvent) => void): void;
  removeEventListener(type: "message", listener: (event: MessageEvent) => void): void;
}

const HOVER_MS = 50;
const VIEW_MS = 200;

export class Bridge {
  private readonly frame: BridgeWindow;
  private readonly origins: ReadonlySet<string>;
  private peer: string | null = null;
  private host: EmbedHost | null = null;
  private stops: (() => void)[] = [];
  private timers = new Map<string, number>();

  constructor(frame: BridgeWindow, origins: readonly string[]) {
    this.frame = frame;
    this.origins = new Set([...origins, frame.location.origin]);
    frame.addEventListener("message", this.onMessage);
  }

  /** The workspace that requests are about from now on. */
  serve(host: EmbedHost): () => void {
    this.host = host;
    this.watch(host.workspace);
    return () => {
      if (this.host === host) this.host = null;
      for (const stop of this.stops) stop();
      this.stops = [];
    };
  }

  /** Says that something could not be shown before there was a workspace. */
  /** Who answers now. @throws EmbedRefused */
  current(): EmbedHost {
    if (!this.host) throw new EmbedRefused("not_loaded", "The model is still loading.");
    return this.host;
  }

  fail(code: string, message: string): void {
    this.tell("error", { code, message });
  }

  close(): void {
    this.frame.removeEventListener("message", this.onMessage);
    for (const timer of this.timers.values()) clearTimeout(timer);
    for (const stop of this.stops) stop();
  }

  private readonly onMessage = (event: MessageEvent): void => {
    if (event.source !== this.frame.parent || !this.origins.has(event.origin)) return;
    const message = record(event.data);
    if (message?.["holotable"] !== EMBED) return;
    if (message["hello"] === true) {
      this.peer = event.origin;
      this.tell("ready", { protocol: EMBED, methods: EMBED_METHODS });
      if (this.host?.workspace.structure.get()) this.tellLoaded(this.host.workspace);
      return;
    }
    // Only who said hello is heard: another page of the list may have taken the frame over.
    if (event.origin !== this.peer) return;
    const { id, method, params } = message;
    if (typeof id !== "number" && typeof id !== "string") return;
    void this.respond(id, method, params);
  };

  private async respond(id: number | string, method: unknown, params: unknown): Promise<void> {
    const { peer } = this;
    try {
      const result = await answer(this.current(), method, params);
      this.send(peer, { holotable: EMBED, id, result });
    } catch (error) {
      const code = error instanceof EmbedRefused ? error.code : "failed";
      const message = error instanceof Error ? error.message : String(error);
      this.send(peer, { holotable: EMBED, id, error: { code, message } });
    }
  }

  private tell(event: string, data: unknown): void {
    this.send(this.peer, { holotable: EMBED, event, data });
  }

  private send(origin: string | null, message: unknown): void {
    if (origin !== null) this.frame.parent.postMessage(message, origin);
  }

  private tellLoaded(workspace: Workspace): void {
    const revision = workspace.revision.get();
    this.tell("loaded", {
      asset_id: revision?.assetId ?? null,
      revision_id: revision?.revisionId ?? null,
      label: revision?.label ?? null,
      parts: workspace.structure.get()?.occurrenceCount ?? 0,
    });
  }

  private watch(workspace: Workspace): void {
    const { structure, selection, hover, camera, problem, hidden } = workspace;
    const selected = (): unknown => {
      const model = structure.get();
      return model ? idsOf(model, selection.get()) : { ids: [], count: 0 };
    };
    const idOf = (occurrence: number | null): string | null => {
      const model = structure.get();
      return model && occurrence !== null ? model.id(model.rowOfOccurrence(occurrence)) : null;
    };
    let told = false;
    this.stops.push(
      structure.subscribe((model) => {
        if (!model || told) return;
        told = true;
        // The stores are filled in the same turn.
        queueMicrotask(() => this.tellLoaded(workspace));
      }),
      onChange(selection, () => this.later("selection", 0, selected)),
      onChange(hover, () => this.later("hover", HOVER_MS, () => ({ id: idOf(hover.get()) }))),
      onChange(camera, () =>
        this.later("view", VIEW_MS, () => ({
          camera: toCamera(camera.get(), originOf(workspace)),
        })),
      ),
      onChange(hidden, () =>
        this.later("visibility", VIEW_MS, () => ({
          visible: (structure.get()?.occurrenceCount ?? 0) - hidden.get().size,
        })),
      ),
      problem.subscribe((found) => {
        if (found) this.fail(found.code, [found.title, found.detail].join(". "));
      }),
    );
  }

  /** Tells the newest state once in a while, however often it changes. */
  private later(event: string, ms: number, data: () => unknown): void {
    if (this.timers.has(event)) return;
    const timer = window.setTimeout(() => {
      this.timers.delete(event);
      this.tell(event, data());
    }, ms);
    this.timers.set(event, timer);
  }
}

/** Without the value that a store tells at once. */
function onChange<T>(
  store: { subscribe(listener: (value: T) => void): () => void },
  tell: () => void,
): () => void {
  let first = true;
  return store.subscribe(() => {
    if (!first) tell();
    first = false;
  });
}

function record(value: unknown): Readonly<Record<string, unknown>> | null {
  return typeof value === "object" && value !== null
    ? Object.fromEntries(Object.entries(value))
    : null;
}
