/** What tests may ask of a viewer; read only. */

import type { Vec3 } from "../state/model";
import type { Workspace } from "../state/workspace";
import type { ChunkStream } from "./chunk_stream";
import type { FailedFile } from "./download";
import type { OpenedModel } from "./opened_model";
import type { Hit } from "./picking";
import type { TableHit } from "./viewer_sight";

/** Numbers for tests and the status bar; read only. */
export interface ViewerDebug {
  readonly drawCalls: number;
  readonly subDraws: number;
  /** Triangles of one picture. */
  readonly triangles: number;
  /** Points of one picture. */
  readonly points: number;
  /** GL calls of textured parts in one picture. */
  readonly surfaces: number;
  /** GL calls of the file's annotations in one picture. */
  readonly annotations: number;
  /** Finest level that has arrived; null before the first picture. */
  readonly level: number | null;
  readonly visible: number;
  readonly hidden: number;
  /** Pictures drawn since the start. */
  readonly frames: number;
  /** For how many of them ambient occlusion was found. */
  readonly occlusions: number;
  /** Everything has arrived, nothing moves, the last picture shows it. */
  readonly settled: boolean;
  /** JavaScript milliseconds of the last picture. */
  readonly frameMs: number;
  readonly gpuBytes: number;
  /** Of finer triangles: bytes on the graphics card, and chunks that are here. */
  readonly finerBytes: number;
  readonly finerChunks: number;
  /** The memory is too small for what the view deserves. */
  readonly short: boolean;
  readonly failed: readonly FailedFile[];
  /** A point of the canvas, CSS pixels, where clicking hits this occurrence; null when it cannot be seen. */
  pixelOfOccurrence(occurrence: number): { readonly x: number; readonly y: number } | null;
  /** The same of another revision on the table, by its place in the list. */
  pixelOfLayer(
    layer: number,
    occurrence: number,
  ): { readonly x: number; readonly y: number } | null;
}

/** The part of a viewer that finding a pixel needs. */
interface Picture {
  readonly workspace: Workspace;
  readonly canvas: HTMLCanvasElement;
  readonly model: OpenedModel | null;
  readonly layers: { find(revisionId: string): OpenedModel | null };
  pick(x: number, y: number): Hit | null;
  pickAt(x: number, y: number): TableHit | null;
  projectToScreen(point: Vec3): { readonly x: number; readonly y: number } | null;
}

/** What only the viewer itself knows. */
interface Inside {
  /** Everything on the table. */
  readonly models: readonly OpenedModel[];
  readonly frames: number;
  readonly occlusions: number;
  readonly frameMs: number;
  /** Nothing is about to be drawn. */
  readonly idle: boolean;
  readonly failed: readonly FailedFile[];
  readonly stream: ChunkStream | null;
}

function callsOf({ batch, points, surfaceDrawCalls, capDrawCalls }: OpenedModel): number {
  return batch.drawCalls + (points?.drawCalls ?? 0) + surfaceDrawCalls + capDrawCalls();
}

/** The numbers of a viewer as they are now. */
export function debugOf(
  viewer: Picture,
  { frames, occlusions, frameMs, idle, failed, stream, models }: Inside,
): ViewerDebug {
  const { model } = viewer;
  const loading = viewer.workspace.loading.get();
  const surfaces = model?.surfaceDrawCalls ?? 0;
  const visible = model?.batch.visibleCount ?? 0;
  return {
    drawCalls: models.reduce((sum, each) => sum + callsOf(each), 0),
    surfaces,
    annotations: model?.annotationDrawCalls ?? 0,
    subDraws: model?.batch.subDraws ?? 0,
    triangles: model?.batch.triangles ?? 0,
    level: loading.level,
    visible,
    hidden: (model?.occurrences.count ?? 0) - visible,
    frames,
    occlusions,
    settled:
      loading.done &&
      idle &&
      frames > 0 &&
      (model?.levelsIdle ?? true) &&
      !isCutting(viewer.workspace) &&
      (model?.points?.idle ?? true),
    points: model?.points?.drawn ?? 0,
    frameMs,
    gpuBytes: (model?.batch.bytes ?? 0) + (model?.points?.bytes ?? 0),
    finerBytes: stream?.bytes ?? 0,
    finerChunks: stream?.residentChunks ?? 0,
    short: stream?.short ?? false,
    failed,
    pixelOfOccurrence: (occurrence) => pixelOf(viewer, viewer.model, occurrence),
    pixelOfLayer: (layer, occurrence) => {
      const revision = viewer.workspace.layers.get()[layer]?.revisionId ?? "";
      return pixelOf(viewer, viewer.layers.find(revision), occurrence);
    },
  };
}

/** Exact caps are still to come. */
function isCutting({ sectionReport }: Workspace): boolean {
  const { state } = sectionReport.get();
  return state === "waiting" || state === "working";
}

function beside(met: TableHit | null, model: OpenedModel): Hit | null {
  return met?.model === model ? met.hit : null;
}

/** See `ViewerDebug.pixelOfOccurrence`. */
function pixelOf(
  viewer: Picture,
  opened: OpenedModel | null,
  occurrence: number,
): { readonly x: number; readonly y: number } | null {
  if (!opened?.occurrences.has(occurrence)) return null;
  const triangles = opened.batch.store.ranges.trianglesOf(
    opened.occurrences.geometry[occurrence] ?? 0,
  );
  const candidates: Vec3[] = [];
  const count = triangles ? triangles.indices.length / 3 : 0;
  // Up to 300 triangles, spread over the part; their middles are where it can be seen, if anywhere.
  const stride = Math.max(1, Math.floor(count / 300));
  for (let t = 0; triangles && t < count; t += stride) {
    const middle = [0, 0, 0];
    for (let corner = 0; corner < 3; corner += 1) {
      const vertex = triangles.indices[t * 3 + corner] ?? 0;
      for (let axis = 0; axis < 3; axis += 1)
        middle[axis] = (middle[axis] ?? 0) + (triangles.vertices[vertex * 4 + axis] ?? 0) / 3;
    }
    candidates.push(
      opened.occurrences.fromSteps(occurrence, middle[0] ?? 0, middle[1] ?? 0, middle[2] ?? 0),
    );
  }
  candidates.push(...(opened.points?.somePoints(occurrence) ?? []));
  const { clientWidth, clientHeight } = viewer.canvas;
  for (const point of candidates) {
    const at = viewer.projectToScreen(point);
    if (!at || at.x < 1 || at.y < 1 || at.x > clientWidth - 1 || at.y > clientHeight - 1) continue;
    // The whole pixel must belong to it: a mouse has whole coordinates.
    const x = Math.round(at.x);
    const y = Math.round(at.y);
    const hit = opened === viewer.model ? viewer.pick(x, y) : beside(viewer.pickAt(x, y), opened);
    if (hit?.occurrence === occurrence) return { x, y };
  }
  return null;
}
