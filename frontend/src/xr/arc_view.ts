/** The teleport arc as drawn: a line and a ring where one will stand. User space. */

import {
  BufferAttribute,
  BufferGeometry,
  Group,
  Line,
  LineBasicMaterial,
  Mesh,
  MeshBasicMaterial,
  RingGeometry,
  Shape,
  ShapeGeometry,
} from "three";
import type { Arc } from "./arc";

const MOST_POINTS = 64;
const CAN = "#5fd39a";
const CANNOT = "#ff8a80";

/** A dart on the ring that says where one will look; along -z. */
function dart(): ShapeGeometry {
  const shape = new Shape();
  shape.moveTo(0, 0.36).lineTo(-0.09, 0.22).lineTo(0, 0.25).lineTo(0.09, 0.22).closePath();
  return new ShapeGeometry(shape).rotateX(-Math.PI / 2) as ShapeGeometry; // `as`: rotateX keeps the kind
}

/** Shown while the stick is held forward. */
export class ArcView {
  readonly group = new Group();
  private readonly points = new BufferAttribute(new Float32Array(MOST_POINTS * 3), 3);
  private readonly geometry = new BufferGeometry();
  private readonly material = new LineBasicMaterial({ color: CAN });
  private readonly ringMaterial = new MeshBasicMaterial({ color: CAN });
  private readonly ring = new Mesh(new RingGeometry(0.18, 0.22, 48), this.ringMaterial);

  private readonly facing = new Mesh(dart(), this.ringMaterial);

  constructor() {
    this.geometry.setAttribute("position", this.points);
    const line = new Line(this.geometry, this.material);
    line.frustumCulled = false;
    this.ring.rotation.x = -Math.PI / 2;
    this.group.add(line, this.ring, this.facing);
    this.group.visible = false;
  }

  /** facing: where one will look, radians about the vertical; null: as now. */
  show(arc: Arc, facing: number | null): void {
    this.group.visible = true;
    const count = Math.min(MOST_POINTS, arc.points.length);
    for (let i = 0; i < count; i += 1)
      this.points.setXYZ(i, ...(arc.points[i] ?? ([0, 0, 0] as const)));
    this.points.needsUpdate = true;
    this.geometry.setDrawRange(0, count);
    this.material.color.set(arc.landing ? CAN : CANNOT);
    this.ring.visible = arc.landing !== null;
    this.facing.visible = arc.landing !== null && facing !== null;
    if (!arc.landing) return;
    const [x, y, z] = arc.landing;
    this.ring.position.set(x, y + 0.005, z);
    this.facing.position.set(x, y + 0.006, z);
    this.facing.rotation.y = facing ?? 0;
  }

  hide(): void {
    this.group.visible = false;
  }

  dispose(): void {
    this.geometry.dispose();
    this.ring.geometry.dispose();
    this.facing.geometry.dispose();
    this.material.dispose();
    this.ringMaterial.dispose();
    this.group.removeFromParent();
  }
}
