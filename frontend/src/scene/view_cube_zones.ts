/** The 26 zones of a view cube: which there are, what they are called, and which one the camera stands in. */

import { t } from "../state/messages";
import type { Vec3 } from "../state/model";
import type { CameraPose, ViewName } from "../state/workspace";
import { VIEWS, axesOf, levelUp } from "./pose";
import { dot, normalize, scale } from "./vector";

export type Face = Exclude<ViewName, "iso">;

/** Each face: its name, where it looks (toward the camera), and right and up on it. Model frame. */
export const FACES: readonly { name: Face; normal: Vec3; right: Vec3; up: Vec3 }[] = [
  { name: "front", normal: [0, 0, 1], right: [1, 0, 0], up: [0, 1, 0] },
  { name: "back", normal: [0, 0, -1], right: [-1, 0, 0], up: [0, 1, 0] },
  { name: "right", normal: [1, 0, 0], right: [0, 0, -1], up: [0, 1, 0] },
  { name: "left", normal: [-1, 0, 0], right: [0, 0, 1], up: [0, 1, 0] },
  { name: "top", normal: [0, 1, 0], right: [1, 0, 0], up: [0, 0, -1] },
  { name: "bottom", normal: [0, -1, 0], right: [1, 0, 0], up: [0, 0, 1] },
];

/** A face, an edge or a corner. */
export interface Zone {
  /** `front`, `front-right`, `front-right-top`: its faces in the order of `FACES`. */
  readonly id: string;
  /** Toward the camera; entries -1, 0, 1. */
  readonly direction: Vec3;
  /** The view that a face is. */
  readonly face: Face | null;
}

function zoneOf(direction: Vec3): Zone {
  const faces = FACES.filter(({ normal }) => dot(normal, direction) > 0).map(({ name }) => name);
  const [first] = faces;
  return { id: faces.join("-"), direction, face: faces.length === 1 && first ? first : null };
}

/** The nine zones of a face, row by row from its upper left, as directions. */
export function zonesOfFace({ normal, right, up }: (typeof FACES)[number]): readonly Zone[] {
  const zones: Zone[] = [];
  for (let row = 1; row >= -1; row -= 1)
    for (let column = -1; column <= 1; column += 1) {
      const entry = (axis: 0 | 1 | 2): number =>
        normal[axis] + column * right[axis] + row * up[axis];
      zones.push(zoneOf([entry(0), entry(1), entry(2)]));
    }
  return zones;
}

/** "Front, right" for an edge, "Front, right, top" for a corner. */
export function labelOf({ id }: Zone): string {
  return id
    .split("-")
    .map((name) => t(`view.${name as Face}`)) // made of face names
    .join(", ");
}

/** Up for a view from a zone: the vertical, but on top and bottom the back and the front. */
export function upFor({ direction, face }: Zone): Vec3 {
  if (face) return VIEWS[face].up;
  return levelUp(normalize(scale(direction, -1)), [0, 1, 0]);
}

const LIMIT = Math.cos((0.1 * Math.PI) / 180);

/** Whether the camera looks from a zone, upright, within 0.1°. */
export function isFrom(zone: Zone, pose: CameraPose): boolean {
  const { forward, up } = axesOf(pose);
  if (-dot(forward, normalize(zone.direction)) < LIMIT) return false;
  return dot(up, zone.face ? VIEWS[zone.face].up : levelUp(forward, up)) >= LIMIT;
}

/** Whether the camera looks straight at some face, rolled or not. */
export function isFaceView(pose: CameraPose): boolean {
  const { forward } = axesOf(pose);
  return FACES.some(({ normal }) => -dot(forward, normal) >= LIMIT);
}

/** Where the neighbour to one side of the picture is seen from, and its up, so that it rolls over like a die. */
export function neighbour(
  pose: CameraPose,
  side: "left" | "right" | "up" | "down",
): { readonly from: Vec3; readonly up: Vec3 } {
  const { forward, right, up } = axesOf(pose);
  if (side === "left") return { from: scale(right, -1), up };
  if (side === "right") return { from: right, up };
  return side === "up"
    ? { from: up, up: forward }
    : { from: scale(up, -1), up: scale(forward, -1) };
}

/** The face that is seen from a direction. */
export function faceFrom(from: Vec3): Face {
  return FACES.reduce((best, face) =>
    dot(face.normal, from) > dot(best.normal, from) ? face : best,
  ).name;
}
