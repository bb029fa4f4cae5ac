/** Faces' surfaces: plane, cylinder, cone, sphere and torus, in closed form. Any frame; metres and radians. */

import type { Vec3 } from "../../state/model";
import { along, cross, dot, length, normalize, perpendicular, subtract } from "../vector";
import { type Affine, likenessOf, placePoint, placeVector } from "./affine";

/** What every elementary surface has. `u` is the angle from x towards y, of a plane the length along x. */
export interface Surface {
  readonly kind: "plane" | "cylinder" | "cone" | "sphere" | "torus";
  readonly origin: Vec3;
  readonly axis: Vec3;
  readonly x: Vec3;
  readonly y: Vec3;
  /** Of a cone at the origin; of a torus the ring's. */
  readonly radius: number;
  /** Of a torus's tube. */
  readonly tube: number;
  /** Of a cone: between axis and surface, and its tangent, cosine and sine. */
  readonly halfAngle: number;
  readonly tan: number;
  readonly cos: number;
  readonly sin: number;
  /** The material lies outside; of a plane always false: its axis points out of the material. */
  readonly hole: boolean;
}

/** The surface from its parameters; y makes it right-handed. */
export function surfaceOf(
  kind: Surface["kind"],
  { origin, axis, x }: { readonly origin: Vec3; readonly axis: Vec3; readonly x: Vec3 },
  radius = 0,
  second = 0,
  hole = false,
): Surface {
  const cone = kind === "cone";
  return {
    kind,
    origin,
    axis,
    x,
    y: cross(axis, x),
    radius,
    tube: kind === "torus" ? second : 0,
    halfAngle: cone ? second : 0,
    tan: cone ? Math.tan(second) : 0,
    cos: cone ? Math.cos(second) : 1,
    sin: cone ? Math.sin(second) : 0,
    hole,
  };
}

/** A surface moved by a placement that keeps circles circles. Its u and v stay, but for lengths. */
export function placedSurface(surface: Surface, m: Affine): Surface {
  const { scale, mirrored } = likenessOf(m);
  const turned = (v: Vec3): Vec3 => normalize(placeVector(m, v));
  const axis = turned(surface.axis);
  const x = turned(surface.x);
  const y = turned(surface.y);
  return {
    ...surface,
    origin: placePoint(m, surface.origin),
    axis,
    x,
    // A mirrored frame stays left-handed: u and v then mean the same points.
    y: mirrored ? y : cross(axis, x),
    radius: surface.radius * scale,
    tube: surface.tube * scale,
  };
}

/** Where a point stands about the axis: along it, away from it, and the unit way there. */
interface About {
  readonly height: number;
  readonly away: number;
  /** Unit; any direction square to the axis for points on it. */
  readonly out: Vec3;
}

function about({ origin, axis, x }: Surface, p: Vec3): About {
  const from = subtract(p, origin);
  const height = dot(from, axis);
  const across = along(from, axis, -height);
  const away = length(across);
  return {
    height,
    away,
    out: away > 0 ? [across[0] / away, across[1] / away, across[2] / away] : x,
  };
}

/** Where a cone's radius is 0, along its axis from its origin. */
export function apexHeight(surface: Surface): number {
  return -surface.radius / surface.tan;
}

/**
 * How far a point lies from the whole surface: positive on the side away from the axis (of a plane, along
 * its normal).
 */
export function heightOver(surface: Surface, p: Vec3): number {
  if (surface.kind === "plane") return dot(subtract(p, surface.origin), surface.axis);
  if (surface.kind === "sphere") return length(subtract(p, surface.origin)) - surface.radius;
  const { height, away } = about(surface, p);
  if (surface.kind === "cylinder") return away - surface.radius;
  if (surface.kind === "torus") return Math.hypot(away - surface.radius, height) - surface.tube;
  const { tan, cos, sin, radius } = surface;
  const s = (away - radius) * sin + height * cos;
  if (radius + s * sin < 0) return Math.hypot(away, height - apexHeight(surface));
  return (away - radius - height * tan) * cos;
}

