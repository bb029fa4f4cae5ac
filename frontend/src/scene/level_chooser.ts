/** Asks for levels whenever the view or the model has changed: one question under way, the newest one waiting. */

import type { Manifest } from "../state/model";
import type { ChunkIndex } from "./chunk_plan";
import { makeSolver, type LevelAnswer, type LevelChanges, type LevelSolver } from "./level_solver";
import { levelCosts, relativeErrors, type LevelView } from "./levels";
import type { Occurrences } from "./occurrences";
import type { PartBatch } from "./part_batch";

/** What of a model can change between questions. */
export interface ChangingModel {
  /** (occurrences) 1: drawn; filled anew, never replaced. */
  readonly visible: Uint8Array;
  /** Changes with `visible`. */
  visibleVersion(): number;
  /** Changes with what is here. */
  rangesVersion(): number;
  counts(): Int32Array;
  /** (geometries × levels) triangles that each level costs. */
  triangles(): Float32Array;
  readonly explodeDirections: Float32Array;
  /** Changes with `explodeDirections`. */
  plansVersion(): number;
  explode(): number;
}

interface Asked {
  readonly view: LevelView;
  readonly budget: number;
}

/** One model's levels. */
export class LevelChooser {
  private readonly solver: LevelSolver;
  private readonly model: ChangingModel;
  private readonly answered: (answer: LevelAnswer) => void;
  private readonly failed: (error: unknown) => void;
  private next: Asked | null = null;
  private busy = false;
  private disposed = false;
  private visibleSent = -1;
  private rangesSent = -1;
  private plansSent = -1;

  constructor(
    solver: LevelSolver,
    model: ChangingModel,
    answered: (answer: LevelAnswer) => void,
    failed: (error: unknown) => void,
  ) {
    this.solver = solver;
    this.model = model;
    this.answered = answered;
    this.failed = failed;
  }

  /** No answer is still to come. */
  get idle(): boolean {
    return !this.busy;
  }

  /** Asks; while one question is under way only the newest other one is kept. */
  ask(view: LevelView, budget: number): void {
    this.next = { view, budget };
    if (!this.busy) this.askNext();
  }

  dispose(): void {
    this.disposed = true;
    this.next = null;
    this.solver.dispose();
  }

  private askNext(): void {
    const { next } = this;
    this.next = null;
    this.busy = next !== null && !this.disposed;
    if (!next || this.disposed) return;
    const question = { ...next, explode: this.model.explode() };
    this.solver.choose(question, this.changes()).then(
      (answer) => {
        if (this.disposed) return;
        this.answered(answer);
        this.askNext();
      },
      (error: unknown) => {
        this.busy = false;
        if (!this.disposed) this.failed(error);
      },
    );
  }

  private changes(): LevelChanges {
    const { model } = this;
    const visible = model.visibleVersion() !== this.visibleSent;
    const ranges = model.rangesVersion() !== this.rangesSent;
    const plans = model.plansVersion() !== this.plansSent;
    this.visibleSent = model.visibleVersion();
    this.rangesSent = model.rangesVersion();
    this.plansSent = model.plansVersion();
    return {
      ...(visible ? { visible: model.visible.slice() } : {}),
      ...(ranges ? { counts: model.counts().slice(), triangles: model.triangles() } : {}),
      ...(plans ? { explodeDirections: model.explodeDirections.slice() } : {}),
    };
  }
}

/** The chooser of an opened model. answered: with each choice. */
export function chooserFor(
  manifest: Manifest,
  occurrences: Occurrences,
  batch: PartBatch,
  index: ChunkIndex,
  answered: (answer: LevelAnswer) => void,
): LevelChooser {
  const { ranges } = batch.store;
  const { count, geometry, pieces, boxes, explodeDirections, diagonals } = occurrences;
  const { geometries, levels, own } = index;
  const errors = relativeErrors(manifest.errors, diagonals, levels);
  const placed = Array.from(
    { length: levels },
    (_, l) => manifest.levels.find(({ level }) => level === l)?.triangles ?? 0,
  );
  return new LevelChooser(
    makeSolver({ count, geometry, pieces, boxes, explodeDirections, errors, levels, geometries }),
    {
      visible: batch.visible,
      visibleVersion: () => batch.visibleVersion,
      rangesVersion: () => ranges.version,
      counts: () => ranges.faces.count,
      triangles: () => levelCosts(ranges.known, own, placed, levels),
      explodeDirections,
      plansVersion: () => occurrences.planned,
      explode: () => occurrences.explode,
    },
    answered,
    // A worker that cannot start or a mistake of ours: what is drawn stays, and the page's log says why.
    (error) => {
      throw error;
    },
  );
}
