/** The calm room around a model: a floor that shows distance, a table, a horizon. User space, metres. */

import {
  BufferAttribute,
  BufferGeometry,
  Color,
  CylinderGeometry,
  Group,
  LineBasicMaterial,
  LineSegments,
  Mesh,
  MeshBasicMaterial,
  RingGeometry,
} from "three";
import type { Theme } from "../state/workspace";
import { TABLE, type ScaleMode } from "./rig";

const FLOOR_RADIUS = 8;
const TABLE_RADIUS = 0.62; // the model's square of 0.8 m, cornerwise
const COLOURS = {
  light: { sky: "#e6eaee", line: "#b9c2cb", table: "#d5dbe1", rim: "#98a2ae" },
  dark: { sky: "#14181d", line: "#343c46", table: "#232a33", rim: "#5f6975" },
} as const;

/** Floor and table; `group` is placed with the rig that one arrived with and stays there. */
export class Furniture {
  readonly group = new Group();
  readonly background = new Color();
  private readonly lines = new LineBasicMaterial();
  private readonly top = new MeshBasicMaterial();
  private readonly rim = new MeshBasicMaterial();
  private readonly table = new Group();

  constructor() {
    this.group.add(new LineSegments(floorGrid(), this.lines), this.table);
    const top = new Mesh(new CylinderGeometry(TABLE_RADIUS, TABLE_RADIUS, 0.02, 64), this.top);
    top.position.set(0, TABLE.top - 0.0125, -TABLE.ahead); // 2.5 mm under the model: no flicker
    const rim = new Mesh(new RingGeometry(TABLE_RADIUS - 0.006, TABLE_RADIUS, 96), this.rim);
    rim.rotation.x = -Math.PI / 2;
    rim.position.set(0, TABLE.top - 0.002, -TABLE.ahead);
    const leg = new Mesh(new CylinderGeometry(0.05, 0.16, TABLE.top - 0.02, 32), this.top);
    leg.position.set(0, (TABLE.top - 0.02) / 2, -TABLE.ahead);
    this.table.add(top, rim, leg);
  }

  show(mode: ScaleMode, theme: Theme): void {
    const colours = COLOURS[theme];
    this.table.visible = mode === "table";
    this.background.set(colours.sky);
    this.lines.color.set(colours.line);
    this.top.color.set(colours.table);
    this.rim.color.set(colours.rim);
  }

  dispose(): void {
    this.group.traverse((child) => {
      if (child instanceof Mesh || child instanceof LineSegments)
        (child.geometry as BufferGeometry).dispose(); // `as`: instanceof loses the type argument
    });
    this.lines.dispose();
    this.top.dispose();
    this.rim.dispose();
    this.group.removeFromParent();
  }
}

/** A metre grid that ends in a circle. */
function floorGrid(): BufferGeometry {
  const points: number[] = [];
  for (let i = -FLOOR_RADIUS; i <= FLOOR_RADIUS; i += 1) {
    const reach = Math.sqrt(FLOOR_RADIUS * FLOOR_RADIUS - i * i);
    points.push(i, 0, -reach, i, 0, reach, -reach, 0, i, reach, 0, i);
  }
  const steps = 96;
  for (let k = 0; k < steps; k += 1) {
    for (const step of [k, k + 1]) {
      const angle = (step / steps) * 2 * Math.PI;
      points.push(FLOOR_RADIUS * Math.cos(angle), 0, FLOOR_RADIUS * Math.sin(angle));
    }
  }
  const geometry = new BufferGeometry();
  geometry.setAttribute("position", new BufferAttribute(Float32Array.from(points), 3));
  return geometry;
}
