/** What the user sees of their own hands: a controller or joints, a ray, a dot where it ends. Own shapes, no download. */

import {
  BufferGeometry,
  CapsuleGeometry,
  Group,
  InstancedMesh,
  Line,
  LineBasicMaterial,
  Matrix4,
  Mesh,
  MeshBasicMaterial,
  type Object3D,
  SphereGeometry,
  TorusGeometry,
  Vector3,
} from "three";

const JOINTS = 25; // WebXR Hand Input §3
const RAY_M = 3;
const DOT_RADIUS = 0.006;

/** One hand's looks. `group` lives in user space. */
export class HandView {
  readonly group = new Group();
  private readonly controller = new Group();
  private readonly plain = new Group();
  private readonly joints: InstancedMesh;
  private readonly ray: Line;
  private readonly dot: Mesh;
  private readonly dark = new MeshBasicMaterial({ color: "#3a424d" });
  private readonly bright = new MeshBasicMaterial({ color: "#6cb2ff" });
  private readonly skin = new MeshBasicMaterial({ color: "#b6bec8" });
  private readonly line = new LineBasicMaterial({
    color: "#6cb2ff",
    transparent: true,
    opacity: 0.75,
  });

  constructor() {
    const handle = new Mesh(new CapsuleGeometry(0.016, 0.08, 6, 16), this.dark);
    handle.rotation.x = Math.PI / 2;
    handle.position.z = 0.03;
    const ring = new Mesh(new TorusGeometry(0.032, 0.004, 10, 32), this.bright);
    ring.position.set(0, 0.01, -0.03);
    ring.rotation.x = 0.6;
    this.plain.add(handle, ring);
    this.controller.add(this.plain);
    this.joints = new InstancedMesh(new SphereGeometry(1, 12, 8), this.skin, JOINTS);
    this.joints.frustumCulled = false;
    this.ray = new Line(
      new BufferGeometry().setFromPoints([new Vector3(0, 0, 0), new Vector3(0, 0, -1)]),
      this.line,
    );
    this.dot = new Mesh(new SphereGeometry(DOT_RADIUS, 16, 12), this.bright);
    this.group.add(this.controller, this.joints, this.ray, this.dot);
    this.hide();
  }

  hide(): void {
    this.group.visible = false;
  }

  /** Draws the ray. pose: of the target ray space, user space; length: metres to what it meets, or null. */
  aim(pose: Matrix4, length: number | null): void {
    this.group.visible = true;
    const reach = length ?? RAY_M;
    for (const part of [this.ray, this.dot]) {
      part.matrixAutoUpdate = false;
      part.matrix.copy(pose);
    }
    this.ray.matrix.multiply(_scaling.makeScale(1, 1, reach));
    this.dot.visible = length !== null;
    this.dot.matrix.multiply(_scaling.makeTranslation(0, 0, -reach));
  }

  /** grip: where a controller is held, user space; null: a hand without one. */
  hold(grip: Matrix4 | null): void {
    this.controller.visible = grip !== null;
    if (!grip) return;
    this.controller.matrixAutoUpdate = false;
    this.controller.matrix.copy(grip);
  }

  /** The controller's own looks, in its grip's space; the plain shape stays until `own` is called. */
  wear(looks: Object3D): void {
    this.controller.add(looks);
  }

  /** Whether the controller's own looks are there: the plain shape goes. */
  own(there: boolean): void {
    this.plain.visible = !there;
  }

  /** The joints of a bare hand; null: it holds a controller. */
  spread(
    joints: readonly { readonly matrix: Float32Array; readonly radius: number }[] | null,
  ): void {
    this.joints.visible = joints !== null;
    if (!joints) return;
    this.joints.count = Math.min(JOINTS, joints.length);
    joints.slice(0, JOINTS).forEach(({ matrix, radius }, index) => {
      _scaling.fromArray(matrix).scale(_size.setScalar(radius));
      this.joints.setMatrixAt(index, _scaling);
    });
    this.joints.instanceMatrix.needsUpdate = true;
  }

  dispose(): void {
    this.group.traverse((child) => {
      if (child instanceof Mesh || child instanceof Line)
        (child.geometry as BufferGeometry).dispose(); // `as`: instanceof loses the type argument
    });
    this.joints.dispose();
    for (const material of [this.dark, this.bright, this.skin, this.line]) material.dispose();
    this.group.removeFromParent();
  }
}

const _scaling = new Matrix4();
const _size = new Vector3();
