/** What can be measured of the things that somebody clicked: every reading of them, the one most likely meant first. */

import type { MeasurePoint, MeasureTask, Reading } from "../state/areas/measuring";
import { type Owner, entityOf, ownerOf } from "../state/measure_owner";
import type { Vec3 } from "../state/model";
import type { Properties } from "../scene/kernel/types";
import { add, along, dot, length, normalize, scale, subtract } from "../scene/vector";
import { type Shapes, bare, footOnAxis, markAt, marks, meansPoint } from "./reading_shapes";
import { betweenTwo, pathOf } from "./readings_between";

/** Every reading of some anchors for a task, the best first; none when they do not fit it. */
export function readingsOf(
  task: MeasureTask,
  anchors: readonly MeasurePoint[],
  shapes: Shapes,
): Reading[] {
  const [first, second] = anchors;
  if (!first) return [];
  switch (task) {
    case "smart":
      return second ? betweenTwo(first, second, shapes) : ofOne(first, shapes);
    case "distance":
      return second ? pointsFirst(betweenTwo(first, second, shapes)) : [];
    case "angle":
      return second ? only("angle", betweenTwo(first, second, shapes)) : [];
    case "length":
    case "radius":
    case "area":
    case "position":
      return only(task, ofOne(first, shapes));
    case "thickness":
      return thicknessOf(first, shapes);
    case "volume":
      return volumeOf(first, shapes);
    case "box":
      return boxOf(first, shapes);
    case "path":
      return second ? [pathOf(anchors, shapes)] : [];
  }
}

/** Whether a task is over with its first click, its second, or goes on until it is told to end. */
export function clicksOf(task: MeasureTask): 1 | 2 | "many" {
  if (task === "path") return "many";
  return task === "smart" || task === "distance" || task === "angle" ? 2 : 1;
}

function only(kind: Reading["kind"], readings: readonly Reading[]): Reading[] {
  return readings.filter((reading) => reading.kind === kind);
}

function pointsFirst(readings: readonly Reading[]): Reading[] {
  const distances = only("distance", readings);
  const points = distances.filter(({ mode }) => mode === "points");
  return [...points, ...distances.filter(({ mode }) => mode !== "points")];
}

function ofOne(anchor: MeasurePoint, shapes: Shapes): Reading[] {
  const found: Reading[] = [];
  const placed = meansPoint(anchor) ? null : shapes.placed(anchor);
  const properties = placed && shapes.properties(placed);
  if (properties) found.push(...ofProperties(anchor, properties, shapes));
  found.push(positionOf(anchor, shapes));
  // A point that was clicked is a point first.
  return anchor.snap === "centre" || !meansPoint(anchor) ? found : found.reverse();
}

function ofProperties(anchor: MeasurePoint, properties: Properties, shapes: Shapes): Reading[] {
  const { form, length: size, radius, area, exact } = properties;
  const tolerance = properties.tolerance_m;
  const mesh = !exact;
  const found: Reading[] = [];
  const rest = { components: [], exact, mesh };
  const round = form === "circle" || form === "arc" || form === "cylinder" || form === "sphere";
  if (round && radius !== undefined) {
    const { centre, axis } = properties;
    const middle = centre ?? (axis ? footOnAxis(axis, anchor.position) : anchor.position);
    const out = towards(middle, anchor.position, axis?.direction ?? null, radius);
    const rim = add(middle, out);
    const across = subtract(middle, out);
    const diameter: Reading = {
      ...rest,
      kind: "radius",
      mode: "diameter",
      value: 2 * radius,
      points: marks(anchor, [across, rim], shapes),
      tolerance: 2 * tolerance,
    };
    const half: Reading = {
      ...rest,
      kind: "radius",
      mode: "radius",
      value: radius,
      points: marks(anchor, [middle, rim], shapes),
      tolerance,
    };
    // Drawings give whole circles by their diameter, arcs by their radius.
    found.push(...(form === "arc" ? [half, diameter] : [diameter, half]));
  }
  if (form === "torus" && properties.radius2 !== undefined)
    found.push({
      ...rest,
      kind: "radius",
      mode: "radius",
      value: properties.radius2,
      points: marks(anchor, [anchor.position], shapes),
      tolerance,
    });
  if (size !== undefined && form !== "circle")
    found.push({
      ...rest,
      kind: "length",
      mode: "plain",
      value: size,
      points: marks(anchor, [anchor.position], shapes),
      tolerance,
    });
  if (form === "circle" && size !== undefined)
    found.push({
      ...rest,
      kind: "length",
      mode: "plain",
      value: size,
      points: marks(anchor, [anchor.position], shapes),
      tolerance: 2 * Math.PI * tolerance,
    });
  if (form === "cone" && properties.halfAngle_rad !== undefined)
    found.push({
      ...rest,
      kind: "angle",
      mode: "inner",
      value: 2 * properties.halfAngle_rad,
      points: marks(anchor, [anchor.position], shapes),
      tolerance: 0,
    });
  if (area !== undefined && area > 0)
    found.push({
      ...rest,
      kind: "area",
      mode: "plain",
      value: area,
      points: marks(anchor, [anchor.position], shapes),
      // Of an area no bound follows from that of its surface: none is claimed.
      tolerance: 0,
    });
  return found;
}

