/** Section planes in the picture: an outline for each, and for the chosen one an arrow that moves it. */

import {
  BufferGeometry,
  Color,
  ConeGeometry,
  CylinderGeometry,
  DoubleSide,
  Float32BufferAttribute,
  Group,
  LineBasicMaterial,
  LineLoop,
  Matrix4,
  Mesh,
  MeshBasicMaterial,
  PlaneGeometry,
  Quaternion,
  Vector3,
} from "three";
import type { Vec3 } from "../state/model";
import type { Section } from "../state/workspace";
import type { Pointer, PointerHandler } from "../scene/pointer";
import {
  add,
  along,
  cross,
  distance,
  dot,
  length,
  normalize,
  perpendicular,
  scale,
  subtract,
} from "../scene/vector";
import { sceneColours } from "../scene/theme";
import type { Viewer } from "../scene/viewer";
import type { Hover } from "./select";

/** Length of the arrow on screen; its handle is at least 24 px wide (UX.md §2.8). */
const ARROW_PX = 84;
const HANDLE_PX = 14;

/** Draws the planes, drags the chosen one, adds one where a face is clicked. */
export class SectionTool implements PointerHandler {
  private readonly viewer: Viewer;
  private readonly pointing: Hover;
  private readonly group = new Group();
  private readonly arrow = new Group();
  private readonly arrowMaterial = new MeshBasicMaterial({ depthTest: false, transparent: true });
  private readonly planes: PlaneFrame[] = [];
  private readonly stops: (() => void)[];
  private dragged: {
    readonly id: string;
    readonly from: number;
    readonly offset: number;
    last: number;
  } | null = null;
  private over = false;

  constructor(viewer: Viewer, pointing: Hover) {
    this.viewer = viewer;
    this.pointing = pointing;
    const shaft = new Mesh(new CylinderGeometry(0.018, 0.018, 0.72, 12), this.arrowMaterial);
    shaft.position.y = 0.36;
    const head = new Mesh(new ConeGeometry(0.085, 0.28, 24), this.arrowMaterial);
    head.position.y = 0.86;
    this.arrow.add(shaft, head);
    this.arrow.renderOrder = 20;
    shaft.renderOrder = head.renderOrder = 20;
    this.group.add(this.arrow);
    viewer.extras.add(this.group);
    const { workspace } = viewer;
    const again = (): void => viewer.invalidate();
    this.stops = [
      viewer.onFrame(() => this.place()),
      workspace.sections.subscribe(again),
      workspace.activeSection.subscribe(again),
      workspace.tool.subscribe(again),
      workspace.holds.subscribe(again),
    ];
  }

  hover(pointer: Pointer): void {
    const over = this.onArrow(pointer) !== null;
    if (over !== this.over) {
      this.over = over;
      this.viewer.canvas.style.cursor = over ? "grab" : "";
      this.viewer.invalidate();
    }
    this.pointing.show(over ? null : this.viewer.pickPointer(pointer));
  }

  leave(): void {
    this.over = false;
    this.pointing.clear();
  }

  press(pointer: Pointer): boolean {
    const section = this.active();
    const at = section ? this.onArrow(pointer) : null;
    if (!section || at === null || this.isHeld(section)) return false;
    this.dragged = { id: section.id, from: at, offset: section.offset_m, last: section.offset_m };
    this.pointing.clear();
    return true;
  }

  drag(pointer: Pointer): void {
    const section = this.active();
    const { dragged } = this;
    if (!section || dragged?.id !== section.id) return;
    const at = this.alongNormal(pointer, section);
    if (at === null) return;
    dragged.last = dragged.offset + at - dragged.from;
    this.viewer.commands.run("section.update", {
      id: dragged.id,
      change: { offset_m: dragged.last },
      preview: true,
    });
  }

  release(): void {
    const { dragged } = this;
    this.dragged = null;
    if (dragged)
      this.viewer.commands.run("section.update", {
        id: dragged.id,
        change: { offset_m: dragged.last },
      });
  }

  cancel(): void {
    const { dragged } = this;
    this.dragged = null;
    if (dragged)
      this.viewer.commands.run("section.update", {
        id: dragged.id,
        change: { offset_m: dragged.offset },
      });
  }

