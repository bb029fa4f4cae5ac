/** Draws planes, the box and the handles of the chosen one, over the model and at constant size. */

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
  LineSegments,
  Matrix4,
  Mesh,
  MeshBasicMaterial,
  type Object3D,
  PlaneGeometry,
  Quaternion,
  SphereGeometry,
  TorusGeometry,
  Vector3,
} from "three";
import type { SectionBox } from "../state/areas/sectioning";
import type { Vec3 } from "../state/model";
import { sceneColours } from "../scene/theme";
import type { Viewer } from "../scene/viewer";
import { planeAxes } from "../scene/section/cutter";
import { along, dot, scale } from "../scene/vector";
import { ARROW_PX, type Handle, RING_PX, boxCorners } from "./section_handles";

/** A plane as it is drawn; model frame. */
export interface DrawnPlane {
  readonly normal: Vec3;
  readonly offset: number;
  readonly chosen: boolean;
}

/** What is drawn now. */
export interface Drawn {
  readonly planes: readonly DrawnPlane[];
  readonly box: { readonly box: SectionBox; readonly chosen: boolean } | null;
  readonly handles: readonly Handle[];
  readonly hovered: string | null;
  readonly held: string | null;
  /** Somebody else has the chosen one in hand: their colour (CSS); null: nobody else has. */
  readonly foreign: string | null;
}

/** Everything the section tool draws in the scene. */
export class SectionGizmo {
  private readonly viewer: Viewer;
  private readonly group = new Group();
  private readonly frames: PlaneFrame[] = [];
  private readonly box = new BoxFrame();
  private readonly handles = new Map<string, HandleMesh>();

  constructor(viewer: Viewer) {
    this.viewer = viewer;
    this.group.add(this.box.group);
    viewer.extras.add(this.group);
  }

  draw({ planes, box, handles, hovered, held, foreign }: Drawn): void {
    const colours = sceneColours(this.viewer.workspace.theme.get());
    while (this.frames.length < planes.length) {
      const frame = new PlaneFrame();
      this.frames.push(frame);
      this.group.add(frame.group);
    }
    const corners = planes.length > 0 ? this.viewer.cornersOfModel() : [];
    this.frames.forEach((frame, i) => {
      const plane = planes[i];
      frame.group.visible = plane !== undefined;
      if (!plane) return;
      frame.lay(plane, corners);
      frame.paint(plane.chosen ? colours.hover : _grey, plane.chosen);
    });
    this.box.group.visible = box !== null;
    if (box) this.box.lay(box.box, box.chosen ? colours.hover : _grey, box.chosen);
    const wanted = new Set(handles.map(({ name, kind }) => `${kind} ${name}`));
    for (const [key, mesh] of this.handles) mesh.group.visible = wanted.has(key);
    for (const handle of handles) {
      const key = `${handle.kind} ${handle.name}`;
      let mesh = this.handles.get(key);
      if (!mesh) {
        mesh = new HandleMesh(handle.kind);
        this.handles.set(key, mesh);
        this.group.add(mesh.group);
      }
      const active = handle.name === held;
      const over = handle.name === hovered && held === null;
      const colour =
        foreign !== null ? _foreign.set(foreign) : active || over ? colours.select : colours.hover;
      mesh.lay(handle, (point, pixels) => this.viewer.reach(point, pixels), over || active);
      mesh.paint(colour, foreign !== null ? 0.5 : held !== null && !active ? 0.35 : 1);
    }
  }

  dispose(): void {
    for (const frame of this.frames) frame.dispose();
    for (const mesh of this.handles.values()) mesh.dispose();
    this.box.dispose();
    this.group.removeFromParent();
  }
}

/** One handle: arrow, ring, ball or the knob of a side. */
class HandleMesh {
  readonly group = new Group();
  private readonly kind: Handle["kind"];
  private readonly material = new MeshBasicMaterial({ depthTest: false, transparent: true });
  /** A darker rim, so that a handle is seen on every colour. */
  private readonly rim = new MeshBasicMaterial({
    depthTest: false,
    transparent: true,
    color: 0x14181d,
    opacity: 0.55,
  });

  constructor(kind: Handle["kind"]) {
    this.kind = kind;
    const put = (
      geometry: BufferGeometry,
      y: number,
      material = this.material,
      order = 21,
    ): void => {
      const mesh = new Mesh(geometry, material);
      mesh.position.y = y;
      mesh.renderOrder = order;
      mesh.frustumCulled = false;
      this.group.add(mesh);
    };
    switch (kind) {
      case "move":
        put(new CylinderGeometry(0.028, 0.028, 0.7, 12), 0.37, this.rim, 20);
        put(new CylinderGeometry(0.018, 0.018, 0.7, 12), 0.37);
        put(new ConeGeometry(0.1, 0.3, 24), 0.86, this.rim, 20);
        put(new ConeGeometry(0.085, 0.27, 24), 0.86);
        break;
      case "turn":
        put(new TorusGeometry(1, 0.034, 8, 72), 0, this.rim, 20);
        put(new TorusGeometry(1, 0.02, 8, 72), 0);
        for (const mesh of this.group.children) mesh.rotation.x = Math.PI / 2;
        break;
      case "side":
        put(new ConeGeometry(0.62, 1.3, 20), 0.5, this.rim, 20);
        put(new ConeGeometry(0.5, 1.1, 20), 0.5);
        break;
      case "centre":
        put(new SphereGeometry(0.62, 20, 14), 0, this.rim, 20);
        put(new SphereGeometry(0.5, 20, 14), 0);
    }
  }

