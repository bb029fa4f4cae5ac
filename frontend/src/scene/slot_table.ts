/**
 * Which triangles of which geometry and level lie where in the shared index buffer, and where the display edges are:
 * all that a draw list needs to know of what has arrived. The page has one, and so has the worker that chooses levels,
 * which is told what arrived and went.
 */

import { TRANSPARENT } from "./decode";
import type { DrawRanges } from "./draw_list";

/** The geometries of one chunk, parallel arrays in its own order. */
export interface PlacedSlots {
  /** Tells chunks apart. */
  readonly id: number;
  /** Where the chunk begins in the shared buffer. */
  readonly at: number;
  /** geometry × levels + level. */
  readonly slots: Int32Array;
  /** First element in the shared buffer, and how many. */
  readonly first: Int32Array;
  readonly count: Int32Array;
  /** Opacity bits of `decode.ts`. */
  readonly opacity: Uint8Array;
  /** See `DrawRuns`. */
  readonly block: Int32Array;
  readonly ordinal: Uint8Array;
}

/** One thing that happened to a table. */
export type SlotChange =
  | { readonly kind: "placed"; readonly placed: PlacedSlots }
  | { readonly kind: "gone"; readonly id: number }
  | { readonly kind: "edges"; readonly first: Int32Array; readonly count: Int32Array }
  /** What has been here before: `SlotTable.known`. */
  | { readonly kind: "known"; readonly known: Int32Array };

/** Hears what happens to a table. */
export interface SlotFollower {
  /** What has happened since the last call; at first how it stands. */
  take(): readonly SlotChange[];
  stop(): void;
}

/** See the head of the file. */
export class SlotTable {
  readonly faces: DrawRanges;
  /** Display edges: one level. */
  readonly edges: DrawRanges;
  /** (geometries × levels) elements of everything that has ever been here: what a level would cost. */
  readonly known: Int32Array;
  /** (geometries × levels) opacity bits of `decode.ts`. */
  readonly opacity: Uint8Array;
  /** Whether any geometry has transparent faces. */
  anyTransparent = false;
  /** Changes whenever triangles arrive or go. */
  version = 0;
  private readonly block: Int32Array;
  private readonly ordinal: Uint8Array;
  /** Chunks in the order of the buffer. */
  private readonly placed: PlacedSlots[] = [];
  private order = new Int32Array(0);
  private orderVersion = -1;
  private readonly followers = new Set<SlotChange[]>();

  constructor(geometries: number, levels: number) {
    const ranges = (perGeometry: number): DrawRanges => ({
      first: new Int32Array(geometries * perGeometry),
      count: new Int32Array(geometries * perGeometry),
      levels: perGeometry,
    });
    const slots = geometries * levels;
    this.block = new Int32Array(slots);
    this.ordinal = new Uint8Array(slots);
    const { block, ordinal } = this;
    this.faces = { ...ranges(levels), runs: { block, ordinal, order: () => this.inOrder() } };
    this.edges = ranges(1);
    this.known = new Int32Array(slots);
    this.opacity = new Uint8Array(slots);
  }

  /** Does what happened to another table. */
  apply(change: SlotChange): void {
    if (change.kind === "placed") this.place(change.placed);
    else if (change.kind === "gone") this.remove(change.id);
    else if (change.kind === "known") this.known.set(change.known);
    else this.placeEdges(change.first, change.count);
  }

  place(placed: PlacedSlots): void {
    const { slots } = placed;
    for (let i = 0; i < slots.length; i += 1) {
      const slot = slots[i] ?? 0;
      const opacity = placed.opacity[i] ?? 0;
      this.faces.first[slot] = placed.first[i] ?? 0;
      this.faces.count[slot] = placed.count[i] ?? 0;
      this.known[slot] = placed.count[i] ?? 0;
      this.block[slot] = placed.block[i] ?? 0;
      this.ordinal[slot] = placed.ordinal[i] ?? 0;
      this.opacity[slot] = opacity;
      if ((opacity & TRANSPARENT) !== 0) this.anyTransparent = true;
    }
    this.placed.push(placed);
    this.placed.sort((a, b) => a.at - b.at);
    this.version += 1;
    this.tell({ kind: "placed", placed });
  }

  /** Forgets where a chunk's triangles were; what they cost stays known. */
  remove(id: number): void {
    const at = this.placed.findIndex((placed) => placed.id === id);
    const [gone] = at < 0 ? [] : this.placed.splice(at, 1);
    for (const slot of gone?.slots ?? []) {
      this.faces.count[slot] = 0;
      this.faces.first[slot] = 0;
    }
    this.version += 1;
    this.tell({ kind: "gone", id });
  }

  /** first, count: (geometries) elements of the display edges; kept by whoever hears of it. */
  placeEdges(first: Int32Array, count: Int32Array): void {
    this.edges.first.set(first);
    this.edges.count.set(count);
    this.tell({ kind: "edges", first, count });
  }

  /** The chunk that these slots came with. */
  idOf(slots: Int32Array): number | null {
    return this.placed.find((placed) => placed.slots === slots)?.id ?? null;
  }

  follow(): SlotFollower {
    let changes: SlotChange[] = [
      { kind: "edges", first: this.edges.first.slice(), count: this.edges.count.slice() },
      ...this.placed.map((placed) => ({ kind: "placed" as const, placed })),
      { kind: "known", known: this.known.slice() },
    ];
    this.followers.add(changes);
    return {
      take: () => {
        const taken = changes;
        this.followers.delete(changes);
        changes = [];
        this.followers.add(changes);
        return taken;
      },
      stop: () => this.followers.delete(changes),
    };
  }

  private tell(change: SlotChange): void {
    for (const changes of this.followers) changes.push(change);
  }

  private inOrder(): Int32Array {
    if (this.orderVersion === this.version) return this.order;
    this.orderVersion = this.version;
    this.order = new Int32Array(this.placed.reduce((sum, { slots }) => sum + slots.length, 0));
    let at = 0;
    for (const { slots } of this.placed) {
      this.order.set(slots, at);
      at += slots.length;
    }
    return this.order;
  }
}
