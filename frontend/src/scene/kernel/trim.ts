/**
 * Which points of a surface belong to a face: inside an odd number of its edges' crossings.
 *
 * exact.bin names the edges around a face, not which way they run. So nothing here trusts an orientation: the
 * edges are mapped to the surface's u and v, a point is inside when the way from it along v crosses them an odd
 * number of times, and what remains open (which half of a sphere or torus, whether an edge that only this face
 * names is a seam) is settled by the face's stored area. A region whose area is the stored one is the face.
 */

import type { Vec3 } from "../../state/model";
import { distance, dot, subtract, normalize } from "../vector";
import { type Curve, gauss8, pointAt, tangentAt } from "./curves";
import { bracketed } from "./roots";
import { areaBelow, parametersOf, type Surface, turnedSphere } from "./surfaces";

const TURN = 2 * Math.PI;
/** Radians of a round curve between samples. */
const STEP_RAD = Math.PI / 24;
/** Of the face's area: what rounding may make of an integral over elementary curves. */
const SAME_AREA = 1e-6;
/** Pieces beyond which they are sorted into columns of u. */
const FEW_PIECES = 48;
const COLUMNS = 64;
/** Radians, or the share of a flat face's width: far above rounding, far below what anybody measures. */
const ASIDE = 1e-10;

/** An edge as a face sees it. */
export interface Border {
  readonly curve: Curve;
  /** The face lies on both sides: never a border. "maybe": only this face names it, and it closes nothing. */
  readonly seam: "no" | "maybe" | "yes";
  /** Its vertices: where edges of real files, which end a little before or behind, are joined. */
  readonly ends?: readonly [Vec3 | null, Vec3 | null];
}

/** A stretch of a border along which u only grows or only falls. */
interface Piece {
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
  /** Added to v where it is computed anew. */
  readonly shift: number;
}

/** The trimmed region of one surface; frame of the part. */
export class Trim {
  /** Its area is the stored one: it is the face. */
  readonly trusted: boolean;
  readonly area: number;
  private readonly surface: Surface;
  private readonly pieces: readonly Piece[];
  private readonly columns: readonly (readonly Piece[])[] | null;
  private readonly low: number;
  private readonly high: number;
  private readonly aside: number;
  private readonly borders: readonly Border[];
  /** Whether the end of the way along v is inside (sphere: its pole; torus: v = reference at u = 0). */
  private readonly inverted: boolean;
  /** Of a torus: v at which the way ends, and where (u, ascending) borders cross it. */
  private readonly reference: number;
  private readonly marks: readonly number[];

  private constructor(region: Region, inverted: boolean, area: number, trusted: boolean) {
    this.surface = region.surface;
    this.pieces = region.pieces;
    this.borders = region.borders;
    this.reference = region.reference;
    this.marks = region.marks;
    this.inverted = inverted;
    this.area = area;
    this.trusted = trusted;
    let [low, high] = [Infinity, -Infinity];
    for (const { u0, u1 } of region.pieces) {
      low = Math.min(low, u0, u1);
      high = Math.max(high, u0, u1);
    }
    this.low = low;
    this.high = high;
    this.aside = ASIDE * (region.surface.kind === "plane" && high > low ? high - low : 1);
    this.columns = region.pieces.length > FEW_PIECES ? sorted(region.pieces, low, high) : null;
  }

