/** Keeps the address bar at what is on the screen, and follows addresses that are pasted into it. */

import { type Viewpoint, capture, compact } from "../../state/viewpoint";
import type { Readable } from "../../state/store";
import type { Workspace } from "../../state/workspace";
import { ADDRESS_CHARACTERS, encodeViewpoint } from "./link";

/** After so long without a change the address is written. */
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

  const stops = [
    workspace.structure.subscribe((structure) => {
      if (!structure || opened) return;
      // The stores are emptied and filled in one turn: behind it, all of the model is there.
      queueMicrotask(() => {
        opened = true;
        plain = JSON.stringify(seen());
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
    for (const stop of stops) stop();
  };
}

/** Every store that belongs to a picture. */
export function storesOf(workspace: Workspace): readonly Readable<unknown>[] {
  const { camera, hidden, isolated, ghosted, sections, sectionBox, uncut, colouring } = workspace;
  const { explode, explosion, selection, selectedEntities, measures, sheets, modelMarks } =
    workspace;
  const { openSheet, display, points, unit, numbers, layers, noteFilter, chosenNote } = workspace;
  return [
    ...[camera, hidden, isolated, ghosted, sections, sectionBox, uncut, colouring],
    ...[explode, explosion, selection, selectedEntities, measures, sheets, modelMarks],
    ...[openSheet, display, points, unit, numbers, layers, noteFilter, chosenNote],
  ];
}
