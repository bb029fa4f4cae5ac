/**
 * Keeps the workspace's scene and the room's state the same: sections, visibility, ghosts, and `shared_scene.ts`.
 *
 * What I change in the stores goes out as operations, or as previews while I drag; what the room says goes into
 * the stores. Both directions compare with what was last shown, so an echo is no change. Changes made in one
 * turn are read together, because a command sets several stores.
 */

import type { Json } from "../protocol/messages";
import type { ShownParts } from "../state/areas/layer_parts";
import { type MarkingView, captureMarking, restoreMarking } from "../state/areas/marking";
import type { Measurement } from "../state/areas/measuring";
import type { ObjectOwner } from "../state/areas/owning";
import { RangeSet, type Range } from "../state/ranges";
import type { Section, Workspace } from "../state/workspace";
import type { Vec3 } from "../state/model";
import { t } from "../state/messages";
import { readLayerParts, showLayerParts } from "./layer_scene";
import { NOBODY, type Names, SharedObjects } from "./shared_objects";
import { type SharedKey, sharedKeys } from "./shared_scene";

/** Where changes go. */
export interface SceneOut {
  change(key: string, value: Json): void;
  preview(key: string, value: Json): void;
}

type Values = Map<string, Json>;

/** The scene as it was before the room's replaced it. */
interface SavedScene {
  readonly sections: readonly Section[];
  readonly hidden: RangeSet;
  readonly isolated: boolean;
  readonly ghosted: RangeSet;
  readonly shared: ReadonlyMap<SharedKey, Json>;
  readonly layerParts: ReadonlyMap<string, ShownParts>;
  readonly measures: readonly Measurement[];
  readonly marking: MarkingView;
}

/** What the sync reads of the room. */
export interface RoomState {
  /** The room's value with my changes on their way. */
  value(key: string): Json;
  keys(): ReadonlySet<string>;
}

export class SceneSync {
  private readonly workspace: Workspace;
  private readonly revisionId: string;
  private readonly out: SceneOut;
  private readonly room: RoomState;
  private readonly names: Names;
  /** Per key the JSON that the stores and the room agreed on last. */
  private readonly shown = new Map<string, string>();
  /** Previews of others over the room's values. */
  private readonly previews: Values = new Map();
  private structure: unknown = null;
  private saved: SavedScene | null = null;
  private queued = false;
  private active = false;
  private forked = false;
  private dragged: string | null = null;
  private readonly stops: (() => void)[] = [];
  private readonly shared: readonly SharedKey[];
  private readonly objects: SharedObjects;
  /** Whose objects of another revision were spoken of. */
  private readonly elsewhere = new Set<string>();
  /** Keys whose value is too large for the room: shown here alone. */
  private readonly alone = new Set<string>();

  constructor(
    workspace: Workspace,
    revisionId: string,
    out: SceneOut,
    room: RoomState,
    names: Names = NOBODY,
  ) {
    this.workspace = workspace;
    this.revisionId = revisionId;
    this.out = out;
    this.room = room;
    this.names = names;
    this.shared = sharedKeys(workspace, revisionId);
    this.objects = new SharedObjects(workspace, revisionId, names);
    const { sections, hidden, isolated, ghosted, structure, dragging, layerParts } = workspace;
    const more = [
      layerParts,
      ...this.shared.flatMap(({ stores }) => stores),
      ...this.objects.stores,
    ];
    for (const store of [sections, hidden, isolated, ghosted, structure, dragging, ...more]) {
      // Each store tells its value at once; nothing is active yet, so that says nothing.
      this.stops.push(store.subscribe(() => this.queue()));
    }
  }

  /** The room's scene replaces mine. publish: the room is new and mine, so my scene becomes the room's. */
  enter(options: { readonly publish: boolean }): void {
    if (!this.active) {
      this.saved = save(this.workspace, this.shared);
      this.active = true;
    }
    if (options.publish) {
      this.shown.clear();
      this.structure = this.workspace.structure.get();
      if (this.structure) this.send();
    } else {
      this.adopt();
    }
  }

  /** The room's values of these keys may have changed. */
  changed(keys: readonly string[]): void {
    for (const key of keys) this.previews.delete(key);
    if (this.isShowing()) this.show(keys);
  }

  /** Somebody drags. */
  preview(key: string, value: Json): void {
    if (key === this.workspace.dragging.get()) return;
    this.previews.set(key, value);
    if (this.isShowing()) this.show([key]);
  }

  /** Somebody's drag ended, with or without a change. */
  released(key: string): void {
    if (this.previews.delete(key) && this.isShowing()) this.show([key]);
  }

  /**
   * *My view*: what I change stays here and what the room changes stays there (UX.md §3.4). A drag of mine ends
   * as it was before, for the others.
   */
  fork(): void {
    if (!this.active || this.forked) return;
    if (this.dragged !== null) this.out.preview(this.dragged, null);
    this.dragged = null;
    this.forked = true;
  }

