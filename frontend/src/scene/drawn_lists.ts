/**
 * The levels and lists that a model is drawn with: taken from an answer of the level worker while they are true, made
 * in the page when something else has changed since that answer was asked for.
 */

import { NOT_DRAWN } from "./draw_list";
import { drawsElements, emptyLists, type DrawnLevels, type ModelLists } from "./model_lists";

/** Elements of the shared index buffer. */
interface Stretch {
  readonly first: number;
  readonly count: number;
}

/** Of one model. */
export class DrawnLists {
  /** (draws) level of each occurrence, then of each piece, or NOT_DRAWN. */
  level: Uint8Array;
  /** (occurrences) 1: with display edges. */
  edged: Uint8Array;
  lists: ModelLists = emptyLists();
  /** Lists must be made before the next picture. */
  private stale = true;
  /** Lists were exchanged for others. */
  private exchanged = false;
  /** Lists come from a worker, and so does every other list soon. */
  private madeBeside = false;
  /** Since the question that is under way: */
  private changed = false;
  private gone: Stretch[] = [];
  private spare: DrawnLevels | null = null;
  private waits = false;

  constructor(occurrences: number, draws: number, levels: number) {
    this.level = new Uint8Array(draws).fill(NOT_DRAWN);
    this.level.fill(levels - 1, 0, occurrences);
    this.edged = new Uint8Array(occurrences).fill(1);
  }

  /**
   * A headset draws: its pictures go on with the lists of before until those made beside the page are here. A part that
   * is hidden a moment later is better than a picture that comes too late.
   */
  wait(waits: boolean): void {
    if (this.waits && !waits) this.stale = true;
    this.waits = waits;
  }

  /** What lists hold is another from now on: visibility, ghosts, display edges. */
  change(): void {
    if (!this.waits || !this.madeBeside) this.stale = true;
    this.changed = true;
  }

  /** Triangles have come: what is drawn stays true, and the next answer draws them. */
  arrived(): void {
    if (!this.madeBeside) this.stale = true;
  }

  /** Triangles have gone, and others may be written where they were. */
  left(first: number, count: number): void {
    this.gone.push({ first, count });
    if (!this.madeBeside || drawsElements(this.lists, first, count)) this.stale = true;
  }

  /** A question is on its way that knows everything up to now. */
  asked(): void {
    this.changed = false;
    this.gone = [];
  }

  /** Nobody answers any more: every list is made in the page. */
  alone(): void {
    this.madeBeside = false;
    this.stale = true;
  }

  /** Draws this from the next picture on. */
  take({ level, edged, lists }: DrawnLevels): void {
    const before = { level: this.level, edged: this.edged, lists: this.lists };
    this.level = level;
    this.edged = edged;
    const isTrue =
      lists !== null &&
      (this.waits || !this.changed) && // the answer after this one knows of the change
      this.gone.every(({ first, count }) => !drawsElements(lists, first, count));
    this.madeBeside = lists !== null;
    if (isTrue) {
      this.lists = lists;
      this.spare = before;
      this.stale = false;
      this.exchanged = true;
    } else {
      this.spare = { ...before, lists };
      this.stale = true;
    }
  }

  /** Arrays that are not drawn any more, given away for good. */
  takeSpare(): DrawnLevels | null {
    const { spare } = this;
    this.spare = null;
    return spare;
  }

  /** Makes lists if they are due. Whether others are to be drawn than at the last call. */
  refresh(build: (levels: DrawnLevels, out: ModelLists) => void): boolean {
    if (this.stale) build(this, this.lists);
    const another = this.stale || this.exchanged;
    this.stale = false;
    this.exchanged = false;
    return another;
  }
}
