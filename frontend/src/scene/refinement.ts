/** How finely is drawn right now: the machine's budget, somebody's wish, and less while the camera moves. */

import type { Workspace } from "../state/workspace";
import { MovingDetail, REST_MS } from "./detail";

const MAX_PIXEL_RATIO = 2;
/** Nothing is drawn in a tab in the background: rest comes without a picture. */
const UNSEEN_MS = 5_000;

export interface RefinementOptions {
  readonly workspace: Workspace;
  /** Triangles of a picture at rest. */
  readonly budget: number;
  /** Another choice of levels and another picture are due. */
  readonly due: () => void;
}

/** One canvas's budget. */
export class Refinement {
  private readonly options: RefinementOptions;
  private readonly detail = new MovingDetail();
  private movedMs = 0;
  private timer = 0;
  /** Not 0 while the picture of the last move is awaited. */
  private request = 0;
  private readonly stop: () => void;

  constructor(options: RefinementOptions) {
    this.options = options;
    this.stop = options.workspace.quality.subscribe(() => options.due());
  }

  /** Triangles of one picture. */
  get budget(): number {
    return this.options.budget * this.wish * this.detail.share.triangles;
  }

  /** Device pixels per CSS pixel. */
  get pixelRatio(): number {
    const full = Math.min(window.devicePixelRatio, MAX_PIXEL_RATIO);
    return full * Math.max(0.5, Math.sqrt(this.wish)) * this.detail.share.pixels;
  }

  /** What is drawn outside of the picture, see `LevelView.beyond`. */
  get beyond(): number {
    return this.detail.share.beyond;
  }

  /** The picture is as good as it gets. */
  get atRest(): boolean {
    return this.timer === 0 && this.request === 0;
  }

  /** The camera moved. */
  moved(): void {
    this.movedMs = performance.now();
    this.detail.move();
    if (this.atRest) this.timer = window.setTimeout(() => this.look(), REST_MS);
  }

  /** A picture is about to be drawn. */
  picture(nowMs: number): void {
    if (this.detail.picture(nowMs)) this.options.due();
  }

  dispose(): void {
    window.clearTimeout(this.timer);
    cancelAnimationFrame(this.request);
    this.stop();
  }

  private look(): void {
    const still = performance.now() - this.movedMs;
    if (still < REST_MS) {
      this.timer = window.setTimeout(() => this.look(), REST_MS - still);
      return;
    }
    // Where a picture takes longer than this, nobody has seen the last move yet: the next one is still the same drag.
    this.request = requestAnimationFrame(() => this.seen());
    this.timer = window.setTimeout(() => this.seen(), UNSEEN_MS);
  }

  private seen(): void {
    window.clearTimeout(this.timer);
    cancelAnimationFrame(this.request);
    this.request = 0;
    this.timer = 0;
    if (performance.now() - this.movedMs < REST_MS) {
      this.timer = window.setTimeout(() => this.look(), REST_MS);
      return;
    }
    this.detail.rest();
    // Also when nothing was given up: whether the picture at rest is reduced is said now.
    this.options.due();
  }

  private get wish(): number {
    return this.options.workspace.quality.get().detail;
  }
}
