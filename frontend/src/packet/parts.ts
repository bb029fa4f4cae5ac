/** The parts of model.glb, drawn together where they are the same: one draw for all equal bolts. */

import {
  Box3,
  Color,
  type BufferGeometry,
  DoubleSide,
  InstancedMesh,
  type Material,
  Matrix4,
  Mesh,
  MeshStandardMaterial,
  type Object3D,
  type Scene,
  Vector3,
} from "three";

export interface Part {
  readonly id: string;
  readonly name: string;
  readonly path: readonly string[];
  readonly bounds: Box3;
}

interface Placed {
  readonly mesh: InstancedMesh;
  readonly instance: number;
  readonly matrix: Matrix4;
}

interface Batch {
  readonly mesh: InstancedMesh;
  readonly own: Material | Material[];
  /** The number of the part of each instance. */
  readonly parts: readonly number[];
}

const GONE = new Matrix4().makeScale(0, 0, 0);
const FLIP = new Matrix4().makeScale(-1, 1, 1);
const WHITE = new Color(1, 1, 1);

export class Parts {
  readonly parts: Part[] = [];
  private readonly places: Placed[][] = [];
  private readonly batches: Batch[] = [];
  private readonly byId = new Map<string, number[]>();
  private readonly plain = new MeshStandardMaterial({
    roughness: 0.7,
    metalness: 0,
    side: DoubleSide,
  });
  private readonly paint = new Map<number, Color>();
  private coloured = false;
  private selected = -1;
  private readonly accent: Color;
  private readonly whole = new Box3();

  /** loaded: what the loader made; its meshes move over to `scene`. */
  constructor(scene: Scene, loaded: Object3D, accent: string) {
    this.accent = new Color(accent);
    loaded.updateMatrixWorld(true);
    const numbers = new Map<Object3D, number>();
    const groups = new Map<
      string,
      { mesh: Mesh; placed: [number, Matrix4][]; mirrored: boolean }
    >();
    const others: Object3D[] = [];
    loaded.traverse((object) => {
      if (!(object instanceof Mesh)) {
        if ("isPoints" in object || "isLine" in object) others.push(object);
        return;
      }
      const mesh = object as Mesh<BufferGeometry>;
      const part = this.partOf(mesh, numbers);
      const mirrored = mesh.matrixWorld.determinant() < 0;
      const look = [mesh.material].flat().map(({ uuid }) => uuid);
      const key = [mesh.geometry.uuid, ...look, mirrored].join();
      const group = groups.get(key) ?? { mesh, placed: [], mirrored };
      group.placed.push([part, mesh.matrixWorld.clone()]);
      groups.set(key, group);
    });
    for (const group of groups.values()) this.add(scene, group.mesh, group.placed, group.mirrored);
    for (const { bounds } of this.parts) this.whole.union(bounds);
    for (const other of others) this.whole.expandByObject(other);
    if (this.whole.isEmpty()) this.whole.set(new Vector3(-1, -1, -1), new Vector3(1, 1, 1));
    for (const other of others) {
      const matrix = other.matrixWorld.clone();
      other.removeFromParent();
      other.matrixAutoUpdate = false;
      other.matrix.copy(matrix);
      scene.add(other);
    }
  }

  /** The part of a mesh: the nearest node above that has an id of its own. */
  private partOf(mesh: Object3D, numbers: Map<Object3D, number>): number {
    let node: Object3D | null = mesh;
    while (node && typeof node.userData["id"] !== "string") node = node.parent;
    const owner = node ?? mesh;
    const before = numbers.get(owner);
    if (before !== undefined) return before;
    const path: string[] = [];
    for (let above: Object3D | null = owner; above?.parent; above = above.parent) {
      const name: unknown = above.userData["name"];
      path.unshift(typeof name === "string" ? name : above.name);
    }
    const id: unknown = owner.userData["id"];
    const number = this.parts.length;
    const part: Part = {
      id: typeof id === "string" ? id : "",
      name: path.at(-1) ?? "",
      path,
      bounds: new Box3(),
    };
    this.parts.push(part);
    this.places.push([]);
    numbers.set(owner, number);
    // An assembly's id stands for all below it.
    for (let above: Object3D | null = owner; above; above = above.parent) {
      const named: unknown = above.userData["id"];
      if (typeof named !== "string") continue;
      const known = this.byId.get(named);
      if (known) known.push(number);
      else this.byId.set(named, [number]);
    }
    return number;
  }

