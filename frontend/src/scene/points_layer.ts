/**
 * The point clouds of one model: what of them the view deserves is fetched, kept within a budget and drawn,
 * one call for each chunk and placement. State, sections and explosion are those of the part batch.
 */

import {
  BufferAttribute,
  BufferGeometry,
  Color,
  DataTexture,
  GLSL3,
  Group,
  Points,
  RawShaderMaterial,
  Vector2,
  Vector3,
  Vector4,
  type IUniform,
} from "three";
import {
  type PointColours,
  type PointLook,
  type PointSize,
  USUAL_POINTS,
} from "../state/areas/displaying";
import type { Manifest, PointsManifest, Vec3 } from "../state/model";
import { CLASSES, classColour } from "../state/point_classes";
import type { CutPlane } from "./batch_materials";
import type { FailedFile } from "./download";
import { DownloadQueue } from "./download_queue";
import type { LevelView } from "./levels";
import type { Occurrences } from "./occurrences";
import type { Hit } from "./picking";
import { PlacedPoints, shownLevels, type WantedPoints } from "./points_choice";
import { HAS_CLASSES, type DecodedPoints } from "./points_decode";
import { pickPoints, type PickedCloud } from "./points_pick";
import { parseColour } from "./state_textures";
import {
  ADAPTIVE,
  CLASS,
  ELEVATION,
  IN_METRES,
  IN_PIXELS,
  PLAIN,
  INTENSITY,
  NATURAL,
  POINT_FRAGMENT,
  POINT_VERTEX,
} from "./points_shaders";

const MODES: Readonly<Record<PointColours, number>> = {
  natural: NATURAL,
  intensity: INTENSITY,
  class: CLASS,
  height: ELEVATION,
  plain: PLAIN,
};
const SIZINGS: Readonly<Record<PointSize, number>> = {
  adaptive: ADAPTIVE,
  pixels: IN_PIXELS,
  metres: IN_METRES,
};
/** A disc a little wider than the gap it closes: neighbours on a grid meet across its diagonal. */
const OVERLAP = 1.3;
/** Device pixels of a point, beside a gap that is larger still. */
const MOST_PX = 24;
/** Device pixels at which a lone point is seen. */
const SEEN_PX = 5;
/** Points kept on the GPU beyond those drawn, as a multiple of the budget: going back costs no download. */
const KEPT = 2;

/** Where chunks come from, and who is told of them. */
export interface PointsSource {
  readonly fetch: (file: string, signal: AbortSignal, fresh: boolean) => Promise<ArrayBuffer>;
  readonly decode: (file: ArrayBuffer) => Promise<DecodedPoints>;
  /** Something arrived: choose again and draw. */
  readonly changed: () => void;
  readonly failed: (failure: FailedFile) => void;
}

export interface PointsLayerOptions extends PointsSource {
  readonly manifest: Manifest;
  readonly points: PointsManifest;
  readonly occurrences: Occurrences;
  /** The part batch's: matrices, states, planes, colours of selection. */
  readonly shared: Readonly<Record<string, IUniform>>;
}

interface Loaded {
  readonly decoded: DecodedPoints;
  readonly geometry: BufferGeometry;
  lastWanted: number;
}

/** See the head of the file. Add `group` to the scene. */
export class PointsLayer {
  readonly group = new Group();
  /** Points drawn at present. */
  drawn = 0;
  /** Changes with what is drawn. */
  version = 0;
  readonly placed: PlacedPoints;
  private readonly options: PointsLayerOptions;
  private readonly material: RawShaderMaterial;
  private readonly queue: DownloadQueue<DecodedPoints>;
  private readonly loaded = new Map<number, Loaded>();
  private readonly sprites: Sprites[] = [];
  private readonly mode: IUniform<number> = { value: NATURAL };
  private readonly sizing: IUniform<Vector3> = { value: new Vector3(ADAPTIVE, 1, 1) };
  private readonly classes = classTexture();
  private look: PointLook = USUAL_POINTS;
  private readonly pixels: IUniform<Vector2> = { value: new Vector2(1, MOST_PX) };
  private wanted: readonly WantedPoints[] = [];
  private round = 0;
  private view: LevelView | null = null;
  private strengths: [number, number] | null = null;

