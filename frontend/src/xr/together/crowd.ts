/** The others in the room of who wears a headset: heads and hands, monitors of desks, names. User space, metres. */

import {
  BoxGeometry,
  type BufferGeometry,
  Color,
  Group,
  LineSegments,
  Matrix4,
  Mesh,
  MeshBasicMaterial,
  Quaternion,
  Vector3,
} from "three";
import { handMesh, headMesh, pyramid } from "../../scene/presence";
import { personColour } from "../../scene/theme";
import { handsOf } from "../../state/areas/conducting";
import type { Vec3 } from "../../state/model";
import { POSE, type Pose } from "../../state/presence";
import { angleBetween } from "../panel/sizes";
import type { RayTarget } from "../ray_target";
import type { Seat, SeatPart, Tick } from "../seat";
import { type Look, lookOf, periscopePlace, solidity } from "./looks";
import { Plate } from "./plate";

const SPEAKS = 0.05;
/** A monitor's outer size, and its frustum's depth. */
const MONITOR = { width: 0.26, height: 0.17, depth: 0.02, frustum: 0.3 } as const;
const ABOVE = 0.26;
/** Radians about a monitor that a ray needs to meet: 1.5° across. */
const RAY = ((1.5 / 2) * Math.PI) / 180;
const INNER = "#14181d";
/** How solid people of a recording are: they were here, and are not. */
const GHOST = 0.6;

interface Figure {
  readonly group: Group;
  readonly head: Group;
  readonly left: Group;
  readonly right: Group;
  readonly monitor: Group;
  readonly pole: Mesh;
  readonly plate: Plate;
  look: Look;
  colour: number;
  seen: boolean;
  at: Vec3;
}

/** Numbers for tests. */
export interface CrowdDebug {
  readonly [slot: number]: {
    readonly look: Look;
    readonly at: Vec3;
    /** Of a recording: seen through. */
    readonly ghost: boolean;
    /** Degrees of the letters of the name. */
    readonly name: number;
  };
}

export class Crowd implements SeatPart, RayTarget {
  readonly group = new Group();
  readonly target = this;
  private readonly seat: Seat;
  private readonly figures = new Map<number, Figure>();
  private hovered: number | null = null;

  constructor(seat: Seat) {
    this.seat = seat;
  }

  update({ nowMs }: Tick): void {
    const { viewer } = this.seat;
    const { people, levels } = viewer.workspace;
    const persons = new Map(people.get().map((person) => [person.slot, person]));
    const hands = handsOf(people.get());
    const others = [...persons.values()].filter(({ mine }) => !mine).length;
    for (const figure of this.figures.values()) figure.seen = false;
    viewer.others.poses(nowMs, (slot, pose) => {
      const person = persons.get(slot);
      if (!person || person.mine) return;
      const figure = this.figures.get(slot) ?? this.add(slot);
      figure.seen = true;
      const speaking = (levels.get().get(slot) ?? 0) > SPEAKS;
      this.dress(figure, person.colour);
      this.stand(figure, pose, others, speaking);
      const rank = hands.findIndex((each) => each.slot === slot);
      figure.plate.say({
        name: person.name,
        ...{ colour: personColour(person.colour), speaking, hand: rank < 0 ? null : rank + 1 },
      });
    });
    for (const [slot, figure] of this.figures) if (!figure.seen) this.drop(slot, figure);
  }

  aim(origin: Vec3, direction: Vec3): number | null {
    let nearest: number | null = null;
    this.hovered = null;
    for (const [slot, { look, at }] of this.figures) {
      if (look !== "monitor") continue;
      const to = [at[0] - origin[0], at[1] - origin[1], at[2] - origin[2]] as const;
      const along = to[0] * direction[0] + to[1] * direction[1] + to[2] * direction[2];
      if (along <= 0 || (nearest !== null && along >= nearest)) continue;
      const beside = Math.sqrt(Math.max(0, Math.hypot(...to) ** 2 - along ** 2));
      if (beside > Math.max(MONITOR.height / 2, along * RAY)) continue;
      nearest = along;
      this.hovered = slot;
    }
    return nearest;
  }

  press(): void {
    if (this.hovered !== null) this.seat.viewer.commands.run("xr.watch", { slot: this.hovered });
  }

  release(): void {
    // A press acts at once.
  }

  left(): void {
    for (const [slot, figure] of this.figures) this.drop(slot, figure);
  }

  debug(): CrowdDebug {
    const eye = this.seat.head.position;
    const ghost = this.seat.viewer.workspace.replay.get() !== null;
    return Object.fromEntries(
      [...this.figures].map(([slot, { look, at, plate }]) => {
        const { x, y, z } = plate.mesh.position;
        const half = plate.letters / 2;
        const name = angleBetween(eye, [x, y - half, z], [x, y + half, z]);
        return [slot, { look, at, ghost, name }];
      }),
    );
  }

  dispose(): void {
    this.left();
    this.group.removeFromParent();
  }

