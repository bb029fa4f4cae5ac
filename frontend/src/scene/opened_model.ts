/** One revision in the viewer: what has arrived of it, drawn and pickable, in step with the workspace. */

import type { Group, WebGLRenderer } from "three";
import type { Colouring } from "../state/areas/colouring";
import type { Display, PointLook, Shading } from "../state/areas/displaying";
import { type Explosion, PLAIN_EXPLOSION } from "../state/areas/exploding";
import type { Sectioning } from "../state/areas/sectioning";
import { topAssemblies } from "../state/assemblies";
import { type Bounds, type Manifest, type Structure, type Vec3, fileAxis } from "../state/model";
import { RangeSet } from "../state/ranges";
import type { Workspace } from "../state/workspace";
import {
  type ComparedLook,
  type HeatLook,
  comparisonNow,
  heatLook,
  lookOfNew,
} from "./compared_look";
import type { DecodedChunk, DecodedEdges, DecodedOccurrences } from "./decode";
import { ChunkIndex } from "./chunk_plan";
import type { HeldChunk } from "./geometry_store";
import { chooserFor, type LevelChooser } from "./level_chooser";
import type { LevelAnswer } from "./level_solver";
import type { DrawLimits } from "./draw_limit";
import { finerChunks } from "./chunk_stream";
import type { LevelView } from "./levels";
import { ModelAnnotations } from "./model_annotations";
import { ModelSurfaces } from "./model_surfaces";
import { Occurrences } from "./occurrences";
import { PartBatch } from "./part_batch";
import { Picker, type Hit, type PickState } from "./picking";
import type { ShownNotes } from "./pmi_layer";
import { addCloudExtents } from "./points_choice";
import { PointsLayer, type PointsSource } from "./points_layer";
import { cornersOf } from "./pose";
import { type NamedPlane, cutPlanes } from "./section/cut_planes";
import type { CutOutlines } from "./section/outlines";
import { PLANE_SLACK } from "./section/tolerance";
import type { SceneColours } from "./theme";
import { dot, subtract } from "./vector";
import { VertexHeat } from "./vertex_heat";

/** Beyond this a fit looks at the outer box: it must not take a visible moment. */
const MOST_BOXES = 4000;
/** Idle milliseconds after which indexing yields to the page. */
const INDEX_SLICE_MS = 8;

/** Begins with base.glb; finer chunks and edges are added as they come. */
export class OpenedModel {
  readonly manifest: Manifest;
  readonly occurrences: Occurrences;
  readonly batch: PartBatch;
  readonly picker: Picker;
  /** All dense occurrence numbers. */
  readonly everything: RangeSet;
  /** What cuts, in the model frame: the enabled sections in their order, then the sides of the box. */
  planes: readonly NamedPlane[] = [];
  /** Occurrences that nothing cuts. */
  uncut = RangeSet.empty;
  /** The exact cuts as they are drawn; null before the first. */
  caps: CutOutlines | null = null;
  /** GL calls of the exact caps in one picture. */
  capDrawCalls: () => number = () => 0;
  private readonly pickState: { -readonly [K in keyof PickState]: PickState[K] };
  /** Where each geometry's finer levels are. */
  readonly index: ChunkIndex;
  private chooser: LevelChooser;
  private readonly coarseBytes: number;
  private levelsListener: (answer: LevelAnswer, changed: boolean) => void = () => undefined;
  /** Metres by which planes spare what lies in them. */
  readonly slack: number;
  private indexing = 0;
  private disposed = false;
  private shading: Shading = "shaded";
  private readonly surfaces: ModelSurfaces;
  private readonly annotations: ModelAnnotations;
  /** As parts were last told to be pulled apart; at first every part from the middle. */
  private exploded: { readonly how: Explosion; readonly structure: Structure | null } = {
    how: PLAIN_EXPLOSION,
    structure: null,
  };
  private heat: VertexHeat | null = null;
  private heatLook: HeatLook | null = null;
  /** Told when displacements have coloured more of it: another picture is due. */
  heated: () => void = () => undefined;
  /** The point clouds of the model; null when it has none. */
  points: PointsLayer | null = null;

