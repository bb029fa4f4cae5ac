/** The scene of a photoreal still: everything visible merged, the materials that surfaces have, our studio, a ground. */

import type { DataTexture } from "three";
import {
  BufferAttribute,
  BufferGeometry,
  type Camera,
  CanvasTexture,
  CircleGeometry,
  Color,
  DoubleSide,
  EquirectangularReflectionMapping,
  FloatType,
  InstancedMesh,
  LinearFilter,
  type Material,
  Matrix4,
  Mesh,
  MeshPhysicalMaterial,
  MeshStandardMaterial,
  Scene,
  type Texture,
  Vector3,
} from "three";
import type { OpenedModel } from "../opened_model";
import { studioAxes } from "../studio";
import { studioSky } from "../studio_sky";
import { type Placed, type Shape, type Soup, SoupKitchen } from "./still_geometry";

/** As the batch's own finish (shading.ts). */
const ROUGHNESS = 0.4;
/** Milliseconds of gathering before the page has its turn. */
const SLICE_MS = 12;
const GROUND_REACH = 5;

/** Placed triangles that are visible at a level or, where it is not here, at the next best. */
export function trianglesAt(model: OpenedModel, level: number): number {
  let sum = 0;
  for (const { shape } of placements(model, level)) sum += shape.indices.length / 3;
  return sum;
}

/** Every visible occurrence and piece with its shape. */
function* placements(
  model: OpenedModel,
  level: number,
): Generator<{ readonly occurrence: number; readonly shape: Shape }> {
  const { occurrences, batch } = model;
  for (let o = 0; o < occurrences.count; o += 1) {
    if (batch.visible[o] !== 1 || batch.isGhost(o) || batch.isCovered(o)) continue;
    const run = occurrences.pieces.of.get(o);
    if (!run) {
      const shape = shapeAt(model, occurrences.geometry[o] ?? 0, level);
      if (shape) yield { occurrence: o, shape };
      continue;
    }
    for (let d = run.first; d < run.first + run.count; d += 1) {
      const shape = shapeAt(model, occurrences.geometry[d] ?? 0, level);
      if (shape) yield { occurrence: o, shape };
    }
  }
}

function shapeAt({ batch }: OpenedModel, geometry: number, level: number): Shape | null {
  const { ranges } = batch.store;
  for (let l = level; l < ranges.levels; l += 1) {
    const found = ranges.trianglesOf(geometry, l);
    if (found) return found;
  }
  return ranges.trianglesOf(geometry);
}

/** Gathers the scene. stopped: somebody wants it no longer. Null when there is nothing to trace. */
export async function stillScene(
  model: OpenedModel,
  level: number,
  progress: (fraction: number) => void,
  stopped: () => boolean,
): Promise<Scene | null> {
  const kitchen = new SoupKitchen(model.planes);
  const total = Math.max(1, trianglesAt(model, level));
  const look = new Look(model);
  let done = 0;
  let until = performance.now() + SLICE_MS;
  for (const { occurrence, shape } of placements(model, level)) {
    kitchen.add(look.placed(occurrence, shape));
    done += shape.indices.length / 3;
    if (performance.now() < until) continue;
    progress(done / total);
    await new Promise((resolve) => setTimeout(resolve));
    if (stopped()) return null;
    until = performance.now() + SLICE_MS;
  }
  const scene = new Scene();
  if (kitchen.opaque.triangles > 0) scene.add(meshOf(kitchen.opaque.soup(), false));
  if (kitchen.clear.triangles > 0) scene.add(meshOf(kitchen.clear.soup(), true));
  for (const mesh of surfaceMeshes(model)) scene.add(mesh);
  return scene.children.length > 0 ? scene : null;
}

/** Colours and places as the batch draws them now. */
class Look {
  private readonly model: OpenedModel;
  private readonly colours: ArrayLike<number>;
  private readonly palette: ArrayLike<number>;
  private readonly rows = new Float64Array(12);

  constructor(model: OpenedModel) {
    this.model = model;
    const { shared } = model.batch.materials;
    this.colours = bytesOf(shared["colours"]?.value);
    this.palette = bytesOf(shared["palette"]?.value);
  }

  /** Valid until the next call. */
  placed(occurrence: number, shape: Shape): Placed {
    const { occurrences, uncut, batch } = this.model;
    for (let i = 0; i < 12; i += 1) {
      const axis = (i - 3) / 4;
      const away = (i & 3) === 3 ? (occurrences.explodeDirections[occurrence * 3 + axis] ?? 0) : 0;
      this.rows[i] = (occurrences.matrices[occurrence * 12 + i] ?? 0) + away * occurrences.explode;
    }
    const own = linear(this.colours, occurrence);
    const coloured = batch.isColoured(occurrence);
    const known = new Map<number, readonly [number, number, number, number]>([[0, own]]);
    return {
      shape,
      rows: this.rows,
      cut: !uncut.has(occurrence),
      colour: (entry) => {
        let found = known.get(entry);
        if (!found) {
          const [r, g, b, a] = linear(this.palette, entry);
          found = coloured ? [own[0], own[1], own[2], own[3] * a] : [r, g, b, own[3] * a];
          known.set(entry, found);
        }
        return found;
      },
    };
  }
}

