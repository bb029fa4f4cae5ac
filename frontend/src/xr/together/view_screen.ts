/** A board that shows what a camera sees, drawn a few times a second and only while it stands. User space, metres. */

import {
  DoubleSide,
  Mesh,
  MeshBasicMaterial,
  PerspectiveCamera,
  PlaneGeometry,
  SRGBColorSpace,
  type Object3D,
  type Quaternion,
  WebGLRenderTarget,
} from "three";
import type { Viewer } from "../../scene/viewer";
import type { Vec3 } from "../../state/model";
import type { CameraPose } from "../../state/workspace";
import { PANEL_ORDER } from "../panel/panel";

const WIDTH = 960;
const HEIGHT = 600;
/** Five pictures a second: one sees what somebody does, and the headset keeps its rate. */
const EVERY_MS = 200;
export const ASPECT = WIDTH / HEIGHT;
/** Its edge, as a share of its width: a picture of a grey room is told from a grey room. */
const FRAME = 0.02;
const FRAME_COLOUR = "#14181d";

export class ViewScreen {
  readonly mesh: Mesh<PlaneGeometry, MeshBasicMaterial>;
  /** Pictures drawn so far; for tests. */
  drawn = 0;
  private readonly frame: Mesh<PlaneGeometry, MeshBasicMaterial>;
  private readonly target = new WebGLRenderTarget(WIDTH, HEIGHT, { samples: 4 });
  private readonly camera = new PerspectiveCamera(50, ASPECT, 0.01, 1e5);
  private drawnMs = -Infinity;

  constructor() {
    this.target.texture.colorSpace = SRGBColorSpace;
    const material = new MeshBasicMaterial({
      ...{ map: this.target.texture, toneMapped: false, side: DoubleSide, depthTest: false },
    });
    this.mesh = new Mesh(new PlaneGeometry(1, 1), material);
    this.mesh.renderOrder = PANEL_ORDER - 1;
    this.frame = new Mesh(
      new PlaneGeometry(1 + FRAME, 1 + FRAME * ASPECT),
      new MeshBasicMaterial({ color: FRAME_COLOUR, side: DoubleSide, depthTest: false }),
    );
    this.frame.renderOrder = PANEL_ORDER - 2;
    this.mesh.add(this.frame);
    this.mesh.visible = false;
  }

  /** width: metres. */
  place(position: Vec3, quaternion: Quaternion, width: number): void {
    this.mesh.position.set(...position);
    this.mesh.quaternion.copy(quaternion);
    this.mesh.scale.set(width, width / ASPECT, 1);
  }

  hide(): void {
    this.mesh.visible = false;
    this.drawnMs = -Infinity;
  }

  /** Draws what a camera of the model frame sees; without: what is only of the headset's room. */
  draw(viewer: Viewer, pose: CameraPose, nowMs: number, without: readonly Object3D[]): void {
    this.mesh.visible = true;
    if (nowMs - this.drawnMs < EVERY_MS) return;
    this.drawnMs = nowMs;
    const { camera, target } = this;
    const { renderer, scene } = viewer;
    const away = Math.hypot(...pose.target.map((at, axis) => at - (pose.position[axis] ?? 0)));
    const ortho = pose.ortho_height_m;
    // A parallel picture is shown with the angle under which its height appears from there.
    const fov = ortho === null ? pose.fov_rad : 2 * Math.atan(ortho / 2 / Math.max(away, 1e-9));
    camera.fov = (fov * 180) / Math.PI;
    camera.near = Math.max(1e-4, away / 1000);
    camera.far = Math.max(10, away * 1000);
    camera.updateProjectionMatrix();
    camera.position.set(...pose.position);
    camera.up.set(...pose.up);
    camera.lookAt(...pose.target);
    camera.updateMatrixWorld(true);
    const shown = without.map((each) => each.visible);
    for (const each of without) each.visible = false;
    const before = renderer.getRenderTarget();
    const inXr = renderer.xr.enabled;
    renderer.xr.enabled = false; // else the headset's cameras would draw it
    renderer.setRenderTarget(target);
    renderer.clear();
    renderer.render(scene, camera);
    renderer.setRenderTarget(before);
    renderer.xr.enabled = inXr;
    without.forEach((each, index) => (each.visible = shown[index] ?? true));
    this.drawn += 1;
  }

  dispose(): void {
    this.frame.geometry.dispose();
    this.frame.material.dispose();
    this.mesh.geometry.dispose();
    this.mesh.material.dispose();
    this.target.dispose();
    this.mesh.removeFromParent();
  }
}
