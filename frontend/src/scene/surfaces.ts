/**
 * How parts really look: the package's surface files (docs/formats/surfaces.md), drawn in place of the batch's
 * triangles wherever nothing else has to be said about an occurrence. They are cut, selected and pulled apart as the
 * batch is; picking, outlines, edges, ghosts, given colours, caps and coarse levels stay with the batch, whose
 * triangles are the same. So do mirrored and sheared placements, whose geometries have no surface of their own.
 */

import {
  AlwaysStencilFunc,
  type BufferGeometry,
  type InstancedBufferAttribute,
  type IUniform,
  DoubleSide,
  Euler,
  Group,
  InstancedMesh,
  type Material,
  Matrix4,
  Mesh,
  MeshStandardMaterial,
  PMREMGenerator,
  type Texture,
  TextureLoader,
  Vector3,
  type WebGLRenderer,
  ZeroStencilOp,
} from "three";
import type { Manifest } from "../state/model";
import type { Occurrences } from "./occurrences";
import { studioSky } from "./studio_sky";
import { followStates, setCut, stateAttribute } from "./surface_material";

/** One entry of the manifest's `surfaces`. */
export type SurfaceFile = NonNullable<Manifest["surfaces"]>[number];

const MOST_ANISOTROPY = 8;
/** Placed triangles beyond which surfaces are left out: the chunks' levels carry such a model. */
const MOST_TRIANGLES = 3_000_000;
const MOST_TRIANGLES_SOFTWARE = 500_000;

/** Meshes of one part, each drawn once for every occurrence that shows its surface. */
interface PartSurface {
  readonly occurrences: readonly number[];
  /** Which of them are drawn now: instance by instance. */
  shown: readonly number[];
  readonly states: InstancedBufferAttribute;
  readonly meshes: readonly InstancedMesh[];
}

/** What decides which occurrences show their surface. */
export interface SurfaceState {
  /** (occurrences) 1: drawn at all. */
  readonly visible: Uint8Array;
  /** Something is said of the occurrence that its surface cannot say: a ghost, a given colour. */
  readonly isPlain: (occurrence: number) => boolean;
  /** No surface at all: a headset's budget has no room for them, or another look is wanted. */
  readonly none: boolean;
}

/** The surfaces of one model; `group` stands in the model frame. */
export class Surfaces {
  readonly group = new Group();
  /** (occurrences) 1: shown here, so the batch leaves its triangles out. */
  readonly covered: Uint8Array;
  private readonly renderer: WebGLRenderer;
  private readonly occurrences: Occurrences;
  private readonly shared: Readonly<Record<string, IUniform>>;
  private readonly parts = new Map<number, PartSurface>();
  private readonly materials: Material[] = [];
  private cut = false;
  /** Lit by the studio. */
  private readonly lit: MeshStandardMaterial[] = [];
  private readonly turn = new Euler();
  private environment: Texture | null = null;
  private readonly anisotropy: number;
  private left: number;
  private gone = false;

  /** shared: the part batch's uniforms. */
  constructor(
    renderer: WebGLRenderer,
    occurrences: Occurrences,
    software: boolean,
    shared: Readonly<Record<string, IUniform>>,
  ) {
    this.renderer = renderer;
    this.shared = shared;
    this.occurrences = occurrences;
    this.covered = new Uint8Array(occurrences.count);
    this.left = software ? MOST_TRIANGLES_SOFTWARE : MOST_TRIANGLES;
    this.anisotropy = Math.min(MOST_ANISOTROPY, renderer.capabilities.getMaxAnisotropy());
    this.group.visible = false;
  }

