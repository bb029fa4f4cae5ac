/** The numbers of one thing: lengths, radii, axes, areas, volumes and boxes, where it stands. */

import type { Vec3 } from "../../state/model";
import { cross, dot, length, subtract } from "../vector";
import { type Affine, likenessOf, placePoint, placeVector } from "./affine";
import { type Curve, isWhole, lengthOf, pointAt, reachOfCurve } from "./curves";
import { circleThrough } from "./fit";
import { linesOf, normalOf } from "./lines_of";
import { type MeshShape, meshPoint } from "./mesh";
import type { Solid, SolidFace } from "./solid";
import { apexHeight } from "./surfaces";
import type { PlacedEntity, PlacedMesh, Placed, Properties } from "./types";

type Box = NonNullable<Properties["box"]>;
/** Of its size: what doubles and the rounding of exact.bin leave. */
const ROUNDING = 1e-12;
/** Of the radius: points that stray more from a circle are none. */
const ROUND = 0.02;

/** Null where there is no such entity. */
export function propertiesOf(placed: Placed): Properties | null {
  if (placed.type === "point") {
    const { point, tolerance_m } = placed;
    const exact = tolerance_m === 0;
    return { form: "point", point, box: { min: point, max: point }, exact, tolerance_m };
  }
  if (placed.type === "mesh") return ofMesh(placed);
  switch (placed.kind) {
    case "vertex":
      return ofVertex(placed);
    case "edge":
      return ofEdge(placed);
    case "face":
      return ofFace(placed);
    case "body":
      return ofBody(placed);
  }
}

function ofVertex({ solid, index, matrix }: PlacedEntity): Properties | null {
  const p = solid.vertex(index);
  if (!p) return null;
  const point = placePoint(matrix, p);
  const tolerance_m = ROUNDING * solid.size;
  return { form: "point", point, box: { min: point, max: point }, exact: true, tolerance_m };
}

function ofEdge(placed: PlacedEntity): Properties | null {
  const { solid, index, matrix } = placed;
  const curve = solid.curve(index);
  if (!curve) return null;
  const { scale, similar } = likenessOf(matrix);
  const stray = solid.strayOf(index) * scale;
  const shared = {
    box: boxUnder(matrix, (direction) => reachOfCurve(curve, direction)),
    tolerance_m: Math.max(stray, ROUNDING * solid.size * scale),
  };
  if (curve.kind === "line") {
    const vector = placeVector(matrix, curve.direction);
    const stretch = length(vector);
    return {
      form: "line",
      length: curve.last * stretch,
      axis: {
        point: placePoint(matrix, curve.point),
        direction: [vector[0] / stretch, vector[1] / stretch, vector[2] / stretch],
      },
      ...shared,
      exact: true,
    };
  }
  if (curve.kind === "polyline" || !similar) {
    // The length stands in the file; under an uneven stretch it must be measured.
    const whole = similar ? (solid.part.edges.lengths[index] ?? 0) * scale : chords(curve, matrix);
    return { form: "curve", length: whole, ...shared, exact: similar };
  }
  const lines = linesOf(placed);
  const round = {
    ...(lines.centre ? { centre: lines.centre } : {}),
    ...(lines.centre && lines.direction
      ? { axis: { point: lines.centre, direction: lines.direction } }
      : {}),
    radius: curve.major * scale,
    length: lengthOf(curve) * scale,
    ...shared,
    exact: true,
  };
  if (curve.kind === "ellipse") return { form: "ellipse", ...round, radius2: curve.minor * scale };
  if (isWhole(curve)) return { form: "circle", ...round };
  return { form: "arc", ...round, angle_rad: curve.last - curve.first };
}

function chords(curve: Curve, matrix: Affine): number {
  let sum = 0;
  let before = placePoint(matrix, pointAt(curve, curve.first));
  const count = 2048;
  for (let i = 1; i <= count; i += 1) {
    const next = placePoint(
      matrix,
      pointAt(curve, curve.first + ((curve.last - curve.first) * i) / count),
    );
    sum += length(subtract(next, before));
    before = next;
  }
  return sum;
}

