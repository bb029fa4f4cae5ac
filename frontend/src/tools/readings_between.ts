/** Readings between two things, and along a path of points. */

import type { Mark, MeasureMode, MeasurePoint, Reading } from "../state/areas/measuring";
import { entityOf, ownerOf } from "../state/measure_owner";
import type { Measured, Properties } from "../scene/kernel/types";
import { along, distance, dot, normalize, scale, subtract } from "../scene/vector";
import { type Shapes, bare, footOnAxis, markAt, meansPoint } from "./reading_shapes";
import { wedgeOf } from "./wedge";

/** Below this, directions are the same; radians. Also what a wedge needs to be worth an angle. */
const PARALLEL_RAD = 1e-6;

/** Every reading between two clicks, the one most likely meant first. */
export function betweenTwo(a: MeasurePoint, b: MeasurePoint, shapes: Shapes): Reading[] {
  const chord = fromPoints(a, b, shapes);
  const [first, second] = [shapes.placed(a), shapes.placed(b)];
  if (!first || !second) return [chord];
  const measured = shapes.measure(first, second);
  if (!measured) return [chord];
  const found: Reading[] = [];
  const [of, to] = [shapes.properties(first), shapes.properties(second)];
  const points = meansPoint(a) && meansPoint(b);
  if (of && to && !points) {
    const round = isRound(of) && isRound(to);
    const straight = isStraight(of) && isStraight(to);
    if (round) found.push(...centres(a, b, measured, shapes));
    if (round || straight) found.push(...parallel(a, b, of, to, measured, shapes));
    if (straight) found.push(...angles(a, b, of, to, measured, shapes));
    // From a point to a rim people mean its middle; to a bore, its wall.
    if (found.length === 0 && (of.centre ?? to.centre))
      found.push(...centres(a, b, measured, shapes));
  }
  const nearest = minimum(a, b, measured, shapes);
  if (points) return [chord];
  found.push(nearest);
  if (!found.some(({ mode }) => mode === "centres")) found.push(...centres(a, b, measured, shapes));
  return [...found, chord];
}

function isRound({ form, centre, axis }: Properties): boolean {
  const kinds: readonly string[] = [
    "circle",
    "arc",
    "ellipse",
    "cylinder",
    "sphere",
    "cone",
    "torus",
  ];
  return kinds.includes(form) && (centre !== undefined || axis !== undefined);
}

/** Of these people ask angles: a rim has an axis too, but nobody who clicks on it means how it is turned. */
function isStraight({ form }: Properties): boolean {
  return form === "line" || form === "plane" || form === "cylinder" || form === "cone";
}

function distanceReading(
  mode: MeasureMode,
  value: number,
  from: Mark,
  to: Mark,
  rest: Pick<Reading, "exact" | "tolerance" | "mesh">,
  shapes: Shapes,
): Reading {
  const components = [...shapes.toFile(subtract(to.position, from.position))];
  return { kind: "distance", mode, value, components, points: [from, to], ...rest };
}

function fromPoints(a: MeasurePoint, b: MeasurePoint, shapes: Shapes): Reading {
  const tolerance = a.tolerance_m + b.tolerance_m;
  const mesh = tolerance > 0 && (entityOf(a) === null || entityOf(b) === null);
  const value = distance(a.position, b.position);
  const exact = tolerance === 0;
  return distanceReading("points", value, bare(a), bare(b), { exact, tolerance, mesh }, shapes);
}

function minimum(a: MeasurePoint, b: MeasurePoint, measured: Measured, shapes: Shapes): Reading {
  const { exact, tolerance_m: tolerance } = measured;
  return distanceReading(
    "minimum",
    measured.distance,
    markAt(measured.from, ownerOf(a), shapes),
    markAt(measured.to, ownerOf(b), shapes),
    { exact, tolerance: exact ? 0 : tolerance, mesh: isMesh(a, b, exact) },
    shapes,
  );
}

function centres(
  a: MeasurePoint,
  b: MeasurePoint,
  { centres: found, exact, tolerance_m: tolerance }: Measured,
  shapes: Shapes,
): Reading[] {
  if (!found) return [];
  return [
    distanceReading(
      "centres",
      found.distance,
      markAt(found.from, ownerOf(a), shapes),
      markAt(found.to, ownerOf(b), shapes),
      { exact, tolerance: exact ? 0 : tolerance, mesh: isMesh(a, b, exact) },
      shapes,
    ),
  ];
}

