import { Ray, Vector3 } from "three";
import { beforeEach, describe, expect, it } from "vitest";
import { USUAL_NAVIGATION, type NavigationChoices } from "../state/areas/navigating";
import type { Vec3 } from "../state/model";
import type { CameraPose } from "../state/workspace";
import { ViewCamera, clipPlanes } from "./camera";
import { CameraHand } from "./camera_hand";
import { axesOf, cornersOf, depthRange, namedView, withProjection } from "./pose";
import { TwoFingers } from "./two_fingers";
import { along, distance, dot, subtract } from "./vector";

const SIZE = { width: 900, height: 600 };

/** A camera before a ball about the origin, which is what there is to hit. */
class Ball {
  pose: CameraPose;
  choices: NavigationChoices = USUAL_NAVIGATION;
  selection: Vec3 | null = null;
  readonly radius: number;
  readonly view: ViewCamera;
  readonly hand: CameraHand;

  constructor(radius: number, projection: "perspective" | "orthographic" = "perspective") {
    this.radius = radius;
    const pose: CameraPose = {
      position: [0, 0, 4 * radius],
      target: [0, 0, 0],
      up: [0, 1, 0],
      fov_rad: Math.PI / 4,
      ortho_height_m: null,
    };
    this.pose = withProjection(pose, projection);
    this.view = new ViewCamera(this.pose);
    this.view.setAspect(SIZE.width / SIZE.height);
    this.hand = new CameraHand({
      size: () => SIZE,
      pose: () => this.pose,
      navigate: (next) => {
        this.pose = next;
        this.view.set(next);
      },
      rayAt: (x, y, ray) => this.rayAt(x, y, ray),
      surfaceAt: (x, y) => this.surfaceAt(x, y),
      metresPerPixel: (point) => this.view.metresPerPixel(point, SIZE.height),
      middle: () => ({ point: [0, 0, 0], radius }),
      middleOfSelection: () => this.selection,
      choices: () => this.choices,
    });
    this.apply();
  }

  apply(): void {
    const r = this.radius;
    this.view.apply({ min: [-r, -r, -r], max: [r, r, r] });
  }

  rayAt(x: number, y: number, ray = new Ray()): Ray {
    this.apply();
    return this.view.rayInto((x / SIZE.width) * 2 - 1, 1 - (y / SIZE.height) * 2, ray);
  }

  surfaceAt(x: number, y: number): Vec3 | null {
    const { origin, direction } = this.rayAt(x, y);
    const b = origin.dot(direction);
    const root = b * b - (origin.lengthSq() - this.radius ** 2);
    if (root < 0) return null;
    const at = [-b - Math.sqrt(root), -b + Math.sqrt(root)].find((t) => t > 0);
    if (at === undefined) return null;
    const point = new Vector3().copy(origin).addScaledVector(direction, at);
    return [point.x, point.y, point.z];
  }

  /** CSS pixels. */
  project(point: Vec3): [number, number] {
    const { forward, right, up } = axesOf(this.pose);
    const away = subtract(point, this.pose.position);
    const half =
      this.pose.ortho_height_m === null
        ? dot(away, forward) * Math.tan(this.pose.fov_rad / 2)
        : this.pose.ortho_height_m / 2;
    return [
      SIZE.width / 2 + (dot(away, right) / half) * (SIZE.height / 2),
      SIZE.height / 2 - (dot(away, up) / half) * (SIZE.height / 2),
    ];
  }
}

for (const projection of ["perspective", "orthographic"] as const)
  for (const radius of [1e-5, 1, 1e5])
    describe(`zooming, ${projection}, a model of ${radius} m`, () => {
      it("keeps what is under the pointer there", () => {
        const ball = new Ball(radius, projection);
        const point = ball.surfaceAt(520, 260);
        if (!point) throw new Error("The ball is not there.");
        for (let step = 0; step < 10; step += 1) ball.hand.zoomAt(520, 260, 0.86, step * 50);
        const [x, y] = ball.project(point);
        expect(Math.hypot(x - 520, y - 260)).toBeLessThan(0.01);
      });

      it("never stands still for 200 steps and comes back to the whole model", () => {
        const ball = new Ball(radius, projection);
        for (let step = 0; step < 200; step += 1) {
          const before = ball.pose.position;
          ball.hand.zoomAt(450, 300, 0.86, step * 50);
          expect(ball.pose.position).not.toEqual(before);
          expect(ball.pose.position.every(Number.isFinite)).toBe(true);
        }
        for (let step = 0; step < 200; step += 1)
          ball.hand.zoomAt(450, 300, 1 / 0.86, 20_000 + step * 50);
        for (const corner of cornersOf({
          min: [-radius, -radius, -radius],
          max: [radius, radius, radius],
        })) {
          const [x, y] = ball.project(corner);
          expect(x > 0 && x < SIZE.width && y > 0 && y < SIZE.height).toBe(true);
          const { forward } = axesOf(ball.pose);
          expect(dot(subtract(corner, ball.pose.position), forward)).toBeGreaterThan(-radius * 9);
        }
      });
    });

