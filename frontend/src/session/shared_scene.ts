/**
 * Keys of a room's shared scene that are one value each: how a store becomes the value, and back. Sections stand one
 * by one in `scene_sync.ts`, because each of them has a key of its own.
 */

import type { Json } from "../protocol/messages";
import { captureColouring, restoreColouring } from "../state/areas/colouring";
import {
  PLAIN_EXPLOSION,
  captureExploding,
  restoreExploding,
  type ExplodingView,
} from "../state/areas/exploding";
import { readCompare, showCompare } from "./shared_compare";
import { captureTabling, restoreTabling, type TablingView } from "../state/areas/table";
import { readBox } from "../state/areas/sectioning";
import { RangeSet } from "../state/ranges";
import type { Readable } from "../state/store";
import { capture } from "../state/viewpoint";
import type { Workspace } from "../state/workspace";

/** One key. */
export interface SharedKey {
  readonly key: string;
  /** What the server takes, bytes of JSON (rooms/keys.py). */
  readonly maxBytes: number;
  readonly stores: readonly Readable<unknown>[];
  /** null: as the file says. */
  read(): Json;
  show(value: Json): void;
}

const SET_BYTES = 61_440;

/** Every key of this kind, for one revision. */
export function sharedKeys(workspace: Workspace, revisionId: string): readonly SharedKey[] {
  const { explode, explosion, sectionBox, uncut, colouring, activeView, layers } = workspace;
  const { comparing, blinking } = workspace;
  return [
    {
      key: "explode",
      maxBytes: SET_BYTES,
      stores: [explode, explosion],
      read: () => {
        const { amount, by, along, only } = captureExploding(workspace);
        if (amount === 0) return null;
        // What is usual is left out: rooms of older pages know the amount alone.
        return {
          amount,
          ...(by === PLAIN_EXPLOSION.by ? {} : { by }),
          ...(along === PLAIN_EXPLOSION.along ? {} : { along }),
          ...(only === null ? {} : { only }),
        };
      },
      show: (value) => restoreExploding(workspace, readExplode(value)),
    },
    {
      key: "section-box",
      maxBytes: 512,
      stores: [sectionBox],
      read: () => {
        const box = sectionBox.get();
        return box && { ...box };
      },
      show: (value) => set(sectionBox, readBox(value)),
    },
    {
      key: `uncut/${revisionId}`,
      maxBytes: SET_BYTES,
      stores: [uncut],
      read: () => (uncut.get().isEmpty ? null : { uncut: uncut.get().toJSON() }),
      show: (value) => {
        const next = RangeSet.parse(record(value)?.["uncut"]);
        if (!uncut.get().equals(next)) uncut.set(next);
      },
    },
    {
      key: `colour/${revisionId}`,
      maxBytes: SET_BYTES,
      stores: [colouring],
      read: () => captureColouring(workspace) as Json, // plain data: it goes into viewpoints, too
      show: (value) => restoreColouring(workspace, value),
    },
    {
      key: "layers",
      maxBytes: 16_384,
      stores: [layers],
      read: () => {
        const items = captureTabling(workspace);
        return items.length === 0 ? null : { items: items.map((item) => ({ ...item })) };
      },
      show: (value) => restoreTabling(workspace, readLayers(record(value)?.["items"])),
    },
    {
      key: "compare",
      maxBytes: 1_024,
      stores: [comparing, blinking],
      read: () => readCompare(workspace, revisionId),
      show: (value) => showCompare(workspace, revisionId, value),
    },
    {
      key: "view",
      maxBytes: 512,
      stores: [activeView],
      read: () => {
        const view = activeView.get();
        return view && { id: view.id, name: view.name };
      },
      show: (value) => {
        const said = record(value);
        const name = said?.["name"];
        const id = said?.["id"];
        if (typeof name !== "string") return activeView.set(null);
        activeView.set({
          id: typeof id === "string" ? id : null,
          name,
          before: capture(workspace),
          newer: RangeSet.empty,
        });
      },
    },
  ];
}

function readExplode(value: Json): ExplodingView {
  const said = record(value) ?? {};
  const { amount, by, along, only } = said;
  return {
    amount: typeof amount === "number" ? amount : 0,
    by: by === "assemblies" ? by : "parts",
    along: along === "x" || along === "y" || along === "z" ? along : "radial",
    only: only === undefined || only === null ? null : RangeSet.parse(only).toJSON(),
  };
}

function readLayers(value: Json | undefined): TablingView {
  if (!Array.isArray(value)) return [];
  return value.flatMap((item: Json): TablingView[number][] => {
    const { revision_id, visible, ghosted, transform } = record(item) ?? {};
    if (typeof revision_id !== "string") return [];
    const numbers = Array.isArray(transform) ? transform.map(Number) : null;
    const fits = numbers?.length === 16 && numbers.every(Number.isFinite);
    return [
      {
        revision_id,
        visible: visible !== false,
        ghosted: ghosted === true,
        transform: fits ? numbers : null,
      },
    ];
  });
}

function set<T>(store: { get(): T; set(value: T): void }, value: T): void {
  if (JSON.stringify(store.get()) !== JSON.stringify(value)) store.set(value);
}

function record(value: Json | undefined): Readonly<Record<string, Json>> | null {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return null;
  return value as Readonly<Record<string, Json>>; // Array.isArray does not narrow readonly arrays
}
