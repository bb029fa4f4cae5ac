/**
 * Chooses levels beside the page's thread, and makes the lists that draw them. Of 100,000 occurrences the choice takes
 * 12 ms and the lists 5 ms, six times a second while the camera moves: in the page that is every frame's budget twice
 * over, and four times as much on a headset. What the worker needs of the model goes there once; what changes follows
 * with the next question.
 */

import { limitEdges, limitFaces, type Drawn, type DrawLimits } from "./draw_limit";
import {
  chooseLevels,
  levelCosts,
  type LevelChoice,
  type LevelScene,
  type LevelView,
} from "./levels";
import {
  buildEdges,
  buildFaces,
  buildLists,
  buffersOf,
  emptyLists,
  type DrawnKinds,
  type DrawnLevels,
} from "./model_lists";
import { SlotTable, type SlotChange } from "./slot_table";

/** One question. */
export interface LevelQuestion {
  readonly view: LevelView;
  /** Triangles. */
  readonly budget: number;
  readonly explode: number;
  /** Hard numbers for what is drawn; the answer then holds lists. null: the budget alone counts. */
  readonly limits?: DrawLimits | null;
  /** Arrays that nobody uses any more: the answer may be written into them. */
  readonly spare: DrawnLevels | null;
}

/** What has changed since the last question; what has not is left out. */
export interface LevelChanges {
  /** (occurrences) 1: drawn. */
  readonly visible?: Uint8Array;
  readonly kinds?: DrawnKinds;
  /** What has arrived and gone. */
  readonly slots?: readonly SlotChange[];
  /** (3 × occurrences) metres at explode 1. */
  readonly explodeDirections?: Float32Array;
}

/** One answer; the arrays are the asker's. */
export interface LevelAnswer {
  /** What is to be drawn; null: what the last answer said. */
  readonly drawn: DrawnLevels | null;
  readonly largest: Float32Array;
  readonly wants: Uint8Array;
  readonly triangles: number;
  readonly reduced: boolean;
  /** It is for a moving picture that leaves out what is outside of it: nothing is to be fetched for that. */
  readonly partial: boolean;
}

/** What never changes of a model. */
export interface LevelModel {
  readonly count: number;
  readonly geometry: Uint32Array;
  /** (draws) occurrence of each; null: each is its own. */
  readonly owner: Uint32Array | null;
  readonly pieces: LevelScene["pieces"];
  readonly boxes: Float32Array;
  readonly explodeDirections: Float32Array;
  readonly errors: Float32Array;
  readonly levels: number;
  readonly geometries: number;
  /** (geometries × levels) 1: a file holds this level. */
  readonly own: Uint8Array;
  /** Triangles of each level of the manifest, finest first. */
  readonly placed: readonly number[];
}

/** Answers questions about one model, one at a time. */
export interface LevelSolver {
  choose(question: LevelQuestion, changes: LevelChanges): Promise<LevelAnswer>;
  dispose(): void;
}

/** Solves where it is called: in the worker, in tests, and in the page for models too small for a worker. */
export class DirectSolver implements LevelSolver {
  private readonly model: LevelModel;
  private readonly listed: boolean;
  private readonly table: SlotTable;
  private readonly directions: Float32Array;
  private visible: Uint8Array;
  private kinds: DrawnKinds;
  private costs: Float32Array | null = null;
  private readonly level: Uint8Array;
  private readonly edged: Uint8Array;
  private first = true;
  private wasListed: boolean;
  /** The last lists hold less than the choice of levels. */
  private limited = false;
  private allowed: number | null = null;
  private readonly sizes: Float32Array;
  private limitsWere = "null";

  /** listed: whether the answers hold lists, or only the levels. */
  constructor(model: LevelModel, listed = false) {
    this.model = model;
    this.listed = listed;
    const { count, geometry, geometries, levels } = model;
    this.table = new SlotTable(geometries, levels);
    this.directions = model.explodeDirections.slice();
    this.visible = new Uint8Array(count).fill(1);
    this.kinds = { opaque: this.visible, blended: null };
    this.level = new Uint8Array(geometry.length).fill(levels - 1);
    this.edged = new Uint8Array(count);
    this.sizes = new Float32Array(geometry.length);
    this.wasListed = listed;
  }

  /** The same at once. */
  solve(question: LevelQuestion, changes: LevelChanges): LevelAnswer {
    const { view, budget, explode, spare } = question;
    const { model, level, edged, table, sizes } = this;
    const limits = question.limits ?? null;
    const listed = this.listed || limits !== null;
    const relimited = this.relimited(limits, listed);
    const relisted = this.take(changes, listed) || relimited;
    const { count, geometry, pieces, boxes, errors, geometries } = model;
    const occurrences: LevelScene = {
      count,
      geometry,
      pieces,
      boxes,
      explode,
      explodeDirections: this.directions,
    };
    const largest = new Float32Array(geometries);
    const wants = new Uint8Array(geometries);
    const triangles = (this.costs ??= levelCosts(
      table.known,
      model.own,
      model.placed,
      model.levels,
    ));
    const { visible } = this;
    const allowedBefore = limits ? this.allowed : null;
    const choose = (seen: LevelView): LevelChoice =>
      chooseLevels(
        {
          ...{ occurrences, ranges: table.faces, errors, visible, view: seen, budget, triangles },
          allowedBefore,
        },
        { level, edged, largest, wants, ...(limits ? { sizes } : {}) },
      );
    const chosen = choose(view);
    // A model of nothing but specks is drawn as if from nearer: many specks are a shape.
    let nearer = view;
    for (let i = 0; limits && chosen.triangles === 0 && i < NEARER; i += 1) {
      nearer = { ...nearer, pixelsPerMetre: nearer.pixelsPerMetre * 3, leastPixels: 0 };
      const again = choose(nearer);
      Object.assign(chosen, again, { changed: chosen.changed || again.changed });
    }
    this.allowed = chosen.allowed;
    const changed = chosen.changed || relisted || this.first;
    this.first = false;
    const drawn = changed ? this.draw(spare, listed, limits) : null;
    if (changed) this.limited = drawn?.limited ?? false;
    return {
      drawn: drawn?.levels ?? null,
      largest,
      wants,
      triangles: chosen.triangles,
      reduced: chosen.reduced || this.limited,
      partial: Number.isFinite(view.beyond ?? Infinity),
    };
  }

