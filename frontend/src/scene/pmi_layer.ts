/** The drawn annotations of a file, where its designer put them: dimension lines, frames, leaders and filled letters. */

import {
  BufferAttribute,
  BufferGeometry,
  Color,
  DoubleSide,
  Group,
  LineBasicMaterial,
  LineSegments,
  Mesh,
  MeshBasicMaterial,
} from "three";
import type { Manifest, Vec3 } from "../state/model";
import { AS_READ, placedPoint } from "../state/placement";
import type { RangeSet } from "../state/ranges";
import type { CutPlane } from "./batch_materials";
import { NO_GEOMETRY } from "./draw_list";
import type { Occurrences } from "./occurrences";
import { type Anchored, type Box, anchorsOf, isCutAway } from "./pmi_cut";
import { type Annotation, type Pmi, type PmiDrawings, segmentsOf, trianglesOf } from "./pmi";
import { subtract } from "./vector";

/** Numbers of both buffers together: an annotation of a part that stands a thousand times is drawn a thousand times. */
const MOST_NUMBERS = 12_000_000;
/** The note that is looked at, as a selection is shown; drawn through whatever is in front. */
const CHOSEN = { light: "#b85200", dark: "#ff9a1f" };
const COLOURS = { light: "#7a3e00", dark: "#ffc46b" };

/** Which annotations are drawn. */
export interface ShownNotes {
  isShown(annotation: Annotation): boolean;
  /** Drawn in any case, and so that it is seen. */
  readonly chosen: string | null;
}

/** What cuts, as the parts are cut. */
export interface NotesCut {
  readonly planes: readonly CutPlane[];
  /** Occurrences that nothing cuts. */
  readonly uncut: RangeSet;
  /** Metres by which what lies in a plane may be off it. */
  readonly slack: number;
}

/** One drawing: an annotation has one at each occurrence of its part. */
interface Drawn extends Anchored {
  readonly occurrence: number | null;
  readonly lines: Float32Array;
  readonly triangles: Float32Array;
}

/** All annotations of one model; `group` stands in the model frame. */
export class PmiLayer {
  readonly group = new Group();
  /** Some were left out: there are too many to draw. */
  readonly incomplete: boolean;
  private readonly line = new LineBasicMaterial({ transparent: true });
  private readonly fill = new MeshBasicMaterial({ side: DoubleSide });
  private readonly chosenLine = new LineBasicMaterial({ transparent: true, depthTest: false });
  private readonly chosenFill = new MeshBasicMaterial({
    side: DoubleSide,
    transparent: true,
    depthTest: false,
  });
  private readonly drawn: Drawn[] = [];
  private readonly lines = new LineSegments(new BufferGeometry(), this.line);
  private readonly triangles = new Mesh(new BufferGeometry(), this.fill);
  /** Of each of `drawn`, 1 while it is seen; null before the first cut. */
  private kept: Uint8Array | null = null;

  /** hidden: occurrences whose annotations are not drawn. Shows nothing but what is chosen before it is `cut`. */
  constructor(
    manifest: Manifest,
    occurrences: Occurrences,
    pmi: Pmi,
    drawings: PmiDrawings,
    hidden: RangeSet,
    shown: ShownNotes = { isShown: () => true, chosen: null },
  ) {
    const placed = occurrencesOfParts(occurrences, hidden);
    const chosenLines: Float32Array[] = [];
    const chosenTriangles: Float32Array[] = [];
    let left = MOST_NUMBERS;
    let incomplete = false;
    for (const annotation of pmi.annotations) {
      const isChosen = annotation.id === shown.chosen;
      if (!isChosen && !shown.isShown(annotation)) continue;
      const segments = segmentsOf(drawings, annotation.lines);
      const filled = trianglesOf(drawings, annotation.triangles);
      const places = annotation.part < 0 ? [null] : (placed.get(annotation.part) ?? []);
      for (const occurrence of places) {
        left -= segments.length + filled.length;
        if (left < 0) {
          incomplete = true;
          break;
        }
        const move = mover(manifest, occurrences, occurrence);
        const [lines, triangles] = [moved(segments, move), moved(filled, move)];
        if (isChosen) {
          chosenLines.push(lines);
          chosenTriangles.push(triangles);
          continue;
        }
        const box = occurrence === null ? null : boxOf(occurrences, occurrence);
        const anchors = anchorsOf([lines, triangles], box);
        this.drawn.push({ occurrence, lines, triangles, box, anchors });
      }
    }
    this.incomplete = incomplete;
    this.group.add(this.lines, this.triangles);
    if (chosenLines.length > 0)
      this.group.add(
        new LineSegments(geometryOf(chosenLines), this.chosenLine),
        new Mesh(geometryOf(chosenTriangles), this.chosenFill),
      );
    for (const child of this.group.children) {
      child.renderOrder = 3;
      child.frustumCulled = false;
    }
  }