  /**
   * The region of a face.
   *
   * area: the stored one, m².  slack: what inexact borders may add to it.  hint: a point inside, where the
   * area leaves two answers (half a sphere).
   */
  static of(
    surface: Surface,
    borders: readonly Border[],
    area: number,
    slack: number,
    hint: Vec3 | null = null,
  ): Trim {
    const tolerance = SAME_AREA * area + slack;
    let best: Trim | null = null;
    const maybe = borders.some(({ seam }) => seam === "maybe");
    for (const asSeam of maybe ? [false, true] : [false]) {
      const used = borders.filter(({ seam }) => seam === "no" || (seam === "maybe" && !asSeam));
      const region = regionOf(surface, used);
      const plain = new Trim(region, false, 0, false).enclosed();
      const whole = wholeArea(surface);
      const options: [boolean, number][] = [[false, plain]];
      if (whole !== null) options.push([true, whole - plain]);
      const fits = options.filter(([, found]) => Math.abs(found - area) <= tolerance);
      for (const [inverted, found] of fits) {
        const trim = new Trim(region, inverted, found, true);
        if (fits.length === 1) return trim;
        if (hint ? trim.contains(hint) : touchesSeam(trim, borders)) return trim;
      }
      for (const [inverted, found] of options)
        if (!best || Math.abs(found - area) < Math.abs(best.area - area))
          best = new Trim(region, inverted, found, false);
    }
    return best ?? new Trim(regionOf(surface, borders), false, 0, false);
  }

  /** Whether a point of the surface is in the face; its edge counts to either. */
  contains(p: Vec3): boolean {
    const [u, v] = parametersOf(this.surface, p);
    return this.containsAt(u, v);
  }

  containsAt(u: number, v: number): boolean {
    // Pieces meet at some u, where rounding may count both or none: there, each side of it is asked.
    return (
      this.crossingsAbove(u + this.aside, v) !== this.inverted ||
      this.crossingsAbove(u - this.aside, v) !== this.inverted
    );
  }

  /** Ranges of u and v of the borders; for choosing samples. Null without borders. */
  get spans(): {
    readonly u: readonly [number, number];
    readonly v: readonly [number, number];
  } | null {
    if (this.pieces.length === 0) return null;
    let [low, high] = [Infinity, -Infinity];
    for (const piece of this.pieces) {
      low = Math.min(low, piece.low);
      high = Math.max(high, piece.high);
    }
    return { u: [this.low, this.high], v: [low, high] };
  }

  /** The area when the far end of the way along v is outside. */
  private enclosed(): number {
    const { surface, borders } = this;
    let area = 0;
    for (const piece of this.pieces) {
      const curve = borders[piece.border]?.curve;
      if (curve) area += (this.isOddAbove(piece, curve) ? -1 : 1) * below(surface, curve, piece);
    }
    if (surface.kind !== "torus") return area;
    let inside = 0;
    for (let i = 1; i < this.marks.length; i += 2)
      inside += (this.marks[i] ?? 0) - (this.marks[i - 1] ?? 0);
    return area + inside * TURN * surface.tube * surface.radius;
  }

  /** Whether the way from just above a piece's middle crosses an odd number of others. */
  private isOddAbove(piece: Piece, curve: Curve): boolean {
    const t = piece.from + (piece.to - piece.from) * 0.4999;
    const [u, raw] = parametersOf(this.surface, pointAt(curve, t));
    const v = this.surface.kind === "torus" ? nearTo(raw, (piece.v0 + piece.v1) / 2) : raw;
    return this.crossingsAbove(u, v, piece);
  }

  /** Whether the number of borders on the way from u, v along v is odd; of a torus as far as u = 0. */
  private crossingsAbove(u: number, v: number, except: Piece | null = null): boolean {
    let odd = false;
    const torus = this.surface.kind === "torus";
    const height = torus ? this.reference - mod(this.reference - v, TURN) : v;
    if (torus) {
      const around = mod(u, TURN);
      for (const mark of this.marks) if (mark < around) odd = !odd;
    }
    if (this.surface.kind === "plane") return this.countAt(u, height, odd, except);
    const first = this.low + mod(u - this.low, TURN);
    for (let at = first; at < this.high; at += TURN) odd = this.countAt(at, height, odd, except);
    return odd;
  }

  private countAt(u: number, v: number, before: boolean, except: Piece | null): boolean {
    let odd = before;
    for (const piece of this.candidates(u))
      if (piece !== except)
        if (piece.u0 < piece.u1 ? piece.u0 <= u && u < piece.u1 : piece.u1 <= u && u < piece.u0)
          if (piece.low > v || (piece.high >= v && this.crossing(piece, u) > v)) odd = !odd;
    return odd;
  }

