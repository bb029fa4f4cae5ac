/**
 * Other people in the model: name tags at what they point at, camera pyramids for desks, heads and hands for
 * headsets, all in their colour. Tags are HTML of constant size; the rest are small meshes of our own.
 */

import {
  BufferGeometry,
  CapsuleGeometry,
  Color,
  CylinderGeometry,
  Float32BufferAttribute,
  Group,
  IcosahedronGeometry,
  LineBasicMaterial,
  LineSegments,
  Mesh,
  MeshBasicMaterial,
  SphereGeometry,
} from "three";
import { presenterAmong } from "../state/areas/conducting";
import type { Vec3 } from "../state/model";
import { frustumLook } from "./frusta";
import { Lasers } from "./lasers";
import { NO_OCCURRENCE, POSE, type Pose } from "../state/presence";
import type { Person } from "../state/workspace";
import { personColour } from "./theme";
import type { Viewer } from "./viewer";

/** UX.md §3.2: a tag fades to initials after this long without moving. */
const TAG_FADES_MS = 3_000;
const STALE_MS = 5_000;
/** Opacity of a pyramid among others, and of who presents or whom I paused. */
const FAINT = 0.55;
const STRONG = 1;
/** A pyramid is this part of the distance to what its owner turns around. */
const FRUSTUM_DEPTH = 0.16;

/** One other person as drawn. */
interface Figure {
  readonly group: Group;
  readonly head: Group;
  readonly left: Group;
  readonly right: Group;
  readonly frustum: LineSegments<BufferGeometry, LineBasicMaterial>;
  readonly laser: LineSegments<BufferGeometry, LineBasicMaterial>;
  readonly cursor: HTMLElement;
  readonly plate: HTMLElement;
  colour: number;
  name: string;
  lastPoint: Vec3;
  movedMs: number;
  seen: boolean;
}

/** Draws everyone that `viewer.others` tells of. Returns the way to stop. */
export function drawPresence(viewer: Viewer): () => void {
  const figures = new Map<number, Figure>();
  let people: ReadonlyMap<number, Person> = new Map();
  const stopPeople = viewer.workspace.people.subscribe((all) => {
    people = new Map(all.map((person) => [person.slot, person]));
    viewer.invalidate();
  });

  const drop = (slot: number, figure: Figure): void => {
    figures.delete(slot);
    figure.group.removeFromParent();
    disposeFigure(figure);
  };

  const lasers = new Lasers(viewer);
  const { laser, pointerPosition } = viewer.workspace;
  const stopLaser = laser.subscribe(() => viewer.invalidate());

  const stopFrames = viewer.onFrame((nowMs) => {
    for (const figure of figures.values()) figure.seen = false;
    let frusta = 0;
    const leads = presenterAmong([...people.values()], viewer.workspace.conduct.get());
    const presenter = leads && !leads.mine ? leads.slot : null;
    viewer.others.poses(nowMs, (slot, pose, ageMs) => {
      const person = people.get(slot);
      if (!person || person.mine) return;
      const figure = figures.get(slot) ?? makeFigure(viewer);
      if (!figures.has(slot)) {
        figures.set(slot, figure);
        figure.cursor.dataset["testid"] = `cursor-${slot}`;
        figure.plate.dataset["testid"] = `person-${slot}`;
        figure.cursor.dataset["slot"] = String(slot);
        figure.plate.dataset["slot"] = String(slot);
        viewer.extras.add(figure.group);
      }
      figure.seen = true;
      dress(figure, person);
      const followed = viewer.workspace.following.get();
      const look = frustumLook(slot, { following: followed, presenter }, frusta);
      if (look === "faint") frusta += 1;
      figure.frustum.material.opacity = look === "strong" ? STRONG : FAINT;
      figure.plate.dataset["look"] = look;
      placeBody(viewer, figure, pose, look !== "none", ageMs);
      placeCursor(viewer, figure, pose, nowMs);
      const point = pose.has(POSE.pointer) ? pointOf(viewer, pose) : null;
      lasers.tell(slot, person.colour, pose, point, nowMs);
    });
    const [me] = [...people.values()].filter(({ mine }) => mine);
    const mine = laser.get() ? pointerPosition.get() : null;
    lasers.tellMine(me?.colour ?? 0, mine && viewer.toModel(mine), nowMs);
    lasers.draw(nowMs);
    for (const [slot, figure] of figures) if (!figure.seen) drop(slot, figure);
  });

  return () => {
    stopPeople();
    stopFrames();
    stopLaser();
    lasers.dispose();
    for (const [slot, figure] of figures) drop(slot, figure);
  };
}