function bytesOf(texture: unknown): ArrayLike<number> {
  // The batch's own textures are made of bytes (state_textures.ts).
  return ((texture as DataTexture | null)?.image.data as Uint8Array | undefined) ?? [];
}

function linear(bytes: ArrayLike<number>, at: number): readonly [number, number, number, number] {
  const colour = _colour.setRGB(
    (bytes[at * 4] ?? 184) / 255,
    (bytes[at * 4 + 1] ?? 190) / 255,
    (bytes[at * 4 + 2] ?? 198) / 255,
    "srgb",
  );
  return [colour.r, colour.g, colour.b, (bytes[at * 4 + 3] ?? 255) / 255];
}

function meshOf(soup: Soup, clear: boolean): Mesh {
  const geometry = new BufferGeometry();
  geometry.setAttribute("position", new BufferAttribute(soup.positions, 3));
  geometry.setAttribute("normal", new BufferAttribute(soup.normals, 3));
  geometry.setAttribute("color", new BufferAttribute(soup.colours, 4));
  geometry.setIndex(new BufferAttribute(soup.indices, 1));
  const material = new MeshPhysicalMaterial({
    vertexColors: true,
    roughness: clear ? 0.05 : ROUGHNESS,
    side: DoubleSide,
    transparent: clear,
  });
  return new Mesh(geometry, material);
}

/** Textured parts with their own materials, one mesh for each placement. */
function surfaceMeshes({ surfaceGroup }: OpenedModel): Mesh[] {
  if (surfaceGroup?.visible !== true) return [];
  const meshes: Mesh[] = [];
  surfaceGroup.traverse((object) => {
    if (!(object instanceof InstancedMesh) || !object.visible) return;
    // The materials of GLTFLoader are standard or physical; one for each mesh.
    const instanced = object as InstancedMesh<BufferGeometry, Material>;
    for (let i = 0; i < instanced.count; i += 1) {
      instanced.getMatrixAt(i, _matrix);
      meshes.push(new Mesh(asFloats(instanced.geometry, _matrix), instanced.material));
    }
  });
  return meshes;
}

/** Positions and the like as floats in the model frame: quantised ones cannot hold metres. */
function asFloats(geometry: BufferGeometry, matrix: Matrix4): BufferGeometry {
  const out = new BufferGeometry();
  for (const name of ["position", "normal", "uv", "color"]) {
    const from = geometry.getAttribute(name) as BufferAttribute | undefined; // absent where the file has none
    if (!from) continue;
    const array = new Float32Array(from.count * from.itemSize);
    for (let i = 0; i < from.count; i += 1)
      for (let c = 0; c < from.itemSize; c += 1)
        array[i * from.itemSize + c] = from.getComponent(i, c);
    out.setAttribute(name, new BufferAttribute(array, from.itemSize));
  }
  if (geometry.index) out.setIndex(geometry.index.clone());
  out.applyMatrix4(matrix);
  return out;
}

/** The studio as the camera has it, as a picture of all directions. */
export function skyOf(camera: Camera): DataTexture {
  camera.getWorldDirection(_forward);
  _up.setFromMatrixColumn(camera.matrixWorld, 1);
  return studioSky(studioAxes([_forward.x, _forward.y, _forward.z], [_up.x, _up.y, _up.z]), false);
}

/** A ground in the background's colour that fades into it: it is there for shadows and the light it gives back. */
export function stillGround(model: OpenedModel, colour: Color): Mesh {
  const { min, max } = model.visibleBounds;
  const size = Math.max(max[0] - min[0], max[2] - min[2], 1e-6);
  const geometry = new CircleGeometry((size * GROUND_REACH) / 2, 64);
  geometry.rotateX(-Math.PI / 2);
  geometry.translate((min[0] + max[0]) / 2, min[1] - size * 1e-4, (min[2] + max[2]) / 2);
  const material = new MeshStandardMaterial({
    color: colour,
    roughness: 1,
    transparent: true,
    alphaMap: fading(),
  });
  return new Mesh(geometry, material);
}

function fading(): Texture {
  const side = 256;
  const canvas = document.createElement("canvas");
  canvas.width = side;
  canvas.height = side;
  const context = canvas.getContext("2d");
  if (context) {
    const half = side / 2;
    const gradient = context.createRadialGradient(half, half, side * 0.14, half, half, half);
    gradient.addColorStop(0, "#fff");
    gradient.addColorStop(1, "#000");
    context.fillStyle = gradient;
    context.fillRect(0, 0, side, side);
  }
  return new CanvasTexture(canvas);
}

const _colour = new Color();
const _matrix = new Matrix4();
const _forward = new Vector3();
const _up = new Vector3();