  /** Back to the room's scene; share: mine becomes the room's instead, key by key where they differ. */
  rejoin(options: { readonly share: boolean }): void {
    if (!this.forked) return;
    this.forked = false;
    if (!this.active) return;
    if (!options.share || !this.isReady()) return this.adopt();
    this.shown.clear();
    const theirs: string[] = [];
    for (const key of this.room.keys()) {
      if (SharedObjects.isKey(key)) {
        // What others added is theirs, whatever I did with it while I was on my own.
        const owner = record(this.room.value(key))?.["owner"];
        if (owner !== this.names.me()) theirs.push(key);
        else this.shown.set(key, JSON.stringify(this.room.value(key)));
      } else if (this.knows(key)) this.shown.set(key, JSON.stringify(this.room.value(key)));
    }
    this.show(theirs);
    this.send();
  }

  /** Leaves the room's scene and brings mine back. */
  stop(): void {
    for (const stop of this.stops) stop();
    if (this.active && this.saved) restore(this.workspace, this.saved);
    this.workspace.owners.set(new Map());
    this.active = false;
  }

  /** What the room says is shown here. */
  private isShowing(): boolean {
    return this.active && !this.forked && this.isReady();
  }

  /** Keys that this page shows; others are of other revisions, or of a newer page. */
  private knows(key: string): boolean {
    const { revisionId } = this;
    if (key.startsWith("section/") || SharedObjects.isKey(key)) return true;
    if (key === `visibility/${revisionId}` || key === `ghost/${revisionId}`) return true;
    return this.shared.some((shared) => shared.key === key);
  }

  private isReady(): boolean {
    const structure = this.workspace.structure.get();
    return structure !== null && structure === this.structure;
  }

  /** Shows all of the room's state in the stores. */
  private adopt(): void {
    const structure = this.workspace.structure.get();
    if (!structure) return;
    this.structure = structure;
    this.shown.clear();
    for (const [key, value] of this.read()) this.shown.set(key, JSON.stringify(value));
    this.show([...this.shown.keys(), ...this.room.keys(), ...this.previews.keys()]);
  }

  private queue(): void {
    if (this.queued) return;
    this.queued = true;
    queueMicrotask(() => {
      this.queued = false;
      if (this.active) this.flush();
    });
  }

  private flush(): void {
    const structure = this.workspace.structure.get();
    if (!structure) return;
    if (this.forked) {
      this.structure = structure;
      return;
    }
    if (!this.isReady()) {
      // A model was put on the table just now, which emptied the stores: the room's scene comes back.
      this.adopt();
      return;
    }
    this.send();
  }

  /** Sends what the stores hold and the room does not. */
  private send(): void {
    const now = this.read();
    const dragging = this.workspace.dragging.get();
    for (const key of new Set([...now.keys(), ...this.shown.keys()])) {
      const value = now.get(key) ?? null;
      const json = JSON.stringify(value);
      if ((this.shown.get(key) ?? "null") === json) continue;
      if (this.isTooLarge(key, json)) continue;
      if (key === dragging) {
        this.dragged = key;
        this.out.preview(key, value);
      } else {
        if (key === this.dragged) this.dragged = null;
        this.shown.set(key, json);
        this.out.change(key, value);
      }
    }
    if (this.dragged !== null && dragging !== this.dragged) {
      // Dragged and put back where it was: nothing to store, but the others may have it again.
      const key = this.dragged;
      this.dragged = null;
      this.out.preview(key, null);
      this.show([key]);
    }
  }

  /** Whether the room would refuse a value for its size; said once. */
  private isTooLarge(key: string, json: string): boolean {
    const most = SharedObjects.isKey(key)
      ? SharedObjects.maxBytes(key)
      : (this.shared.find((shared) => shared.key === key)?.maxBytes ?? Infinity);
    if (json.length <= most) {
      this.alone.delete(key);
      return false;
    }
    if (!this.alone.has(key)) this.workspace.announce(t("live.tooLarge"), { assertive: true });
    this.alone.add(key);
    return true;
  }

  /** Said once of each: what somebody added to a revision that this page has not open. */
  private tellElsewhere(owners: readonly ObjectOwner[]): void {
    for (const { principalId, name } of owners) {
      if (this.elsewhere.has(principalId)) continue;
      this.elsewhere.add(principalId);
      this.workspace.announce(t("live.elsewhere", { name }), { others: true });
    }
  }

  /** What the stores say, by key; keys that equal the file's own state are absent. */
  private read(): Values {
    const { workspace, revisionId } = this;
    const values: Values = new Map();
    for (const section of workspace.sections.get()) {
      const { normal, offset_m, enabled, name, cap } = section;
      values.set(`section/${section.id}`, { normal: [...normal], offset_m, enabled, name, cap });
    }
    const hidden = workspace.hidden.get();
    const isolated = workspace.isolated.get();
    const byFile = workspace.structure.get()?.hiddenByFile ?? RangeSet.empty;
    if (isolated || !hidden.equals(byFile)) {
      values.set(`visibility/${revisionId}`, { hidden: hidden.toJSON(), isolated });
    }
    const ghosted = workspace.ghosted.get();
    if (!ghosted.isEmpty) values.set(`ghost/${revisionId}`, { ghosted: ghosted.toJSON() });
    for (const [key, value] of readLayerParts(workspace)) values.set(key, value);
    for (const { key, read } of this.shared) {
      const value = read();
      if (value !== null) values.set(key, value);
    }
    for (const [key, value] of this.objects.read()) values.set(key, value);
    return values;
  }