  lay({ at, axis }: Handle, reach: (point: Vec3, pixels: number) => number, over: boolean): void {
    const pixels = { move: ARROW_PX, turn: RING_PX, side: 17, centre: 15 }[this.kind];
    this.group.position.set(...at);
    this.group.quaternion.copy(_turn.setFromUnitVectors(_y, _axis.set(...axis)));
    this.group.scale.setScalar(reach(at, pixels) * (over && this.kind !== "turn" ? 1.12 : 1));
  }

  paint(colour: Color, opacity: number): void {
    this.material.color.copy(colour);
    this.material.opacity = opacity;
    this.rim.opacity = 0.55 * opacity;
  }

  dispose(): void {
    this.group.traverse(release);
    this.material.dispose();
    this.rim.dispose();
    this.group.removeFromParent();
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

  constructor() {
    const outline = new BufferGeometry().setAttribute(
      "position",
      new Float32BufferAttribute([-1, -1, 0, 1, -1, 0, 1, 1, 0, -1, 1, 0], 3),
    );
    const loop = new LineLoop(outline, this.line);
    const sheet = new Mesh(new PlaneGeometry(2, 2), this.fill);
    loop.renderOrder = sheet.renderOrder = 10;
    this.group.add(loop, sheet);
  }

  /** Puts the frame around the model's box as seen along the normal. */
  lay({ normal, offset }: DrawnPlane, corners: readonly Vec3[]): void {
    const [right, up] = planeAxes(normal);
    const toward = scale(normal, -1);
    const [minU, maxU] = span(corners, right);
    const [minV, maxV] = span(corners, up);
    const middle = along(scale(right, (minU + maxU) / 2), up, (minV + maxV) / 2);
    this.group.position.set(...along(middle, normal, offset));
    _basis.makeBasis(_right.set(...right), _up.set(...up), _axis.set(...toward));
    this.group.quaternion.setFromRotationMatrix(_basis);
    const margin = 0.04 * Math.max(maxU - minU, maxV - minV);
    this.group.scale.set((maxU - minU) / 2 + margin, (maxV - minV) / 2 + margin, 1);
  }

  paint(colour: Color, chosen: boolean): void {
    this.line.color.copy(colour);
    this.line.opacity = chosen ? 0.9 : 0.4;
    this.fill.color.copy(colour);
    this.fill.opacity = chosen ? 0.06 : 0.015;
  }

  dispose(): void {
    this.group.traverse(release);
    this.line.dispose();
    this.fill.dispose();
    this.group.removeFromParent();
  }
}

const EDGES = [0, 1, 2, 3, 4, 5, 6, 7, 0, 2, 1, 3, 4, 6, 5, 7, 0, 4, 1, 5, 2, 6, 3, 7];

/** The twelve edges of the box. */
class BoxFrame {
  readonly group = new Group();
  private readonly line = new LineBasicMaterial({ transparent: true });
  private readonly position = new Float32BufferAttribute(new Float32Array(24), 3);

  constructor() {
    const geometry = new BufferGeometry().setAttribute("position", this.position).setIndex(EDGES);
    const lines = new LineSegments(geometry, this.line);
    lines.renderOrder = 10;
    lines.frustumCulled = false;
    this.group.add(lines);
  }

  lay(box: SectionBox, colour: Color, chosen: boolean): void {
    boxCorners(box).forEach((corner, i) => this.position.setXYZ(i, ...corner));
    this.position.needsUpdate = true;
    this.line.color.copy(colour);
    this.line.opacity = chosen ? 0.95 : 0.5;
  }

  dispose(): void {
    this.group.traverse(release);
    this.line.dispose();
  }
}

function span(corners: readonly Vec3[], axis: Vec3): [number, number] {
  const heights = corners.map((corner) => dot(corner, axis));
  return [Math.min(...heights), Math.max(...heights)];
}

function release(object: Object3D): void {
  if (object instanceof Mesh || object instanceof LineLoop || object instanceof LineSegments)
    (object.geometry as BufferGeometry).dispose();
}

const _right = new Vector3();
const _up = new Vector3();
const _axis = new Vector3();
const _y = new Vector3(0, 1, 0);
const _basis = new Matrix4();
const _turn = new Quaternion();
const _grey = new Color(0x7b8591);
const _foreign = new Color();