  constructor(renderer: WebGLRenderer, manifest: Manifest, base: DecodedChunk) {
    if (!base.occurrences) throw new Error("base.glb holds no occurrences.");
    this.manifest = manifest;
    const geometries = manifest.geometries.length;
    const extents = extentsOf(base, geometries);
    addCloudExtents(manifest.points, manifest.grids, extents);
    this.occurrences = new Occurrences(manifest, base.occurrences, extents);
    const levels = manifest.levels.reduce((most, { level }) => Math.max(most, level), 0) + 1;
    this.everything = RangeSet.span(0, this.occurrences.count - 1);
    const colours = coloursOf(base.occurrences, this.occurrences.count);
    this.batch = new PartBatch(
      {
        renderer,
        occurrences: this.occurrences,
        geometries,
        levels,
        colours,
        palette: manifest.palette,
      },
      RangeSet.empty,
    );
    const [x, y, z] = subtract(manifest.bounds.max, manifest.bounds.min);
    this.slack = Math.hypot(x, y, z) * PLANE_SLACK;
    this.batch.materials.setPlaneSlack(this.slack);
    this.coarseBytes = this.batch.addChunk(base).bytes;
    this.picker = new Picker(this.occurrences, this.batch.store.ranges);
    this.pickState = {
      visible: this.batch.visible,
      isGhost: (o) => this.batch.isGhost(o),
      isUncut: (o) => this.uncut.has(o),
      planes: this.planes,
    };
    this.surfaces = new ModelSurfaces(manifest, this.occurrences, this.batch);
    this.annotations = new ModelAnnotations(manifest, this.occurrences, this.batch.group);
    this.index = new ChunkIndex(geometries, levels, finerChunks(manifest));
    this.chooser = this.makeChooser();
    this.indexSoon();
  }

  /** Takes finer triangles over. @throws OutOfGraphicsMemory with everything as it was. */
  addChunk(chunk: DecodedChunk): HeldChunk {
    const held = this.batch.addChunk(chunk);
    this.heat?.arrived(held.firstVertex, held.vertices);
    this.indexSoon();
    return held;
  }

  /** Lets go of finer triangles; the picker forgets its trees of them. */
  removeChunk(held: HeldChunk): void {
    this.batch.removeChunk(held);
    this.picker.forget(held.slots);
  }

  /** Lays the whole model elsewhere: a rigid motion of its frame, 16 numbers column by column. */
  lay(motion: readonly number[]): void {
    this.batch.lay(motion);
    // Levels are chosen by boxes, of which the chooser keeps its own.
    this.chooser.dispose();
    this.chooser = this.makeChooser();
    this.touchSurfaces();
  }

  /** Who is told what the view deserves, each time levels have been chosen; changed: another picture is due. */
  onLevels(listener: (answer: LevelAnswer, changed: boolean) => void): void {
    this.levelsListener = listener;
  }

  /** Bytes on the graphics card that are never let go: the coarsest triangles and the display edges. */
  get baseBytes(): number {
    return this.coarseBytes + (this.batch.store.edgeLines?.bytes ?? 0);
  }

  /** Geometries of some occurrences, pieces included. */
  geometriesOf(occurrences: RangeSet): ReadonlySet<number> {
    const { geometry, pieces } = this.occurrences;
    const found = new Set<number>();
    for (const o of occurrences.intersect(this.everything)) {
      found.add(geometry[o] ?? 0);
      const run = pieces.of.get(o);
      for (let d = run?.first ?? 0; run && d < run.first + run.count; d += 1)
        found.add(geometry[d] ?? 0);
    }
    return found;
  }

  /** No choice of levels is under way. */
  get levelsIdle(): boolean {
    return this.chooser.idle;
  }

  private makeChooser(): LevelChooser {
    const { manifest, occurrences, batch, index } = this;
    return chooserFor(manifest, occurrences, batch, index, (answer) => {
      this.levelsListener(answer, batch.takeLevels(answer));
    });
  }

