/** A flat rectangle in the room whose picture is drawn on a canvas. User space, metres. */

import {
  CanvasTexture,
  Mesh,
  MeshBasicMaterial,
  PlaneGeometry,
  Quaternion,
  SRGBColorSpace,
  Vector3,
} from "three";
import type { Vec3 } from "../state/model";

/** width, height: metres; widthPx, heightPx: of its canvas. */
export class Board {
  readonly mesh: Mesh<PlaneGeometry, MeshBasicMaterial>;
  private readonly canvas = document.createElement("canvas");
  private readonly texture = new CanvasTexture(this.canvas);
  private readonly width: number;
  private readonly height: number;

  constructor(width: number, height: number, widthPx: number, heightPx: number) {
    this.width = width;
    this.height = height;
    this.canvas.width = widthPx;
    this.canvas.height = heightPx;
    this.texture.colorSpace = SRGBColorSpace;
    const material = new MeshBasicMaterial({
      map: this.texture,
      toneMapped: false,
      transparent: true,
      depthTest: false, // nobody is recorded behind a part
    });
    this.mesh = new Mesh(new PlaneGeometry(width, height), material);
    this.mesh.renderOrder = 10;
    this.mesh.visible = false;
  }

  draw(
    visible: boolean,
    paint: (pen: CanvasRenderingContext2D, width: number, height: number) => void,
  ): void {
    this.mesh.visible = visible;
    const pen = visible ? this.canvas.getContext("2d") : null;
    if (!pen) return;
    pen.clearRect(0, 0, this.canvas.width, this.canvas.height);
    paint(pen, this.canvas.width, this.canvas.height);
    this.texture.needsUpdate = true;
  }

  /** A place of it in user space; fractions from the upper left corner. */
  point(x: number, y: number): Vec3 {
    _place.set((x - 0.5) * this.width, (0.5 - y) * this.height, 0);
    _place.applyQuaternion(this.mesh.quaternion).add(this.mesh.position);
    return [_place.x, _place.y, _place.z];
  }

  /** Where a ray meets its front; null: it misses. */
  meet(origin: Vec3, direction: Vec3): { x: number; y: number; distance: number } | null {
    if (!this.mesh.visible) return null;
    _back.copy(this.mesh.quaternion).invert();
    _from
      .set(...origin)
      .sub(this.mesh.position)
      .applyQuaternion(_back);
    _along.set(...direction).applyQuaternion(_back);
    if (_along.z > -1e-6) return null;
    const distance = -_from.z / _along.z;
    if (distance <= 0) return null;
    const x = 0.5 + (_from.x + _along.x * distance) / this.width;
    const y = 0.5 - (_from.y + _along.y * distance) / this.height;
    return x >= 0 && x <= 1 && y >= 0 && y <= 1 ? { x, y, distance } : null;
  }

  dispose(): void {
    this.mesh.geometry.dispose();
    this.mesh.material.dispose();
    this.texture.dispose();
  }
}

const _place = new Vector3();
const _from = new Vector3();
const _along = new Vector3();
const _back = new Quaternion();
