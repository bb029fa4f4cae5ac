/** The model on the page: orbit, pick, cut, colour. Metres, y up. Drawn when something changed, never else. */

import {
  type Box3,
  DirectionalLight,
  HemisphereLight,
  PerspectiveCamera,
  Plane,
  Raycaster,
  Scene,
  Sphere,
  Vector2,
  Vector3,
  WebGLRenderer,
} from "three";
import { OrbitControls } from "three/examples/jsm/controls/OrbitControls.js";
import { GLTFLoader } from "three/examples/jsm/loaders/GLTFLoader.js";
import type { Bytes } from "./bytes";
import type { IssueView } from "./contents";
import { type Part, Parts } from "./parts";

const FOV_DEGREES = 45;
/** CSS pixels that a finger or mouse may move in a click. */
const STILL = 4;

export class Stage {
  onpick: (part: Part | null) => void = () => undefined;
  parts: Parts | null = null;
  private readonly scene = new Scene();
  private readonly camera = new PerspectiveCamera(FOV_DEGREES, 1, 0.01, 100);
  private readonly renderer: WebGLRenderer;
  private readonly controls: OrbitControls;
  private pending = 0;

  private readonly host: HTMLElement;
  private readonly accent: string;

  /** Throws without WebGL. */
  constructor(host: HTMLElement, accent: string) {
    this.host = host;
    this.accent = accent;
    this.renderer = new WebGLRenderer({
      antialias: true,
      alpha: true,
      preserveDrawingBuffer: true,
    });
    this.renderer.setPixelRatio(Math.min(devicePixelRatio, 2));
    this.renderer.domElement.dataset["testid"] = "packet-canvas";
    host.append(this.renderer.domElement);
    this.scene.add(new HemisphereLight(0xffffff, 0x8a929c, 1.9));
    const lamp = new DirectionalLight(0xffffff, 2.1);
    lamp.position.set(0.4, 0.7, 1);
    this.camera.add(lamp);
    this.scene.add(this.camera);
    this.controls = new OrbitControls(this.camera, this.renderer.domElement);
    this.controls.addEventListener("change", () => this.draw());
    new ResizeObserver(() => this.resize()).observe(host);
    this.resize();
    this.listen();
  }

  /** Reads a GLB and shows it. Throws when it is none. */
  async open(glb: Bytes): Promise<void> {
    const loaded = await new GLTFLoader().parseAsync(glb.buffer, "");
    this.parts = new Parts(this.scene, loaded.scene, this.accent);
    this.fit();
  }

  /** Frames these parts, or all. */
  fit(numbers: Iterable<number> = []): void {
    if (!this.parts) return;
    this.frame(this.parts.boundsOf(numbers), new Vector3(1, 0.75, 1.25).normalize());
  }

  private frame(bounds: Box3, from: Vector3): void {
    const sphere = bounds.getBoundingSphere(new Sphere());
    const radius = Math.max(sphere.radius, 1e-4);
    const half = (FOV_DEGREES * Math.PI) / 360;
    const narrow = Math.min(1, this.camera.aspect);
    this.camera.fov = FOV_DEGREES;
    this.camera.up.set(0, 1, 0);
    this.camera.position
      .copy(sphere.center)
      .addScaledVector(from, (radius * 1.05) / Math.sin(half) / narrow);
    this.look(sphere.center);
  }

  private look(target: Vector3): void {
    this.controls.target.copy(target);
    this.controls.update();
    this.draw();
  }

  /** Stands where somebody stood, sees what they saw. An orthographic view is as near in perspective. */
  goTo(view: IssueView): void {
    const { camera, cuts } = view;
    this.renderer.clippingPlanes = cuts.map(({ point, normal }) => {
      const up = new Vector3(...normal);
      return new Plane(up, -up.dot(new Vector3(...point)));
    });
    const { parts } = this;
    if (parts) {
      const hidden = parts.numbered(view.hidden);
      const shown = view.shown === null ? null : parts.numbered(view.shown);
      parts.show((number) => (shown ? shown.has(number) : !hidden.has(number)));
      parts.select([...parts.numbered(view.selected)][0] ?? -1);
    }
    if (camera) {
      const target = new Vector3(...camera.target);
      const position = new Vector3(...camera.position);
      this.camera.fov = (camera.fov_rad * 180) / Math.PI;
      if (camera.height_m !== null) {
        const distance = camera.height_m / 2 / Math.tan(camera.fov_rad / 2);
        position.sub(target).setLength(distance).add(target);
      }
      this.camera.up.set(...camera.up);
      this.camera.position.copy(position);
      this.look(target);
    }
    this.draw();
  }

  /** Nothing cut, nothing hidden, nothing selected. */
  showAll(): void {
    this.renderer.clippingPlanes = [];
    this.parts?.show(() => true);
    this.parts?.select(-1);
    this.draw();
  }

  draw(): void {
    this.pending ||= requestAnimationFrame(() => {
      this.pending = 0;
      const distance = this.camera.position.distanceTo(this.controls.target);
      const reach = this.parts?.boundsOf([]).getBoundingSphere(new Sphere()).radius ?? 1;
      this.camera.near = Math.max((distance - 3 * reach) * 0.5, distance * 1e-3, 1e-5);
      this.camera.far = distance + 6 * reach;
      this.camera.updateProjectionMatrix();
      this.renderer.render(this.scene, this.camera);
    });
  }

  private resize(): void {
    const { clientWidth, clientHeight } = this.host;
    if (!clientWidth || !clientHeight) return;
    this.camera.aspect = clientWidth / clientHeight;
    this.renderer.setSize(clientWidth, clientHeight);
    this.draw();
  }

  private listen(): void {
    const canvas = this.renderer.domElement;
    let down: PointerEvent | null = null;
    canvas.addEventListener("pointerdown", (event) => (down = event));
    canvas.addEventListener("pointerup", (event) => {
      const moved = down ? Math.hypot(event.x - down.x, event.y - down.y) : Infinity;
      down = null;
      if (moved <= STILL && event.button === 0) this.pick(event);
    });
  }

  private pick(event: PointerEvent): void {
    const { parts } = this;
    if (!parts) return;
    const box = this.renderer.domElement.getBoundingClientRect();
    const at = new Vector2(
      ((event.clientX - box.left) / box.width) * 2 - 1,
      1 - ((event.clientY - box.top) / box.height) * 2,
    );
    const ray = new Raycaster();
    ray.setFromCamera(at, this.camera);
    const hit = ray
      .intersectObjects([...parts.meshes], false)
      .find(({ point }) =>
        this.renderer.clippingPlanes.every((plane) => plane.distanceToPoint(point) >= 0),
      );
    const number = hit?.instanceId === undefined ? -1 : parts.partAt(hit.object, hit.instanceId);
    parts.select(number);
    this.onpick(parts.parts[number] ?? null);
    this.draw();
  }
}
