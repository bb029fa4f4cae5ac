/**
 * Badges over what changed, and arrows from where a part was to where it is (UX.md §2.11): vectors over the picture,
 * seen through what stands in front, so that no change is lost behind a housing.
 */

import { type Comparison, shownStops } from "../state/areas/comparing";
import {
  BADGES,
  CHANGE_COLOURS,
  CHANGE_INK,
  type ChangeState,
  type ChangeStop,
  signColour,
  stateOf,
} from "../state/changes";
import type { Vec3 } from "../state/model";
import { derived } from "../state/store";
import { comparisonNow } from "./compared_look";
import { isSideBySide } from "./compare_panes";
import type { Occurrences } from "./occurrences";
import type { Viewer } from "./viewer";

const SVG = "http://www.w3.org/2000/svg";
/** CSS pixels. */
const RADIUS = 9;
/** Beyond so many badges nobody reads them; the first stops of the tour are the most important. */
const MOST_MARKS = 150;
const MOST_OF_STOP = 12;
/** CSS pixels; shorter arrows would lie under their badge. */
const LEAST_ARROW = 14;

interface Mark {
  /** Side by side: whose half it is in. */
  readonly old: boolean;
  readonly at: () => Vec3 | null;
  /** Back to where it was, metres. */
  readonly back: Vec3 | null;
  readonly badge: SVGGElement;
  readonly arrow: SVGPathElement | null;
}

/** Draws them with each picture. Returns the way to stop. */
export function markChanges(viewer: Viewer): () => void {
  const { workspace, overlay, layers } = viewer;
  const group = document.createElementNS(SVG, "g");
  group.setAttribute("class", "scene-layer-changes");
  overlay.svg.append(group);
  let marks: readonly Mark[] = [];
  let apart = false;

  const rebuild = (): void => {
    const now = comparisonNow(workspace);
    group.replaceChildren();
    marks = [];
    if (!now.comparing || now.comparison?.state !== "ready") return;
    const { revisionId } = now.comparing;
    apart = isSideBySide(workspace);
    marks = marksOf(shownStops(now.comparing, now.comparison), {
      apart,
      old: () => layers.find(revisionId)?.occurrences ?? null,
      now: () => viewer.model?.occurrences ?? null,
      colours: CHANGE_COLOURS[now.theme],
      ink: CHANGE_INK[now.theme],
    });
    for (const { arrow } of marks) if (arrow) group.append(arrow);
    for (const { badge } of marks) group.append(badge);
    viewer.invalidate();
  };

  const place = (mark: Mark, point: Vec3): { x: number; y: number } | null => {
    if (apart && mark.old) return viewer.panes.projectOld(point);
    const at = viewer.projectToScreen(point);
    return apart && at && viewer.panes.isOld(at.x) ? null : at;
  };

  const draw = (): void => {
    const hide = workspace.blinking.get() || workspace.comparing.get()?.mode === "slider";
    group.style.display = hide ? "none" : "";
    if (hide) return;
    for (const mark of marks) {
      const point = mark.at();
      const shown = point && place(mark, point);
      mark.badge.style.display = shown ? "" : "none";
      if (mark.arrow) mark.arrow.style.display = "none";
      if (!point || !shown) continue;
      mark.badge.setAttribute(
        "transform",
        `translate(${shown.x.toFixed(1)} ${shown.y.toFixed(1)})`,
      );
      if (!mark.arrow || !mark.back) continue;
      const was = viewer.projectToScreen([
        point[0] + mark.back[0],
        point[1] + mark.back[1],
        point[2] + mark.back[2],
      ]);
      if (!was || Math.hypot(was.x - shown.x, was.y - shown.y) < LEAST_ARROW) continue;
      mark.arrow.style.display = "";
      mark.arrow.setAttribute("d", arrowPath(was, shown));
    }
  };

  const { comparing, comparison, theme } = workspace;
  // What is listed, in which colours; not where the slider stands.
  let before = "";
  const watched = derived([comparing, comparison, theme], () => ({
    comparison: comparison.get(),
    key: `${comparing.get()?.revisionId} ${comparing.get()?.kinds.join()} ${theme.get()} ${isSideBySide(workspace)}`,
  }));
  let last: Comparison | null = null;
  const stops = [
    watched.subscribe((now) => {
      if (now.key === before && now.comparison === last) return;
      before = now.key;
      last = now.comparison;
      rebuild();
    }),
    viewer.onFrame(draw),
  ];
  return () => {
    for (const stop of stops) stop();
    group.remove();
  };
}

