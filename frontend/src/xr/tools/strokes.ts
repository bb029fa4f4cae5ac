/** Lines in the room, as many as are wanted: outlines of planes, legs of measurements, glyphs, the pen. User space. */

import {
  BufferGeometry,
  DynamicDrawUsage,
  Float32BufferAttribute,
  LineBasicMaterial,
  LineSegments,
} from "three";
import type { Vec3 } from "../../state/model";

/** Segments of one colour that are laid anew with each picture. */
export class Strokes {
  readonly lines: LineSegments<BufferGeometry, LineBasicMaterial>;
  private position = buffer(64);
  private count = 0;

  constructor(colour: string, opacity = 1) {
    const material = new LineBasicMaterial({
      color: colour,
      transparent: true,
      opacity,
      depthTest: false, // what is measured may lie behind a housing
      toneMapped: false,
    });
    const geometry = new BufferGeometry().setAttribute("position", this.position);
    this.lines = new LineSegments(geometry, material);
    this.lines.frustumCulled = false;
    this.lines.renderOrder = 11;
  }

  begin(): void {
    this.count = 0;
  }

  segment(a: Vec3, b: Vec3): void {
    if ((this.count + 2) * 3 > this.position.array.length) this.grow();
    this.position.setXYZ(this.count, ...a);
    this.position.setXYZ(this.count + 1, ...b);
    this.count += 2;
  }

  path(points: readonly Vec3[], closed = false): void {
    points.forEach((point, i) => {
      const next = points[i + 1] ?? (closed ? points[0] : undefined);
      if (next) this.segment(point, next);
    });
  }

  end(): void {
    this.position.needsUpdate = true;
    this.lines.geometry.setDrawRange(0, this.count);
    this.lines.visible = this.count > 0;
  }

  paint(colour: string): void {
    this.lines.material.color.set(colour);
  }

  dispose(): void {
    this.lines.geometry.dispose();
    this.lines.material.dispose();
    this.lines.removeFromParent();
  }

  private grow(): void {
    const more = buffer(this.position.array.length / 3);
    more.array.set(this.position.array);
    this.lines.geometry.dispose();
    this.lines.geometry.setAttribute("position", more);
    this.position = more;
  }
}

/** Room for twice as many points. */
function buffer(points: number): Float32BufferAttribute {
  const made = new Float32BufferAttribute(new Float32Array(points * 6), 3);
  made.setUsage(DynamicDrawUsage);
  return made;
}