describe("zooming through a surface", () => {
  it("goes on toward what lies behind it, in steps that never leap", () => {
    const ball = new Ball(1);
    let longest = 0;
    for (let step = 0; step < 120; step += 1) {
      const before = ball.pose.position;
      ball.hand.zoomAt(450, 300, 0.86, step * 50);
      const behind = ball.surfaceAt(450, 300);
      const ahead = behind ? distance(before, behind) : 2;
      // At the surface itself a step has a least length, far below what one sees.
      if (ahead > 1e-4) longest = Math.max(longest, distance(before, ball.pose.position) / ahead);
    }
    expect(ball.pose.position[2]).toBeLessThan(1);
    expect(longest).toBeLessThan(0.15);
  });

  it("puts the target on the model at every step", () => {
    const ball = new Ball(1);
    for (let step = 0; step < 30; step += 1) {
      ball.hand.zoomAt(520, 260, 0.86, step * 50);
      const anchor = ball.surfaceAt(520, 260);
      const { forward } = axesOf(ball.pose);
      const depth = anchor ? dot(subtract(anchor, ball.pose.position), forward) : NaN;
      expect(distance(ball.pose.target, ball.pose.position)).toBeCloseTo(depth, 6);
    }
  });

  it("never loses the model by zooming into the air beside it", () => {
    const ball = new Ball(1);
    for (let step = 0; step < 400; step += 1) {
      const before = ball.pose.position;
      ball.hand.zoomAt(20, 20, 0.86, step * 50);
      expect(ball.pose.position).not.toEqual(before);
    }
    expect(distance(ball.pose.position, [0, 0, 0])).toBeLessThan(24.1);
    for (let step = 0; step < 200; step += 1)
      ball.hand.zoomAt(450, 300, 1 / 0.86, 40_000 + step * 50);
    const [x, y] = ball.project([0, 0, 0]);
    expect(x > 0 && x < SIZE.width && y > 0 && y < SIZE.height).toBe(true);
  });
});

describe("orbiting", () => {
  let ball: Ball;
  beforeEach(() => {
    ball = new Ball(1);
  });

  it("turns about what is under the pointer, the selection or the middle, as chosen", () => {
    ball.selection = [0.2, 0.3, 0.1];
    expect(ball.hand.pivotAt(450, 300)).toEqual(ball.surfaceAt(450, 300));
    ball.choices = { ...USUAL_NAVIGATION, about: "selection" };
    expect(ball.hand.pivotAt(450, 300)).toEqual([0.2, 0.3, 0.1]);
    ball.choices = { ...USUAL_NAVIGATION, about: "centre" };
    expect(ball.hand.pivotAt(450, 300)).toEqual([0, 0, 0]);
  });

  it("keeps the pivot where it is in the picture", () => {
    const pivot = ball.hand.pivotAt(520, 260);
    ball.hand.orbitBy(pivot, 90, -40);
    const [x, y] = ball.project(pivot);
    expect(Math.hypot(x - 520, y - 260)).toBeLessThan(0.5);
  });

  it("stays upright on the turntable and goes over the top when free", () => {
    for (let step = 0; step < 30; step += 1) ball.hand.orbitBy([0, 0, 0], 0, 40);
    expect(axesOf(ball.pose).up[1]).toBeGreaterThanOrEqual(-1e-9);
    ball.choices = { ...USUAL_NAVIGATION, turning: "free" };
    for (let step = 0; step < 10; step += 1) ball.hand.orbitBy([0, 0, 0], 0, 40);
    expect(axesOf(ball.pose).up[1]).toBeLessThan(-0.1);
  });
});

describe("two fingers", () => {
  it("keep what lies between them between them while they move and pinch", () => {
    const ball = new Ball(1);
    const fingers = new TwoFingers(ball.hand, () => false);
    const grip = ball.surfaceAt(450, 300);
    if (!grip) throw new Error("The ball is not there.");
    fingers.begin({ x: 420, y: 300 }, { x: 480, y: 300 });
    fingers.move({ x: 400, y: 330 }, { x: 540, y: 330 });
    const [x, y] = ball.project(grip);
    expect(Math.hypot(x - 470, y - 330)).toBeLessThan(1);
    expect(distance(ball.pose.position, grip)).toBeLessThan(3 * (60 / 140) * 1.2);
  });

  it("roll only where one orbits freely, by what the fingers turned", () => {
    for (const free of [false, true]) {
      const ball = new Ball(1);
      const fingers = new TwoFingers(ball.hand, () => free);
      fingers.begin({ x: 400, y: 300 }, { x: 500, y: 300 });
      fingers.move({ x: 450 - 25, y: 300 - 43.3 }, { x: 450 + 25, y: 300 + 43.3 });
      const { up } = axesOf(ball.pose);
      // Clockwise by 60° on the screen: up leans to the left by as much in the camera.
      expect(up[1]).toBeCloseTo(free ? 0.5 : 1, 2);
      if (free) expect(up[0]).toBeLessThan(0);
    }
  });
});

describe("clip planes", () => {
  const far = (size: number): CameraPose =>
    namedView(
      { ...new Ball(1).pose },
      "iso",
      cornersOf({ min: [-size, -size / 1e4, -size], max: [size, size / 1e4, size] }),
      1.5,
    );

  it("enclose a very flat model seen from anywhere around it", () => {
    for (const scale of [1, 3, 1e2, 1e5]) {
      const bounds = { min: [-1, -1e-4, -1] as const, max: [1, 1e-4, 1] as const };
      const pose = far(1);
      const away = { ...pose, position: along(pose.target, axesOf(pose).forward, -3 * scale) };
      const { near, far: end } = depthRange(away, bounds);
      const planes = clipPlanes(near, end, 3 * scale);
      expect(planes.near).toBeLessThan(near);
      expect(planes.far).toBeGreaterThan(end);
      expect(planes.near).toBeGreaterThan(0);
    }
  });

  it("never clip what is looked at, however near", () => {
    for (const away of [1e-5, 1e-3, 0.1, 1, 10]) {
      const planes = clipPlanes(-1, 1, away);
      expect(planes.near).toBeLessThanOrEqual(away / 4);
      expect(planes.far).toBeGreaterThan(away);
    }
  });

  it("keep the ratio that 24 bits can tell apart where nothing is that near", () => {
    const planes = clipPlanes(2, 4, 3);
    expect(planes.far / planes.near).toBeLessThan(20_001);
  });
});
