/** Side by side, what is under the pointer in one half is marked in the other one, too (UX.md §2.11). */

import { derived } from "../state/store";
import type { Viewer } from "./viewer";

/** Follows the pointer. Returns the way to stop. */
export function markTwins(viewer: Viewer): () => void {
  const { workspace, canvas, panes } = viewer;
  const { comparing, comparison, hover, hoverOld } = workspace;
  const stop = new AbortController();
  let frame = 0;
  let marked = false;

  const look = (x: number, y: number): void => {
    frame = 0;
    const { origin, direction } = panes.rayAt(x, y);
    const hit = viewer.oldModel?.pick(
      [origin.x, origin.y, origin.z],
      [direction.x, direction.y, direction.z],
    );
    hoverOld.set(hit?.occurrence ?? null);
  };
  const moved = ({ clientX, clientY }: PointerEvent): void => {
    cancelAnimationFrame(frame);
    const box = canvas.getBoundingClientRect();
    const [x, y] = [clientX - box.left, clientY - box.top];
    if (panes.isOld(x)) frame = requestAnimationFrame(() => look(x, y));
    else hoverOld.set(null);
  };
  canvas.addEventListener("pointermove", moved, { signal: stop.signal });
  canvas.addEventListener("pointerleave", () => hoverOld.set(null), { signal: stop.signal });

  const both = derived([hover, hoverOld, comparing, comparison], () => {
    const result = comparison.get();
    if (comparing.get()?.mode !== "side_by_side" || result?.state !== "ready") return null;
    const { partnersTo, partnersFrom } = result.columns;
    const [now, then] = [hover.get(), hoverOld.get()];
    return {
      now: now ?? twinOf(partnersTo, then),
      then: then ?? twinOf(partnersFrom, now),
    };
  });
  const stopMarking = both.subscribe((marks) => {
    if (!marks && !marked) return;
    marked = marks !== null;
    viewer.model?.setHover(marks ? marks.now : hover.get());
    viewer.oldModel?.setHover(marks?.then ?? null);
    viewer.invalidate();
  });
  return () => {
    stop.abort();
    cancelAnimationFrame(frame);
    stopMarking();
  };
}

function twinOf(partners: Int32Array, occurrence: number | null): number | null {
  const twin = occurrence === null ? -1 : (partners[occurrence] ?? -1);
  return twin < 0 ? null : twin;
}
