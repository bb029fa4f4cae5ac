/** The 3D half of a viewer page: scene, tools and headset around one workspace. */

import { createNavigation } from "../scene/navigation";
import { markChanges } from "../scene/compare_marks";
import { markTwins } from "../scene/compare_twins";
import { watchGaze } from "../scene/gaze_watch";
import { GraphicsUnavailable } from "../scene/graphics";
import { watchNotes } from "../scene/notes";
import { offerPhotoreal } from "../scene/photoreal/photoreal";
import { drawPings } from "../scene/pings";
import { drawPins } from "../scene/pin_layer";
import { drawPresence } from "../scene/presence";
import { drawWritingPins } from "../scene/writing_pins";
import { createViewCube } from "../scene/view_cube";
import { SectionCaps } from "../scene/section/caps";
import { createViewer, type Viewer } from "../scene/viewer";
import { t } from "../state/messages";
import { createToolbox } from "../tools/toolbox";
import type { Running, Stage } from "../ui/ports";
import { toApiError } from "../ui/resource.svelte";
import { loadCanvasFont } from "../xr/canvas_font";
import { createHeadset } from "../xr/headset";
import { ScenePackage } from "./package";
import { animateCamera, pictures } from "./pictures";
import { openLayer } from "./layers";
import type { Sources } from "./ports";
import { keepQuality } from "./quality";
import { seatOf } from "./seat";

/** Starts the viewer and loads the revision. What fails is shown by the workspace. */
export async function startViewer(stage: Stage, sources: Sources): Promise<Running> {
  const { workspace, commands, canvas, revision } = stage;
  const scenePackage = new ScenePackage(sources.api, revision.revisionId, revision.correction);
  const stopQuality = keepQuality(workspace);
  let viewer: Viewer;
  try {
    viewer = createViewer({
      canvas,
      workspace,
      commands,
      fetchScene: (...asked) => scenePackage.fetch(...asked),
      openLayer: (revisionId) => openLayer(sources, revisionId),
    });
  } catch (error) {
    if (!(error instanceof GraphicsUnavailable)) throw error;
    // The scene has named it for the page.
    return { stop: stopQuality };
  }
  const caps = new SectionCaps(viewer, (...asked) => scenePackage.fetch(...asked));
  const toolbox = createToolbox(viewer);
  const stopNavigation = createNavigation(viewer);
  const stopCamera = animateCamera(viewer);
  const stopPhotoreal = offerPhotoreal(viewer);
  const stopCube = createViewCube(viewer);
  const stopPresence = drawPresence(viewer);
  const stopPings = drawPings(viewer);
  const stopWriting = drawWritingPins(viewer);
  const stopPins = drawPins(viewer);
  const stopNotes = watchNotes(workspace, (file, hash) => scenePackage.fetch(file, hash));
  const stopChanges = markChanges(viewer);
  const stopGaze = watchGaze(viewer);
  const stopTwins = markTwins(viewer);
  void loadCanvasFont(document.fonts); // before VR is entered: canvases do not wait for a font
  const headset = createHeadset(viewer);
  const seat = seatOf(workspace);
  seat.viewer.set(viewer);
  seat.headset.set(headset);
  // Not awaited: the page has a viewer from now on, whatever becomes of the files.
  void load(stage, viewer, scenePackage);
  return {
    ...pictures(viewer),
    stop: () => {
      seat.viewer.set(null);
      seat.headset.set(null);
      headset.dispose();
      stopQuality();
      stopNavigation();
      stopCamera();
      stopPhotoreal();
      stopCube();
      stopPresence();
      stopPings();
      stopWriting();
      stopPins();
      stopNotes();
      stopChanges();
      stopGaze();
      stopTwins();
      toolbox.dispose();
      caps.dispose();
      viewer.dispose();
    },
    debug: () => ({ ...viewer.debug(), xrFrames: headset.frames, xr: headset.debug() }),
  };
}

/** Brings the revision in. What fails is shown by the workspace. */
async function load(stage: Stage, viewer: Viewer, scenePackage: ScenePackage): Promise<void> {
  const { workspace } = stage;
  try {
    const manifest = await scenePackage.manifest();
    // Names and ids are as large as the coarse model: they follow the first picture.
    viewer.open(manifest);
    await viewer.firstPicture;
    workspace.open(manifest, await scenePackage.structure(manifest));
  } catch (error) {
    const problem = toApiError(error);
    workspace.problem.set({
      code: problem.code,
      title: t("problem.model.title"),
      detail: problem.message,
      remedy: problem.remedy ?? t("problem.reload"),
    });
  }
}
