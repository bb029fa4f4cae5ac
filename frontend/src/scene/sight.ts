/** Between the canvas and the model frame: rays into the picture, and where points are in it. */

import { Ray, Vector3 } from "three";
import type { Vec3 } from "../state/model";
import type { ViewCamera } from "./camera";
import { distance } from "./vector";

/** Radians that count as a pixel in a headset. */
export const PIXEL_ANGLE = (0.05 * Math.PI) / 180;

/** What of a canvas a sight needs; CSS pixels. */
export interface CanvasSize {
  readonly clientWidth: number;
  readonly clientHeight: number;
}

/** The ray under a point of the canvas, CSS pixels; written into `ray`. */
export function rayAt(
  view: ViewCamera,
  canvas: CanvasSize,
  x: number,
  y: number,
  ray = new Ray(),
): Ray {
  const width = canvas.clientWidth || 1;
  const height = canvas.clientHeight || 1;
  return view.rayInto((x / width) * 2 - 1, 1 - (y / height) * 2, ray);
}

/** Where a point of the model frame is in the canvas, CSS pixels; null behind the eye. */
export function projectToScreen(
  view: ViewCamera,
  canvas: CanvasSize,
  point: Vec3,
): { readonly x: number; readonly y: number } | null {
  const camera = view.active;
  _point.set(...point).applyMatrix4(camera.matrixWorldInverse);
  if (view.pose.ortho_height_m === null && _point.z > -1e-9) return null;
  _point.applyMatrix4(camera.projectionMatrix);
  return {
    x: ((_point.x + 1) / 2) * canvas.clientWidth,
    y: ((1 - _point.y) / 2) * canvas.clientHeight,
  };
}

/** Metres that CSS pixels cover at a point. headsetEye: not null while a headset draws, where a pixel is 0.05°. */
export function reach(
  view: ViewCamera,
  canvas: CanvasSize,
  headsetEye: Vec3 | null,
  point: Vec3,
  pixels: number,
): number {
  if (headsetEye) return distance(point, headsetEye) * pixels * PIXEL_ANGLE;
  return view.metresPerPixel(point, canvas.clientHeight || 1) * pixels;
}

const _point = new Vector3();
