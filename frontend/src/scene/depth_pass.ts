/**
 * Depth of the whole picture in a texture, for what is computed from depth at rest: ambient occlusion and the relief of
 * points. The picture itself goes straight to the canvas with its samples; this second pass over the faces writes no
 * colour and runs only when the picture has come to rest: on a graphics card it costs a tenth of the first.
 */

import {
  DepthTexture,
  DoubleSide,
  type Material,
  Matrix4,
  Mesh,
  MeshDepthMaterial,
  type Camera,
  UnsignedIntType,
  WebGLRenderTarget,
  type WebGLRenderer,
} from "three";
import type { OpenedModel } from "./opened_model";

/** Draws the opaque parts of a model with depth alone, darker with depth, into the present target. */
export function drawDepth(
  renderer: WebGLRenderer,
  model: OpenedModel,
  camera: Camera,
  withPoints: boolean,
): void {
  model.batch.drawFaces(renderer, camera);
  const { surfaceGroup, points } = model;
  if (surfaceGroup?.visible === true) {
    const before = new Map<Mesh, Material | Material[]>();
    surfaceGroup.traverse((object) => {
      if (!(object instanceof Mesh)) return;
      const mesh = object as Mesh;
      before.set(mesh, mesh.material);
      mesh.material = SURFACE_DEPTH;
    });
    renderer.render(surfaceGroup, camera);
    for (const [mesh, material] of before) mesh.material = material;
  }
  if (withPoints && points) renderer.render(points.group, camera);
}

const SURFACE_DEPTH = new MeshDepthMaterial({ side: DoubleSide });

/** The depth of the last picture at rest. */
export class DepthPass {
  readonly target: WebGLRenderTarget;
  readonly texture: DepthTexture;
  /** Counts up whenever the depth is another one. */
  version = 0;
  private readonly projection = new Matrix4();
  private readonly view = new Matrix4();
  private drawn = "";

  constructor() {
    this.texture = new DepthTexture(1, 1, UnsignedIntType);
    this.target = new WebGLRenderTarget(1, 1, { depthTexture: this.texture });
  }

  /** Whether `render` would find nothing to do. */
  isFresh(model: OpenedModel, camera: Camera, width: number, height: number): boolean {
    return (
      this.drawn === this.keyOf(model, width, height) &&
      this.projection.equals(camera.projectionMatrix) &&
      this.view.equals(camera.matrixWorldInverse)
    );
  }

  /** width, height: device pixels. */
  render(
    renderer: WebGLRenderer,
    model: OpenedModel,
    camera: Camera,
    width: number,
    height: number,
  ): void {
    if (this.isFresh(model, camera, width, height)) return;
    if (this.target.width !== width || this.target.height !== height)
      this.target.setSize(width, height);
    const { autoClear } = renderer;
    renderer.setRenderTarget(this.target);
    renderer.clear();
    renderer.autoClear = false;
    drawDepth(renderer, model, camera, true);
    renderer.autoClear = autoClear;
    renderer.setRenderTarget(null);
    this.drawn = this.keyOf(model, width, height);
    this.projection.copy(camera.projectionMatrix);
    this.view.copy(camera.matrixWorldInverse);
    this.version += 1;
  }

  dispose(): void {
    this.texture.dispose();
    this.target.dispose();
  }

  private keyOf({ batch, points }: OpenedModel, width: number, height: number): string {
    return `${width} ${height} ${batch.shapeVersion} ${batch.listVersion} ${points?.version ?? 0}`;
  }
}
