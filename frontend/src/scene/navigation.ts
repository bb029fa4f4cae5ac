/** What moves the camera besides the pointer: commands, the way back to former views, walking, pick mode. */

import type { CameraPose } from "../state/workspace";
import { t } from "../state/messages";
import type { Vec3 } from "../state/model";
import { type PoseHistory, poseNow, rested, stepped } from "../state/pose_history";
import type { Hit } from "./picking";
import { createPickMode } from "./pick_mode";
import type { MenuRequest } from "./pointer";
import { axesOf, levelUp, lookFrom, pan, roll, upright } from "./pose";
import { watchSpaceMouse } from "./space_mouse";
import { along, distance, scale } from "./vector";
import type { Viewer } from "./viewer";
import { createWalk } from "./walk";

/** A camera that has not moved for this long rests; its view is one to come back to. */
const REST_MS = 400;

/** Registers the commands of the camera and watches it. Returns the way to stop. */
export function createNavigation(viewer: Viewer): () => void {
  const { commands, workspace } = viewer;
  const history = new PoseRecorder(viewer);
  const stops = [
    commands.register("camera.look", ({ from, up }) => viewer.lookFrom(from, up)),
    commands.register("camera.lookAtFace", ({ point, normal }) => {
      const face = point && normal ? { point, normal } : faceUnderPointer(viewer);
      if (face) viewer.moveTo(straightAt(viewer.view.destination, face));
      else workspace.announce(t("face.none"));
    }),
    commands.register("camera.roll", ({ angle_rad }) =>
      viewer.moveTo(roll(viewer.view.destination, angle_rad)),
    ),
    commands.register("camera.upright", () => viewer.moveTo(upright(viewer.view.destination))),
    commands.register("camera.orbit", ({ yaw_rad, pitch_rad }) => {
      const { hand } = viewer.input;
      const { x, y } = placeOfKeys(viewer);
      hand.turn(hand.pivotAt(x, y), yaw_rad, pitch_rad);
    }),
    commands.register("camera.pan", ({ right, down }) => {
      const pose = viewer.cameraPose();
      const axes = axesOf(pose);
      const { height } = viewer.view;
      const by = along(scale(axes.right, right * height), axes.up, -down * height);
      viewer.navigate(pan(pose, by));
    }),
    commands.register("camera.zoom", ({ factor }) => {
      const { x, y } = placeOfKeys(viewer);
      viewer.input.hand.zoomAt(x, y, factor, performance.now());
    }),
    commands.register("camera.previous", () => history.step(-1)),
    commands.register("camera.next", () => history.step(1)),
    commands.register("ui.menu", () => {
      const { x, y } = placeOfKeys(viewer);
      viewer.input.askMenu(x, y);
    }),
    viewer.onMenu((request) => openMenu(viewer, request)),
    workspace.navigation.subscribe(({ turning }) => {
      // A turntable stands upright.
      const pose = viewer.view.destination;
      const { forward, up } = axesOf(pose);
      if (turning === "turntable" && distance(levelUp(forward, up), up) > 1e-6)
        viewer.moveTo(upright(pose));
    }),
    () => history.dispose(),
    createWalk(viewer),
    createPickMode(viewer),
    watchSpaceMouse(viewer),
  ];
  return () => {
    for (const stop of stops) stop();
  };
}

/** Where keys point: the reticle of pick mode, else the middle of the canvas. CSS pixels. */
function placeOfKeys({ workspace, canvas }: Viewer): { readonly x: number; readonly y: number } {
  const picking = workspace.pickMode.get();
  return picking ? picking.reticle : { x: canvas.clientWidth / 2, y: canvas.clientHeight / 2 };
}

interface Face {
  readonly point: Vec3;
  readonly normal: Vec3;
}

/** What N looks at: the face under the reticle, else under the mouse, else in the middle of the picture. */
function faceUnderPointer(viewer: Viewer): Face | null {
  const picking = viewer.workspace.pickMode.get();
  const at = picking?.reticle ?? viewer.input.lastPlace ?? placeOfKeys(viewer);
  return viewer.pick(at.x, at.y);
}

/** Straight at a face, which comes to the middle; as large as before. */
export function straightAt(pose: CameraPose, { point, normal }: Face): CameraPose {
  const up = levelUp(normal, axesOf(pose).up);
  return lookFrom({ ...pose, ...movedTo(pose, point) }, normal, up);
}

/** The same view with another point in the middle, as far away as what was there. */
function movedTo(pose: CameraPose, target: Vec3): Pick<CameraPose, "position" | "target"> {
  const away = distance(pose.position, pose.target);
  return { target, position: along(target, axesOf(pose).forward, -away) };
}

/** What is under a menu's pointer is what it is about. */
function openMenu(viewer: Viewer, { clientX, clientY, pointer }: MenuRequest): void {
  const met = viewer.pickTable(pointer);
  const hit: Hit | null = met?.revision === null ? met.hit : null;
  viewer.workspace.menu.set({
    clientX,
    clientY,
    place: pointer.screen ?? { x: 0, y: 0 },
    under: hit && {
      occurrence: hit.occurrence,
      point: viewer.toAbsolute(hit.point),
      normal: hit.normal,
    },
    ...(met && met.revision !== null
      ? { layer: { revisionId: met.revision, occurrence: met.hit.occurrence } }
      : {}),
  });
}

/** Notes where the camera rests. */
class PoseRecorder {
  private readonly viewer: Viewer;
  private readonly stopWatching: () => void;
  private timer = 0;

  constructor(viewer: Viewer) {
    this.viewer = viewer;
    const soon = (): void => {
      clearTimeout(this.timer);
      this.timer = window.setTimeout(() => this.rest(), REST_MS);
    };
    const { camera, structure } = viewer.workspace;
    // A model that is put on the table begins a history of its own.
    const stops = [camera.subscribe(soon), structure.subscribe(soon)];
    this.stopWatching = () => stops.forEach((stop) => stop());
  }

  /** To the view before or after; the one shown now is noted first. */
  step(step: -1 | 1): void {
    const { viewer } = this;
    this.rest();
    const next = stepped(viewer.workspace.poseHistory.get(), step);
    if (next) this.show(next);
  }

  dispose(): void {
    clearTimeout(this.timer);
    this.stopWatching();
  }

  private rest(): void {
    const { workspace, view, model } = this.viewer;
    clearTimeout(this.timer);
    const following = workspace.following.get();
    // Somebody else's camera, and each step of a walk, is no view of mine.
    if (!model || (following && !following.paused) || workspace.walk.get()) return;
    workspace.poseHistory.update((history) => rested(history, view.destination));
  }

  private show(history: PoseHistory): void {
    const { viewer } = this;
    const { workspace } = viewer;
    const pose = poseNow(history);
    if (!pose) return;
    workspace.poseHistory.set(history);
    const projection = pose.ortho_height_m === null ? "perspective" : "orthographic";
    if (workspace.display.get().projection !== projection)
      workspace.display.update((display) => ({ ...display, projection }));
    viewer.moveTo(pose);
  }
}
