/**
 * Exact caps at rest. While a plane moves its caps are gone and the shader's quick ones are seen; when everything has
 * stood still for a moment, a worker cuts what the planes meet, batch by batch, and what comes is drawn at once.
 * Moving again ends the work. Cuts are kept for each plane as it stood, so that undo, hiding and showing cost nothing.
 */

import { NO_REPORT } from "../../state/areas/sectioning";
import { BOX_KEY } from "../../state/perform/sections";
import { RangeSet } from "../../state/ranges";
import type { Workspace } from "../../state/workspace";
import type { FetchScene } from "../loader";
import type { OpenedModel } from "../opened_model";
import { along, dot } from "../vector";
import type { Viewer } from "../viewer";
import { cutBy, placedRows } from "./candidates";
import { CapsLayer } from "./caps_layer";
import { CutClient, CutFailed } from "./cut_client";
import { registerSectionCommands } from "./commands";
import type { NamedPlane } from "./cut_planes";
import { CAPPED, type CutItems, type CutResult, ROW } from "./cutter";
import { CutOutlines } from "./outlines";

/** Milliseconds without a change before cutting begins. */
const REST_MS = 120;
/** Main-thread milliseconds at a time. */
const SLICE_MS = 6;
/** Occurrences in one request; small enough to stop soon, large enough not to wait for messages. */
const BATCH = 192;
/** Caps that have come are drawn at most this often, and so that copying them takes at most a quarter of the time. */
const SHOW_EVERY_MS = 160;
const SHOW_PAUSE = 3;
/** Planes as they stood before whose cuts are kept. */
const KEPT_PLANES = 16;
/** Device-independent pixels between the lines of the plainest hatch. */
const HATCH_PX = 7;

/** The cuts of one plane as it stands. */
interface Kept {
  readonly results: CutResult[];
  /** Occurrences that were asked for, cut or not. */
  readonly asked: Set<number>;
  readonly open: Set<number>;
}

/** Watches a viewer's model and stores until disposed. */
export class SectionCaps {
  private readonly viewer: Viewer;
  private readonly fetchScene: FetchScene;
  private readonly stops: (() => void)[];
  private model: OpenedModel | null = null;
  private client: CutClient | null = null;
  private layer: CapsLayer | null = null;
  private readonly kept = new Map<string, Kept>();
  /** Of the planes that cut, by their index: what is kept for each. */
  private shown: { readonly plane: NamedPlane; readonly kept: Kept }[] = [];
  private timer = 0;
  private run = 0;
  private standing = NaN;
  /** What the layer draws: of each of its slots, the plane as it stood. */
  private drawn: readonly string[] = [];
  /** Counts up: a copy of the cuts that is overtaken is given up. */
  private copy = 0;
  private copying = false;
  private nextCopyMs = 0;

  constructor(viewer: Viewer, fetchScene: FetchScene) {
    this.viewer = viewer;
    this.fetchScene = fetchScene;
    const { workspace } = viewer;
    const changed = (): void => this.changed();
    this.stops = [
      ...[
        workspace.sections,
        workspace.sectionBox,
        workspace.uncut,
        workspace.hidden,
        workspace.ghosted,
        workspace.explode,
        workspace.explosion,
        workspace.dragging,
      ].map((store) => store.subscribe(changed)),
      viewer.onFrame(() => this.beforePicture()),
      registerSectionCommands(viewer),
    ];
  }

  dispose(): void {
    this.close();
    for (const stop of this.stops) stop();
  }

  private beforePicture(): void {
    const { viewer } = this;
    if (viewer.model !== this.model) this.open(viewer.model);
    const { model, layer } = this;
    if (!model || !layer) return;
    if (model.occurrences.standing !== this.standing) this.changed();
    layer.setDark(viewer.workspace.theme.get() === "dark");
    if (!layer.group.visible) return;
    const { position, target } = viewer.view.pose;
    model.planes.forEach((plane, i) => {
      // Where the middle of the picture meets the plane the hatch has its width, and one width on all of it.
      const look = [0, 1, 2].map((a) => (target[a] ?? 0) - (position[a] ?? 0));
      const towards = dot(plane.normal, [look[0] ?? 0, look[1] ?? 0, look[2] ?? 0]);
      const height = plane.offset - dot(plane.normal, position);
      const t = Math.abs(towards) < 1e-12 ? 1 : height / towards;
      const far = t > 0.05 && t < 4 ? t : 1;
      const at = along(position, [look[0] ?? 0, look[1] ?? 0, look[2] ?? 0], far);
      // Steps of a quarter octave: while zooming the lines jump rarely instead of creeping.
      const metres = viewer.reach(at, HATCH_PX);
      layer.setPeriod(i, 2 ** (Math.round(Math.log2(Math.max(metres, 1e-12)) * 4) / 4));
    });
  }

  private open(model: OpenedModel | null): void {
    this.close();
    this.model = model;
    if (!model) return;
    const { renderer } = this.viewer;
    this.client = new CutClient({ manifest: model.manifest, fetchScene: this.fetchScene });
    this.layer = new CapsLayer(model.batch.materials.shared, renderer.getPixelRatio());
    model.batch.group.add(this.layer.group);
    model.capDrawCalls = () => this.layer?.drawCalls ?? 0;
    this.changed();
  }

