/** Looks for sought parts whenever the picture has come to rest, a little at a time. */

import { type GazeHost, look } from "./gaze";
import type { Viewer } from "./viewer";

/** The same picture for so long was looked at. */
const REST_MS = 800;
const TICK_MS = 400;
/** Of one turn between two pictures. */
const TURN_MS = 4;

/** Writes `workspace.seenParts` while somebody seeks parts. Returns the way to stop. */
export function watchGaze(viewer: Viewer): () => void {
  const { workspace } = viewer;
  const host = hostOf(viewer);
  let sight = "";
  let since = 0;
  let looking: Generator<undefined, number[]> | null = null;
  let looked = false;
  let turn = 0;

  const step = (): void => {
    turn = 0;
    if (!looking) return;
    if (host.sight() !== sight) return void (looking = null);
    const until = performance.now() + TURN_MS;
    while (performance.now() < until) {
      const { done, value } = looking.next();
      if (!done) continue;
      looking = null;
      keep(value);
      return;
    }
    turn = window.setTimeout(step);
  };

  const keep = (seen: readonly number[]): void => {
    const sought = workspace.soughtParts.get();
    if (seen.length === 0 || !sought) return;
    const left = new Set(sought);
    for (const occurrence of seen) left.delete(occurrence);
    workspace.seenParts.set([...workspace.seenParts.get(), ...seen]);
    workspace.soughtParts.set(left);
  };

  const tick = (): void => {
    const sought = workspace.soughtParts.get();
    if (!sought?.size || document.visibilityState !== "visible" || viewer.presenting) return;
    const now = host.sight();
    if (now !== sight) {
      [sight, since, looked, looking] = [now, performance.now(), false, null];
      return;
    }
    if (looked || looking || performance.now() - since < REST_MS) return;
    looked = true;
    looking = look(host, [...sought]);
    if (!turn) turn = window.setTimeout(step);
  };

  const timer = window.setInterval(tick, TICK_MS);
  const stop = workspace.soughtParts.subscribe(() => {
    // Others are sought from now on: this picture has not been looked at for them.
    if (!looking) looked = false;
  });
  return () => {
    window.clearInterval(timer);
    window.clearTimeout(turn);
    stop();
  };
}

function hostOf(viewer: Viewer): GazeHost {
  const { workspace, canvas } = viewer;
  const size = (): { width: number; height: number } => ({
    width: canvas.clientWidth,
    height: canvas.clientHeight,
  });
  return {
    size,
    sight: () => {
      const { width, height } = size();
      const { model } = viewer;
      return JSON.stringify([
        ...[width, height, viewer.cameraPose(), model?.batch.visibleVersion ?? -1],
        ...[workspace.loading.get().done, workspace.blinking.get(), workspace.comparing.get()],
        ...[workspace.sections.get(), workspace.explode.get()],
      ]);
    },
    isShown: (occurrence) => viewer.model?.batch.visible[occurrence] === 1,
    boundsOf: (occurrence) => viewer.occurrenceBounds(occurrence),
    project: (point) => viewer.projectToScreen(point),
    at: (x, y) => viewer.pickPointer(viewer.input.pointerAt(x, y))?.occurrence ?? null,
  };
}