function ofFace(placed: PlacedEntity): Properties | null {
  const { solid, index, matrix } = placed;
  const face = solid.face(index);
  if (!face) return null;
  const { surface } = face;
  const { scale, similar } = likenessOf(matrix);
  const shared = {
    ...areaOf(face.area, matrix, surface?.kind === "plane" ? surface.axis : null),
    box: boxUnder(matrix, (direction) => solid.reachOfFace(face, direction)),
    exact: similar || surface?.kind === "plane",
    tolerance_m: Math.max(solid.strayOfFace(index), ROUNDING * solid.size) * scale,
  };
  const lines = linesOf(placed);
  if (!surface || (!similar && surface.kind !== "plane")) return { form: "surface", ...shared };
  if (surface.kind === "plane")
    return { form: "plane", normal: normalOf(matrix, surface.axis), ...shared };
  const axis =
    lines.point && lines.direction ? { point: lines.point, direction: lines.direction } : null;
  const round = {
    ...(axis ? { axis } : {}),
    ...(lines.centre ? { centre: lines.centre } : {}),
    hole: surface.hole,
    ...shared,
  };
  const radius = surface.radius * scale;
  switch (surface.kind) {
    case "cylinder":
    case "sphere":
      return { form: surface.kind, radius, ...round };
    case "torus":
      return { form: "torus", radius, radius2: surface.tube * scale, ...round };
    case "cone": {
      const [narrow, wide] = rimsOf(solid, face);
      return {
        form: "cone",
        radius: wide * scale,
        radius2: narrow * scale,
        halfAngle_rad: surface.halfAngle,
        ...round,
      };
    }
  }
}

/** Radii of a cone where its face begins and ends. */
function rimsOf(solid: Solid, face: SolidFace): readonly [number, number] {
  const { surface } = face;
  if (!surface) return [0, 0];
  let [low, high] = [Infinity, -Infinity];
  for (const edge of face.edges) {
    const curve = solid.curve(edge);
    if (!curve) continue;
    for (const height of reachOfCurve(curve, surface.axis)) {
      low = Math.min(low, height);
      high = Math.max(high, height);
    }
  }
  if (low > high) return [0, surface.radius];
  const from = dot(surface.origin, surface.axis);
  const radius = (height: number): number => surface.radius + (height - from) * surface.tan;
  // A face up to the tip has no edge there.
  const tip = face.trim?.containsAt(0, apexHeight(surface) + 1e-9 * solid.size) === true;
  return [tip ? 0 : Math.max(0, radius(low)), radius(high)];
}

function areaOf(area: number, matrix: Affine, normal: Vec3 | null): { readonly area?: number } {
  const { scale, similar } = likenessOf(matrix);
  if (similar) return { area: area * scale * scale };
  if (!normal) return {};
  // A flat face under an uneven stretch: what its cofactors make of its normal.
  const [x, y] = planeAxes(normal);
  return { area: area * length(cross(placeVector(matrix, x), placeVector(matrix, y))) };
}

function planeAxes(n: Vec3): readonly [Vec3, Vec3] {
  const side: Vec3 = Math.abs(n[0]) < 0.9 ? [1, 0, 0] : [0, 1, 0];
  const across = cross(n, side);
  const size = length(across);
  const x: Vec3 = [across[0] / size, across[1] / size, across[2] / size];
  return [x, cross(n, x)];
}

function ofBody({ solid, index, matrix }: PlacedEntity): Properties | null {
  const faces = solid.facesOf(index);
  if (faces.length === 0) return null;
  const { scale, similar } = likenessOf(matrix);
  let area = 0;
  let exact = true;
  for (const number of faces) {
    const face = solid.face(number);
    area += face?.area ?? 0;
    if (!face?.surface) exact = false;
  }
  const volume = volumeOf(solid, index);
  const det = Math.abs(scale) ** 3;
  return {
    form: "body",
    ...(similar ? { area: area * scale * scale } : {}),
    ...(volume ? { volume: volume.volume * det, centre: placePoint(matrix, volume.centre) } : {}),
    box: boxUnder(matrix, (direction) => {
      let [low, high] = [Infinity, -Infinity];
      for (const number of faces) {
        const face = solid.face(number);
        if (!face) continue;
        const [a, b] = solid.reachOfFace(face, direction);
        low = Math.min(low, a);
        high = Math.max(high, b);
      }
      return [low, high];
    }),
    exact,
    tolerance_m: Math.max(exact ? 0 : solid.deflection, ROUNDING * solid.size) * scale,
  };
}

/** Volume and centre of a body, or of all together; null when a face bounds none. */
function volumeOf(
  solid: Solid,
  index: number,
): { readonly volume: number; readonly centre: Vec3 } | null {
  const { volumes, centres, count } = solid.part.bodies;
  const numbers = index >= 0 ? [index] : Array.from({ length: count }, (_, body) => body);
  if (numbers.length === 0 || (index < 0 && solid.part.faces.bodies.includes(-1))) return null;
  let volume = 0;
  const sum = [0, 0, 0];
  for (const body of numbers) {
    const own = volumes[body] ?? 0;
    volume += own;
    for (let i = 0; i < 3; i += 1) sum[i] = (sum[i] ?? 0) + own * (centres[3 * body + i] ?? 0);
  }
  if (volume === 0) return null;
  return {
    volume,
    centre: [(sum[0] ?? 0) / volume, (sum[1] ?? 0) / volume, (sum[2] ?? 0) / volume],
  };
}

