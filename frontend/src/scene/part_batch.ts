/**
 * Draws a whole model in a handful of calls: all geometries and levels lie in shared buffers, one
 * `multiDrawElementsInstancedWEBGL` per pass has one sub-draw per geometry and level, and everything that
 * differs between occurrences is read from textures. A frame costs no work per occurrence; the lists are
 * rebuilt only when visibility or levels change (100,000 occurrences: 0.8 ms per frame against 121 ms of
 * stock BatchedMesh, VIEWER.md §3).
 */

import { type Camera, Group, type WebGLRenderer } from "three";
import type { Display } from "../state/areas/displaying";
import { RangeSet } from "../state/ranges";
import { OPAQUE, TRANSPARENT, type DecodedChunk, type DecodedEdges } from "./decode";
import { NO_GEOMETRY, buildDrawList } from "./draw_list";
import { DrawnLists } from "./drawn_lists";
import { GeometryStore, type HeldChunk } from "./geometry_store";
import type { LevelAnswer } from "./level_solver";
import { buildLists, type DrawnKinds, type DrawnLevels, type ModelLists } from "./model_lists";
import { MultiDraw } from "./multi_draw";
import { BatchMaterials, type CutPlane } from "./batch_materials";
import type { ExplosionPlan } from "./explosion";
import type { Occurrences } from "./occurrences";
import { CAPS_ONLY, CLOSED, GHOST, HOVERED, SELECTED, UNCUT } from "./shaders";
import { type ComparedLook, changedOf } from "./compared_look";
import { StateTextures, parseColour } from "./state_textures";

export interface PartBatchOptions {
  readonly renderer: WebGLRenderer;
  readonly occurrences: Occurrences;
  /** Number of geometries and of levels in the package. */
  readonly geometries: number;
  readonly levels: number;
  /** (occurrences) sRGB `#rrggbbaa`. */
  readonly colours: readonly string[];
  readonly palette: readonly string[];
}

/** Changed occurrences beyond which their outlines are left out: each is drawn once more for them. */
const MOST_OUTLINED = 20_000;

/** One model on the GPU. Add `faces`, `blended` and `edges` by adding `group` to a scene. */
export class PartBatch {
  readonly group = new Group();
  /** Draws only what is selected or hovered, into the outline's mask. */
  readonly maskGroup = new Group();
  readonly materials: BatchMaterials;
  readonly store: GeometryStore;
  /** (occurrences) 1: neither hidden nor empty. */
  readonly visible: Uint8Array;
  /** Triangles that the present levels draw. */
  triangles = 0;
  /** The triangle budget is felt: something is coarser than its size deserves. */
  reduced = false;
  /** What is far outside of the picture is not drawn. */
  partial = false;
  visibleCount = 0;
  /** Changes with `visible`. */
  visibleVersion = 0;
  /** Changes with `kinds`. */
  kindsVersion = 0;
  /** Changes with what stands where: visibility, ghosts, explosion, cuts. */
  shapeVersion = 0;
  /** Changes with the triangles that are drawn. */
  listVersion = 0;
  private readonly occurrences: Occurrences;
  private readonly textures: StateTextures;
  private readonly faces: MultiDraw;
  private readonly blended: MultiDraw;
  private readonly edges: MultiDraw;
  private readonly mask: MultiDraw;
  private readonly drawn: DrawnLists;
  /** (occurrences) 1: its own colour lets light through. */
  private readonly thin: Uint8Array;
  private readonly anyThin: boolean;
  private readonly covered: Uint8Array;
  /** (occurrences) see `kinds`. */
  private readonly opaque: Uint8Array;
  private readonly through: Uint8Array;
  private kindsMarked = -1;
  private ghosted: RangeSet;
  private selected: RangeSet;
  private others: RangeSet;
  private coloured: RangeSet;
  private readonly none: RangeSet;
  /** What changed, of two revisions compared; null while nothing is. */
  private changed: RangeSet | null = null;
  private codes: Uint8Array | null = null;
  private hovered: number | null = null;
  private maskDirty = true;
  private presenting = false;

