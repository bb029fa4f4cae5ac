/**
 * Pings (UX.md §3.5): somebody points here for ten seconds. A ripple on the spot, an arrow at the edge of the picture
 * for who looks elsewhere. HTML of constant size, like the name tags.
 */

import type { Ping } from "../state/areas/conducting";
import type { Vec3 } from "../state/model";
import { edgeArrow } from "./edge_arrow";
import { initialsOf } from "./presence";
import { personColour } from "./theme";
import type { Viewer } from "./viewer";
import "./pings.css";

interface Mark {
  readonly ripple: HTMLElement;
  readonly arrow: HTMLElement;
}

/** Draws pings until the returned function is called. */
export function drawPings(viewer: Viewer): () => void {
  const { workspace, overlay } = viewer;
  const marks = new Map<number, Mark>();

  const drop = (id: number, { ripple, arrow }: Mark): void => {
    ripple.remove();
    arrow.remove();
    marks.delete(id);
  };

  const stopPings = workspace.pings.subscribe((pings) => {
    const ids = new Set(pings.map(({ id }) => id));
    for (const [id, mark] of marks) if (!ids.has(id)) drop(id, mark);
    for (const ping of pings) {
      if (marks.has(ping.id)) continue;
      const mark = makeMark(ping);
      marks.set(ping.id, mark);
      overlay.element.append(mark.ripple, mark.arrow);
    }
    viewer.invalidate();
  });

  const stopFrames = viewer.onFrame(() => {
    if (marks.size === 0) return;
    const { clientWidth, clientHeight } = viewer.canvas;
    const origin = workspace.manifest.get()?.origin ?? [0, 0, 0];
    for (const ping of workspace.pings.get()) {
      const mark = marks.get(ping.id);
      const point = placeOf(viewer, ping);
      if (!mark || !point || viewer.presenting) {
        if (mark) mark.ripple.hidden = mark.arrow.hidden = true;
        continue;
      }
      const at = viewer.projectToScreen(point);
      const absolute: Vec3 = [point[0] + origin[0], point[1] + origin[1], point[2] + origin[2]];
      const camera = workspace.camera.get();
      const arrow = edgeArrow(at, absolute, camera, clientWidth, clientHeight);
      mark.ripple.hidden = arrow !== null;
      mark.arrow.hidden = arrow === null;
      if (arrow) {
        mark.arrow.style.transform = `translate(${arrow.x.toFixed(1)}px, ${arrow.y.toFixed(1)}px)`;
        mark.arrow.style.setProperty("--turn", `${arrow.turn.toFixed(3)}rad`);
      } else if (at) {
        mark.ripple.style.transform = `translate(${at.x.toFixed(1)}px, ${at.y.toFixed(1)}px)`;
      }
    }
  });

  return () => {
    stopPings();
    stopFrames();
    for (const [id, mark] of marks) drop(id, mark);
  };
}

/** Where a ping stands here: it goes with its part. Null: the part is not here. */
function placeOf(viewer: Viewer, { occurrence, point }: Ping): Vec3 | null {
  return occurrence === null ? point : viewer.partPoint(occurrence, point);
}

function makeMark(ping: Ping): Mark {
  const ripple = document.createElement("div");
  ripple.className = "ping";
  ripple.dataset["testid"] = "ping";
  ripple.innerHTML =
    '<i></i><i></i><span class="presence-tag"><bdi class="presence-name"></bdi></span>';
  const arrow = document.createElement("div");
  arrow.className = "ping-arrow";
  arrow.dataset["testid"] = "ping-arrow";
  arrow.innerHTML =
    '<svg width="34" height="34" viewBox="-17 -17 34 34" aria-hidden="true"><path d="M15 0 4 -9 4 9Z" fill="var(--person)" stroke="#fff" stroke-width="1.5" paint-order="stroke"/></svg><b></b>';
  for (const element of [ripple, arrow]) {
    element.dataset["name"] = ping.name;
    element.hidden = true;
    element.style.setProperty("--person", personColour(ping.colour));
  }
  const name = ripple.querySelector("bdi");
  if (name) name.textContent = ping.name;
  const initials = arrow.querySelector("b");
  if (initials) initials.textContent = initialsOf(ping.name);
  return { ripple, arrow };
}