function positionOf(anchor: MeasurePoint, shapes: Shapes): Reading {
  const { position, tolerance_m: tolerance } = anchor;
  return {
    kind: "position",
    mode: "plain",
    value: length(position),
    components: [...shapes.toFile(position)],
    points: [bare(anchor)],
    exact: tolerance === 0,
    tolerance,
    mesh: tolerance > 0 && entityOf(anchor) === null,
  };
}

function thicknessOf(anchor: MeasurePoint, shapes: Shapes): Reading[] {
  const found = shapes.thickness(anchor);
  if (!found) return [];
  const { thickness, from, to, exact, tolerance_m: tolerance } = found;
  return [
    {
      kind: "thickness",
      mode: "plain",
      value: thickness,
      components: [...shapes.toFile(subtract(to, from))],
      points: marks(anchor, [from, to], shapes),
      exact,
      tolerance,
      mesh: !exact && found.face < 0,
    },
  ];
}

function volumeOf(anchor: MeasurePoint, shapes: Shapes): Reading[] {
  const placed = shapes.placedPart(anchor);
  const properties = placed && shapes.properties(placed);
  if (!properties || properties.volume === undefined) return [];
  const { volume, area, exact, tolerance_m: tolerance } = properties;
  return [
    {
      kind: "volume",
      mode: "plain",
      value: volume,
      components: [],
      points: marks(anchor, [anchor.position], shapes),
      exact,
      // Moving every point of the surface by so much adds no more than a skin of that thickness.
      tolerance: exact ? 0 : tolerance * (area ?? 0),
      mesh: !exact,
    },
  ];
}

/** The box of the part that was clicked, along the axes of the file. */
function boxOf(anchor: MeasurePoint, shapes: Shapes): Reading[] {
  const placed = shapes.placedPart(anchor);
  const properties = placed && shapes.properties(placed);
  if (!properties?.box) return [];
  const { box, exact, tolerance_m: tolerance } = properties;
  return [boxReading(box.min, box.max, ownerOf(anchor), { exact, tolerance }, shapes)];
}

/** A box as a reading; `owner` null: of several parts, which it does not follow. */
export function boxReading(
  min: Vec3,
  max: Vec3,
  owner: Owner | null,
  { exact, tolerance }: { readonly exact: boolean; readonly tolerance: number },
  shapes: Pick<Shapes, "toFile" | "toLocal">,
): Reading {
  const size = subtract(max, min);
  const corners = [0, 1, 2, 3, 4, 5, 6, 7].map((corner): Vec3 => [
    corner & 1 ? max[0] : min[0],
    corner & 2 ? max[1] : min[1],
    corner & 4 ? max[2] : min[2],
  ]);
  return {
    kind: "box",
    mode: "plain",
    value: length(size),
    components: shapes.toFile(size).map((side) => Math.abs(side)),
    points: corners.map((position) => markAt(position, owner, shapes)),
    exact,
    tolerance: exact ? 0 : 2 * tolerance,
    mesh: !exact,
  };
}

/** From a centre a radius far towards a point, square to an axis where there is one. */
function towards(centre: Vec3, point: Vec3, axis: Vec3 | null, radius: number): Vec3 {
  let out = subtract(point, centre);
  if (axis) out = along(out, axis, -dot(out, axis));
  if (length(out) < radius * 1e-6) {
    const side: Vec3 = axis && Math.abs(axis[0]) > 0.9 ? [0, 1, 0] : [1, 0, 0];
    out = axis ? along(side, axis, -dot(side, axis)) : side;
  }
  return scale(normalize(out), radius);
}