  constructor(options: PointsLayerOptions) {
    this.options = options;
    const { manifest, points, occurrences } = options;
    this.placed = new PlacedPoints(points, manifest.grids, occurrences);
    const { min, max } = occurrences.bounds;
    this.material = new RawShaderMaterial({
      glslVersion: GLSL3,
      vertexShader: POINT_VERTEX,
      fragmentShader: POINT_FRAGMENT,
      uniforms: {
        ...options.shared,
        occurrence: { value: 0 },
        grid: { value: new Vector4() },
        spacing: { value: 1 },
        has: { value: 0 },
        strengths: { value: new Vector2(0, 65535) },
        heights: { value: new Vector2(min[1], max[1]) },
        mode: this.mode,
        sizing: this.sizing,
        classes: { value: this.classes },
        plainColour: { value: new Color(0.66, 0.69, 0.73) },
        pixels: this.pixels,
      },
    });
    this.queue = new DownloadQueue({
      fetch: options.fetch,
      decode: options.decode,
      arrived: (chunk, decoded) => {
        this.keep(chunk, decoded);
        options.changed();
      },
      failed: options.failed,
    });
  }

  /** Nothing more will arrive for the present view. */
  get idle(): boolean {
    return this.round > 0 && this.queue.idle;
  }

  /** GL calls that one picture of the clouds takes. */
  get drawCalls(): number {
    return this.sprites.reduce((sum, { visible }) => sum + (visible ? 1 : 0), 0);
  }

  /** Bytes on the GPU. */
  get bytes(): number {
    let points = 0;
    for (const { decoded } of this.loaded.values()) points += decoded.count;
    return points * 12;
  }

  /** pixelRatio: device pixels per CSS pixel. */
  setLook(look: PointLook, pixelRatio: number): void {
    const { hiddenClasses } = this.look;
    this.look = look;
    this.mode.value = MODES[look.colours];
    this.sizing.value.set(SIZINGS[look.size], look.pixels * pixelRatio, look.metres);
    this.version += 1;
    if (hiddenClasses === look.hiddenClasses) return;
    const { data } = this.classes.image as { data: Uint8Array }; // made below
    for (let code = 0; code < CLASSES; code += 1) data[code * 4 + 3] = 255;
    for (const code of look.hiddenClasses) data[code * 4 + 3] = 0;
    this.classes.needsUpdate = true;
  }

  /** Chooses what is drawn and what is fetched. visible: (occurrences). budget: points. */
  choose(view: LevelView, visible: Uint8Array, budget: number): void {
    this.view = view;
    this.round += 1;
    const { chunks } = this.placed;
    const choice = this.placed.choose(view, visible, budget);
    this.wanted = choice.wanted;
    const height = Number(this.options.shared["viewportHeight"]?.value ?? 1);
    this.pixels.value.set(leastPixels(choice.gap, choice.points, height), MOST_PX);
    const missing = new Map<number, string>();
    for (const { chunk } of choice.wanted) {
      const have = this.loaded.get(chunk);
      if (have) have.lastWanted = this.round;
      else missing.set(chunk, chunks[chunk]?.file ?? "");
    }
    this.queue.want([...missing].map(([chunk, file]) => ({ chunk, file })));
    this.forget(budget);
    this.arrange();
  }

  /** The nearest point within a few pixels of a ray; see `Picker.pick`. */
  pick(
    origin: Vec3,
    direction: Vec3,
    planes: readonly CutPlane[],
    isPickable: (occurrence: number) => boolean,
  ): Hit | null {
    const { occurrences } = this.options;
    if (!this.view) return null;
    const hidden = new Set(this.look.hiddenClasses);
    const clouds: PickedCloud[] = [];
    for (const { chunk, occurrence, box } of this.wanted) {
      const have = this.loaded.get(chunk);
      if (have && isPickable(occurrence))
        clouds.push({
          occurrence,
          box,
          count: have.decoded.count,
          places: have.decoded.places,
          grid: this.placed.grid(chunk),
          ...(hidden.size > 0 && (have.decoded.has & HAS_CLASSES) !== 0
            ? { isHidden: (point) => hidden.has(have.decoded.shades[point * 4 + 3] ?? 0) }
            : {}),
        });
    }
    return pickPoints(clouds, occurrences, origin, direction, planes, this.view);
  }

  /** Some of the points drawn of an occurrence, model frame; for tests. */
  somePoints(occurrence: number): Vec3[] {
    const { occurrences } = this.options;
    return this.wanted.flatMap((wanted) => {
      const have = this.loaded.get(wanted.chunk);
      if (!have || wanted.occurrence !== occurrence) return [];
      const { offset, scale } = this.placed.grid(wanted.chunk);
      const { count, places } = have.decoded;
      const stride = Math.max(1, Math.floor(count / 50));
      return Array.from({ length: Math.floor(count / stride) }, (_, i): Vec3 => {
        const at = (axis: 0 | 1 | 2): number =>
          offset[axis] + scale * (places[i * stride * 4 + axis] ?? 0);
        return occurrences.fromSteps(occurrence, at(0), at(1), at(2));
      });
    });
  }

