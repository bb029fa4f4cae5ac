/** When pictures are drawn: on request only, with levels chosen at most six times a second. */

/** What one picture is made of, in this order. */
export interface FrameSteps {
  /** Steps whatever moves by itself; true when the camera did. */
  move(nowMs: number): boolean;
  /** Chooses levels for the present view; false while there is nothing to choose from. */
  chooseLevels(nowMs: number): boolean;
  draw(nowMs: number): void;
  /** Something goes on moving: another picture must follow. */
  goesOn(nowMs: number): boolean;
  /** Nothing may be drawn now: a headset draws, or the context is lost. */
  paused(): boolean;
}

/** Levels are chosen at most this often while the camera moves; sooner than it comes to rest (detail.ts). */
const LEVELS_EVERY_MS = 160;
/** A tab in the background draws nothing, and loading goes on without a first picture. */
const FIRST_PICTURE_MS = 1_500;

/** One canvas's pictures. */
export class FrameLoop {
  /** JavaScript milliseconds of the last picture: all that ran in its animation frame. */
  frameMs = 0;
  private readonly steps: FrameSteps;
  private readonly listeners = new Set<(nowMs: number) => void>();
  private request = 0;
  private levelsWanted = true;
  private levelsAtMs = 0;
  private levelsTimer = 0;

  constructor(steps: FrameSteps) {
    this.steps = steps;
  }

  /** Nothing is to be drawn and no level waits to be chosen. */
  get idle(): boolean {
    return this.request === 0 && this.levelsTimer === 0;
  }

  /** Asks for a picture soon. */
  invalidate(): void {
    if (this.request !== 0 || this.steps.paused()) return;
    this.request = requestAnimationFrame((now) => this.frame(now));
  }

  /** Asks for another choice of levels, and for the picture of it. */
  wantLevels(): void {
    this.levelsWanted = true;
    this.invalidate();
  }

  /** The next picture, whenever it comes, is to choose levels. */
  noteLevels(): void {
    this.levelsWanted = true;
  }

  /** Draws at once: a resized canvas is blank until drawn, and not one frame later. */
  drawNow(): void {
    cancelAnimationFrame(this.request);
    this.request = 0;
    if (!this.steps.paused()) this.frame(performance.now());
  }

  /** Calls back before each picture. Returns the way to stop. */
  onFrame(callback: (nowMs: number) => void): () => void {
    this.listeners.add(callback);
    return () => this.listeners.delete(callback);
  }

  /** Tells those of `onFrame`; a headset's loop does, too. */
  tell(nowMs: number): void {
    for (const listener of this.listeners) listener(nowMs);
  }

  /** Resolves after the next picture; at once where none is drawn, in a hidden tab for example. */
  nextPicture(): Promise<void> {
    return new Promise((resolve) => {
      const late = window.setTimeout(resolve, FIRST_PICTURE_MS);
      const stop = this.onFrame(() => {
        stop();
        window.clearTimeout(late);
        requestAnimationFrame(() => resolve());
      });
      this.invalidate();
    });
  }

  dispose(): void {
    cancelAnimationFrame(this.request);
    window.clearTimeout(this.levelsTimer);
    this.listeners.clear();
  }

  private frame(nowMs: number): void {
    this.request = 0;
    const started = performance.now();
    if (this.steps.move(nowMs)) this.levelsWanted = true;
    this.refreshLevels(nowMs);
    this.steps.draw(nowMs);
    this.frameMs = performance.now() - started;
    if (this.steps.goesOn(nowMs)) this.invalidate();
  }

  private refreshLevels(nowMs: number): void {
    if (!this.levelsWanted) return;
    const wait = this.levelsAtMs + LEVELS_EVERY_MS - nowMs;
    if (wait > 0 && this.levelsAtMs > 0) {
      if (this.levelsTimer === 0)
        this.levelsTimer = window.setTimeout(() => {
          this.levelsTimer = 0;
          this.invalidate();
        }, wait);
      return;
    }
    if (!this.steps.chooseLevels(nowMs)) return;
    this.levelsWanted = false;
    this.levelsAtMs = nowMs;
  }
}
