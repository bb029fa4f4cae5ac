/** Keeps the address bar at what is on the screen, and follows addresses that are pasted into it. */

import { type Viewpoint, capture, compact } from "../../state/viewpoint";
import type { Readable } from "../../state/store";
import type { Workspace } from "../../state/workspace";
import { ADDRESS_CHARACTERS, encodeAtOnce, encodeViewpoint } from "./link";

/** After so long without a change the address is written; at once when somebody turns away. */
const IDLE_MS = 700;

export interface AddressHost {
  readonly workspace: Workspace;
  /** Follows a fragment. */
  follow(hash: string): Promise<void>;
}

/** Follows the fragment of the address once the model is there, then keeps the address. Returns the way to stop. */
export function keepAddress({ workspace, follow }: AddressHost): () => void {
  let timer = 0;
  let gone = false;
  /** What a plain address shows: the model as it was opened. null: not seen yet. */
  let plain: string | null = null;
  let written: string | null = null;
  /** While a fragment is followed, what is on the screen is on its way. */
  let following = false;
  let opened = false;

  const seen = (): Viewpoint =>
    compact(capture(workspace), workspace.structure.get()?.hiddenByFile.toJSON() ?? []);

  const write = async (): Promise<void> => {
    const viewpoint = seen();
    const state = JSON.stringify(viewpoint);
    if (gone || following || state === written || !mayWrite()) return;
    const text = state === plain ? null : await encodeViewpoint(viewpoint);
    if (gone || following || !mayWrite()) return;
    written = state;
    put(text);
  };

  /** Somebody turns away, to copy the address or to load the page again: it says what is seen now. */
  const writeAtOnce = (): void => {
    if (!opened) return;
    window.clearTimeout(timer);
    const viewpoint = seen();
    const state = JSON.stringify(viewpoint);
    if (following || state === written || !mayWrite()) return;
    const text = state === plain ? null : encodeAtOnce(viewpoint);
    // Too long as it is: the shorter form may still come in time.
    if (text !== null && text.length > ADDRESS_CHARACTERS) return void write();
    put(text);
    // The shorter form follows when somebody stays.
    timer = window.setTimeout(() => void write(), IDLE_MS);
  };
  /** A page that is loaded again has the address that it had before it was left. */
  const onLeaving = (): void => {
    writeAtOnce();
    keepForReload();
  };
  const onHidden = (): void => {
    if (document.visibilityState === "hidden") writeAtOnce();
  };

  const put = (text: string | null): void => {
    // A state too large for an address is left out whole: half of it would be another picture.
    const fragment = text !== null && text.length <= ADDRESS_CHARACTERS ? `#v=${text}` : "";
    history.replaceState(history.state, "", location.pathname + location.search + fragment);
  };

  const mayWrite = (): boolean =>
    location.pathname.startsWith("/v/") &&
    workspace.following.get() === null &&
    workspace.dragging.get() === null &&
    workspace.session.get()?.kind !== "session";

  const soon = (): void => {
    if (!opened) return;
    window.clearTimeout(timer);
    timer = window.setTimeout(() => void write(), IDLE_MS);
  };

  const open = async (hash: string): Promise<void> => {
    following = true;
    await follow(hash);
    following = false;
    // The fragment stays as it was pasted until something changes.
    written = JSON.stringify(seen());
    soon();
  };

  const onHash = (): void => void open(location.hash);
  addEventListener("hashchange", onHash);
  addEventListener("blur", writeAtOnce);
  addEventListener("pagehide", onLeaving);
  document.addEventListener("visibilitychange", onHidden);

  const stops = [
    workspace.structure.subscribe((structure) => {
      if (!structure || opened) return;
      // The stores are emptied and filled in one turn: behind it, all of the model is there.
      queueMicrotask(() => {
        opened = true;
        plain = JSON.stringify(seen());
        const late = takenAfterReload();
        if (late !== null) history.replaceState(history.state, "", late);
        if (location.hash.length > 1) void open(location.hash);
        else written = plain;
      });
    }),
    ...storesOf(workspace).map((store) => store.subscribe(soon)),
  ];
  return () => {
    gone = true;
    window.clearTimeout(timer);
    removeEventListener("hashchange", onHash);
    removeEventListener("blur", writeAtOnce);
    removeEventListener("pagehide", onLeaving);
    document.removeEventListener("visibilitychange", onHidden);
    for (const stop of stops) stop();
  };
}

/** Every store that belongs to a picture. */
export function storesOf(workspace: Workspace): readonly Readable<unknown>[] {
  const { camera, hidden, isolated, ghosted, sections, sectionBox, uncut, colouring } = workspace;
  const { explode, explosion, selection, selectedEntities, measures, sheets, modelMarks } =
    workspace;
  const { openSheet, display, points, unit, numbers, layers, noteFilter, chosenNote } = workspace;
  const { comparing } = workspace;
  return [
    ...[camera, hidden, isolated, ghosted, sections, sectionBox, uncut, colouring],
    ...[explode, explosion, selection, selectedEntities, measures, sheets, modelMarks],
    ...[openSheet, display, points, unit, numbers, layers, noteFilter, chosenNote, comparing],
  ];
}

const LEFT = "holotable.left";

/** Keeps the address of a page that is being left, in this tab. */
function keepForReload(): void {
  try {
    sessionStorage.setItem(LEFT, location.pathname + location.search + location.hash);
  } catch {
    // A browser that keeps nothing reloads what the address said last.
  }
}

/** The address that this very page had when it was left, if it was loaded again since; once. */
function takenAfterReload(): string | null {
  try {
    const left = sessionStorage.getItem(LEFT);
    sessionStorage.removeItem(LEFT);
    const [navigation] = performance.getEntriesByType("navigation");
    const again = navigation && "type" in navigation && navigation.type === "reload";
    const here = left?.split("#")[0] === location.pathname + location.search;
    return again && here ? left : null;
  } catch {
    return null;
  }
}
