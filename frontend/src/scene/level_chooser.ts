/** Asks for levels whenever the view or the model has changed: one question under way, the newest one waiting. */

import type { Manifest } from "../state/model";
import type { ChunkIndex } from "./chunk_plan";
import type { DrawLimits } from "./draw_limit";
import { makeSolver, type LevelAnswer, type LevelChanges, type LevelSolver } from "./level_solver";
import { relativeErrors, type LevelView } from "./levels";
import type { DrawnKinds, DrawnLevels } from "./model_lists";
import type { Occurrences } from "./occurrences";
import type { PartBatch } from "./part_batch";
import type { SlotFollower } from "./slot_table";

/** What of a model can change between questions. */
export interface ChangingModel {
  /** (occurrences) 1: drawn; filled anew, never replaced. */
  readonly visible: Uint8Array;
  /** Changes with `visible`. */
  visibleVersion(): number;
  /** Filled anew, never replaced. */
  kinds(): DrawnKinds;
  /** Changes with `kinds`. */
  kindsVersion(): number;
  /** What has arrived and gone. */
  readonly slots: SlotFollower;
  readonly explodeDirections: Float32Array;
  /** Changes with `explodeDirections`. */
  plansVersion(): number;
  explode(): number;
  /** Arrays that are not drawn any more, given away for good. */
  spare(): DrawnLevels | null;
  /** A question is on its way about everything as it is now. */
  asked(): void;
}

interface Asked {
  readonly view: LevelView;
  readonly budget: number;
  readonly limits: DrawLimits | null;
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
  private kindsSent = -1;
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
  ask(view: LevelView, budget: number, limits: DrawLimits | null = null): void {
    this.next = { view, budget, limits };
    if (!this.busy) this.askNext();
  }

  dispose(): void {
    this.disposed = true;
    this.next = null;
    this.solver.dispose();
    this.model.slots.stop();
  }

  private askNext(): void {
    const { next } = this;
    this.next = null;
    this.busy = next !== null && !this.disposed;
    if (!next || this.disposed) return;
    const { model } = this;
    const question = { ...next, explode: model.explode(), spare: model.spare() };
    const changes = this.changes();
    model.asked();
    this.solver.choose(question, changes).then(
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
    const kinds = model.kindsVersion() !== this.kindsSent;
    const plans = model.plansVersion() !== this.plansSent;
    const slots = model.slots.take();
    this.visibleSent = model.visibleVersion();
    this.kindsSent = model.kindsVersion();
    this.plansSent = model.plansVersion();
    return {
      ...(visible ? { visible: model.visible.slice() } : {}),
      ...(kinds ? { kinds: copyOf(model.kinds()) } : {}),
      ...(slots.length > 0 ? { slots } : {}),
      ...(plans ? { explodeDirections: model.explodeDirections.slice() } : {}),
    };
  }
}

function copyOf({ opaque, blended }: DrawnKinds): DrawnKinds {
  return { opaque: opaque.slice(), blended: blended?.slice() ?? null };
}

/** The chooser of an opened model. answered: with each choice. */
export function chooserFor(
  manifest: Manifest,
  occurrences: Occurrences,
  batch: PartBatch,
  index: ChunkIndex,
  answered: (answer: LevelAnswer) => void,
): LevelChooser {
  const { table } = batch.store.ranges;
  const { count, geometry, pieces, boxes, explodeDirections, diagonals } = occurrences;
  const { geometries, levels, own } = index;
  const errors = relativeErrors(manifest.errors, diagonals, levels);
  const owner = pieces.count > 0 ? occurrences.owner : null;
  const placed = Array.from(
    { length: levels },
    (_, l) => manifest.levels.find(({ level }) => level === l)?.triangles ?? 0,
  );
  const fixed = { count, geometry, owner, pieces, boxes, errors, levels, geometries, own, placed };
  return new LevelChooser(
    makeSolver({ ...fixed, explodeDirections }),
    {
      visible: batch.visible,
      visibleVersion: () => batch.visibleVersion,
      kinds: () => batch.kinds,
      kindsVersion: () => batch.kindsVersion,
      slots: table.follow(),
      explodeDirections,
      plansVersion: () => occurrences.planned,
      explode: () => occurrences.explode,
      spare: () => batch.takeSpare(),
      asked: () => batch.asked(),
    },
    answered,
    // A worker that cannot start or a mistake of ours: what is drawn stays, and the page's log says why.
    (error) => {
      batch.alone();
      throw error;
    },
  );
}
