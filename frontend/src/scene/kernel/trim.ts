/**
 * Which points of a surface belong to a face: inside an odd number of its edges' crossings.
 *
 * exact.bin names the edges around a face, not which way they run. So nothing here trusts an orientation: the
 * edges are mapped to the surface's u and v, a point is inside when the way from it along v crosses them an odd
 * number of times, and what remains open (which half of a sphere or torus, whether an edge that only this face
 * names is a seam) is settled by the face's stored area. A region whose area is the stored one is the face.
 */

import type { Vec3 } from "../../state/model";
import { distance, dot, subtract } from "../vector";
import {
  type Border,
  type Piece,
  type Region,
  TURN,
  mod,
  nearTo,
  rateOfU,
  regionOf,
} from "./borders";
import { type Curve, gauss8, pointAt, tangentAt } from "./curves";
import { bracketed } from "./roots";
import { areaBelow, parametersOf, type Surface } from "./surfaces";

/** Of the face's area: what rounding may make of an integral over elementary curves. */
const SAME_AREA = 1e-6;
/** Pieces beyond which they are sorted into columns of u. */
const FEW_PIECES = 48;
const COLUMNS = 64;
/** Radians, or the share of a flat face's width: far above rounding, far below what anybody measures. */
const ASIDE = 1e-10;

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

/** How far apart the ends of a curve are; 0 of a closed one. */
export function gapOf(curve: Curve): number {
  return distance(pointAt(curve, curve.first), pointAt(curve, curve.last));
}
