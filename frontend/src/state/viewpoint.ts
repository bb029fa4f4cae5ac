/**
 * What is on the screen as one value, and back (docs/formats/viewpoint.md). Each area of the workspace says what of
 * it belongs to a picture; here they become the members of `holotable-viewpoint/1`, in its words and its frame.
 */

import type { Camera, Parts, Ranges, Viewpoint } from "../protocol/viewpoint";
import { FORMAT } from "../protocol/viewpoint_reader";
import { captureDisplaying, restoreDisplaying } from "./areas/displaying";
import { captureColouring, restoreColouring } from "./areas/colouring";
import { captureComparing, plainComparing, restoreComparing } from "./areas/comparing";
import { captureExploding, restoreExploding } from "./areas/exploding";
import { addMarking, captureMarking, resetMarking, restoreMarking } from "./areas/marking";
import { addMeasuring, captureMeasuring, restoreMeasuring } from "./areas/measuring";
import { isSharing } from "./areas/owning";
import { captureNoting, restoreNoting } from "./areas/noting";
import { readNumbers } from "./areas/numbers";
import { captureSectioning, restoreSectioning } from "./areas/sectioning";
import { captureSelecting, restoreSelecting } from "./areas/selecting";
import { captureShowing, restoreShowing } from "./areas/showing";
import { captureTabling, restoreTabling } from "./areas/table";
import { type ViewChoice, WHOLE_VIEW } from "./areas/viewing";
import { type Vec3, structureHash } from "./model";
import { RangeSet } from "./ranges";
import { PLAIN_EXPLOSION } from "./areas/exploding";
import type { CameraPose, Workspace } from "./workspace";

export { structureHash } from "./model";
export type { Viewpoint } from "../protocol/viewpoint";
export { ViewpointRefused, readViewpoint } from "../protocol/viewpoint_reader";

/** What the screen shows right now. Nothing is left out: what is as designed is simply empty. */
export function capture(workspace: Workspace): Viewpoint {
  const manifest = workspace.manifest.get();
  return {
    format: FORMAT,
    revision_id: workspace.revision.get()?.revisionId ?? "",
    structure: manifest ? structureHash(manifest) : null,
    camera: toCamera(workspace.camera.get(), originOf(workspace)),
    visibility: captureShowing(workspace),
    sections: capturedSections(workspace),
    colouring: capturedColouring(workspace),
    explode: captureExploding(workspace),
    selection: capturedSelection(workspace),
    measurements: captureMeasuring(workspace).measures.map((measure) => ({ ...measure })),
    markup: capturedMarkup(workspace),
    layers: capturedLayers(workspace),
    notes: { shown: workspace.display.get().pmi, ...captureNoting(workspace) },
    compare: capturedCompare(workspace),
    ...capturedDisplay(workspace),
    units: { unit: workspace.unit.get(), numbers: workspace.numbers.get() },
  };
}

/**
 * The same without what says nothing: for addresses and for storing. Members that are as when the model was
 * opened go; `camera`, `display` and `units` stay, because without them a reader keeps its own.
 */
export function compact(viewpoint: Viewpoint, hiddenByFile: Ranges): Viewpoint {
  const { visibility, sections, colouring, explode, selection, measurements, markup, ...others } =
    viewpoint;
  const { layers, notes, compare, ...rest } = others;
  const quiet = JSON.stringify({ shown: false, ...QUIET });
  const plain = JSON.stringify({ hidden: hiddenByFile, isolated: false, ghosted: [] });
  const still = JSON.stringify({ amount: 0, ...PLAIN_EXPLOSION });
  return {
    ...rest,
    ...(visibility && JSON.stringify(visibility) !== plain ? { visibility } : {}),
    ...(sections && !isEmpty(sections) ? { sections } : {}),
    ...(layers && layers.length > 0 ? { layers } : {}),
    ...(notes && JSON.stringify(notes) !== quiet ? { notes } : {}),
    ...(compare ? { compare } : {}),
    ...(colouring ? { colouring } : {}),
    ...(explode && JSON.stringify(explode) !== still ? { explode } : {}),
    ...(selection && !isEmpty(selection) ? { selection } : {}),
    ...(measurements && measurements.length > 0 ? { measurements } : {}),
    ...(markup && !isEmpty(markup) ? { markup } : {}),
  };
}

const QUIET = { without: [], view: null, chosen: null };

/** What `show` was able to do. */
export interface Shown {
  /** The camera to move to; the caller moves it, so that it can be animated. null: stay. */
  readonly camera: CameraPose | null;
}

/**
 * Puts a viewpoint on the screen, all but the camera. Its parts are dense ranges of the model on the table
 * (`localise`). What it does not contain is as when the model was opened.
 */