  /** Begins to bring in the model's point clouds, as far as `chooseLevels` wants them. */
  openPoints(source: PointsSource): void {
    const { manifest, occurrences, batch } = this;
    if (!manifest.points) return;
    const { shared } = batch.materials;
    const { points } = manifest;
    this.points = new PointsLayer({ manifest, points, occurrences, shared, ...source });
    batch.group.add(this.points.group);
  }

  /** Brings in how parts really look: see `ModelSurfaces`. */
  loadSurfaces(...how: Parameters<ModelSurfaces["load"]>): Promise<void> {
    return this.surfaces.load(...how);
  }

  /** What is hidden, ghosted, coloured or exploded has changed. */
  touchSurfaces(): void {
    this.surfaces.touch();
    this.annotations.touch();
  }

  /** Shows the file's drawn annotations, fetched when first wanted, or hides them. */
  showAnnotations(...how: Parameters<ModelAnnotations["show"]>): Promise<void> {
    return this.annotations.show(...how);
  }

  /** Which of the annotations are drawn, and which one is looked at. */
  setShownNotes(shown: ShownNotes): void {
    this.annotations.setNotes(shown);
  }

  /** GL calls for the annotations in one picture. */
  get annotationDrawCalls(): number {
    return this.annotations.drawCalls;
  }

  /** Brings everything up to date before a picture. presenting: a headset draws. */
  prepare(presenting: boolean): void {
    // Paper, glass and wires show no materials, and a headset's budget has no room for them.
    const shaded = this.shading === "shaded" || this.shading === "materials";
    this.surfaces.prepare(presenting || !shaded, this.planes.length > 0);
    this.annotations.prepare();
    this.batch.present(presenting);
    this.batch.prepare();
  }

  addEdges(edges: DecodedEdges): void {
    this.batch.addEdges(edges);
  }

  /** Draws everything as the workspace says. */
  show(workspace: Workspace): void {
    this.batch.setHidden(workspace.hidden.get());
    this.batch.setGhosted(workspace.ghosted.get());
    this.setSelection(workspace.selection.get());
    this.setHover(workspace.hover.get());
    this.setColouring(workspace.colouring.get());
    this.setSections(workspace);
    this.setExplosion(workspace.explosion.get(), workspace.structure.get());
    this.batch.setExplode(workspace.explode.get());
    this.setDisplay(workspace.display.get());
    this.setPointLook(workspace.points.get());
    this.showOthers(workspace);
    this.setCompared(lookOfNew(comparisonNow(workspace)));
    this.setHeat(heatLook(workspace));
  }

  /** How parts are pulled apart; assemblies need the tree, which arrives after the picture. */
  setExplosion(how: Explosion, structure: Structure | null): void {
    const { by, along, only } = how;
    const wanted = by === "assemblies" ? structure : null;
    if (this.exploded.how === how && this.exploded.structure === wanted) return;
    this.exploded = { how, structure: wanted };
    const moves = only ? new Uint8Array(this.occurrences.count) : null;
    for (const [first, last] of only?.toJSON() ?? []) moves?.fill(1, first, last + 1);
    this.batch.setExplosion({
      group: wanted ? topAssemblies(wanted) : null,
      axis: along === "radial" ? null : fileAxis(along, this.manifest.source),
      moves,
    });
  }

  setSelection(selection: RangeSet): void {
    this.batch.setSelected(selection.intersect(this.everything));
    this.surfaces.touchStates();
  }

  /** Outlines what others have selected on this revision. */
  showOthers(workspace: Workspace): void {
    const revision = workspace.revision.get()?.revisionId;
    const everything = this.everything;
    const marks = workspace.people.get().flatMap(({ mine, colour, status: { selection } }) => {
      if (mine || !selection) return [];
      if (revision !== undefined && selection.revision_id !== revision) return [];
      return [{ colour, ranges: RangeSet.fromRanges(selection.ranges).intersect(everything) }];
    });
    this.batch.setOthersSelection(marks);
  }

  setColouring(colouring: Colouring | null): void {
    this.batch.setColouring(colouring?.groups ?? null);
  }

