/** `window.__ux`: read-only numbers for browser tests; only where the server's page asks for it. */

import type { Commands } from "../state/commands";
import type { Mark } from "../state/areas/measuring";
import { type Vec3, toFileAxes } from "../state/model";
import { capture } from "../state/viewpoint";
import type { Workspace } from "../state/workspace";
import type { Running } from "./ports";

const SETTLE_POLL_MS = 50;

/** Puts the hooks in place; returns the way to take them away. */
export function installTestHooks(
  workspace: Workspace,
  commands: Commands,
  running: () => { viewer: Running | null; live: Running | null },
): () => void {
  const viewer = (): Readonly<Record<string, unknown>> => running().viewer?.debug?.() ?? {};
  const occurrenceIds = (): string[] => {
    const structure = workspace.structure.get();
    if (!structure) return [];
    return [...workspace.selection.get()].map((occurrence) =>
      structure.id(structure.rowOfOccurrence(occurrence)),
    );
  };
  const hooks = Object.freeze({
    get camera() {
      return workspace.camera.get();
    },
    get selection() {
      return [...workspace.selection.get()];
    },
    get selectedIds() {
      return occurrenceIds();
    },
    get selectedEntities() {
      return workspace.selectedEntities.get();
    },
    get hover() {
      return workspace.hover.get();
    },
    get visible() {
      return (workspace.structure.get()?.occurrenceCount ?? 0) - workspace.hidden.get().size;
    },
    get hidden() {
      return workspace.hidden.get().size;
    },
    get hiddenRanges() {
      return workspace.hidden.get().toJSON();
    },
    get isolated() {
      return workspace.isolated.get();
    },
    get ghosted() {
      return workspace.ghosted.get().size;
    },
    get sections() {
      return workspace.sections.get();
    },
    get sectionBox() {
      return workspace.sectionBox.get();
    },
    get uncut() {
      return [...workspace.uncut.get()];
    },
    /** How far the exact caps are; `open` are dense occurrence numbers. */
    get sectionReport() {
      const report = workspace.sectionReport.get();
      return { ...report, open: [...report.open] };
    },
    get sectionAreas() {
      return workspace.sectionAreas.get().map(({ plane, occurrences, areas, centroids }) => ({
        plane,
        occurrences: [...occurrences],
        areas: [...areas],
        centroids: [...centroids],
      }));
    },
    /** Everything that belongs to a picture, as saved views and links hold it. */
    get viewpoint() {
      return capture(workspace);
    },
    get activeView() {
      return workspace.activeView.get();
    },
    get explode() {
      return workspace.explode.get();
    },
    get sheets() {
      return workspace.sheets.get();
    },
    get openSheet() {
      return workspace.openSheet.get();
    },
    get modelMarks() {
      return workspace.modelMarks.get();
    },
    get notes() {
      const notes = workspace.fileNotes.get();
      return {
        count: notes?.annotations.length ?? null,
        views: notes?.views.map(({ name }) => name) ?? [],
        filter: workspace.noteFilter.get(),
        chosen: workspace.chosenNote.get(),
      };
    },
    /** How much of each revision is seen while two hands hold them. */
    get crossFade() {
      return workspace.crossFade.get();
    },
    get comparing() {
      const { mode, slider, stop, label, kinds, heat, tolerance_m } =
        workspace.comparing.get() ?? {};
      const { state } = workspace.comparison.get() ?? {};
      const [blinking, viewed] = [workspace.blinking.get(), workspace.viewedStops.get().size];
      return { mode, slider, stop, label, kinds, heat, tolerance_m, state, blinking, viewed };
    },
    get layers() {
      return workspace.layers.get();
    },
    get layerSelection() {
      const chosen = workspace.layerSelection.get();
      return chosen && { revision: chosen.revisionId, parts: [...chosen.ranges] };
    },
    get layerHover() {
      return workspace.layerHover.get()?.occurrence ?? null;
    },
    get layerParts() {
      const all = [...workspace.layerParts.get()];
      return Object.fromEntries(
        all.map(([revision, { hidden, isolated, ghosted }]) => [
          revision,
          { hidden: [...hidden], isolated, ghosted: [...ghosted] },
        ]),
      );
    },
    get layerInfo() {
      return Object.fromEntries(workspace.layerInfo.get());
    },
    get explosion() {
      const { by, along, only } = workspace.explosion.get();
      return { by, along, only: only?.toJSON() ?? null };
    },
    /** Absolute metres of the model frame's zero. */
    get origin() {
      return workspace.manifest.get()?.origin ?? [0, 0, 0];
    },
    get measures() {
      const manifest = workspace.manifest.get();
      const inFile = ({ position }: Mark): Vec3 =>
        manifest ? toFileAxes(position, manifest.source) : position;
      return workspace.measures.get().map((measure) => ({
        ...measure,
        anchorsInFile: measure.anchors.map(inFile),
        pointsInFile: measure.points.map(inFile),
      }));
    },
    get tool() {
      return workspace.tool.get();
    },
    get pendingPoints() {
      return workspace.pendingMeasure.get()?.length ?? 0;
    },
    get snapChoices() {
      return workspace.snapChoices.get();
    },
    get navigation() {
      return workspace.navigation.get();
    },
    get walk() {
      const walk = workspace.walk.get();
      return walk && { speed: walk.speed, held: [...walk.held] };
    },
    get pickMode() {
      return workspace.pickMode.get();
    },
    get poseHistory() {
      const { poses, at } = workspace.poseHistory.get();
      return { count: poses.length, at };
    },
    get display() {
      return workspace.display.get();
    },
    get unit() {
      return workspace.unit.get();
    },
    get theme() {
      return workspace.theme.get();
    },
    get follow() {
      return workspace.following.get();
    },
    get myView() {
      return workspace.myView.get();
    },
    get people() {
      return workspace.people.get();
    },
    get session() {
      return workspace.session.get();
    },
    get connection() {
      return workspace.connection.get();
    },
    get chat() {
      return workspace.chat.get();
    },
    get loading() {
      return workspace.loading.get();
    },
    get fps() {
      return workspace.frame.get().fps;
    },
    get xr() {
      return workspace.xr.get();
    },
    get canUndo() {
      return commands.canUndo.get();
    },
    get structure() {
      const file = workspace.structure.get()?.file;
      return file ? { count: file.count, id: file.id, name: file.name, part: file.part } : null;
    },
    /** What the scene tells of itself: drawCalls, level, settled, pixelOfOccurrence… */
    get viewer() {
      return viewer();
    },
    get live() {
      return running().live?.debug?.() ?? {};
    },
    get xrFrames() {
      return viewer()["xrFrames"] ?? 0;
    },
    /** Resolves when everything has arrived, nothing moves and the picture shows it. */
    settled: async (timeout_ms = 30_000): Promise<void> => {
      const until = performance.now() + timeout_ms;
      while (viewer()["settled"] !== true) {
        if (performance.now() > until) throw new Error("The view did not settle.");
        await new Promise((resolve) => setTimeout(resolve, SETTLE_POLL_MS));
      }
    },
  });
  Object.defineProperty(window, "__ux", { value: hooks, configurable: true, writable: false });
  return () => {
    Reflect.deleteProperty(window, "__ux");
  };
}