  constructor(options: PartBatchOptions, empty: RangeSet) {
    const { renderer, occurrences, geometries, levels } = options;
    this.occurrences = occurrences;
    this.ghosted = empty;
    this.selected = empty;
    this.others = empty;
    this.coloured = empty;
    this.none = empty;
    this.store = new GeometryStore(renderer, geometries, levels);
    this.textures = new StateTextures(occurrences, options.colours, options.palette);
    this.materials = new BatchMaterials(renderer, this.textures);
    this.visible = new Uint8Array(occurrences.count);
    this.covered = new Uint8Array(occurrences.count);
    this.drawn = new DrawnLists(occurrences.count, occurrences.geometry.length, levels);
    this.thin = Uint8Array.from(options.colours, (c) =>
      c.length === 9 && c.slice(7) !== "ff" ? 1 : 0,
    );
    this.anyThin = this.thin.includes(1);
    this.opaque = new Uint8Array(occurrences.count);
    this.through = new Uint8Array(occurrences.count);
    this.faces = new MultiDraw(this.materials.face, "triangles");
    this.blended = new MultiDraw(this.materials.blended, "triangles");
    this.edges = new MultiDraw(this.materials.edge, "ribbons");
    this.mask = new MultiDraw(this.materials.mask, "triangles");
    this.faces.renderOrder = 0;
    this.edges.renderOrder = 1;
    this.blended.renderOrder = 2;
    this.materials.markCaps(this.faces);
    this.materials.markHidden(this.edges);
    this.group.add(this.faces, this.edges, this.blended);
    this.maskGroup.add(this.mask);
    for (let o = 0; o < occurrences.count; o += 1)
      if ((occurrences.closed[o] ?? 0) !== 0) this.textures.setBits(o, CLOSED, true);
    this.setHidden(empty);
  }

  /** Takes a decoded chunk over to the GPU. @throws OutOfGraphicsMemory with everything as it was. */
  addChunk(chunk: DecodedChunk): HeldChunk {
    const seeThrough = this.store.ranges.anyTransparent;
    const held = this.store.addChunk(chunk);
    const { vertices, normals, indices } = this.store;
    for (const pass of [this.faces, this.blended, this.mask])
      pass.bind({ steps: vertices.attribute, direction: normals.attribute }, indices.attribute);
    if (this.store.ranges.anyTransparent !== seeThrough) this.change();
    this.drawn.arrived();
    return held;
  }

  /** Lets go of a chunk; what it drew is drawn at another level. */
  removeChunk(held: HeldChunk): void {
    this.store.removeChunk(held);
    this.drawn.left(held.firstIndex, held.indices);
    this.maskDirty = true;
  }

  addEdges(edges: DecodedEdges): void {
    this.store.addEdges(edges);
    this.materials.setEdgePoints(this.store.edgeLines?.texture ?? null);
    this.drawn.change();
  }

  setHidden(hidden: RangeSet): void {
    const { geometry, count } = this.occurrences;
    this.visible.fill(1);
    for (const [first, last] of hidden.toJSON()) this.visible.fill(0, first, last + 1);
    let shown = 0;
    for (let o = 0; o < count; o += 1) {
      if ((geometry[o] ?? NO_GEOMETRY) === NO_GEOMETRY) this.visible[o] = 0;
      shown += this.visible[o] ?? 0;
    }
    this.visibleCount = shown;
    this.visibleVersion += 1;
    this.shapeVersion += 1;
    this.change();
  }

  /**
   * Something else draws the faces of these; edges and outline stay here.
   *
   * covered: (occurrences) 1: is drawn elsewhere. capped: the caps of closed ones stay here, too: something cuts.
   */
  setCovered(covered: Uint8Array, capped: boolean): void {
    const { closed, count } = this.occurrences;
    for (let o = 0; o < count; o += 1) {
      const caps = capped && covered[o] === 1 && (closed[o] ?? 0) !== 0;
      if (caps !== ((this.textures.bits(o) & CAPS_ONLY) !== 0))
        this.textures.setBits(o, CAPS_ONLY, caps);
      this.covered[o] = covered[o] === 1 && !caps ? 1 : 0;
    }
    this.change();
  }

  /** State bits of an occurrence, see `shaders.ts`. */
  stateBits(occurrence: number): number {
    return this.textures.bits(occurrence);
  }

  setGhosted(ghosted: RangeSet): void {
    this.swapBits(this.ghosted, ghosted, GHOST);
    this.ghosted = ghosted;
    this.materials.setGhosts(!ghosted.isEmpty);
    this.shapeVersion += 1;
    this.change();
  }

  /** Ghosts are seen through and picked only on purpose. */
  isGhost(occurrence: number): boolean {
    return this.ghosted.has(occurrence);
  }

  setSelected(selected: RangeSet): void {
    this.swapBits(this.selected, selected, SELECTED);
    this.selected = selected;
    this.maskDirty = true;
  }

  setHovered(hovered: number | null): void {
    if (this.hovered !== null) this.textures.setBits(this.hovered, HOVERED, false);
    if (hovered !== null) this.textures.setBits(hovered, HOVERED, true);
    this.hovered = hovered;
    this.maskDirty = true;
  }