  /** Shows what became of it, of two revisions compared; null: nothing is compared. */
  setCompared(look: ComparedLook | null): void {
    if (this.batch.setCompared(look)) this.touchSurfaces();
  }

  /** Shows how far changed shapes were displaced; null: not at all. */
  setHeat(look: HeatLook | null): void {
    const { materials, store } = this.batch;
    this.heatLook = look;
    if (!look) return materials.setHeat(null);
    this.heat ??= new VertexHeat(this.manifest, store.ranges, () => this.showHeat());
    this.heat.show(look.parts, look.reach_m);
    this.showHeat();
  }

  /** Whether all that is to be coloured by its displacement is. */
  get heatSettled(): boolean {
    return this.heat?.settled ?? true;
  }

  private showHeat(): void {
    const { heat, heatLook: look } = this;
    if (!heat || !look) return;
    const { colours, tolerance_m, reach_m } = look;
    const tolerance = tolerance_m / reach_m;
    this.batch.materials.setHeat({ texture: heat.texture, colours, tolerance });
    this.heated();
  }

  setHover(hover: number | null): void {
    this.surfaces.touchStates();
    this.batch.setHovered(hover !== null && hover < this.occurrences.count ? hover : null);
  }

  /** Cuts as the workspace says. */
  setSections({ sections, sectionBox, uncut }: Sectioning): void {
    this.planes = cutPlanes(sections.get(), sectionBox.get(), this.manifest.origin);
    // The picture spares what lies in a plane; so does the pointer.
    this.pickState.planes = this.planes.map((plane) => ({
      ...plane,
      offset: plane.offset - this.slack,
    }));
    this.batch.setPlanes(this.planes);
    const spared = uncut.get().intersect(this.everything);
    this.batch.setUncut(this.uncut, spared);
    this.uncut = spared;
    this.annotations.setCut({ planes: this.planes, uncut: spared, slack: this.slack });
    this.surfaces.touch();
  }

  /** Textured parts as they stand; null without any. */
  get surfaceGroup(): Group | null {
    return this.surfaces.group;
  }

  /** Where the light stands: see `studioAxes`. */
  setStudio(axes: readonly number[]): void {
    this.batch.materials.setStudio(axes);
    this.surfaces.setStudio(axes);
  }

  /** Draws in one of the modes of the Display menu. */
  setDisplay(display: Display): void {
    this.batch.setDisplay(display);
    this.shading = display.shading;
    this.surfaces.touch();
  }

  setPointLook(look: PointLook): void {
    this.points?.setLook(look, this.batch.materials.pixelRatio);
  }

  setColours(colours: SceneColours): void {
    this.batch.materials.setColours(colours);
    this.annotations.setDark(colours.dark);
  }

  /** GL calls of one picture besides the batch's and the points'. */
  get surfaceDrawCalls(): number {
    return this.surfaces.drawCalls;
  }

  /** except: an occurrence to look through. */
  pick(origin: Vec3, direction: Vec3, except: number | null = null): Hit | null {
    const hit = this.picker.pick(origin, direction, this.pickState, except);
    if (!this.points) return hit;
    const { visible, isGhost, planes } = this.pickState;
    const isPickable = (o: number): boolean => visible[o] === 1 && !isGhost(o) && o !== except;
    const point = this.points.pick(origin, direction, planes, isPickable);
    return point && (!hit || point.distance < hit.distance) ? point : hit;
  }

  /** Everything along a ray, nearest first, ghosts included; each occurrence once. */
  pickAll(origin: Vec3, direction: Vec3, most: number): readonly Hit[] {
    const found = new Map<number, Hit>();
    const state = { ...this.pickState, isGhost: (o: number): boolean => found.has(o) };
    for (;;) {
      const hit = this.picker.pick(origin, direction, state);
      if (!hit || found.size >= most) return [...found.values()];
      found.set(hit.occurrence, hit);
    }
  }

