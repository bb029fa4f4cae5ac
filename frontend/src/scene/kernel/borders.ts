/** Borders of a face as pieces in u and v of its surface, along each of which u only grows or only falls. */

import type { Vec3 } from "../../state/model";
import { dot, normalize, subtract } from "../vector";
import { type Curve, pointAt, tangentAt } from "./curves";
import { bracketed } from "./roots";
import { parametersOf, type Surface, turnedSphere } from "./surfaces";

export const TURN = 2 * Math.PI;
/** Radians of a round curve between samples. */
const STEP_RAD = Math.PI / 24;

/** An edge as a face sees it. */
export interface Border {
  readonly curve: Curve;
  /** The face lies on both sides: never a border. "maybe": only this face names it, and it closes nothing. */
  readonly seam: "no" | "maybe" | "yes";
  /** Its vertices: where edges of real files, which end a little before or behind, are joined. */
  readonly ends?: readonly [Vec3 | null, Vec3 | null];
}

/** A stretch of a border along which u only grows or only falls. */
export interface Piece {
  readonly border: number;
  readonly from: number;
  readonly to: number;
  readonly u0: number;
  readonly u1: number;
  readonly v0: number;
  readonly v1: number;
  /** Range of v along the stretch, a little wider. */
  readonly low: number;
  readonly high: number;
}

/** All borders of a face in pieces. */
export interface Region {
  readonly surface: Surface;
  readonly borders: readonly Border[];
  readonly pieces: readonly Piece[];
  readonly reference: number;
  readonly marks: readonly number[];
}

/** The pieces of some borders. */
export function regionOf(given: Surface, borders: readonly Border[]): Region {
  const surface = given.kind === "sphere" ? awayFromPoles(given, borders) : given;
  const sampled = borders.map(({ curve, ends }) =>
    joined(surface, samplesOf(surface, curve), ends),
  );
  if (surface.kind !== "torus")
    return {
      surface,
      borders,
      reference: 0,
      marks: [],
      pieces: sampled.flatMap(piecesOf(surface, borders)),
    };
  const reference = quietest(sampled.flatMap((samples) => samples.map(({ v }) => v)));
  const marks: number[] = [];
  const cut = sampled.map((samples, border) =>
    cutAt(surface, borders[border]?.curve, samples, reference, marks),
  );
  return {
    surface,
    borders,
    reference,
    marks: marks.sort((a, b) => a - b),
    pieces: cut.flatMap(piecesOf(surface, borders, reference)),
  };
}

interface Sample {
  readonly t: number;
  /** Not wrapped: neighbours are less than half a turn apart. */
  readonly u: number;
  readonly v: number;
}

/** Parameters along a curve, with those where u turns round. */
function samplesOf(surface: Surface, curve: Curve): Sample[] {
  const periodic = surface.kind !== "plane";
  const count = countOf(surface, curve);
  const raw: { t: number; u: number; v: number }[] = [];
  const slack = 1e-12 * (Math.abs(surface.radius) + 1e-6);
  for (let i = 0; i <= count; i += 1) {
    const t =
      i === count
        ? curve.last
        : curve.first + ((curve.last - curve.first) * i) / Math.max(1, count);
    const p = pointAt(curve, t);
    const [u, v] = parametersOf(surface, p);
    const from = subtract(p, surface.origin);
    // On the axis (a cone's apex) u means nothing: that of the neighbours is taken.
    const onAxis =
      periodic &&
      Math.hypot(dot(from, surface.x), dot(from, surface.y)) <=
        Math.max(slack, 1e-9 * Math.hypot(...from));
    raw.push({ t, u: onAxis ? NaN : u, v });
  }
  fill(raw);
  const samples: Sample[] = [];
  for (const { t, u, v } of raw) {
    const last = samples[samples.length - 1];
    samples.push({
      t,
      u: last && periodic ? nearTo(u, last.u) : u,
      v: last && surface.kind === "torus" ? nearTo(v, last.v) : v,
    });
  }
  return withTurns(surface, curve, samples);
}

