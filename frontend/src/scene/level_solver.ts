/**
 * Chooses levels beside the page's thread. Of 100,000 occurrences the choice takes 12 ms, five times a second while
 * the camera moves: in the page that is every frame's budget twice over, and four times as much on a headset. What
 * the worker needs of the model goes there once; what changes follows with the next question.
 */

import type { DrawRanges } from "./draw_list";
import { chooseLevels, type LevelScene, type LevelView } from "./levels";

/** One question. */
export interface LevelQuestion {
  readonly view: LevelView;
  /** Triangles. */
  readonly budget: number;
  readonly explode: number;
}

/** What has changed since the last question; what has not is left out. */
export interface LevelChanges {
  /** (occurrences) 1: drawn. */
  readonly visible?: Uint8Array;
  /** (geometries × levels) elements that are here. */
  readonly counts?: Int32Array;
  /** (geometries × levels) triangles that each level costs. */
  readonly triangles?: Float32Array;
  /** (3 × occurrences) metres at explode 1. */
  readonly explodeDirections?: Float32Array;
}

/** One answer; the arrays are the asker's. */
export interface LevelAnswer {
  readonly level: Uint8Array;
  readonly edged: Uint8Array;
  readonly largest: Float32Array;
  readonly wants: Uint8Array;
  readonly triangles: number;
  readonly reduced: boolean;
}

/** What never changes of a model. */
export interface LevelModel {
  readonly count: number;
  readonly geometry: Uint32Array;
  readonly pieces: LevelScene["pieces"];
  readonly boxes: Float32Array;
  readonly explodeDirections: Float32Array;
  readonly errors: Float32Array;
  readonly levels: number;
  readonly geometries: number;
}

/** Answers questions about one model, one at a time. */
export interface LevelSolver {
  choose(question: LevelQuestion, changes: LevelChanges): Promise<LevelAnswer>;
  dispose(): void;
}

/** Solves where it is called: in the worker, in tests, and in the page for models too small for a worker. */
export class DirectSolver implements LevelSolver {
  private readonly model: LevelModel;
  private readonly ranges: DrawRanges;
  private readonly directions: Float32Array;
  private visible: Uint8Array;
  private triangles: Float32Array | null = null;
  private readonly level: Uint8Array;
  private readonly edged: Uint8Array;

  constructor(model: LevelModel) {
    this.model = model;
    const { count, geometry, geometries, levels } = model;
    const slots = geometries * levels;
    this.ranges = { first: new Int32Array(0), count: new Int32Array(slots), levels };
    this.directions = model.explodeDirections.slice();
    this.visible = new Uint8Array(count).fill(1);
    this.level = new Uint8Array(geometry.length).fill(levels - 1);
    this.edged = new Uint8Array(count);
  }

  /** The same at once. */
  solve({ view, budget, explode }: LevelQuestion, changes: LevelChanges): LevelAnswer {
    const { model, ranges, level, edged } = this;
    if (changes.visible) this.visible = changes.visible;
    if (changes.counts) ranges.count.set(changes.counts);
    if (changes.triangles) this.triangles = changes.triangles;
    if (changes.explodeDirections) this.directions.set(changes.explodeDirections);
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
    const { visible, triangles } = this;
    const { triangles: chosen, reduced } = chooseLevels(
      { occurrences, ranges, errors, visible, view, budget, ...(triangles ? { triangles } : {}) },
      { level, edged, largest, wants },
    );
    return {
      level: level.slice(),
      edged: edged.slice(),
      largest,
      wants,
      triangles: chosen,
      reduced,
    };
  }

  choose(question: LevelQuestion, changes: LevelChanges): Promise<LevelAnswer> {
    return Promise.resolve(this.solve(question, changes));
  }

  dispose(): void {
    // Nothing is held beyond memory.
  }
}

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
      this.say({ kind: "choose", question, changes });
    });
  }

  dispose(): void {
    this.worker.terminate();
    this.waiting?.reject(new Error("The model was closed."));
    this.waiting = null;
  }

  private say(message: SolverMessage): void {
    this.worker.postMessage(message);
  }
}

/** Draws up to which choosing costs a page less than a millisecond (12.3 ms per 100,000, measured). */
const SMALL_MODEL = 8_000;

/** The solver that fits a model. */
export function makeSolver(model: LevelModel): LevelSolver {
  const small = model.geometry.length <= SMALL_MODEL;
  return small || typeof Worker === "undefined" ? new DirectSolver(model) : new WorkerSolver(model);
}
