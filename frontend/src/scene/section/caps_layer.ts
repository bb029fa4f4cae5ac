/** The exact caps on the GPU: three passes over one buffer for the areas, one for the outlines. */

import {
  BufferAttribute,
  BufferGeometry,
  DoubleSide,
  GLSL3,
  Group,
  InstancedBufferAttribute,
  InstancedBufferGeometry,
  type IUniform,
  LessEqualDepth,
  Mesh,
  RawShaderMaterial,
} from "three";
import { MAX_PLANES } from "../shaders";
import { CAP_FRAGMENT, CAP_VERTEX, OUTLINE_CUT_FRAGMENT, OUTLINE_CUT_VERTEX } from "./caps_shaders";
import { CAPPED, type CutResult, ROW } from "./cutter";

/** Width of the outline of a cut, CSS pixels. */
const LINE_PX = 1.7;

/** The cuts of one plane, in the order in which they came; `slot` numbers the plane in the buffers. */
export interface PlaneCuts {
  readonly slot: number;
  readonly results: readonly CutResult[];
}

/** Cuts ready to be shown. */
export interface BuiltCaps {
  readonly areas: AreaBuffers;
  readonly sides: SideBuffers;
}

/** Draws what it was last told to; model frame. */
export class CapsLayer {
  readonly group = new Group();
  private readonly uniforms: Readonly<Record<string, IUniform>>;
  private readonly planeOf = new Int32Array(MAX_PLANES).fill(-1);
  private readonly periods = new Float32Array(MAX_PLANES).fill(1);
  private readonly fill: RawShaderMaterial;
  private readonly depth: RawShaderMaterial;
  private readonly ink: RawShaderMaterial;
  private readonly line: RawShaderMaterial;
  private readonly areas: Mesh[];
  private readonly outlines: Mesh;

  /** shared: the uniforms of the part batch, whose planes and colours are ours, too. */
  constructor(shared: Readonly<Record<string, IUniform>>, pixelRatio: number) {
    this.uniforms = {
      ...shared,
      planeOf: { value: this.planeOf },
      periods: { value: this.periods },
      lineWidth: { value: LINE_PX * pixelRatio },
      dark: { value: 0 },
    };
    const make = (vertexShader: string, fragmentShader: string, ink = false): RawShaderMaterial =>
      new RawShaderMaterial({
        glslVersion: GLSL3,
        vertexShader,
        fragmentShader,
        uniforms: this.uniforms,
        defines: ink ? { INK: "" } : {},
        side: DoubleSide,
        depthFunc: LessEqualDepth,
        depthWrite: false,
      });
    // Caps of one plane never hide one another, so the areas are painted first and their depth is written after:
    // where solids overlap nothing flickers, the later one lies on top and both hatches show.
    this.fill = make(CAP_VERTEX, CAP_FRAGMENT);
    this.depth = make(CAP_VERTEX, CAP_FRAGMENT);
    this.depth.depthWrite = true;
    this.depth.colorWrite = false;
    this.ink = make(CAP_VERTEX, CAP_FRAGMENT, true);
    this.ink.transparent = true;
    this.ink.forceSinglePass = true;
    this.ink.polygonOffset = true;
    this.ink.polygonOffsetFactor = -1;
    this.ink.polygonOffsetUnits = -2;
    this.line = make(OUTLINE_CUT_VERTEX, OUTLINE_CUT_FRAGMENT);
    this.line.transparent = true;
    this.line.forceSinglePass = true;
    const empty = new BufferGeometry();
    this.areas = [this.fill, this.depth, this.ink].map((material, i) =>
      this.mesh(empty, material, 0.2 + i / 10),
    );
    this.outlines = this.mesh(empty, this.line, 0.6);
    this.group.visible = false;
  }

  /**
   * Makes cuts ready to be shown: a copy of them, yielding now and then. isShown: whether an occurrence's cut is drawn.
   * `show` what it returns; what stands for each plane among those that cut is told by `setPlanes`.
   */
  *built(
    planes: readonly PlaneCuts[],
    isShown: (occurrence: number) => boolean,
  ): Generator<undefined, BuiltCaps> {
    const totals = { points: 0, indices: 0, sides: 0 };
    for (const { results } of planes)
      for (const { points, indices, outlines } of results) {
        totals.points += points.length / 3;
        totals.indices += indices.length;
        for (let i = 1; i < outlines.length; i += 2) totals.sides += Math.abs(outlines[i] ?? 0);
      }
    const areas = new AreaBuffers(totals.points, totals.indices);
    const sides = new SideBuffers(totals.sides);
    for (const { slot, results } of planes)
      for (const result of results) {
        const base = areas.take(result);
        for (let row = 0; row < result.rows.length; row += ROW) {
          yield;
          if (!isShown(result.rows[row] ?? 0)) continue;
          areas.row(result, row, slot, base);
          sides.row(result, row, slot);
        }
      }
    return { areas, sides };
  }

  /** Shows what was built instead of what was shown. */
  show({ areas, sides }: BuiltCaps): void {
    this.swap(areas.geometry(), sides.geometry());
    this.group.visible = areas.indexCount + sides.count > 0;
  }

  /** places: of each slot, its index among the planes that cut, or -1 while it is not shown. */
  setPlanes(places: readonly number[]): void {
    this.planeOf.fill(-1);
    this.planeOf.set(places.slice(0, MAX_PLANES));
  }

  /** Metres between hatch lines of a plane, by its index among the planes that cut. */
  setPeriod(plane: number, metres: number): void {
    this.periods[plane] = metres;
  }