/** From the point clicked on the first straight to the plane, line or axis of the second. */
function parallel(
  a: MeasurePoint,
  b: MeasurePoint,
  of: Properties,
  to: Properties,
  { parallel_m: value, exact, tolerance_m: tolerance }: Measured,
  shapes: Shapes,
): Reading[] {
  if (value === undefined) return [];
  const start = of.axis ? footOnAxis(of.axis, a.position) : a.position;
  let end = b.position;
  if (to.normal) end = along(start, to.normal, dot(subtract(b.position, start), to.normal));
  else if (to.axis && of.normal) {
    const foot = footOnAxis(to.axis, start);
    end = along(start, of.normal, dot(subtract(foot, start), of.normal));
  } else if (to.axis) end = footOnAxis(to.axis, start);
  return [
    distanceReading(
      "parallel",
      value,
      markAt(start, ownerOf(a), shapes),
      markAt(end, ownerOf(b), shapes),
      { exact, tolerance: exact ? 0 : tolerance, mesh: isMesh(a, b, exact) },
      shapes,
    ),
  ];
}

/**
 * The angle between directions, faces or both, and the rest of the half turn. Drawn at the point where they meet, or
 * come nearest, with legs towards the clicks.
 */
function angles(
  a: MeasurePoint,
  b: MeasurePoint,
  of: Properties,
  to: Properties,
  { angle_rad: between, exact, tolerance_m: tolerance }: Measured,
  shapes: Shapes,
): Reading[] {
  if (between === undefined) return [];
  const mixed = (of.normal === undefined) !== (to.normal === undefined);
  // A line lies to a plane as its complement lies to the plane's normal.
  const value = mixed ? Math.PI / 2 - between : between;
  if (value < PARALLEL_RAD) return [];
  const wedge = wedgeOf(a.position, b.position, of, to);
  const points = wedge
    ? [
        markAt(wedge.first, ownerOf(a), shapes),
        markAt(wedge.apex, ownerOf(a), shapes),
        markAt(wedge.second, ownerOf(b), shapes),
      ]
    : [bare(a), bare(b)];
  const reach = Math.max(distance(a.position, b.position), 1e-9);
  const rest = {
    kind: "angle" as const,
    components: [],
    exact,
    tolerance: exact ? 0 : Math.min(Math.PI, tolerance / reach),
    mesh: isMesh(a, b, exact),
  };
  const inner: Reading = { ...rest, mode: "inner", value, points };
  const [first, apex, second] = points;
  const opposite = first && apex && second ? [first, apex, mirrored(second, apex, shapes)] : points;
  const outer: Reading = { ...rest, mode: "outer", value: Math.PI - value, points: opposite };
  // At a right angle both are the same.
  if (Math.abs(value - Math.PI / 2) < PARALLEL_RAD) return [inner];
  const turned = legsTell(points, value);
  return turned
    ? [inner, { ...outer, points: opposite }]
    : [
        { ...inner, points: opposite },
        { ...outer, points },
      ];
}

/** Whether the legs as drawn enclose this angle, rather than the rest of the half turn. */
function legsTell(points: readonly Mark[], value: number): boolean {
  const [first, apex, second] = points;
  if (!first || !apex || !second) return true;
  const one = normalize(subtract(first.position, apex.position));
  const other = normalize(subtract(second.position, apex.position));
  const drawn = Math.acos(Math.max(-1, Math.min(1, dot(one, other))));
  return Math.abs(drawn - value) <= Math.abs(Math.PI - drawn - value);
}

/** A leg on the other side of the apex. */
function mirrored(leg: Mark, apex: Mark, shapes: Shapes): Mark {
  const position = subtract(scale(apex.position, 2), leg.position);
  return markAt(position, ownerOf(leg), shapes);
}

/** From point to point, with each leg. */
export function pathOf(anchors: readonly MeasurePoint[], shapes: Shapes): Reading {
  const legs = anchors
    .slice(1)
    .map((anchor, leg) => fromPoints(anchors[leg] ?? anchor, anchor, shapes));
  return {
    kind: "path",
    mode: "plain",
    value: legs.reduce((sum, leg) => sum + leg.value, 0),
    components: legs.map((leg) => leg.value),
    points: anchors.map(bare),
    exact: legs.every((leg) => leg.exact),
    tolerance: legs.reduce((sum, leg) => sum + leg.tolerance, 0),
    mesh: legs.some((leg) => leg.mesh),
  };
}

function isMesh(a: MeasurePoint, b: MeasurePoint, exact: boolean): boolean {
  return !exact && (entityOf(a) === null || entityOf(b) === null);
}