  /** Box around everything as it stands, grown by the explosion; model frame. */
  get bounds(): Bounds {
    const { bounds, explode } = this.occurrences;
    if (explode === 0) return bounds;
    const reach = 1 + 1.2 * explode;
    const grow = (axis: 0 | 1 | 2, end: "min" | "max"): number => {
      const middle = (bounds.min[axis] + bounds.max[axis]) / 2;
      return middle + (bounds[end][axis] - middle) * reach;
    };
    return {
      min: [grow(0, "min"), grow(1, "min"), grow(2, "min")],
      max: [grow(0, "max"), grow(1, "max"), grow(2, "max")],
    };
  }

  /** Box around what is visible, else around everything. */
  get visibleBounds(): Bounds {
    const { visible } = this.batch;
    const shown: number[] = [];
    for (let o = 0; o < visible.length; o += 1) if (visible[o] === 1) shown.push(o);
    if (shown.length === visible.length && this.occurrences.explode === 0)
      return this.occurrences.bounds;
    return this.occurrences.boxOf(shown) ?? this.bounds;
  }

  /**
   * Corners of the boxes of some occurrences, or of the visible ones, as they stand: closer to what is seen
   * than one box around all. Of very many only the outer box.
   */
  cornersOf(ranges?: RangeSet): readonly Vec3[] {
    const { visible } = this.batch;
    const wanted: number[] = [];
    if (ranges) for (const o of ranges) wanted.push(o);
    else for (let o = 0; o < visible.length; o += 1) if (visible[o] === 1) wanted.push(o);
    if (wanted.length > MOST_BOXES) {
      const box = this.occurrences.boxOf(wanted);
      return box ? cornersOf(box) : [];
    }
    return wanted.flatMap((o) => {
      const box = this.occurrences.boxOf([o]);
      return box ? cornersOf(box) : [];
    });
  }

  /** Chooses levels for a view, at once or soon after, and with it what is asked for. */
  chooseLevels(view: LevelView, budget: number, limits: DrawLimits | null = null): void {
    this.chooser.ask(view, budget, limits);
    // A point costs about what a triangle does: a vertex and a few pixels.
    const rest = limits ? Math.max(0, budget - this.batch.triangles) : budget;
    this.points?.choose(view, this.batch.visible, rest);
  }

  dispose(): void {
    this.disposed = true;
    this.chooser.dispose();
    if (this.indexing !== 0) cancelIdle(this.indexing);
    this.picker.dispose();
    this.points?.dispose();
    this.surfaces.dispose();
    this.heat?.dispose();
    this.annotations.dispose();
    this.batch.dispose();
  }

  private indexSoon(): void {
    if (this.indexing !== 0 || this.disposed) return;
    this.indexing = requestIdle(() => {
      this.indexing = 0;
      const end = performance.now() + INDEX_SLICE_MS;
      let more = true;
      while (more && performance.now() < end) more = this.picker.indexNext();
      if (more) this.indexSoon();
    });
  }
}

/** (6 × geometries) extents of the geometries of a chunk. */
function extentsOf(chunk: DecodedChunk, geometries: number): Uint16Array {
  const extents = new Uint16Array(geometries * 6);
  for (let entry = 0; entry * 6 < chunk.ranges.length; entry += 1) {
    const geometry = chunk.ranges[entry * 6] ?? 0;
    if (geometry < geometries)
      extents.set(chunk.extents.subarray(entry * 6, entry * 6 + 6), geometry * 6);
  }
  return extents;
}

// Safari has no requestIdleCallback.
const requestIdle = (work: () => void): number =>
  typeof requestIdleCallback === "function"
    ? requestIdleCallback(work)
    : Number(setTimeout(work, 30));
const cancelIdle = (id: number): void => {
  if (typeof cancelIdleCallback === "function") cancelIdleCallback(id);
  else clearTimeout(id);
};

/** (occurrences) sRGB `#rrggbbaa` from base.glb. */
function coloursOf({ occurrence, colours }: DecodedOccurrences, count: number): string[] {
  const out = new Array<string>(count).fill("#b8bec6ff");
  occurrence.forEach((o, entry) => {
    if (o < count)
      out[o] = `#${[0, 1, 2, 3]
        .map((at) => (colours[entry * 4 + at] ?? 255).toString(16).padStart(2, "0"))
        .join("")}`;
  });
  return out;
}