  /** Draws what sections leave; what is chosen is drawn in any case. Costs little while nothing comes or goes. */
  cut({ planes, uncut, slack }: NotesCut): void {
    const kept = Uint8Array.from(this.drawn, (one) => {
      const isSpared = one.occurrence !== null && uncut.has(one.occurrence);
      return isSpared || !isCutAway(one, planes, slack) ? 1 : 0;
    });
    if (this.kept && kept.every((value, i) => value === this.kept?.[i])) return;
    this.kept = kept;
    const seen = this.drawn.filter((_, i) => kept[i] === 1);
    this.lines.geometry.dispose();
    this.triangles.geometry.dispose();
    this.lines.geometry = geometryOf(seen.map(({ lines }) => lines));
    this.triangles.geometry = geometryOf(seen.map(({ triangles }) => triangles));
    this.lines.visible = this.triangles.visible = seen.length > 0;
  }

  /** GL calls in one picture. */
  get drawCalls(): number {
    return this.group.children.filter(({ visible }) => visible).length;
  }

  setColours(dark: boolean): void {
    const colour = new Color(dark ? COLOURS.dark : COLOURS.light);
    this.line.color.copy(colour);
    this.fill.color.copy(colour);
    const chosen = new Color(dark ? CHOSEN.dark : CHOSEN.light);
    this.chosenLine.color.copy(chosen);
    this.chosenFill.color.copy(chosen);
  }

  dispose(): void {
    for (const child of this.group.children)
      if (child instanceof LineSegments || child instanceof Mesh)
        (child.geometry as BufferGeometry).dispose();
    this.line.dispose();
    this.fill.dispose();
    this.chosenLine.dispose();
    this.chosenFill.dispose();
    this.group.removeFromParent();
  }
}

/** Mirrored and sheared placements have geometries of their own, in another frame than their part's: left out. */
function occurrencesOfParts(
  occurrences: Occurrences,
  hidden: RangeSet,
): ReadonlyMap<number, readonly number[]> {
  const found = new Map<number, number[]>();
  for (let o = 0; o < occurrences.count; o += 1) {
    const part = occurrences.geometry[o] ?? NO_GEOMETRY;
    if (part === NO_GEOMETRY || hidden.has(o)) continue;
    const list = found.get(part);
    if (list) list.push(o);
    else found.set(part, [o]);
  }
  return found;
}

function boxOf(occurrences: Occurrences, occurrence: number): Box {
  const box = [0, 0, 0, 0, 0, 0];
  occurrences.boxInto(occurrence, box);
  return box;
}

/** From the frame an annotation is drawn in, as the file was read, to the model frame. */
function mover(
  manifest: Manifest,
  occurrences: Occurrences,
  occurrence: number | null,
): (point: Vec3) => Vec3 {
  const placement = manifest.placement ?? AS_READ;
  if (occurrence === null)
    return (point) => subtract(placedPoint(point, placement), manifest.origin);
  const { scale } = placement;
  return ([x, y, z]) => occurrences.fromPart(occurrence, [x * scale, y * scale, z * scale]);
}

function moved(points: Float32Array, move: (point: Vec3) => Vec3): Float32Array {
  const out = new Float32Array(points.length);
  for (let i = 0; i < points.length; i += 3)
    out.set(move([points[i] ?? 0, points[i + 1] ?? 0, points[i + 2] ?? 0]), i);
  return out;
}

function geometryOf(pieces: readonly Float32Array[]): BufferGeometry {
  const all = new Float32Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    all.set(piece, at);
    at += piece.length;
  }
  return new BufferGeometry().setAttribute("position", new BufferAttribute(all, 3));
}