  /**
   * Takes a file over. @throws Error when it is no surface file; the chunks then go on showing its parts.
   *
   * A part whose occurrences would exceed what this machine draws is left to the chunks.
   */
  async add(file: ArrayBuffer): Promise<void> {
    // Only models with surfaces pay for the loader.
    const [{ GLTFLoader }, { MeshoptDecoder }] = await Promise.all([
      import("three/addons/loaders/GLTFLoader.js"),
      import("meshoptimizer"),
    ]);
    const loader = new GLTFLoader().setMeshoptDecoder(MeshoptDecoder);
    loader.register((parser) => {
      // Its own choice fetches blob: addresses, which the page's security policy forbids; <img> may show them.
      Object.assign(parser, { textureLoader: new TextureLoader(parser.options.manager) });
      return { name: "holotable_pictures" };
    });
    const { scene } = await loader.parseAsync(file, "");
    if (this.gone) {
      scene.traverse(release);
      return;
    }
    this.environment ??= this.makeEnvironment();
    for (const node of [...scene.children]) this.addPart(node);
  }

  /** Decides anew who shows its surface. True when that changed, so that the batch must follow. */
  show(state: SurfaceState): boolean {
    let changed = false;
    let any = false;
    for (const part of this.parts.values()) {
      const { occurrences, meshes } = part;
      const shown = state.none
        ? []
        : occurrences.filter((o) => state.visible[o] === 1 && !state.isPlain(o));
      part.shown = shown;
      const now = new Set(shown);
      for (const o of occurrences) {
        const covers = now.has(o) ? 1 : 0;
        if (this.covered[o] !== covers) changed = true;
        this.covered[o] = covers;
      }
      for (const mesh of meshes) {
        mesh.count = shown.length;
        shown.forEach((o, i) => mesh.setMatrixAt(i, this.matrixOf(o)));
        mesh.instanceMatrix.needsUpdate = true;
        mesh.visible = shown.length > 0;
      }
      any ||= shown.length > 0;
    }
    this.group.visible = any;
    return changed;
  }

  /** Follows selection, hover and spared parts. bits: state bits of an occurrence. */
  showStates(bits: (occurrence: number) => number): void {
    for (const { shown, states } of this.parts.values()) {
      shown.forEach((o, i) => states.setX(i, bits(o)));
      states.needsUpdate = shown.length > 0;
    }
  }

  /** GL calls of one picture. */
  get drawCalls(): number {
    if (!this.group.visible) return 0;
    let calls = 0;
    for (const { meshes } of this.parts.values())
      calls += meshes.filter(({ visible }) => visible).length;
    return calls;
  }

  get isEmpty(): boolean {
    return this.parts.size === 0;
  }

  /** cut: sections take away parts of the picture. */
  setCut(cut: boolean): void {
    this.cut = cut;
    for (const material of this.materials) setCut(material, cut);
  }

  /** Where the studio stands: see `studioAxes`. */
  setStudio(axes: readonly number[]): void {
    const axis = (at: number, into: Vector3): Vector3 =>
      into.set(axes[at] ?? 0, axes[at + 1] ?? 0, axes[at + 2] ?? 0);
    _matrix.makeBasis(axis(0, _x), axis(3, _y), axis(6, _z));
    this.turn.setFromRotationMatrix(_matrix);
    for (const material of this.lit) material.envMapRotation.copy(this.turn);
  }

  dispose(): void {
    this.gone = true;
    this.group.traverse(release);
    this.environment?.dispose();
    this.group.removeFromParent();
  }

  private addPart(node: Group["children"][number]): void {
    const part: unknown = partOf(node);
    if (typeof part !== "number" || this.parts.has(part)) return;
    // Baked variants (mirrored or sheared) have geometry numbers of their own and stay with the chunks.
    const occurrences: number[] = [];
    for (let o = 0; o < this.occurrences.count; o += 1)
      if (this.occurrences.geometry[o] === part) occurrences.push(o);
    const sources: Mesh[] = [];
    node.traverse((object) => {
      if (object instanceof Mesh) sources.push(object as Mesh);
    });
    const triangles = sources.reduce((sum, { geometry }) => sum + trianglesOf(geometry), 0);
    const placed = triangles * occurrences.length;
    if (placed === 0 || placed > this.left) return;
    this.left -= placed;
    const states = stateAttribute(occurrences.length);
    const closed = occurrences.every((o) => (this.occurrences.closed[o] ?? 0) !== 0);
    const meshes = sources.map(({ geometry, material }) => {
      geometry.setAttribute("partState", states);
      const mesh = new InstancedMesh(geometry, material, occurrences.length);
      mesh.frustumCulled = false; // few calls, and their boxes change when the model explodes
      mesh.matrixAutoUpdate = false;
      mesh.renderOrder = 0.5; // behind the batch's caps, before its edges
      for (const each of Array.isArray(material) ? material : [material])
        this.prepare(each, closed);
      this.group.add(mesh);
      return mesh;
    });
    this.parts.set(part, { occurrences, shown: [], states, meshes });
  }