  private close(): void {
    this.run += 1;
    this.copy += 1;
    this.copying = false;
    this.drawn = [];
    window.clearTimeout(this.timer);
    this.client?.dispose();
    this.layer?.dispose();
    this.client = null;
    this.layer = null;
    this.model = null;
    this.kept.clear();
    this.shown = [];
    this.say({ ...NO_REPORT });
    this.viewer.workspace.sectionAreas.set([]);
  }

  /** Something that decides over caps is different: what no longer holds goes at once, the rest waits for rest. */
  private changed(): void {
    const { model, layer } = this;
    const { workspace } = this.viewer;
    if (!model || !layer) return;
    this.run += 1;
    window.clearTimeout(this.timer);
    this.standing = model.occurrences.standing;
    // The stores may have changed before the model heard of it.
    queueMicrotask(() => void this.showKept());
    if (model.planes.length === 0 && !this.anyPlane()) {
      this.say({ ...NO_REPORT });
      workspace.sectionAreas.set([]);
      return;
    }
    const before = workspace.sectionReport.get();
    this.say({ ...before, state: "waiting", problem: null });
    if (workspace.dragging.get() !== null) return;
    this.timer = window.setTimeout(() => {
      // The work names every failure of its own; what is left is a mistake of ours.
      this.work().catch((error: unknown) => this.failed(error));
    }, REST_MS);
  }

  private anyPlane(): boolean {
    const { sections, sectionBox } = this.viewer.workspace;
    return sections.get().some(({ enabled }) => enabled) || sectionBox.get()?.enabled === true;
  }

  private keyOf({ normal, offset }: NamedPlane): string {
    return `${normal.join()} ${offset} ${this.standing}`;
  }

  private keptOf(plane: NamedPlane): Kept {
    const key = this.keyOf(plane);
    let kept = this.kept.get(key);
    if (!kept) kept = { results: [], asked: new Set(), open: new Set() };
    // Used last: goes last.
    this.kept.delete(key);
    this.kept.set(key, kept);
    for (const oldest of this.kept.keys()) {
      if (this.kept.size <= KEPT_PLANES) break;
      this.kept.delete(oldest);
    }
    return kept;
  }

  /** Draws what is known of the planes as they stand; resolves when it is in the next picture, or overtaken. */
  private async showKept(): Promise<void> {
    const { model, layer } = this;
    if (!model || !layer) return;
    const dragging = this.viewer.workspace.dragging.get();
    this.shown = model.planes
      .filter((plane) => plane.cap && !isDragged(plane, dragging))
      .map((plane) => ({ plane, kept: this.keptOf(plane) }));
    const { shown } = this;
    model.caps = new CutOutlines(
      shown.map(({ plane, kept }) => ({ plane, results: kept.results })),
      this.isWanted,
    );
    // Caps of planes that have moved go at once, even while the new ones are copied.
    this.placePlanes(model, layer);
    const copy = (this.copy += 1);
    const started = performance.now();
    this.copying = true;
    const built = await inSlices(
      layer.built(
        // More may come while these are copied.
        shown.map(({ kept }, slot) => ({ slot, results: [...kept.results] })),
        this.isWanted,
      ),
      () => copy !== this.copy,
    );
    if (!built || copy !== this.copy) return;
    this.copying = false;
    const now = performance.now();
    this.nextCopyMs = now + Math.max(SHOW_EVERY_MS, SHOW_PAUSE * (now - started));
    layer.show(built);
    this.drawn = shown.map(({ plane }) => this.keyOf(plane));
    this.placePlanes(model, layer);
    this.viewer.invalidate();
  }

  /** Tells the layer which planes its slots belong to, by their place among those that cut. */
  private placePlanes(model: OpenedModel, layer: CapsLayer): void {
    const keys = this.shown.map(({ plane }) => this.keyOf(plane));
    layer.setPlanes(
      this.drawn.map((key) => {
        const plane = this.shown[keys.indexOf(key)]?.plane;
        return plane ? model.planes.indexOf(plane) : -1;
      }),
    );
    this.viewer.invalidate();
  }

  private readonly isWanted = (occurrence: number): boolean => {
    const { model } = this;
    if (!model) return false;
    return (
      model.batch.visible[occurrence] === 1 &&
      !model.batch.isGhost(occurrence) &&
      !model.uncut.has(occurrence)
    );
  };

