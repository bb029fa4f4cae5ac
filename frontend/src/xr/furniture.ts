/** The calm room around a model: a floor that shows distance, a table, a horizon. User space, metres. */

import {
  BufferAttribute,
  BufferGeometry,
  CircleGeometry,
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
/** As far as the ground goes: the horizon. */
const GROUND_RADIUS = 200;
const TABLE_RADIUS = 0.62; // the model's square of 0.8 m, cornerwise
const COLOURS = {
  light: { sky: "#e6eaee", ground: "#d3dae1", line: "#b9c2cb", table: "#d5dbe1", rim: "#98a2ae" },
  dark: { sky: "#14181d", ground: "#1c2229", line: "#343c46", table: "#232a33", rim: "#5f6975" },
} as const;

/** Floor and table; `group` is placed with the rig that one arrived with and stays there. */
export class Furniture {
  readonly group = new Group();
  readonly background = new Color();
  private readonly lines = new LineBasicMaterial();
  private readonly top = new MeshBasicMaterial({ depthWrite: false });
  private readonly rim = new MeshBasicMaterial({ depthWrite: false });
  private readonly ground = new MeshBasicMaterial({ depthWrite: false });
  private readonly table = new Group();

  constructor() {
    this.group.userData["room"] = true; // stays in the safe place
    const ground = new Mesh(new CircleGeometry(GROUND_RADIUS, 96), this.ground);
    ground.rotation.x = -Math.PI / 2;
    ground.renderOrder = -1000; // and never before a model's cellar
    const grid = new LineSegments(floorGrid(), this.lines);
    grid.renderOrder = -999;
    this.group.add(ground, grid, this.table);
    // The table's own zero is its top.
    const top = new Mesh(new CylinderGeometry(TABLE_RADIUS, TABLE_RADIUS, 0.02, 64), this.top);
    top.position.set(0, -0.0125, -TABLE.ahead); // 2.5 mm under the model: no flicker
    const rim = new Mesh(new RingGeometry(TABLE_RADIUS - 0.006, TABLE_RADIUS, 96), this.rim);
    rim.rotation.x = -Math.PI / 2;
    rim.position.set(0, -0.002, -TABLE.ahead);
    const tall = TABLE.seatedTop - 0.02;
    const leg = new Mesh(new CylinderGeometry(0.05, 0.16, tall, 32), this.top);
    leg.position.set(0, -0.02 - tall / 2, -TABLE.ahead);
    // Drawn before the model, hiding nothing of it: exploded parts also go below the table's top.
    [leg, top, rim].forEach((each, i) => (each.renderOrder = i - 990));
    this.table.add(leg, top, rim);
  }

  /** tableTop: metres above the floor. */
  show(mode: ScaleMode, theme: Theme, tableTop: number): void {
    this.table.position.y = tableTop;
    const colours = COLOURS[theme];
    this.table.visible = mode === "table";
    this.background.set(colours.sky);
    this.ground.color.set(colours.ground);
    this.lines.color.set(colours.line);
    this.top.color.set(colours.table);
    this.rim.color.set(colours.rim);
  }

  dispose(): void {
    this.group.traverse((child) => {
      if (child instanceof Mesh || child instanceof LineSegments)
        (child.geometry as BufferGeometry).dispose(); // `as`: instanceof loses the type argument
    });
    this.ground.dispose();
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
