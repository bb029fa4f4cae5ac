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
} from "three";
import type { Arc } from "./arc";

const MOST_POINTS = 64;
const CAN = "#5fd39a";
const CANNOT = "#ff8a80";

/** Shown while the stick is held forward. */
export class ArcView {
  readonly group = new Group();
  private readonly points = new BufferAttribute(new Float32Array(MOST_POINTS * 3), 3);
  private readonly geometry = new BufferGeometry();
  private readonly material = new LineBasicMaterial({ color: CAN });
  private readonly ringMaterial = new MeshBasicMaterial({ color: CAN });
  private readonly ring = new Mesh(new RingGeometry(0.18, 0.22, 48), this.ringMaterial);

  constructor() {
    this.geometry.setAttribute("position", this.points);
    const line = new Line(this.geometry, this.material);
    line.frustumCulled = false;
    this.ring.rotation.x = -Math.PI / 2;
    this.group.add(line, this.ring);
    this.group.visible = false;
  }

  show(arc: Arc): void {
    this.group.visible = true;
    const count = Math.min(MOST_POINTS, arc.points.length);
    for (let i = 0; i < count; i += 1)
      this.points.setXYZ(i, ...(arc.points[i] ?? ([0, 0, 0] as const)));
    this.points.needsUpdate = true;
    this.geometry.setDrawRange(0, count);
    this.material.color.set(arc.landing ? CAN : CANNOT);
    this.ring.visible = arc.landing !== null;
    if (arc.landing) this.ring.position.set(arc.landing[0], arc.landing[1] + 0.005, arc.landing[2]);
  }

  hide(): void {
    this.group.visible = false;
  }

  dispose(): void {
    this.geometry.dispose();
    this.ring.geometry.dispose();
    this.material.dispose();
    this.ringMaterial.dispose();
    this.group.removeFromParent();
  }
}