  choose(question: LevelQuestion, changes: LevelChanges): Promise<LevelAnswer> {
    return Promise.resolve(this.solve(question, changes));
  }

  dispose(): void {
    // Nothing is held beyond memory.
  }

  /** Whether anything but levels has changed what lists hold. */
  private take(
    { visible, kinds, slots, explodeDirections }: LevelChanges,
    listed: boolean,
  ): boolean {
    if (visible) this.visible = visible;
    if (kinds) this.kinds = kinds;
    for (const change of slots ?? []) this.table.apply(change);
    const moved = slots !== undefined && slots.length > 0;
    if (moved) this.costs = null;
    if (explodeDirections) this.directions.set(explodeDirections);
    return listed && (visible !== undefined || kinds !== undefined || moved);
  }

  /** Whether lists are asked for otherwise than the last time. */
  private relimited(limits: DrawLimits | null, listed: boolean): boolean {
    const key = JSON.stringify(limits);
    const other = key !== this.limitsWere || listed !== this.wasListed;
    this.limitsWere = key;
    this.wasListed = listed;
    return other;
  }

  private draw(
    spare: DrawnLevels | null,
    listed: boolean,
    limits: DrawLimits | null,
  ): { readonly levels: DrawnLevels; readonly limited: boolean } {
    const { level, edged, table, visible, kinds } = this;
    const lists = listed ? (spare?.lists ?? emptyLists()) : null;
    const drawn = {
      level: spare?.level ?? new Uint8Array(level.length),
      edged: spare?.edged ?? new Uint8Array(edged.length),
      lists,
    };
    drawn.level.set(level);
    drawn.edged.set(edged);
    if (!lists) return { levels: drawn, limited: false };
    const { geometry, owner, errors } = this.model;
    const { faces, edges, opacity } = table;
    const source = { geometry, owner, faces, edges, opacity, visible, kinds };
    if (!limits) {
      buildLists(source, drawn, lists);
      return { levels: drawn, limited: false };
    }
    const count = (): Drawn => {
      buildFaces(source, drawn, lists);
      return {
        subDraws: lists.faces.subDraws + lists.blended.subDraws,
        triangles: (lists.faces.elements + lists.blended.elements) / 3,
      };
    };
    const choice = { ...{ geometry, owner, visible, faces, edges, errors }, sizes: this.sizes };
    const limited = limitFaces({ ...choice, ...drawn }, limits, count);
    const counted = count();
    const fewer = limitEdges({ ...choice, ...drawn }, limits, counted);
    buildEdges(source, drawn, lists);
    return { levels: drawn, limited: limited || fewer };
  }
}

/** Times that a model of which nothing is large enough to be seen is looked at from three times nearer. */
const NEARER = 6;

/** What the page says to the worker: the model first, then questions. */
export type SolverMessage =
  | { readonly kind: "model"; readonly model: LevelModel }
  | {
      readonly kind: "choose";
      readonly question: LevelQuestion;
      readonly changes: LevelChanges;
    };

/** Solves in a worker of its own, ended with the model. */
export class WorkerSolver implements LevelSolver {
  private readonly worker: Worker;
  private waiting: {
    resolve(answer: LevelAnswer): void;
    reject(reason: Error): void;
  } | null = null;

  constructor(model: LevelModel) {
    this.worker = new Worker(new URL("./level_worker.ts", import.meta.url), { type: "module" });
    this.worker.onmessage = ({ data }: MessageEvent<LevelAnswer>) => {
      this.waiting?.resolve(data);
      this.waiting = null;
    };
    this.worker.onerror = (event) => {
      this.waiting?.reject(new Error(`Choosing levels stopped: ${event.message}`));
      this.waiting = null;
    };
    // Cloned: the page goes on using these arrays.
    this.say({ kind: "model", model });
  }

  choose(question: LevelQuestion, changes: LevelChanges): Promise<LevelAnswer> {
    return new Promise((resolve, reject) => {
      this.waiting = { resolve, reject };
      const { spare } = question;
      this.say({ kind: "choose", question, changes }, spare ? buffersOf(spare) : []);
    });
  }

  dispose(): void {
    this.worker.terminate();
    this.waiting?.reject(new Error("The model was closed."));
    this.waiting = null;
  }

  private say(message: SolverMessage, moved: Transferable[] = []): void {
    this.worker.postMessage(message, moved);
  }
}

/** Draws up to which choosing costs a page less than a millisecond (12.3 ms per 100,000, measured). */
const SMALL_MODEL = 8_000;

/** The solver that fits a model. */
export function makeSolver(model: LevelModel): LevelSolver {
  const small = model.geometry.length <= SMALL_MODEL;
  return small || typeof Worker === "undefined" ? new DirectSolver(model) : new WorkerSolver(model);
}