  private stand(figure: Figure, pose: Pose, others: number, speaking: boolean): void {
    const { rig, head, viewer } = this.seat;
    const place = (from: Float64Array): Vec3 =>
      rig.toUser([from[0] ?? 0, from[1] ?? 0, from[2] ?? 0]);
    const eye = head.position;
    const there = place(pose.head);
    const away = distance(there, eye);
    const inXr = pose.has(POSE.inXr);
    const look = lookOf({
      ...{ inXr, theirScale: pose.scale, myScale: rig.scale, others, speaking, distance: away },
    });
    figure.look = look;
    const ratio = pose.scale / rig.scale;
    const at = look === "periscope" ? periscopePlace(there, eye) : there;
    figure.at = at;
    const size = look === "periscope" || look === "head" || look === "full" ? 1 : ratio;
    const solid = solidity(distance(at, eye), viewer.workspace.comfort.get().personalSpace);
    const fade = viewer.workspace.replay.get() ? Math.min(solid, GHOST) : solid;
    figure.head.visible = look !== "pin" && look !== "monitor" && fade > 0;
    this.turn(figure.head, pose.head, at, look === "full" ? ratio : size);
    for (const [limb, from, flag] of [
      [figure.left, pose.left, POSE.left],
      [figure.right, pose.right, POSE.right],
    ] as const) {
      limb.visible = (look === "full" || look === "figurine") && pose.has(flag) && fade > 0;
      this.turn(limb, from, place(from), ratio);
    }
    figure.pole.visible = look === "periscope";
    figure.pole.position.set(at[0], (at[1] - 0.15) / 2, at[2]);
    figure.pole.scale.set(0.02, Math.max(0.05, at[1] - 0.15), 0.02);
    figure.monitor.visible = look === "monitor";
    this.turn(figure.monitor, pose.head, at, 1);
    fadeTo(figure.group, fade);
    const near = Math.max(0.4, distance(at, eye));
    const above = look === "figurine" ? ABOVE * ratio + 0.04 * near : look === "pin" ? 0 : ABOVE;
    const plateAt: Vec3 = [at[0], at[1] + above, at[2]];
    _eye.set(...eye);
    _at.set(...plateAt);
    _facing.setFromRotationMatrix(_look.lookAt(_eye, _at, _up));
    figure.plate.place(plateAt, Math.max(0.4, distance(plateAt, eye)), _facing);
  }

  /** A rotation of the model frame, as it is in user space. */
  private turn(object: Group, from: Float64Array, at: Vec3, scale: number): void {
    object.position.set(...at);
    _model.set(from[3] ?? 0, from[4] ?? 0, from[5] ?? 0, from[6] ?? 1);
    object.quaternion.setFromAxisAngle(_up, -this.seat.rig.yaw).multiply(_model);
    object.scale.setScalar(scale);
  }

  private dress(figure: Figure, colour: number): void {
    if (figure.colour === colour) return;
    figure.colour = colour;
    const css = new Color(personColour(colour));
    figure.group.traverse((part) => {
      if (part.userData["fixed"] === true) return;
      if (part instanceof Mesh || part instanceof LineSegments)
        (part.material as MeshBasicMaterial).color.copy(css); // `as`: all made here or beside the desk's figures
    });
  }

  private add(slot: number): Figure {
    const group = new Group();
    const [head, left, right, monitor] = [headMesh(), handMesh(), handMesh(), monitorMesh()];
    const pole = new Mesh(new BoxGeometry(1, 1, 1), new MeshBasicMaterial());
    group.add(head, left, right, monitor, pole);
    const plate = new Plate();
    this.group.add(group, plate.mesh);
    const figure: Figure = {
      ...{ group, head, left, right, monitor, pole, plate },
      ...{ look: "pin", colour: -1, seen: true, at: [0, 0, 0] },
    };
    this.figures.set(slot, figure);
    return figure;
  }

  private drop(slot: number, { group, plate }: Figure): void {
    this.figures.delete(slot);
    group.removeFromParent();
    group.traverse((part) => {
      if (!(part instanceof Mesh || part instanceof LineSegments)) return;
      const { geometry, material } = part as Mesh<BufferGeometry, MeshBasicMaterial>; // as above
      geometry.dispose();
      material.dispose();
    });
    plate.dispose();
  }
}

/** A screen whose back is to what it looks at; it looks along -z as a camera does. */
function monitorMesh(): Group {
  const group = new Group();
  const { width, height, depth, frustum } = MONITOR;
  const frame = new Mesh(new BoxGeometry(width, height, depth), new MeshBasicMaterial());
  const screen = new Mesh(
    new BoxGeometry(width - 0.03, height - 0.03, depth + 0.004),
    new MeshBasicMaterial({ color: INNER }),
  );
  screen.userData["fixed"] = true;
  const lines = pyramid();
  lines.scale.set(frustum * 0.7, frustum * 0.45, frustum);
  group.add(frame, screen, lines);
  return group;
}

function fadeTo(group: Group, opacity: number): void {
  if (group.userData["opacity"] === opacity) return;
  group.userData["opacity"] = opacity;
  group.traverse((part) => {
    if (!(part instanceof Mesh)) return;
    const material = part.material as MeshBasicMaterial; // as above
    material.transparent = opacity < 1;
    material.wireframe = opacity < 0.5;
    material.opacity = Math.max(0.25, opacity);
    material.needsUpdate = true;
  });
}

function distance(a: Vec3, b: Vec3): number {
  return Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]);
}

const _model = new Quaternion();
const _facing = new Quaternion();
const _eye = new Vector3();
const _at = new Vector3();
const _up = new Vector3(0, 1, 0);
const _look = new Matrix4();