  /** What others have selected, with the number of their colour; later ones win. */
  setOthersSelection(
    marks: readonly { readonly ranges: RangeSet; readonly colour: number }[],
  ): void {
    for (const o of this.others) this.textures.setOwner(o, 0);
    this.others = marks.reduce<RangeSet>((all, { ranges }) => all.union(ranges), this.none);
    for (const { ranges, colour } of marks)
      for (const o of ranges) this.textures.setOwner(o, 1 + (colour & 7));
    this.maskDirty = true;
  }

  /**
   * Draws these occurrences in other colours, `#rrggbb`, faces of colours of their own included; later groups win.
   * null: everything as the file says. Costs what was coloured before and is now.
   */
  setColouring(
    groups: readonly { readonly ranges: RangeSet; readonly colour: string }[] | null,
  ): void {
    const last = this.occurrences.count - 1;
    const wanted = (groups ?? []).map(({ ranges, colour }) => ({
      ranges: ranges.intersect(RangeSet.span(0, last)),
      colour,
    }));
    const coloured = wanted.reduce<RangeSet>((all, { ranges }) => all.union(ranges), this.none);
    for (const o of this.coloured.minus(coloured)) this.textures.setColour(o, null);
    for (const { ranges, colour } of wanted) {
      const [red, green, blue] = parseColour(colour);
      for (const o of ranges) this.textures.setColour(o, [red, green, blue]);
    }
    this.coloured = coloured;
  }

  /** Shows what became of each occurrence; null: ends it. Codes are written when they are others: then true. */
  setCompared(look: ComparedLook | null): boolean {
    this.materials.setCompared(look);
    const codes = look?.codes ?? null;
    if (codes === this.codes) return false;
    this.codes = codes;
    for (let o = 0; o < this.occurrences.count; o += 1)
      this.textures.setChange(o, codes ? 1 + (codes[o] ?? 0) : 0);
    this.changed = look ? changedOf(look) : null;
    this.maskDirty = true;
    return true;
  }

  /** Whether something else draws an occurrence's faces. */
  isCovered(occurrence: number): boolean {
    return this.covered[occurrence] === 1;
  }

  /** Whether an occurrence is drawn in another colour than its own. */
  isColoured(occurrence: number): boolean {
    return this.changed !== null || this.coloured.has(occurrence);
  }

  /** Occurrences that no section cuts. */
  setUncut(before: RangeSet, uncut: RangeSet): void {
    this.swapBits(before, uncut, UNCUT);
    this.shapeVersion += 1;
  }

  setPlanes(planes: readonly CutPlane[]): void {
    this.materials.setPlanes(planes);
    this.shapeVersion += 1;
  }

  /** amount: 0 to 1. */
  setExplode(amount: number): void {
    this.occurrences.explode = amount;
    this.materials.setExplode(amount);
    this.shapeVersion += 1;
  }

  /** Lays the whole model elsewhere; see `Occurrences.lay`. */
  lay(motion: readonly number[]): void {
    this.occurrences.lay(motion);
    this.textures.lay(this.occurrences);
    this.shapeVersion += 1;
  }

  /** How parts are pulled apart. */
  setExplosion(plan: ExplosionPlan): void {
    this.occurrences.planExplosion(plan);
    this.textures.moveAway(this.occurrences);
    this.shapeVersion += 1;
  }

  setDisplay(display: Display): void {
    this.edges.visible = display.edges || display.shading === "wireframe";
    this.materials.setDisplay(display);
  }

  /** Whether something is to be outlined. */
  get highlights(): boolean {
    const { hovered, selected, others, changed } = this;
    return hovered !== null || !selected.isEmpty || !others.isEmpty || changed?.isEmpty === false;
  }

  /** Draws this from the next picture on; see `level_solver.ts`. False: that is as it was. */
  takeLevels({ drawn, reduced, partial }: LevelAnswer): boolean {
    const whole = this.partial && !partial;
    this.reduced = reduced;
    this.partial = partial;
    if (drawn) this.drawn.take(drawn);
    return drawn !== null || whole;
  }

  /** See `DrawnLists`. */
  takeSpare(): DrawnLevels | null {
    return this.drawn.takeSpare();
  }

  /** A question about levels is on its way that knows everything up to now. */
  asked(): void {
    this.drawn.asked();
  }

  /** Nobody answers any more. */
  alone(): void {
    this.drawn.alone();
  }

  /** Kinds of geometry that each occurrence is drawn with; filled anew, never replaced. */
  get kinds(): DrawnKinds {
    const blended = this.anyThin || this.store.ranges.anyTransparent;
    if (this.kindsMarked !== this.kindsVersion) {
      this.kindsMarked = this.kindsVersion;
      this.markOpaque();
      if (blended) this.markBlended();
    }
    return { opaque: this.opaque, blended: blended ? this.through : null };
  }