  /** A face becomes a plane that keeps what lies behind the face. */
  click(pointer: Pointer): void {
    const hit = this.viewer.pickPointer(pointer);
    if (!hit || hit.cap !== null) return;
    const normal = tidy(scale(hit.normal, -1));
    const offset_m = dot(normal, this.viewer.toAbsolute(hit.point));
    this.viewer.commands.run("section.add", { normal, offset_m });
  }

  dispose(): void {
    for (const stop of this.stops) stop();
    for (const plane of this.planes) plane.dispose();
    this.arrow.children.forEach(
      (part) => part instanceof Mesh && (part as Mesh<BufferGeometry>).geometry.dispose(),
    );
    this.arrowMaterial.dispose();
    this.group.removeFromParent();
  }

  private active(): Section | null {
    const { sections, activeSection, tool } = this.viewer.workspace;
    if (tool.get() !== "section") return null;
    return sections.get().find(({ id, enabled }) => id === activeSection.get() && enabled) ?? null;
  }

  private isHeld(section: Section): boolean {
    return this.viewer.workspace.holds.get().has(`section/${section.id}`);
  }

  /** The middle of a plane's rectangle, model frame. */
  private middle({ normal, offset_m }: Section): Vec3 {
    const { point } = this.viewer.middleOfModel();
    const height = dot(normal, this.viewer.toAbsolute(point)) - offset_m;
    return along(point, normal, -height);
  }

  private place(): void {
    const { workspace } = this.viewer;
    const showing = workspace.tool.get() === "section";
    const sections = showing ? workspace.sections.get().filter(({ enabled }) => enabled) : [];
    while (this.planes.length < sections.length) {
      const plane = new PlaneFrame();
      this.planes.push(plane);
      this.group.add(plane.group);
    }
    const active = this.active();
    const colours = sceneColours(workspace.theme.get());
    this.planes.forEach((plane, i) => {
      const section = sections[i];
      plane.group.visible = section !== undefined;
      if (!section) return;
      this.lay(plane, section);
      const chosen = section.id === active?.id;
      plane.paint(chosen ? colours.hover : _grey, chosen);
    });
    this.arrow.visible = active !== null;
    if (!active) return;
    const at = this.middle(active);
    this.arrow.position.set(...at);
    // The arrow points at what is cut away: pulling it that way keeps more.
    this.arrow.quaternion.copy(
      _turn.setFromUnitVectors(_y, _normal.set(...active.normal).negate()),
    );
    this.arrow.scale.setScalar(this.viewer.reach(at, ARROW_PX));
    const held = this.isHeld(active);
    this.arrowMaterial.color.copy(
      held ? _grey : this.over || this.dragged ? colours.select : colours.hover,
    );
    this.arrowMaterial.opacity = held ? 0.5 : 1;
  }

  /** Puts a plane's frame around the model's box as seen along its normal. */
  private lay(plane: PlaneFrame, { normal, offset_m }: Section): void {
    const u =
      Math.abs(normal[1]) > 0.9 ? perpendicular([0, 0, 1]) : normalize(cross([0, 1, 0], normal));
    const right = normalize(subtract(u, scale(normal, dot(u, normal))));
    const up = cross(normal, right);
    const corners = this.viewer.cornersOfModel();
    const [minU, maxU] = span(corners, right);
    const [minV, maxV] = span(corners, up);
    const height = offset_m - dot(normal, this.viewer.origin);
    const at = along(along(scale(right, (minU + maxU) / 2), up, (minV + maxV) / 2), normal, height);
    plane.group.position.set(...at);
    _basis.makeBasis(_right.set(...right), _up.set(...up), _normal.set(...normal));
    plane.group.quaternion.setFromRotationMatrix(_basis);
    const margin = 0.04 * Math.max(maxU - minU, maxV - minV);
    plane.group.scale.set((maxU - minU) / 2 + margin, (maxV - minV) / 2 + margin, 1);
  }