/** Samples that begin and end at the vertices. */
function joined(surface: Surface, samples: Sample[], ends: Border["ends"]): Sample[] {
  [0, samples.length - 1].forEach((at, end) => {
    const vertex = ends?.[end];
    const sample = samples[at];
    if (!vertex || !sample) return;
    const [u, v] = parametersOf(surface, vertex);
    const near = surface.kind === "plane" ? u : nearTo(u, sample.u);
    // On the axis u means nothing.
    if (Math.abs(near - sample.u) > 1e-3 * (1 + Math.abs(sample.u))) return;
    samples[at] = { t: sample.t, u: near, v: surface.kind === "torus" ? nearTo(v, sample.v) : v };
  });
  return samples;
}

/** Copies u to samples that have none from the nearest that has. */
function fill(samples: { u: number }[]): void {
  let known = samples.find(({ u }) => !Number.isNaN(u))?.u ?? 0;
  for (const sample of samples) {
    if (Number.isNaN(sample.u)) sample.u = known;
    else known = sample.u;
  }
}

function countOf(surface: Surface, curve: Curve): number {
  if (curve.kind === "polyline") return curve.last;
  if (curve.kind !== "line") return Math.max(2, Math.ceil((curve.last - curve.first) / STEP_RAD));
  // Lines on cones and cylinders are rulings but for what recognition let through.
  return surface.kind === "plane" ? 1 : 8;
}

/** Samples with those added at which u turns round, so that it only grows or only falls between two. */
function withTurns(surface: Surface, curve: Curve, samples: readonly Sample[]): Sample[] {
  if (curve.kind === "line" || curve.kind === "polyline") return [...samples];
  const rate = (t: number): number => rateOfU(surface, pointAt(curve, t), tangentAt(curve, t));
  const out: Sample[] = [];
  samples.forEach((sample, i) => {
    const before = samples[i - 1];
    if (before) {
      const [a, b] = [rate(before.t), rate(sample.t)];
      // A circle about the axis, or square to x, has rates of rounding's size only.
      const counts =
        Math.max(Math.abs(a), Math.abs(b)) > 1e-9 * Math.hypot(...tangentAt(curve, before.t));
      if (a * b < 0 && counts) {
        const t = bracketed(rate, before.t, sample.t, a, b);
        const [u, v] = parametersOf(surface, pointAt(curve, t));
        out.push({
          t,
          u: surface.kind === "plane" ? u : nearTo(u, before.u),
          v: surface.kind === "torus" ? nearTo(v, before.v) : v,
        });
      }
    }
    out.push(sample);
  });
  return out;
}

/** du/dt times the distance from the axis: how fast a point moves round it. Of a plane du/dt. */
export function rateOfU(surface: Surface, p: Vec3, moving: Vec3): number {
  if (surface.kind === "plane") return dot(moving, surface.x);
  const from = subtract(p, surface.origin);
  const [a, b] = [dot(from, surface.x), dot(from, surface.y)];
  const away = Math.hypot(a, b);
  return away > 0 ? (dot(moving, surface.y) * a - dot(moving, surface.x) * b) / away : 0;
}

/** Pieces between samples; of a torus with v between reference − 2π and the reference. */
function piecesOf(surface: Surface, borders: readonly Border[], reference: number | null = null) {
  return (samples: readonly Sample[], border: number): Piece[] => {
    const curve = borders[border]?.curve;
    if (!curve) return [];
    const out: Piece[] = [];
    for (let i = 1; i < samples.length; i += 1) {
      const [a, b] = [samples[i - 1], samples[i]];
      if (!a || !b || a.u === b.u) continue;
      let [v0, v1] = [a.v, b.v];
      let [, middle] = parametersOf(surface, pointAt(curve, (a.t + b.t) / 2));
      if (reference !== null) {
        const wrapped = reference - mod(reference - (v0 + v1) / 2, TURN);
        const shift = wrapped - (v0 + v1) / 2;
        v0 += shift;
        v1 += shift;
        middle = nearTo(middle, wrapped);
      }
      const stray = curve.kind === "polyline" ? 0 : 2 * Math.abs(middle - (v0 + v1) / 2);
      out.push({
        border,
        from: a.t,
        to: b.t,
        u0: a.u,
        u1: b.u,
        v0,
        v1,
        low: Math.min(v0, v1) - stray,
        high: Math.max(v0, v1) + stray,
      });
    }
    return out;
  };
}