  private candidates(u: number): readonly Piece[] {
    if (!this.columns) return this.pieces;
    const at = Math.floor(((u - this.low) / (this.high - this.low)) * COLUMNS);
    return this.columns[Math.max(0, Math.min(COLUMNS - 1, at))] ?? [];
  }

  /** v where a piece has this u, on the exact curve. */
  private crossing(piece: Piece, u: number): number {
    const curve = this.borders[piece.border]?.curve;
    if (!curve) return piece.v0;
    if (piece.v0 === piece.v1 && piece.low === piece.high) return piece.v0;
    const periodic = this.surface.kind !== "plane";
    const middle = (piece.u0 + piece.u1) / 2;
    const off = (t: number): number => {
      const [at] = parametersOf(this.surface, pointAt(curve, t));
      return (periodic ? nearTo(at, middle) : at) - u;
    };
    const [a, b] = [piece.u0 - u, piece.u1 - u];
    const t =
      a === 0 ? piece.from : b === 0 ? piece.to : bracketed(off, piece.from, piece.to, a, b);
    const [, v] = parametersOf(this.surface, pointAt(curve, t));
    return this.surface.kind === "torus" ? nearTo(v, (piece.v0 + piece.v1) / 2) : v;
  }
}

interface Region {
  readonly surface: Surface;
  readonly borders: readonly Border[];
  readonly pieces: readonly Piece[];
  readonly reference: number;
  readonly marks: readonly number[];
}

function regionOf(given: Surface, borders: readonly Border[]): Region {
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
function rateOfU(surface: Surface, p: Vec3, moving: Vec3): number {
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
        shift: 0,
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

function wholeArea({ kind, radius, tube }: Surface): number | null {
  if (kind === "sphere") return 4 * Math.PI * radius * radius;
  return kind === "torus" ? 4 * Math.PI * Math.PI * radius * tube : null;
}

/** ∫ of the area below a piece over |du|. */
function below(surface: Surface, curve: Curve, piece: Piece): number {
  let sum = 0;
  const step = piece.to - piece.from;
  gauss8((at, weight) => {
    const t = piece.from + step * at;
    const p = pointAt(curve, t);
    const [, raw] = parametersOf(surface, p);
    const v = surface.kind === "torus" ? nearTo(raw, (piece.v0 + piece.v1) / 2) : raw;
    const from = subtract(p, surface.origin);
    const away = Math.hypot(dot(from, surface.x), dot(from, surface.y));
    const around = rateOfU(surface, p, tangentAt(curve, t));
    const rate = surface.kind === "plane" ? around : away > 0 ? around / away : 0;
    sum += weight * step * rate * areaBelow(surface, v);
  });
  return piece.u1 > piece.u0 ? sum : -sum;
}

function sorted(pieces: readonly Piece[], low: number, high: number): Piece[][] {
  const columns = Array.from({ length: COLUMNS }, (): Piece[] => []);
  const column = (u: number): number =>
    Math.max(0, Math.min(COLUMNS - 1, Math.floor(((u - low) / (high - low)) * COLUMNS)));
  for (const piece of pieces) {
    const to = column(Math.max(piece.u0, piece.u1));
    for (let i = column(Math.min(piece.u0, piece.u1)); i <= to; i += 1) columns[i]?.push(piece);
  }
  return columns;
}

/** A seam runs inside the face that it is of. */
function touchesSeam(trim: Trim, borders: readonly Border[]): boolean {
  for (const { curve, seam } of borders)
    if (seam === "yes") return trim.contains(pointAt(curve, (curve.first + curve.last) / 2));
  return false;
}

/** The angle that differs from `angle` by whole turns and is nearest to another. */
function nearTo(angle: number, other: number): number {
  return angle - TURN * Math.round((angle - other) / TURN);
}

function mod(value: number, by: number): number {
  return value - by * Math.floor(value / by);
}

/** How far apart the ends of a curve are; 0 of a closed one. */
export function gapOf(curve: Curve): number {
  return distance(pointAt(curve, curve.first), pointAt(curve, curve.last));
}