function placeBody(
  viewer: Viewer,
  figure: Figure,
  pose: Pose,
  showFrustum: boolean,
  ageMs: number,
): void {
  const inXr = pose.has(POSE.inXr);
  // Who wears a headset sees the others as `xr/together/crowd.ts` draws them.
  const atDesk = !viewer.presenting;
  figure.group.visible = true;
  figure.head.visible = inXr && atDesk;
  figure.frustum.visible = !inXr && showFrustum && atDesk && pose.has(POSE.lens);
  put(figure.head, pose.head, pose.scale);
  figure.left.visible = inXr && atDesk && pose.has(POSE.left);
  figure.right.visible = inXr && atDesk && pose.has(POSE.right);
  put(figure.left, pose.left, pose.scale);
  put(figure.right, pose.right, pose.scale);
  if (figure.frustum.visible) {
    put(figure.frustum, pose.head, 1);
    const depth = pose.targetDistance * FRUSTUM_DEPTH;
    const half = pose.fov < 0 ? -pose.fov * 0.5 * FRUSTUM_DEPTH : Math.tan(pose.fov / 2) * depth;
    figure.frustum.scale.set(half * pose.aspect, half, depth);
  }
  const head: Vec3 = [pose.head[0] ?? 0, pose.head[1] ?? 0, pose.head[2] ?? 0];
  const above: Vec3 = inXr ? [head[0], head[1] + 0.22 * pose.scale, head[2]] : head;
  const shown = (inXr || figure.frustum.visible) && !viewer.presenting;
  const at = shown ? viewer.projectToScreen(above) : null;
  const { clientWidth, clientHeight } = viewer.canvas;
  const inside = at !== null && at.x > 0 && at.y > 0 && at.x < clientWidth && at.y < clientHeight;
  figure.plate.hidden = !inside;
  if (at)
    figure.plate.style.transform = `translate(${at.x.toFixed(1)}px, ${at.y.toFixed(1)}px) translate(-50%, -100%)`;
  figure.plate.style.opacity = ageMs > STALE_MS ? "0.4" : "1";
}

function placeCursor(viewer: Viewer, figure: Figure, pose: Pose, nowMs: number): void {
  const point = pose.has(POSE.pointer) ? pointOf(viewer, pose) : null;
  const at = point && !viewer.presenting ? viewer.projectToScreen(point) : null;
  figure.cursor.hidden = at === null;
  // At a desk `lasers.ts` draws that of a desk; who wears a headset sees this line of both.
  const isLine = pose.has(POSE.inXr) || (viewer.presenting && pose.has(POSE.laser));
  figure.laser.visible = point !== null && isLine;
  if (!point) return;
  if (figure.laser.visible) {
    const from = pose.has(POSE.right) ? pose.right : pose.has(POSE.left) ? pose.left : pose.head;
    const line = figure.laser.geometry.getAttribute("position");
    line.setXYZ(0, from[0] ?? 0, from[1] ?? 0, from[2] ?? 0);
    line.setXYZ(1, ...point);
    line.needsUpdate = true;
  }
  const isLaser = pose.has(POSE.laser);
  const moved =
    isLaser || point.some((value, axis) => Math.abs(value - (figure.lastPoint[axis] ?? 0)) > 1e-6);
  if (moved) {
    figure.lastPoint = point;
    figure.movedMs = nowMs;
  }
  figure.cursor.classList.toggle("presence-quiet", nowMs - figure.movedMs > TAG_FADES_MS);
  if (at) figure.cursor.style.transform = `translate(${at.x.toFixed(1)}px, ${at.y.toFixed(1)}px)`;
}

/** What somebody points at, where it stands here: an explosion or another section does not move their finger. */
function pointOf(viewer: Viewer, pose: Pose): Vec3 | null {
  const point: Vec3 = [pose.pointer[0] ?? 0, pose.pointer[1] ?? 0, pose.pointer[2] ?? 0];
  if (pose.pointerOccurrence === NO_OCCURRENCE) return point;
  return viewer.partPoint(pose.pointerOccurrence, point);
}

function put(object: Group | LineSegments, placement: Float64Array, scale: number): void {
  object.position.set(placement[0] ?? 0, placement[1] ?? 0, placement[2] ?? 0);
  object.quaternion.set(placement[3] ?? 0, placement[4] ?? 0, placement[5] ?? 0, placement[6] ?? 1);
  if (object instanceof Group) object.scale.setScalar(scale);
}

/** Name and colour, when they changed. */
function dress(figure: Figure, person: Person): void {
  if (figure.colour === person.colour && figure.name === person.name) return;
  figure.colour = person.colour;
  figure.name = person.name;
  const css = personColour(person.colour);
  const colour = new Color(css);
  figure.frustum.material.color.copy(colour);
  figure.laser.material.color.copy(colour);
  for (const limb of [figure.head, figure.left, figure.right])
    limb.traverse((part) => {
      if (
        part instanceof Mesh &&
        part.material instanceof MeshBasicMaterial &&
        !part.userData["fixed"]
      )
        part.material.color.copy(colour);
    });
  const ink = isBright(css) ? "#101418" : "#ffffff";
  for (const tag of [figure.cursor, figure.plate]) {
    tag.style.setProperty("--person", css);
    tag.style.setProperty("--on-person", ink);
    const full = tag.querySelector(".presence-name");
    const short = tag.querySelector(".presence-initials");
    if (full) full.textContent = person.name;
    if (short) short.textContent = initialsOf(person.name);
  }
}