/** Samples with those added at which v is the reference; notes where that is. */
function cutAt(
  surface: Surface,
  curve: Curve | undefined,
  samples: readonly Sample[],
  reference: number,
  marks: number[],
): Sample[] {
  if (!curve) return [];
  const out: Sample[] = [];
  samples.forEach((sample, i) => {
    const before = samples[i - 1];
    if (before) {
      const [low, high] = [Math.min(before.v, sample.v), Math.max(before.v, sample.v)];
      const first = reference + TURN * Math.ceil((low - reference) / TURN);
      if (first > low && first < high) {
        const off = (t: number): number =>
          nearTo(parametersOf(surface, pointAt(curve, t))[1], first) - first;
        const t = bracketed(off, before.t, sample.t, before.v - first, sample.v - first);
        const [u] = parametersOf(surface, pointAt(curve, t));
        out.push({ t, u: nearTo(u, before.u), v: first });
        marks.push(mod(u, TURN));
      }
    }
    out.push(sample);
  });
  return out;
}

/** An angle as far as possible from others. */
function quietest(angles: readonly number[]): number {
  if (angles.length === 0) return 0;
  const around = angles.map((angle) => mod(angle, TURN)).sort((a, b) => a - b);
  let [best, widest] = [0, -1];
  around.forEach((angle, i) => {
    const next = i + 1 < around.length ? (around[i + 1] ?? 0) : (around[0] ?? 0) + TURN;
    if (next - angle > widest) {
      widest = next - angle;
      // Not the very middle: symmetric parts have features there.
      best = angle + (next - angle) * 0.4873;
    }
  });
  return best;
}

/** The sphere about the axis whose poles lie farthest from all borders. */
function awayFromPoles(sphere: Surface, borders: readonly Border[]): Surface {
  const directions: Vec3[] = [];
  for (const { curve } of borders) {
    const count = countOf(sphere, curve);
    const stride = Math.max(1, Math.floor(count / 16));
    for (let i = 0; i <= count; i += stride)
      directions.push(
        normalize(
          subtract(
            pointAt(curve, curve.first + ((curve.last - curve.first) * i) / count),
            sphere.origin,
          ),
        ),
      );
  }
  if (directions.length === 0) return sphere;
  let [best, farthest] = [sphere.axis, -1];
  for (const candidate of AXES) {
    let near = Infinity;
    for (const direction of directions)
      near = Math.min(near, 1 - Math.abs(dot(direction, candidate)));
    if (near > farthest) [best, farthest] = [candidate, near];
  }
  return turnedSphere(sphere, best);
}

/** Directions spread over half a ball, none of them along an axis. */
const AXES: readonly Vec3[] = Array.from({ length: 24 }, (_, i): Vec3 => {
  const z = (i + 0.3) / 24;
  const angle = 2.399963229728653 * i + 0.137;
  const away = Math.sqrt(1 - z * z);
  return [away * Math.cos(angle), away * Math.sin(angle), z];
});

/** The angle that differs from `angle` by whole turns and is nearest to another. */
export function nearTo(angle: number, other: number): number {
  return angle - TURN * Math.round((angle - other) / TURN);
}

/** From 0 to less than `by`. */
export function mod(value: number, by: number): number {
  return value - by * Math.floor(value / by);
}