  setDark(dark: boolean): void {
    const uniform = this.uniforms["dark"];
    if (uniform) uniform.value = dark ? 1 : 0;
  }

  /** GL calls of one picture. */
  get drawCalls(): number {
    return this.group.visible ? 4 : 0;
  }

  dispose(): void {
    this.swap(new BufferGeometry(), new BufferGeometry());
    for (const material of [this.fill, this.depth, this.ink, this.line]) material.dispose();
    this.group.removeFromParent();
  }

  private mesh(geometry: BufferGeometry, material: RawShaderMaterial, order: number): Mesh {
    const mesh = new Mesh(geometry, material);
    mesh.frustumCulled = false;
    mesh.renderOrder = order;
    this.group.add(mesh);
    return mesh;
  }

  private swap(areas: BufferGeometry, sides: BufferGeometry): void {
    this.areas[0]?.geometry.dispose();
    this.outlines.geometry.dispose();
    for (const mesh of this.areas) mesh.geometry = areas;
    this.outlines.geometry = sides;
  }
}

/** Corners and triangles of caps. */
class AreaBuffers {
  indexCount = 0;
  private readonly position: Float32Array;
  private readonly paint: Float32Array;
  private readonly index: Uint32Array;
  private taken = 0;

  constructor(points: number, indices: number) {
    this.position = new Float32Array(points * 3);
    this.paint = new Float32Array(points * 4);
    this.index = new Uint32Array(indices);
  }

  take({ points }: CutResult): number {
    const base = this.taken;
    this.position.set(points, base * 3);
    this.taken += points.length / 3;
    return base;
  }

  row({ rows, points, indices }: CutResult, row: number, slot: number, base: number): void {
    if (((rows[row + 8] ?? 0) & CAPPED) === 0) return;
    const next = rows[row + ROW + 7] ?? points.length / 3;
    for (let p = rows[row + 7] ?? 0; p < next; p += 1) {
      const at = (base + p) * 4;
      this.paint[at] = rows[row] ?? 0;
      this.paint[at + 1] = rows[row + 1] ?? 0;
      this.paint[at + 2] = slot;
      this.paint[at + 3] = rows[row + 2] ?? 0;
    }
    const first = rows[row + 5] ?? 0;
    for (let i = first; i < first + (rows[row + 6] ?? 0); i += 1) {
      this.index[this.indexCount] = base + (indices[i] ?? 0);
      this.indexCount += 1;
    }
  }

  geometry(): BufferGeometry {
    const geometry = new BufferGeometry();
    geometry.setAttribute("position", new BufferAttribute(this.position, 3));
    geometry.setAttribute("paint", new BufferAttribute(this.paint, 4));
    geometry.setIndex(new BufferAttribute(this.index.subarray(0, this.indexCount), 1));
    return geometry;
  }
}

/** Sides of outlines, one instance each. */
class SideBuffers {
  count = 0;
  private readonly from: Float32Array;
  private readonly to: Float32Array;
  private readonly paint: Float32Array;
  private readonly run: Float32Array;

  constructor(sides: number) {
    this.from = new Float32Array(sides * 3);
    this.to = new Float32Array(sides * 3);
    this.paint = new Float32Array(sides * 4);
    this.run = new Float32Array(sides * 2);
  }

  row({ rows, points, outlines }: CutResult, row: number, slot: number): void {
    const first = rows[row + 3] ?? 0;
    const dashed = ((rows[row + 8] ?? 0) & CAPPED) === 0 ? 1 : 0;
    for (let o = first; o < first + (rows[row + 4] ?? 0); o += 1) {
      const start = outlines[o * 2] ?? 0;
      const length = outlines[o * 2 + 1] ?? 0;
      const count = Math.abs(length);
      let along = 0;
      for (let i = 0; i < (length > 0 ? count : count - 1); i += 1) {
        const a = (start + i) * 3;
        const b = (start + ((i + 1) % count)) * 3;
        const at = this.count;
        for (let axis = 0; axis < 3; axis += 1) {
          this.from[at * 3 + axis] = points[a + axis] ?? 0;
          this.to[at * 3 + axis] = points[b + axis] ?? 0;
        }
        this.paint[at * 4] = rows[row] ?? 0;
        this.paint[at * 4 + 1] = rows[row + 1] ?? 0;
        this.paint[at * 4 + 2] = slot;
        this.paint[at * 4 + 3] = dashed;
        this.run[at * 2] = along;
        along += Math.hypot(
          (points[b] ?? 0) - (points[a] ?? 0),
          (points[b + 1] ?? 0) - (points[a + 1] ?? 0),
          (points[b + 2] ?? 0) - (points[a + 2] ?? 0),
        );
        this.run[at * 2 + 1] = along;
        this.count += 1;
      }
    }
  }

  geometry(): InstancedBufferGeometry {
    const geometry = new InstancedBufferGeometry();
    const strip = Float32Array.of(0, -1, 0, 1, -1, 0, 0, 1, 0, 1, 1, 0);
    geometry.setAttribute("position", new BufferAttribute(strip, 3));
    geometry.setIndex([0, 1, 2, 2, 1, 3]);
    const own = (array: Float32Array, size: number): InstancedBufferAttribute =>
      new InstancedBufferAttribute(array.subarray(0, this.count * size), size);
    geometry.setAttribute("from", own(this.from, 3));
    geometry.setAttribute("to", own(this.to, 3));
    geometry.setAttribute("paint", own(this.paint, 4));
    geometry.setAttribute("run", own(this.run, 2));
    geometry.instanceCount = this.count;
    return geometry;
  }
}