/** The unit direction in which `heightOver` grows. */
export function normalOver(surface: Surface, p: Vec3): Vec3 {
  if (surface.kind === "plane") return surface.axis;
  if (surface.kind === "sphere") {
    const from = subtract(p, surface.origin);
    return length(from) > 0 ? normalize(from) : surface.x;
  }
  const { height, away, out } = about(surface, p);
  if (surface.kind === "cylinder") return out;
  const { axis } = surface;
  if (surface.kind === "torus") {
    const [across, up] = [away - surface.radius, height];
    const size = Math.hypot(across, up);
    if (size === 0) return out;
    return along(
      [out[0] * (across / size), out[1] * (across / size), out[2] * (across / size)],
      axis,
      up / size,
    );
  }
  const { cos, sin, radius } = surface;
  const s = (away - radius) * sin + height * cos;
  if (radius + s * sin < 0) {
    const rise = height - apexHeight(surface);
    const size = Math.hypot(away, rise);
    if (size === 0) return axis;
    return along(
      [out[0] * (away / size), out[1] * (away / size), out[2] * (away / size)],
      axis,
      rise / size,
    );
  }
  return along([out[0] * cos, out[1] * cos, out[2] * cos], axis, -sin);
}

/** The point of the whole surface nearest to a point. */
export function footOn(surface: Surface, p: Vec3): Vec3 {
  return along(p, normalOver(surface, p), -heightOver(surface, p));
}

/** Whether all points of a circle, or of a whole sphere, are nearest to this point. */
export function isAmbiguous(surface: Surface, p: Vec3, size: number): boolean {
  if (surface.kind === "plane") return false;
  if (surface.kind === "sphere") return length(subtract(p, surface.origin)) <= size;
  const { away, height } = about(surface, p);
  if (away <= size) return true;
  return surface.kind === "torus" && Math.hypot(away - surface.radius, height) <= size;
}

/** u and v of a point on the surface: see `Surface.u`; v: height, of sphere and torus an angle, of a plane along y. */
export function parametersOf(surface: Surface, p: Vec3): readonly [number, number] {
  const from = subtract(p, surface.origin);
  const [a, b, h] = [dot(from, surface.x), dot(from, surface.y), dot(from, surface.axis)];
  switch (surface.kind) {
    case "plane":
      return [a, b];
    case "cylinder":
    case "cone":
      return [Math.atan2(b, a), h];
    case "sphere":
      return [Math.atan2(b, a), Math.atan2(h, Math.hypot(a, b))];
    case "torus":
      return [Math.atan2(b, a), Math.atan2(h, Math.hypot(a, b) - surface.radius)];
  }
}

/** The point of a surface at u, v. */
export function surfacePoint(surface: Surface, u: number, v: number): Vec3 {
  const { origin, axis, x, y, radius } = surface;
  let [a, b, h] = [u, v, 0];
  if (surface.kind !== "plane") {
    let away = radius;
    if (surface.kind === "cylinder") h = v;
    else if (surface.kind === "cone") {
      away = radius + v * surface.tan;
      h = v;
    } else if (surface.kind === "sphere") {
      away = radius * Math.cos(v);
      h = radius * Math.sin(v);
    } else {
      away = radius + surface.tube * Math.cos(v);
      h = surface.tube * Math.sin(v);
    }
    a = away * Math.cos(u);
    b = away * Math.sin(u);
  }
  const row = (i: 0 | 1 | 2): number => origin[i] + a * x[i] + b * y[i] + h * axis[i];
  return [row(0), row(1), row(2)];
}

/**
 * ∫ dA along v, by u: the area between two curves is ∫ of their difference du. Counted from the tip of a cone and
 * the pole of a sphere, where a face may end without an edge; else from v = 0.
 */
export function areaBelow(surface: Surface, v: number): number {
  const { radius, tube } = surface;
  switch (surface.kind) {
    case "plane":
      return v;
    case "cylinder":
      return radius * v;
    case "cone":
      return (radius + v * surface.tan) ** 2 / (2 * surface.tan * surface.cos);
    case "sphere":
      return radius * radius * (1 + Math.sin(v));
    case "torus":
      return tube * (radius * v + tube * Math.sin(v));
  }
}

/** The same sphere about another axis. */
export function turnedSphere(surface: Surface, axis: Vec3): Surface {
  const x = perpendicular(axis);
  return { ...surface, axis, x, y: cross(axis, x) };
}