  private add(
    scene: Scene,
    source: Mesh,
    placed: readonly [number, Matrix4][],
    mirrored: boolean,
  ): void {
    const mesh = new InstancedMesh(source.geometry, source.material, placed.length);
    if (mirrored) {
      // three looks at the object's own determinant to know which side is the front.
      mesh.matrixAutoUpdate = false;
      mesh.matrix.copy(FLIP);
    }
    source.geometry.computeBoundingBox();
    const bounds = source.geometry.boundingBox ?? new Box3();
    placed.forEach(([part, world], instance) => {
      const matrix = mirrored ? FLIP.clone().multiply(world) : world;
      mesh.setMatrixAt(instance, matrix);
      mesh.setColorAt(instance, WHITE);
      this.places[part]?.push({ mesh, instance, matrix });
      this.parts[part]?.bounds.union(bounds.clone().applyMatrix4(world));
    });
    mesh.computeBoundingSphere();
    this.batches.push({ mesh, own: source.material, parts: placed.map(([part]) => part) });
    scene.add(mesh);
  }

  /** Numbers of the parts that an id names. */
  numbered(ids: Iterable<string>): Set<number> {
    const found = new Set<number>();
    for (const id of ids) for (const number of this.byId.get(id) ?? []) found.add(number);
    return found;
  }

  /** What encloses these parts; all without any. */
  boundsOf(numbers: Iterable<number>): Box3 {
    const bounds = new Box3();
    for (const number of numbers) {
      const part = this.parts[number];
      if (part) bounds.union(part.bounds);
    }
    return bounds.isEmpty() ? this.whole : bounds;
  }

  /** Meshes a ray may hit. */
  get meshes(): readonly InstancedMesh[] {
    return this.batches.map(({ mesh }) => mesh);
  }

  partAt(mesh: Object3D, instance: number): number {
    return this.batches.find((batch) => batch.mesh === mesh)?.parts[instance] ?? -1;
  }

  /** Shows exactly the parts that are wanted. */
  show(wanted: (number: number) => boolean): void {
    this.places.forEach((places, number) => {
      const shown = wanted(number);
      for (const { mesh, instance, matrix } of places) {
        mesh.setMatrixAt(instance, shown ? matrix : GONE);
        mesh.instanceMatrix.needsUpdate = true;
      }
    });
  }

  /** One colour for each of these parts, `rest` for all others; null: as the file has them. */
  colour(colours: ReadonlyMap<number, string> | null, rest: string): void {
    this.coloured = colours !== null;
    this.paint.clear();
    if (colours) {
      const plain = new Color(rest);
      this.parts.forEach((_, number) => {
        const own = colours.get(number);
        this.paint.set(number, own === undefined ? plain : new Color(own));
      });
    }
    for (const { mesh, own } of this.batches) mesh.material = this.coloured ? this.plain : own;
    this.parts.forEach((_, number) => this.repaint(number));
  }

  select(number: number): void {
    const before = this.selected;
    this.selected = number;
    this.repaint(before);
    this.repaint(number);
  }

  private repaint(number: number): void {
    const base = this.paint.get(number) ?? WHITE;
    const colour = number === this.selected ? this.accent : base;
    for (const { mesh, instance } of this.places[number] ?? []) {
      mesh.setColorAt(instance, colour);
      if (mesh.instanceColor) mesh.instanceColor.needsUpdate = true;
    }
  }
}
