/** What lies between the eyes and the picture: the dark of a blink, and the narrowed view while one glides. */

import {
  BackSide,
  BufferAttribute,
  Group,
  Mesh,
  MeshBasicMaterial,
  RingGeometry,
  SphereGeometry,
} from "three";
import { Blink } from "./blink";
import type { Seat, SeatPart, Tick } from "./seat";

const RADIUS_M = 0.3;
/** Half the angle that stays open, radians, by the strength of the vignette. */
const OPEN = [Math.PI, 0.75, 0.56, 0.42] as const;
const SOFT = 0.16;
const ON_TOP = 900;

export class EyeShade implements SeatPart {
  readonly group = new Group();
  private readonly seat: Seat;
  private readonly gliding: () => boolean;
  private readonly blink = new Blink();
  private nowMs = 0;
  private strength = 0;
  private readonly dark = new MeshBasicMaterial({
    color: "#000000",
    side: BackSide,
    transparent: true,
    depthTest: false,
    depthWrite: false,
  });
  private readonly sphere = new Mesh(new SphereGeometry(RADIUS_M, 24, 16), this.dark);
  private readonly rimMaterial = new MeshBasicMaterial({
    color: "#000000",
    vertexColors: true,
    transparent: true,
    depthTest: false,
    depthWrite: false,
  });
  private readonly rim = new Mesh(new RingGeometry(1, 2), this.rimMaterial);

  constructor(seat: Seat, gliding: () => boolean) {
    this.seat = seat;
    this.gliding = gliding;
    this.sphere.renderOrder = ON_TOP + 1;
    this.rim.renderOrder = ON_TOP;
    this.rim.position.z = -RADIUS_M;
    this.group.add(this.sphere, this.rim);
    this.sphere.visible = false;
    this.rim.visible = false;
  }

  /** The wearer goes somewhere else at once, behind a blink as long as they like it. */
  hop(act: () => void): void {
    this.blink.start(this.nowMs, this.seat.comfort.blink_ms, act);
  }

  update({ nowMs }: Tick): void {
    this.nowMs = nowMs;
    const darkness = this.blink.darkness(nowMs);
    this.sphere.visible = darkness > 0;
    this.dark.opacity = darkness;
    const strength = this.gliding() ? this.seat.comfort.vignette : 0;
    this.rim.visible = strength > 0;
    if (strength > 0 && strength !== this.strength) this.narrow(strength);
    this.strength = strength;
    this.group.position.set(...this.seat.head.position);
    this.group.quaternion.copy(this.seat.head.quaternion);
  }

  left(): void {
    this.blink.cancel();
    this.sphere.visible = false;
    this.rim.visible = false;
  }

  dispose(): void {
    for (const { geometry } of [this.sphere, this.rim]) geometry.dispose();
    this.dark.dispose();
    this.rimMaterial.dispose();
    this.group.removeFromParent();
  }

  /** A ring whose inner edge is clear and which is dark from a little farther out. */
  private narrow(strength: number): void {
    const open = OPEN[strength] ?? OPEN[2];
    const inner = Math.tan(open) * RADIUS_M;
    const geometry = new RingGeometry(inner, Math.tan(1.45) * RADIUS_M, 64, 12);
    const places = geometry.getAttribute("position");
    const colours = new Float32Array(places.count * 4);
    for (let i = 0; i < places.count; i += 1) {
      const angle = Math.atan(Math.hypot(places.getX(i), places.getY(i)) / RADIUS_M);
      colours[4 * i + 3] = Math.min(1, Math.max(0, (angle - open) / SOFT));
    }
    geometry.setAttribute("color", new BufferAttribute(colours, 4));
    this.rim.geometry.dispose();
    this.rim.geometry = geometry;
  }
}