export function show(
  workspace: Workspace,
  viewpoint: Viewpoint,
  choice: ViewChoice = WHOLE_VIEW,
): Shown {
  const structure = workspace.structure.get();
  const { camera, visibility, sections, colouring, explode, selection, markup } = viewpoint;
  if (choice.visibility) {
    restoreShowing(workspace, {
      isolated: visibility?.isolated ?? false,
      hidden: visibility?.hidden ?? structure?.hiddenByFile.toJSON() ?? [],
      ghosted: visibility?.ghosted ?? [],
    });
    restoreTabling(
      workspace,
      (viewpoint.layers ?? []).map(
        ({ revision_id, visible = true, ghosted = false, transform = null }) => ({
          ...{ revision_id, visible, ghosted, transform },
        }),
      ),
    );
    showLayerParts(workspace, viewpoint.layers ?? []);
    restoreColouring(workspace, colouring ? withRanges(colouring) : null);
    showCompare(workspace, viewpoint.compare ?? null);
    restoreExploding(workspace, {
      amount: explode?.amount ?? 0,
      by: explode?.by ?? PLAIN_EXPLOSION.by,
      along: explode?.along ?? PLAIN_EXPLOSION.along,
      only: explode?.only ? ranges(explode.only) : null,
    });
  }
  if (choice.sections)
    restoreSectioning(workspace, {
      sections: sections?.planes ?? [],
      box: sections?.box ?? null,
      uncut: sections?.uncut ?? [],
    });
  restoreSelecting(workspace, {
    selection: selection?.parts ?? [],
    entities: selection?.entities ?? [],
    // Sets are mine to keep: no picture takes them away.
    sets: captureSelecting(workspace).sets,
  });
  // A picture takes nothing away that others added.
  const putMeasures = isSharing(workspace) ? addMeasuring : restoreMeasuring;
  putMeasures(workspace, { measures: viewpoint.measurements ?? [] });
  showMarkup(workspace, markup ?? null);
  const { shown: pmi = false, without = [], view = null, chosen = null } = viewpoint.notes ?? {};
  restoreNoting(workspace, { without, view, chosen });
  showDisplay(workspace, viewpoint, pmi);
  if (viewpoint.units) {
    workspace.unit.set(viewpoint.units.unit);
    if (viewpoint.units.numbers) workspace.numbers.set(readNumbers(viewpoint.units.numbers));
  }
  if (!choice.camera || !camera) return { camera: null };
  const pose = toPose(camera, originOf(workspace));
  workspace.display.update((display) => ({
    ...display,
    projection: pose.ortho_height_m === null ? "perspective" : "orthographic",
  }));
  return { camera: pose };
}

/** A pose in absolute metres. */
export function toCamera(pose: CameraPose, origin: Vec3): Camera {
  return { ...pose, position: plus(pose.position, origin), target: plus(pose.target, origin) };
}

/** A camera in the frame of the model on the table. */
export function toPose(camera: Camera, origin: Vec3): CameraPose {
  const back: Vec3 = [-origin[0], -origin[1], -origin[2]];
  return {
    position: plus(camera.position, back),
    target: plus(camera.target, back),
    up: camera.up,
    fov_rad: camera.fov_rad,
    ortho_height_m: camera.ortho_height_m ?? null,
  };
}

export function originOf(workspace: Workspace): Vec3 {
  return workspace.manifest.get()?.origin ?? [0, 0, 0];
}

/** Parts that went through `localise` are ranges. */
export function ranges(parts: Parts): Ranges {
  return "ids" in parts ? [] : parts;
}

function capturedSections(workspace: Workspace): NonNullable<Viewpoint["sections"]> {
  const { sections, box, uncut } = captureSectioning(workspace);
  return { planes: sections, box, uncut };
}

function capturedLayers(workspace: Workspace): NonNullable<Viewpoint["layers"]> {
  const shown = workspace.layerParts.get();
  return captureTabling(workspace).map((layer) => {
    const said = shown.get(layer.revision_id);
    if (!said) return layer;
    const { hidden, isolated, ghosted, structure } = said;
    const parts = { hidden: hidden.toJSON(), isolated, ghosted: ghosted.toJSON() };
    return { ...layer, structure, parts };
  });
}

/** What is selected of another revision is mine for the moment: no view keeps it, and any view ends it. */
function showLayerParts(workspace: Workspace, layers: NonNullable<Viewpoint["layers"]>): void {
  workspace.layerSelection.set(null);
  workspace.layerParts.set(
    new Map(
      layers.flatMap(({ revision_id: revision, structure = null, parts }) => {
        if (!parts) return [];
        const { hidden = [], isolated = false, ghosted = [] } = parts;
        const sets = { hidden: RangeSet.parse(hidden), ghosted: RangeSet.parse(ghosted) };
        return [[revision, { ...sets, isolated, structure }] as const];
      }),
    ),
  );
}