/** The box along the axes of the frame of what reaches so far in its own. */
function boxUnder(matrix: Affine, reach: (direction: Vec3) => readonly [number, number]): Box {
  const low: number[] = [];
  const high: number[] = [];
  for (let row = 0; row < 3; row += 1) {
    const v: Vec3 = [matrix[4 * row] ?? 0, matrix[4 * row + 1] ?? 0, matrix[4 * row + 2] ?? 0];
    const size = length(v);
    const shift = matrix[4 * row + 3] ?? 0;
    const [a, b] = size > 0 ? reach([v[0] / size, v[1] / size, v[2] / size]) : [0, 0];
    low.push(a * size + shift);
    high.push(b * size + shift);
  }
  return {
    min: [low[0] ?? 0, low[1] ?? 0, low[2] ?? 0],
    max: [high[0] ?? 0, high[1] ?? 0, high[2] ?? 0],
  };
}

function ofMesh({ mesh, matrix, tolerance_m }: PlacedMesh): Properties {
  const points = mesh.points.length / 3;
  const box = boxUnder(matrix, (direction) => {
    let [low, high] = [Infinity, -Infinity];
    for (let i = 0; i < points; i += 1) {
      const at = dot(meshPoint(mesh, i), direction);
      low = Math.min(low, at);
      high = Math.max(high, at);
    }
    return [low, high];
  });
  if (mesh.triangles.length === 0) return ofPolyline(mesh, matrix, tolerance_m, box);
  let [area, volume] = [0, 0];
  const first = placePoint(matrix, meshPoint(mesh, 0));
  for (let t = 0; t < mesh.triangles.length; t += 3) {
    const [a, b, c] = [0, 1, 2].map((i) =>
      subtract(placePoint(matrix, meshPoint(mesh, mesh.triangles[t + i] ?? 0)), first),
    ) as [Vec3, Vec3, Vec3];
    const square = cross(subtract(b, a), subtract(c, a));
    area += length(square) / 2;
    volume += dot(a, cross(b, c)) / 6;
  }
  const closed = isClosed(mesh);
  return {
    form: "body",
    area,
    ...(closed ? { volume: Math.abs(volume) } : {}),
    box,
    exact: false,
    tolerance_m,
  };
}

/** Every edge joins two triangles; vertices at one place count as one. */
function isClosed(mesh: MeshShape): boolean {
  const names = new Map<string, number>();
  const named = (vertex: number): number => {
    const key = meshPoint(mesh, vertex).join();
    const known = names.get(key);
    if (known !== undefined) return known;
    names.set(key, names.size);
    return names.size - 1;
  };
  const open = new Set<string>();
  for (let t = 0; t < mesh.triangles.length; t += 3) {
    const corners = [0, 1, 2].map((i) => named(mesh.triangles[t + i] ?? 0));
    corners.forEach((from, i) => {
      const to = corners[(i + 1) % 3] ?? 0;
      if (from === to) return;
      if (!open.delete(`${to} ${from}`)) open.add(`${from} ${to}`);
    });
  }
  return open.size === 0;
}

function ofPolyline(mesh: MeshShape, matrix: Affine, tolerance_m: number, box: Box): Properties {
  const count = mesh.points.length / 3;
  const points = Array.from({ length: count }, (_, i) => placePoint(matrix, meshPoint(mesh, i)));
  let whole = 0;
  points.slice(1).forEach((p, i) => {
    whole += length(subtract(p, points[i] ?? p));
  });
  const shared = { box, exact: false } as const;
  const [from, to] = [points[0], points.at(-1)];
  if (!from || !to) return { form: "curve", length: 0, ...shared, tolerance_m };
  const round = circleThrough(points);
  if (round && round.residual <= ROUND * round.radius) {
    const { centre, axis, radius, residual, angle } = round;
    const tolerance = tolerance_m + residual;
    const closed = length(subtract(from, to)) <= 1e-6 * radius;
    return {
      form: closed ? "circle" : "arc",
      radius,
      centre,
      axis: { point: centre, direction: axis },
      length: closed ? 2 * Math.PI * radius : radius * angle,
      ...(closed ? {} : { angle_rad: angle }),
      ...shared,
      tolerance_m: tolerance,
    };
  }
  const chord = length(subtract(to, from));
  if (chord > 0 && whole - chord <= 1e-9 * whole) {
    const way = subtract(to, from);
    const direction: Vec3 = [way[0] / chord, way[1] / chord, way[2] / chord];
    return {
      form: "line",
      length: chord,
      axis: { point: from, direction },
      ...shared,
      tolerance_m,
    };
  }
  return { form: "curve", length: whole, ...shared, tolerance_m };
}