/** "Anna Kim" → "AK". */
export function initialsOf(name: string): string {
  const words = name.trim().split(/\s+/u);
  const letters = words.length > 1 ? [words[0], words.at(-1)] : [words[0]];
  return letters.map((word) => [...(word ?? "")][0]?.toUpperCase() ?? "").join("") || "?";
}

/** Whether dark text reads better on it (WCAG relative luminance above 0.2). */
function isBright(css: string): boolean {
  const { r, g, b } = new Color(css);
  return 0.2126 * r + 0.7152 * g + 0.0722 * b > 0.2;
}

function makeFigure(viewer: Viewer): Figure {
  const group = new Group();
  const head = headMesh();
  const left = handMesh();
  const right = handMesh();
  const frustum = pyramid();
  const laser = new LineSegments(
    new BufferGeometry().setAttribute("position", new Float32BufferAttribute(6, 3)),
    new LineBasicMaterial({ transparent: true, opacity: 0.7 }),
  );
  laser.frustumCulled = false;
  group.add(head, left, right, frustum, laser);
  const cursor = tag("presence-cursor");
  cursor.insertAdjacentHTML(
    "afterbegin",
    '<svg width="18" height="20" viewBox="0 0 18 20" aria-hidden="true"><path d="M1.5 1.5 16 9.2 9.4 11 6.2 17.6Z" fill="var(--person)" stroke="#fff" stroke-width="1.4" stroke-linejoin="round" paint-order="stroke"/></svg>',
  );
  const plate = tag("presence-plate");
  viewer.overlay.element.append(cursor, plate);
  return {
    group,
    head,
    left,
    right,
    frustum,
    laser,
    cursor,
    plate,
    colour: -1,
    name: "",
    lastPoint: [0, 0, 0],
    movedMs: 0,
    seen: true,
  };
}

function disposeFigure(figure: Figure): void {
  figure.cursor.remove();
  figure.plate.remove();
  figure.group.traverse((part) => {
    if (!(part instanceof Mesh || part instanceof LineSegments)) return;
    const { geometry, material } = part as Mesh<BufferGeometry, MeshBasicMaterial>; // all made below
    geometry.dispose();
    material.dispose();
  });
}

function tag(className: string): HTMLElement {
  const made = document.createElement("div");
  made.className = className;
  made.hidden = true;
  made.innerHTML =
    '<span class="presence-tag"><bdi class="presence-name"></bdi><span class="presence-initials"></span></span>';
  return made;
}

/** A visor on a rounded head, looking along -z; metres. */
export function headMesh(): Group {
  const group = new Group();
  const skull = new Mesh(new IcosahedronGeometry(0.105, 3), new MeshBasicMaterial());
  skull.scale.set(0.88, 1.12, 1);
  const visor = new Mesh(
    new CapsuleGeometry(0.045, 0.09, 4, 12),
    new MeshBasicMaterial({ color: 0x14181d }),
  );
  visor.userData["fixed"] = true;
  visor.rotation.z = Math.PI / 2;
  visor.position.set(0, 0.02, -0.075);
  const neck = new Mesh(new CylinderGeometry(0.035, 0.05, 0.06, 12), new MeshBasicMaterial());
  neck.position.y = -0.14;
  group.add(skull, visor, neck);
  return group;
}

export function handMesh(): Group {
  const group = new Group();
  const palm = new Mesh(new SphereGeometry(0.038, 16, 12), new MeshBasicMaterial());
  palm.scale.set(0.8, 0.55, 1.25);
  const finger = new Mesh(new CapsuleGeometry(0.011, 0.06, 4, 10), new MeshBasicMaterial());
  finger.rotation.x = Math.PI / 2;
  finger.position.set(0, 0.004, -0.07);
  group.add(palm, finger);
  return group;
}

/** Edges of a camera's view from its eye to depth 1, with a tip showing up. */
export function pyramid(): LineSegments<BufferGeometry, LineBasicMaterial> {
  const c = [
    [-1, -1, -1],
    [1, -1, -1],
    [1, 1, -1],
    [-1, 1, -1],
  ];
  const points: number[] = [];
  const line = (a: readonly number[], b: readonly number[]): number => points.push(...a, ...b);
  c.forEach((corner, i) => {
    line([0, 0, 0], corner);
    line(corner, c[(i + 1) % 4] ?? corner);
  });
  line([-0.5, 1.08, -1], [0, 1.5, -1]);
  line([0, 1.5, -1], [0.5, 1.08, -1]);
  const made = new LineSegments(
    new BufferGeometry().setAttribute("position", new Float32BufferAttribute(points, 3)),
    new LineBasicMaterial({ transparent: true, opacity: 0.85 }),
  );
  made.frustumCulled = false;
  return made;
}