function capturedColouring(workspace: Workspace): NonNullable<Viewpoint["colouring"]> | null {
  const colouring = captureColouring(workspace);
  if (!colouring) return null;
  const { title, property, groups } = colouring;
  return {
    title,
    property,
    groups: groups.map(({ label, colour, ranges: parts }) => ({ label, colour, parts })),
  };
}

function withRanges(colouring: NonNullable<Viewpoint["colouring"]>): unknown {
  const { title, property, groups } = colouring;
  return {
    title,
    property: property ?? null,
    groups: groups.map(({ label, colour, parts }) => ({ label, colour, ranges: ranges(parts) })),
  };
}

function capturedCompare(workspace: Workspace): NonNullable<Viewpoint["compare"]> | null {
  const comparing = captureComparing(workspace);
  if (!comparing) return null;
  const { revisionId, oldCamera, ...rest } = comparing;
  const camera = oldCamera && toCamera(oldCamera, originOf(workspace));
  return { revision_id: revisionId, camera, ...rest };
}

function showCompare(workspace: Workspace, compare: Viewpoint["compare"]): void {
  if (!compare) return restoreComparing(workspace, null);
  const { revision_id: revisionId, camera, ...rest } = compare;
  // A view of the old revision may name this one, which is compared with itself by nobody.
  if (revisionId === workspace.revision.get()?.revisionId) return restoreComparing(workspace, null);
  const { label: _label, ...usual } = plainComparing(revisionId, "");
  const oldCamera = camera ? toPose(camera, originOf(workspace)) : null;
  restoreComparing(workspace, { ...usual, ...rest, oldCamera });
}

function capturedSelection(workspace: Workspace): NonNullable<Viewpoint["selection"]> {
  const { selection, entities } = captureSelecting(workspace);
  return {
    parts: selection,
    entities: entities.map(({ occurrence, kind, index }) => ({ occurrence, kind, index })),
  };
}

function capturedMarkup(workspace: Workspace): NonNullable<Viewpoint["markup"]> {
  const { sheets, open, marks } = captureMarking(workspace);
  const origin = originOf(workspace);
  return {
    sheets: sheets.map((sheet) => ({ ...sheet, camera: toCamera(sheet.camera, origin) })),
    open,
    marks: marks.map((mark) => ({ ...mark })),
  };
}

function showMarkup(workspace: Workspace, markup: Viewpoint["markup"]): void {
  const sharing = isSharing(workspace);
  if (!markup) return sharing ? workspace.openSheet.set(null) : resetMarking(workspace);
  const origin = originOf(workspace);
  const put = sharing ? addMarking : restoreMarking;
  put(workspace, {
    sheets: (markup.sheets ?? []).map((sheet) => ({
      ...sheet,
      camera: toPose(sheet.camera, origin),
      marks: sheet.marks.map((mark) => ({ ...mark, text: mark.text ?? "" })),
    })),
    open: markup.open ?? null,
    marks: (markup.marks ?? []).map((mark) => ({
      ...mark,
      text: mark.text ?? "",
      points: mark.points.map(({ position, occurrence, local }) => ({
        position,
        occurrence: typeof occurrence === "number" ? occurrence : null,
        local: local ?? null,
      })),
    })),
  });
}

function capturedDisplay(workspace: Workspace): Required<Pick<Viewpoint, "display" | "points">> {
  const { points, pmi: _notes, ownEdges, ...display } = captureDisplaying(workspace);
  const { hiddenClasses, ...look } = points;
  return {
    display: { ...display, own_edges: ownEdges },
    points: { ...look, hidden_classes: hiddenClasses },
  };
}

/** The file's notes go with the picture; the rest of the look is mine where the view says nothing. */
function showDisplay(workspace: Workspace, { display, points }: Viewpoint, pmi: boolean): void {
  const mine = captureDisplaying(workspace);
  const { hidden_classes: hiddenClasses, ...look } = points ?? {};
  restoreDisplaying(workspace, {
    ...(display ? { ...display, ownEdges: display.own_edges } : mine),
    pmi,
    points: points ? { ...look, hiddenClasses } : mine.points,
  });
}

/** Whether every member of a record is nothing. */
function isEmpty(members: object): boolean {
  return Object.values(members).every(
    (member: unknown) =>
      member === null || member === undefined || (Array.isArray(member) && member.length === 0),
  );
}

function plus(a: Vec3, b: Vec3): Vec3 {
  return [a[0] + b[0], a[1] + b[1], a[2] + b[2]];
}
