/** Frames per second and what they hold, told to the status bar at most twice a second. */

import type { Workspace } from "../state/workspace";

const EVERY_MS = 500;

/** Counts the pictures of one viewer. */
export class FrameRate {
  private readonly workspace: Workspace;
  private sinceMs = 0;
  private frames = 0;

  constructor(workspace: Workspace) {
    this.workspace = workspace;
  }

  /** One picture more. */
  count(
    nowMs: number,
    batch: { readonly triangles: number; readonly drawCalls: number } | null,
  ): void {
    this.frames += 1;
    const elapsed = nowMs - this.sinceMs;
    if (elapsed < EVERY_MS) return;
    // After a pause there is no rate to speak of: nothing was drawn because nothing changed.
    const { frame } = this.workspace;
    const fps =
      elapsed > EVERY_MS * 2 ? frame.get().fps : Math.round((this.frames * 1000) / elapsed);
    this.sinceMs = nowMs;
    this.frames = 0;
    frame.set({
      fps,
      triangles: Math.round(batch?.triangles ?? 0),
      drawCalls: batch?.drawCalls ?? 0,
    });
  }
}