  /** Puts the room's values of these keys into the stores. */
  private show(keys: readonly string[]): void {
    const { workspace, revisionId } = this;
    const dragging = workspace.dragging.get();
    let sections: Section[] | null = null;
    const objects: Values = new Map();
    for (const key of new Set(keys)) {
      if (key === dragging) continue; // under my own hand; my operation will follow
      const value = this.previews.get(key) ?? this.room.value(key);
      if (key.startsWith("section/")) {
        sections ??= [...workspace.sections.get()];
        replace(sections, key.slice("section/".length), value);
      } else if (key === `visibility/${revisionId}`) {
        const fields = record(value);
        const byFile = workspace.structure.get()?.hiddenByFile ?? RangeSet.empty;
        workspace.isolated.set(fields?.["isolated"] === true);
        set(workspace.hidden, fields ? ranges(fields["hidden"]) : byFile);
      } else if (key === `ghost/${revisionId}`) {
        set(workspace.ghosted, ranges(record(value)?.["ghosted"]));
      } else if (SharedObjects.isKey(key)) {
        objects.set(key, value);
      } else {
        this.shared.find((shared) => shared.key === key)?.show(value);
        showLayerParts(workspace, revisionId, key, value);
      }
    }
    if (sections && !sameSections(sections, workspace.sections.get()))
      workspace.sections.set(sections);
    if (objects.size > 0) this.tellElsewhere(this.objects.show(objects));
    // What is shown now came from the room: reading it back is no change of mine.
    const now = this.read();
    for (const key of keys)
      if (key !== dragging) this.shown.set(key, JSON.stringify(now.get(key) ?? null));
  }
}

function save(workspace: Workspace, shared: readonly SharedKey[]): SavedScene {
  return {
    sections: workspace.sections.get(),
    hidden: workspace.hidden.get(),
    isolated: workspace.isolated.get(),
    ghosted: workspace.ghosted.get(),
    shared: new Map(shared.map((one) => [one, one.read()])),
    layerParts: workspace.layerParts.get(),
    measures: workspace.measures.get(),
    marking: captureMarking(workspace),
  };
}

function restore(workspace: Workspace, saved: SavedScene): void {
  workspace.sections.set(saved.sections);
  workspace.isolated.set(saved.isolated);
  workspace.hidden.set(saved.hidden);
  workspace.ghosted.set(saved.ghosted);
  for (const [{ show }, value] of saved.shared) show(value);
  workspace.layerParts.set(saved.layerParts);
  workspace.activeMeasure.set(null);
  workspace.measures.set(saved.measures);
  restoreMarking(workspace, saved.marking);
}

function set(store: { get(): RangeSet; set(value: RangeSet): void }, value: RangeSet): void {
  if (!store.get().equals(value)) store.set(value);
}

function replace(sections: Section[], id: string, value: Json): void {
  const index = sections.findIndex((section) => section.id === id);
  const section = sectionOf(id, value);
  if (!section) {
    if (index >= 0) sections.splice(index, 1);
  } else if (index >= 0) sections[index] = section;
  else sections.push(section);
}

function sectionOf(id: string, value: Json): Section | null {
  const fields = record(value);
  const normal = fields?.["normal"];
  if (!fields || !isVector(normal)) return null;
  return {
    id,
    name: String(fields["name"] ?? ""),
    normal,
    offset_m: Number(fields["offset_m"]),
    enabled: fields["enabled"] !== false,
    cap: fields["cap"] !== false,
  };
}

function sameSections(a: readonly Section[], b: readonly Section[]): boolean {
  return (
    a.length === b.length &&
    a.every((section, index) => JSON.stringify(section) === JSON.stringify(b[index]))
  );
}

function record(value: Json | undefined): Readonly<Record<string, Json>> | null {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return null;
  return value as Readonly<Record<string, Json>>; // Array.isArray does not narrow readonly arrays
}

function isVector(value: Json | undefined): value is Vec3 {
  return (
    Array.isArray(value) && value.length === 3 && value.every((item) => typeof item === "number")
  );
}

function ranges(value: Json | undefined): RangeSet {
  if (!Array.isArray(value)) return RangeSet.empty;
  const pairs = value.flatMap((pair: Json): Range[] => {
    if (!Array.isArray(pair)) return [];
    const [first, last] = pair as readonly Json[]; // a JSON array
    return typeof first === "number" && typeof last === "number" ? [[first, last]] : [];
  });
  return RangeSet.fromRanges(pairs);
}