interface Sides {
  /** Each revision has its own half. */
  readonly apart: boolean;
  readonly old: () => Occurrences | null;
  readonly now: () => Occurrences | null;
  readonly colours: Readonly<Record<ChangeState, string>>;
  readonly ink: string;
}

function marksOf(stops: readonly ChangeStop[], sides: Sides): readonly Mark[] {
  const marks: Mark[] = [];
  const { apart } = sides;
  for (const { kind, from, to, move } of stops) {
    const state = stateOf(kind);
    const [x = 0, y = 0, z = 0] = move?.vector ?? [];
    const put = (old: boolean, number: number): void => {
      const moved = move !== null && state === "moved" && !apart;
      marks.push({
        old,
        at: () => middleOf((old ? sides.old : sides.now)(), number),
        back: moved ? [-x, -y, -z] : null,
        badge: badge(state, sides),
        arrow: moved ? arrow(sides) : null,
      });
    };
    if (kind === "removed" || (apart && kind !== "added"))
      for (const number of from.slice(0, MOST_OF_STOP)) put(true, number);
    if (kind !== "removed") for (const number of to.slice(0, MOST_OF_STOP)) put(false, number);
    if (marks.length >= MOST_MARKS) return marks;
  }
  return marks;
}

/** Middle of an occurrence's box as it stands, model frame. */
function middleOf(occurrences: Occurrences | null, number: number): Vec3 | null {
  if (!occurrences || number >= occurrences.count) return null;
  const { boxes, explode, explodeDirections } = occurrences;
  const middle = [0, 1, 2].map(
    (axis) =>
      ((boxes[number * 6 + axis] ?? 0) + (boxes[number * 6 + 3 + axis] ?? 0)) / 2 +
      explode * (explodeDirections[number * 3 + axis] ?? 0),
  );
  const [x = NaN, y = NaN, z = NaN] = middle;
  return Number.isFinite(x + y + z) ? [x, y, z] : null;
}

function badge(state: ChangeState, { colours, ink }: Sides): SVGGElement {
  const group = document.createElementNS(SVG, "g");
  group.dataset["testid"] = "change-badge";
  group.dataset["state"] = state;
  const disc = document.createElementNS(SVG, "circle");
  disc.setAttribute("r", String(RADIUS));
  disc.setAttribute("fill", colours[state]);
  disc.setAttribute("stroke", ink);
  disc.setAttribute("stroke-width", "1.5");
  const sign = document.createElementNS(SVG, "text");
  sign.textContent = BADGES[state];
  sign.setAttribute("text-anchor", "middle");
  sign.setAttribute("dominant-baseline", "central");
  sign.setAttribute("font-size", "13");
  sign.setAttribute("font-weight", "700");
  sign.setAttribute("fill", signColour(colours[state]));
  group.append(disc, sign);
  return group;
}

function arrow({ colours, ink }: Sides): SVGPathElement {
  const path = document.createElementNS(SVG, "path");
  path.dataset["testid"] = "change-arrow";
  path.setAttribute("fill", colours.moved);
  path.setAttribute("stroke", ink);
  path.setAttribute("stroke-width", "1");
  path.setAttribute("stroke-linejoin", "round");
  return path;
}

interface Point {
  readonly x: number;
  readonly y: number;
}

/** A broad arrow from one point of the picture to another. */
function arrowPath(from: Point, to: Point): string {
  const length = Math.hypot(to.x - from.x, to.y - from.y);
  const x = (to.x - from.x) / length;
  const y = (to.y - from.y) / length;
  const head = Math.min(12, length * 0.5);
  const at = (along: number, aside: number): string =>
    `${(from.x + x * along - y * aside).toFixed(1)} ${(from.y + y * along + x * aside).toFixed(1)}`;
  const neck = length - head;
  return `M${at(0, 2)}L${at(neck, 2)}L${at(neck, 6)}L${at(length, 0)}L${at(neck, -6)}L${at(neck, -2)}L${at(0, -2)}Z`;
}
