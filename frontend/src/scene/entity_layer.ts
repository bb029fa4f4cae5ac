/**
 * Highlights of faces (tinted over their part), edges (thick lines), axes (dash and dot) and bodies. Drawn where parts
 * stand, exploded and cut as they are, not where they are hidden; three draw calls for a set of entities at most, and
 * nothing is computed for a picture unless something has changed.
 */

import {
  BufferAttribute,
  BufferGeometry,
  Color,
  DoubleSide,
  Group,
  Mesh,
  MeshBasicMaterial,
  Plane,
  Vector3,
  type Object3D,
  type WebGLRenderer,
} from "three";
import { LineMaterial } from "three/examples/jsm/lines/LineMaterial.js";
import { LineSegments2 } from "three/examples/jsm/lines/LineSegments2.js";
import { LineSegmentsGeometry } from "three/examples/jsm/lines/LineSegmentsGeometry.js";
import { type EntityRef, entityKey } from "../state/entities";
import type { ExactStore } from "./exact_store";
import { type EntityShapes, shapesOf } from "./entity_shapes";
import type { OpenedModel } from "./opened_model";

/** How entities are shown. */
export interface EntityStyle {
  /** CSS. */
  readonly colour: string;
  /** Of faces and bodies, 0 to 1; default 0.4. */
  readonly opacity?: number;
  /** Of edges and axes, CSS pixels; default 3. */
  readonly width?: number;
  /** Faces of cylinders, cones and tori show their axis. */
  readonly axes?: boolean;
  /** Edges and faces are seen through what lies before them. */
  readonly through?: boolean;
}

/** What a layer stands in: the viewer. */
export interface EntityScene {
  readonly renderer: WebGLRenderer;
  readonly extras: Group;
  readonly exact: ExactStore;
  readonly model: OpenedModel | null;
  onFrame(callback: (nowMs: number) => void): () => void;
  invalidate(): void;
}

interface Shown {
  readonly refs: readonly EntityRef[];
  readonly style: EntityStyle;
  readonly key: string;
  readonly group: Group;
  drawn: string;
}

const OPACITY = 0.4;
const WIDTH_PX = 3;
/** Above parts and their edges, below labels. */
const ORDER = 2;

/** See the head of the file. */
export class EntityLayer {
  private readonly scene: EntityScene;
  private readonly shown = new Map<string, Shown>();
  private readonly stop: () => void;

  constructor(scene: EntityScene) {
    this.scene = scene;
    scene.renderer.localClippingEnabled = true;
    this.stop = scene.onFrame(() => this.follow());
  }

  /** Shows entities under a name, in place of what was shown under it; none takes them away. */
  show(id: string, refs: readonly EntityRef[], style: EntityStyle): void {
    const key = `${JSON.stringify(style)} ${refs.map(entityKey).join()}`;
    const before = this.shown.get(id);
    if (before?.key === key || (!before && refs.length === 0)) return;
    this.clear(id);
    if (refs.length > 0) {
      const group = new Group();
      this.scene.extras.add(group);
      this.shown.set(id, { refs, style, key, group, drawn: "" });
    }
    this.scene.invalidate();
  }

  clear(id: string): void {
    const before = this.shown.get(id);
    if (!before) return;
    empty(before.group);
    before.group.removeFromParent();
    this.shown.delete(id);
    this.scene.invalidate();
  }

  /** GL calls in one picture. */
  get drawCalls(): number {
    let calls = 0;
    for (const { group } of this.shown.values()) calls += group.children.length;
    return calls;
  }

  dispose(): void {
    for (const id of [...this.shown.keys()]) this.clear(id);
    this.stop();
  }

  /** Brings what stands elsewhere, is hidden, cut or has arrived since the last picture up to date. */
  private follow(): void {
    for (const one of this.shown.values()) {
      const now = this.stateOf(one);
      if (now === one.drawn) continue;
      one.drawn = now;
      this.draw(one);
    }
  }

  /** Differs whenever the same entities have to be drawn otherwise. */
  private stateOf({ refs }: Shown): string {
    const { model, exact } = this.scene;
    if (!model) return "nothing";
    const { visible, store } = model.batch;
    let state = `${model.occurrences.standing} ${model.planes.map(({ id, offset, normal }) => `${id}${offset}${normal.join()}`).join()}`;
    for (const { occurrence } of refs) {
      const geometry = model.occurrences.geometry[occurrence] ?? 0;
      const level = store.ranges.trianglesOf(geometry)?.level ?? -1;
      state += ` ${visible[occurrence] ?? 0}${exact.exactOf(occurrence) ? 1 : 0}${model.uncut.has(occurrence) ? 1 : 0}${level}`;
    }
    return state;
  }

  private draw({ refs, style, group }: Shown): void {
    empty(group);
    const { model, exact } = this.scene;
    if (!model) return;
    const here = refs.filter(({ occurrence }) => model.batch.visible[occurrence] === 1);
    // Parts that sections spare are drawn whole: they need planes of their own, namely none.
    const cut = here.filter(({ occurrence }) => !model.uncut.has(occurrence));
    const whole = here.filter(({ occurrence }) => model.uncut.has(occurrence));
    const planes = model.planes.map(
      ({ normal, offset }) => new Plane(new Vector3(...normal), -offset),
    );
    for (const [some, by] of [
      [cut, planes],
      [whole, []],
    ] as const)
      if (some.length > 0)
        group.add(...objectsOf(shapesOf(some, model, exact, style.axes === true), style, [...by]));
  }
}

/** One object for the triangles, one for the lines, one for the axes, as far as there are any. */
function objectsOf(shapes: EntityShapes, style: EntityStyle, planes: Plane[]): Object3D[] {
  const found: Object3D[] = [];
  const color = new Color(style.colour);
  if (shapes.triangles.length > 0) {
    const geometry = new BufferGeometry();
    geometry.setAttribute("position", new BufferAttribute(Float32Array.from(shapes.triangles), 3));
    const material = new MeshBasicMaterial({
      color,
      transparent: true,
      opacity: style.opacity ?? OPACITY,
      depthWrite: false,
      depthTest: style.through !== true,
      side: DoubleSide,
      polygonOffset: true,
      polygonOffsetFactor: -2,
      polygonOffsetUnits: -8,
      clippingPlanes: planes,
    });
    found.push(new Mesh(geometry, material));
  }
  const line = (numbers: readonly number[], through: boolean): void => {
    if (numbers.length === 0) return;
    const geometry = new LineSegmentsGeometry();
    geometry.setPositions(Float32Array.from(numbers));
    const material = new LineMaterial({
      linewidth: style.width ?? WIDTH_PX,
      depthTest: !through,
      depthWrite: false,
      transparent: true,
      polygonOffset: true,
      polygonOffsetFactor: -4,
      polygonOffsetUnits: -16,
      clippingPlanes: planes,
    });
    material.color.copy(color);
    found.push(new LineSegments2(geometry, material));
  };
  line(shapes.lines, style.through === true);
  // An axis runs inside the material or in the air: it is always seen.
  line(shapes.axes, true);
  for (const object of found) {
    object.position.set(...shapes.origin);
    object.renderOrder = ORDER;
    object.frustumCulled = false;
    object.raycast = () => undefined;
  }
  return found;
}

function empty(group: Group): void {
  for (const child of [...group.children]) {
    if (child instanceof Mesh) {
      const { geometry, material } = child as Mesh<BufferGeometry, MeshBasicMaterial>;
      geometry.dispose();
      material.dispose();
    }
    child.removeFromParent();
  }
}