  dispose(): void {
    this.queue.dispose();
    for (const { geometry } of this.loaded.values()) geometry.dispose();
    this.loaded.clear();
    this.material.dispose();
    this.classes.dispose();
    this.group.clear();
    this.group.removeFromParent();
  }

  private keep(chunk: number, decoded: DecodedPoints): void {
    const geometry = new BufferGeometry();
    geometry.setAttribute("place_", new BufferAttribute(decoded.places, 4));
    geometry.setAttribute("shade", new BufferAttribute(decoded.shades, 4, true));
    geometry.setDrawRange(0, decoded.count);
    this.loaded.set(chunk, { decoded, geometry, lastWanted: this.round });
    if (this.placed.chunks[chunk]?.level === this.options.points.coarsest) {
      const [low, high] = decoded.strengths;
      this.strengths = this.strengths
        ? [Math.min(this.strengths[0], low), Math.max(this.strengths[1], high)]
        : [low, high];
    }
  }

  /** Drops what has not been wanted for longest until the rest is a multiple of the budget. */
  private forget(budget: number): void {
    let points = this.bytes / 12;
    if (points <= budget * KEPT) return;
    const idle = [...this.loaded]
      .filter(([, { lastWanted }]) => lastWanted < this.round)
      .sort(([, a], [, b]) => a.lastWanted - b.lastWanted);
    for (const [chunk, { decoded, geometry }] of idle) {
      if (points <= budget * KEPT) return;
      points -= decoded.count;
      geometry.dispose();
      this.loaded.delete(chunk);
    }
  }

  /** Gives each wanted chunk that is here something to be drawn by. */
  private arrange(): void {
    const { chunks } = this.placed;
    const shown = shownLevels(this.wanted, chunks, (chunk) => this.loaded.has(chunk));
    let used = 0;
    this.drawn = 0;
    this.version += 1;
    this.wanted.forEach(({ chunk, occurrence }, i) => {
      const have = this.loaded.get(chunk);
      if (!have) return;
      const sprites = this.sprites[used] ?? this.addSprites();
      const { offset, scale } = this.placed.grid(chunk);
      sprites.geometry = have.geometry;
      sprites.visible = true;
      sprites.occurrence = occurrence;
      sprites.grid.set(offset[0], offset[1], offset[2], scale);
      sprites.spacing = this.placed.spacing(shown[i] ?? 0, chunk, occurrence) * OVERLAP;
      sprites.has = have.decoded.has;
      sprites.strengths.set(...(this.strengths ?? have.decoded.strengths));
      this.drawn += have.decoded.count;
      used += 1;
    });
    this.sprites.forEach((sprites, i) => {
      if (i >= used) sprites.visible = false;
    });
  }

  private addSprites(): Sprites {
    const sprites = new Sprites(this.material);
    this.sprites.push(sprites);
    this.group.add(sprites);
    return sprites;
  }
}

/**
 * Device pixels below which no point is drawn: the gaps that remain, and of few points on a large picture enough
 * to be seen at all.
 */
export function leastPixels(gap: number, points: number, height: number): number {
  const seen = Math.min(SEEN_PX, (height / Math.sqrt(Math.max(points, 1))) * 0.3);
  return Math.min(Math.max(gap, seen), MOST_PX);
}

/** One chunk at one placement: the shared material with numbers of its own. */
class Sprites extends Points<BufferGeometry, RawShaderMaterial> {
  occurrence = 0;
  spacing = 1;
  has = 0;
  readonly grid = new Vector4();
  readonly strengths = new Vector2();

  constructor(material: RawShaderMaterial) {
    super(NOTHING, material);
    this.frustumCulled = false; // the choice has done it, chunk by chunk
    this.onBeforeRender = () => {
      const { uniforms } = material;
      const set = (name: string, value: unknown): void => {
        const uniform = uniforms[name];
        if (uniform) uniform.value = value;
      };
      set("occurrence", this.occurrence);
      set("spacing", this.spacing);
      set("has", this.has);
      set("grid", this.grid);
      set("strengths", this.strengths);
      material.uniformsNeedUpdate = true;
    };
  }
}

/** Colours of all classes, all of them drawn. */
function classTexture(): DataTexture {
  const data = new Uint8Array(CLASSES * 4);
  for (let code = 0; code < CLASSES; code += 1) data.set(parseColour(classColour(code)), code * 4);
  const texture = new DataTexture(data, CLASSES, 1);
  texture.needsUpdate = true;
  return texture;
}

const NOTHING = new BufferGeometry();