  /** A headset draws: lists are waited for, and outlines are the flat screen's. */
  present(presenting: boolean): void {
    if (this.presenting === presenting) return;
    this.presenting = presenting;
    this.drawn.wait(presenting);
    if (presenting) this.mask.drawCalls = 0;
  }

  /** Brings the lists up to date; call before drawing. */
  prepare(): void {
    if (this.drawn.refresh((levels, out) => this.build(levels, out))) {
      this.maskDirty = true;
      this.showLists();
    }
    if (this.maskDirty && !this.presenting) {
      this.maskDirty = false;
      this.rebuildMask();
    }
    this.textures.upload();
  }

  /** GL calls that one picture of the model takes. */
  get drawCalls(): number {
    return [this.faces, this.blended, this.edges, this.mask].reduce(
      (sum, pass) => sum + pass.drawCalls,
      0,
    );
  }

  get subDraws(): number {
    return this.faces.list.subDraws + this.blended.list.subDraws + this.edges.list.subDraws;
  }

  /** Bytes on the GPU, textures included. */
  get bytes(): number {
    return this.store.bytes + this.textures.bytes;
  }

  dispose(): void {
    for (const pass of [this.faces, this.blended, this.edges, this.mask]) pass.release();
    this.materials.dispose();
    this.textures.dispose();
    this.store.dispose();
    this.group.removeFromParent();
    this.maskGroup.removeFromParent();
  }

  /** Draws the opaque faces by their depth alone, into the present target; after `prepare`. */
  drawFaces(renderer: WebGLRenderer, camera: Camera): void {
    const { faces, materials } = this;
    faces.material = materials.depth;
    renderer.render(faces, camera);
    faces.material = materials.face;
  }

  /** What each occurrence is drawn with is another from now on. */
  private change(): void {
    this.kindsVersion += 1;
    this.drawn.change();
  }

  private build(levels: DrawnLevels, out: ModelLists): void {
    const { geometry, owner } = this.occurrences;
    const { faces, edges, opacity } = this.store.ranges;
    const { visible, kinds } = this;
    buildLists({ geometry, owner, faces, edges, opacity, visible, kinds }, levels, out);
  }

  private showLists(): void {
    const { faces, blended, edges } = this.drawn.lists;
    this.listVersion += 1;
    this.faces.setList(faces);
    this.blended.setList(blended);
    this.edges.setList(edges);
    this.triangles = (faces.elements + blended.elements) / 3;
  }

  /** Solid geometry of the visible; of a ghost all of it, since ghosts are drawn here. */
  private markOpaque(): void {
    const { visible, covered, thin, opaque: kinds } = this;
    for (let o = 0; o < kinds.length; o += 1)
      kinds[o] = visible[o] === 1 && covered[o] !== 1 && thin[o] !== 1 ? OPAQUE : 0;
    for (const [first, last] of this.ghosted.toJSON())
      for (let o = first; o <= last; o += 1)
        kinds[o] = visible[o] === 1 && covered[o] !== 1 ? OPAQUE | TRANSPARENT : 0;
  }

  /** What lets light through, by its geometry or by its own colour. */
  private markBlended(): void {
    const { visible, covered, thin, through: kinds } = this;
    for (let o = 0; o < kinds.length; o += 1) {
      const shown = visible[o] === 1 && covered[o] !== 1;
      kinds[o] = shown ? (thin[o] === 1 ? OPAQUE | TRANSPARENT : TRANSPARENT) : 0;
    }
    for (const [first, last] of this.ghosted.toJSON()) kinds.fill(0, first, last + 1);
  }

  private rebuildMask(): void {
    const { geometry, owner, pieces } = this.occurrences;
    const { hovered, visible } = this;
    const { level } = this.drawn;
    const marked = this.selected.union(this.others);
    const changed = this.changed && this.changed.size <= MOST_OUTLINED ? this.changed : this.none;
    const chosen = marked.union(changed);
    const candidates = hovered === null || chosen.has(hovered) ? chosen : [...chosen, hovered];
    buildDrawList(
      {
        geometry,
        owner,
        level,
        candidates,
        piecesOf: (o) => pieces.of.get(o),
        ranges: this.store.ranges.faces,
        drawn: visible,
      },
      this.mask.list,
    );
    this.mask.setList(this.mask.list);
  }

  private swapBits(before: RangeSet, after: RangeSet, bit: number): void {
    for (const o of before.minus(after)) this.textures.setBits(o, bit, false);
    for (const o of after.minus(before)) this.textures.setBits(o, bit, true);
  }
}