  private async work(): Promise<void> {
    const { model, client } = this;
    if (!model || !client) return;
    const run = (this.run += 1);
    const started = performance.now();
    const isOver = (): boolean => run !== this.run;
    void this.showKept();
    const planes = this.shown;
    const jobs: { plane: NamedPlane; kept: Kept; missing: number[] }[] = [];
    let total = 0;
    let done = 0;
    for (const { plane, kept } of planes) {
      const others = model.planes.filter((other) => other !== plane);
      const steps = cutBy(model.occurrences, plane, others, this.isWanted);
      const found = await inSlices(steps, isOver);
      if (!found) return;
      const missing = found.filter((o) => !kept.asked.has(o));
      total += found.length;
      done += found.length - missing.length;
      jobs.push({ plane, kept, missing });
    }
    const open = (): RangeSet =>
      RangeSet.from(planes.flatMap(({ kept }) => [...kept.open].filter(this.isWanted)));
    this.say({ state: "working", done, total, open: open(), ms: null, problem: null });
    let problem: string | null = null;
    for (const { plane, kept, missing } of jobs) {
      for (let first = 0; first < missing.length; first += BATCH) {
        const batch = missing.slice(first, first + BATCH);
        try {
          const result = await this.cut(model, client, plane, batch);
          if (isOver()) return;
          for (const one of result) this.keep(kept, batch, one);
        } catch (error) {
          if (isOver()) return;
          if (!(error instanceof CutFailed)) throw error;
          problem = error.message;
        }
        done += batch.length;
        if (!this.copying && performance.now() >= this.nextCopyMs) void this.showKept();
        this.say({ state: "working", done, total, open: open(), ms: null, problem });
      }
    }
    await this.showKept();
    if (isOver()) return;
    this.say({
      state: problem === null ? "done" : "failed",
      done,
      total,
      open: open(),
      ms: performance.now() - started,
      problem,
    });
    const areas = await inSlices(model.caps?.areas(model.planes, model.manifest.origin), isOver);
    if (areas && !isOver()) this.viewer.workspace.sectionAreas.set(areas);
  }

  /** One batch; what the worker has let go meanwhile is brought once more. */
  private async cut(
    model: OpenedModel,
    client: CutClient,
    plane: NamedPlane,
    batch: readonly number[],
  ): Promise<CutResult[]> {
    const { occurrences } = model;
    const closed = batch.filter((o) => occurrences.closed[o] !== 0);
    const open = batch.filter((o) => occurrences.closed[o] === 0);
    const geometryOf = (o: number): number => occurrences.geometry[o] ?? 0;
    await Promise.all([
      client.bring(new Set(closed.map(geometryOf)), false),
      client.bring(new Set(open.map(geometryOf)), true),
    ]);
    const { min, max } = occurrences.bounds;
    const job = {
      plane: this.keyOf(plane),
      normal: plane.normal,
      offset: plane.offset,
      slack: model.slack,
      size: Math.max(max[0] - min[0], max[1] - min[1], max[2] - min[2]),
    };
    const first = await client.cut(job, itemsOf(model, batch));
    if (first.result.missing.length === 0) return [first.result];
    const gone = new Set(first.result.missing);
    const rest = batch.filter((o) => gone.has(geometryOf(o)));
    await Promise.all([
      client.bring(
        new Set(rest.filter((o) => occurrences.closed[o] !== 0).map(geometryOf)),
        false,
        true,
      ),
      client.bring(
        new Set(rest.filter((o) => occurrences.closed[o] === 0).map(geometryOf)),
        true,
        true,
      ),
    ]);
    const second = await client.cut(job, itemsOf(model, rest));
    return [first.result, second.result];
  }

  private keep(kept: Kept, batch: readonly number[], result: CutResult): void {
    for (const o of batch) kept.asked.add(o);
    if (result.rows.length > 0) kept.results.push(result);
    for (let row = 0; row < result.rows.length; row += ROW)
      if (((result.rows[row + 8] ?? 0) & CAPPED) === 0) kept.open.add(result.rows[row] ?? 0);
  }

  private say(report: ReturnType<Workspace["sectionReport"]["get"]>): void {
    this.viewer.workspace.sectionReport.set(report);
  }

  private failed(error: unknown): void {
    const { sectionReport } = this.viewer.workspace;
    const problem = error instanceof Error ? error.message : String(error);
    this.say({ ...sectionReport.get(), state: "failed", problem });
  }
}

function isDragged({ id }: NamedPlane, dragging: string | null): boolean {
  if (dragging === null) return false;
  return dragging === `section/${id}` || (dragging === BOX_KEY && id.startsWith("box/"));
}

function itemsOf({ occurrences }: OpenedModel, batch: readonly number[]): CutItems {
  const matrices = new Float64Array(batch.length * 12);
  batch.forEach((o, i) => placedRows(occurrences, o, matrices, i * 12));
  return {
    occurrence: Uint32Array.from(batch),
    geometry: Uint32Array.from(batch, (o) => occurrences.geometry[o] ?? 0),
    matrices,
    closed: Uint8Array.from(batch, (o) => ((occurrences.closed[o] ?? 0) === 0 ? 0 : 1)),
  };
}

/** Runs a generator a few milliseconds at a time; null when it is over before its end. */
async function inSlices<T>(
  steps: Generator<undefined, T> | undefined,
  isOver: () => boolean,
): Promise<T | null> {
  if (!steps) return null;
  let until = performance.now() + SLICE_MS;
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
    if (performance.now() < until) continue;
    await new Promise((resolve) => setTimeout(resolve, 0));
    if (isOver()) return null;
    until = performance.now() + SLICE_MS;
  }
}