  /** Metres along the plane's normal where a pointer holds the arrow; null when it is not on it. */
  private onArrow(pointer: Pointer): number | null {
    const section = this.active();
    if (!section) return null;
    const base = this.middle(section);
    const tip = along(base, section.normal, -this.viewer.reach(base, ARROW_PX));
    const nearest = nearestOnRay(pointer, base, tip);
    if (!nearest || nearest.apart > pointer.reach(nearest.point, HANDLE_PX)) return null;
    return this.alongNormal(pointer, section);
  }

  /** Absolute metres along the plane's normal that a pointer points at, on the arrow's own line. */
  private alongNormal(pointer: Pointer, section: Section): number | null {
    const base = this.middle(section);
    const axis = section.normal;
    // The plane through the axis that faces the pointer most: stable even when looking along the axis.
    const side = cross(axis, pointer.direction);
    if (length(side) < 0.02) return null;
    const facing = normalize(cross(side, axis));
    const towards = dot(pointer.direction, facing);
    if (Math.abs(towards) < 1e-6) return null;
    const t = dot(subtract(base, pointer.origin), facing) / towards;
    const point = along(pointer.origin, pointer.direction, t);
    return dot(axis, this.viewer.toAbsolute(point));
  }
}

/** Outline and faint fill of one plane, side 2, facing z. */
class PlaneFrame {
  readonly group = new Group();
  private readonly line = new LineBasicMaterial({ transparent: true });
  private readonly fill = new MeshBasicMaterial({
    transparent: true,
    side: DoubleSide,
    depthWrite: false,
  });
  private readonly geometries: BufferGeometry[];

  constructor() {
    const outline = new BufferGeometry().setAttribute(
      "position",
      new Float32BufferAttribute([-1, -1, 0, 1, -1, 0, 1, 1, 0, -1, 1, 0], 3),
    );
    const plane = new PlaneGeometry(2, 2);
    this.geometries = [outline, plane];
    const loop = new LineLoop(outline, this.line);
    const sheet = new Mesh(plane, this.fill);
    loop.renderOrder = sheet.renderOrder = 10;
    this.group.add(loop, sheet);
  }

  paint(colour: Color, chosen: boolean): void {
    this.line.color.copy(colour);
    this.line.opacity = chosen ? 0.9 : 0.4;
    this.fill.color.copy(colour);
    this.fill.opacity = chosen ? 0.06 : 0.015;
  }

  dispose(): void {
    this.geometries.forEach((geometry) => geometry.dispose());
    this.line.dispose();
    this.fill.dispose();
    this.group.removeFromParent();
  }
}

function span(corners: readonly Vec3[], axis: Vec3): [number, number] {
  const heights = corners.map((corner) => dot(corner, axis));
  return [Math.min(...heights), Math.max(...heights)];
}

/** Normals of axis-parallel faces are stored without the noise of their triangles. */
export function tidy(normal: Vec3): Vec3 {
  const unit = normalize(normal);
  const axis = [0, 1, 2].find((a) => Math.abs(unit[a] ?? 0) > 1 - 1e-6);
  if (axis === undefined) return unit;
  const sign = (unit[axis] ?? 0) > 0 ? 1 : -1;
  return [axis === 0 ? sign : 0, axis === 1 ? sign : 0, axis === 2 ? sign : 0];
}

/** Where a pointer's ray comes nearest to a segment. */
function nearestOnRay(pointer: Pointer, a: Vec3, b: Vec3): { point: Vec3; apart: number } | null {
  let best: { point: Vec3; apart: number } | null = null;
  // 24 samples: a quarter of the handle's width apart at most.
  for (let i = 0; i <= 24; i += 1) {
    const point = add(a, scale(subtract(b, a), i / 24));
    const ahead = dot(subtract(point, pointer.origin), pointer.direction);
    if (ahead <= 0) continue;
    const apart = distance(point, along(pointer.origin, pointer.direction, ahead));
    if (!best || apart < best.apart) best = { point, apart };
  }
  return best;
}

const _right = new Vector3();
const _up = new Vector3();
const _basis = new Matrix4();
const _y = new Vector3(0, 1, 0);
const _normal = new Vector3();
const _turn = new Quaternion();
const _grey = new Color(0x7b8591);