  private prepare(material: Material, closed: boolean): void {
    // The inside of an open part is seen where it is cut; that of a closed one is its cap.
    if (!closed) material.side = DoubleSide;
    followStates(material, this.shared);
    setCut(material, this.cut);
    this.materials.push(material);
    material.stencilFunc = AlwaysStencilFunc;
    material.stencilZPass = ZeroStencilOp;
    // Like the batch's faces, so that edges lie before them.
    material.polygonOffset = true;
    material.polygonOffsetFactor = 1;
    material.polygonOffsetUnits = 1;
    // What is unlit (KHR_materials_unlit) takes no light.
    if (material instanceof MeshStandardMaterial && this.environment) {
      material.envMap = this.environment;
      material.envMapRotation.copy(this.turn);
      this.lit.push(material);
    }
    for (const value of Object.values(material))
      if (isTexture(value)) value.anisotropy = this.anisotropy;
  }

  /** From grid steps to the model frame, exploded. */
  private matrixOf(occurrence: number): Matrix4 {
    const m = this.occurrences.matrices;
    const at = occurrence * 12;
    const v = (i: number): number => m[at + i] ?? 0;
    const away = (axis: number): number =>
      (this.occurrences.explodeDirections[occurrence * 3 + axis] ?? 0) * this.occurrences.explode;
    return _matrix.set(
      v(0),
      v(1),
      v(2),
      v(3) + away(0),
      v(4),
      v(5),
      v(6),
      v(7) + away(1),
      v(8),
      v(9),
      v(10),
      v(11) + away(2),
      0,
      0,
      0,
      1,
    );
  }

  /** The studio that lights the batch's parts, in its own frame; `setStudio` turns it. */
  private makeEnvironment(): Texture {
    const generator = new PMREMGenerator(this.renderer);
    const sky = studioSky([1, 0, 0, 0, 1, 0, 0, 0, 1], true);
    const { texture } = generator.fromEquirectangular(sky);
    sky.dispose();
    generator.dispose();
    return texture;
  }
}

/** `extras.part` of a node's mesh: three keeps extras of meshes on the object that shows them. */
function partOf(node: Group["children"][number]): unknown {
  const own: unknown = node.userData["part"];
  if (own !== undefined) return own;
  for (const child of node.children) {
    const below: unknown = partOf(child);
    if (below !== undefined) return below;
  }
  return undefined;
}

function trianglesOf(geometry: BufferGeometry): number {
  return (geometry.index?.count ?? geometry.getAttribute("position").count) / 3;
}

function release(object: Group["children"][number]): void {
  if (!(object instanceof Mesh)) return;
  const mesh = object as Mesh;
  mesh.geometry.dispose();
  for (const material of Array.isArray(mesh.material) ? mesh.material : [mesh.material]) {
    for (const value of Object.values(material))
      if (isTexture(value)) {
        value.dispose();
      }
    material.dispose();
  }
  if (mesh instanceof InstancedMesh) mesh.dispose();
}

function isTexture(value: unknown): value is Texture {
  return typeof value === "object" && value !== null && "isTexture" in value;
}

const _matrix = new Matrix4();
const _x = new Vector3();
const _y = new Vector3();
const _z = new Vector3();
