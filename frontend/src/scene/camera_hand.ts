/** How the person's camera moves under a mouse, a finger or a key: about which point, how far, and never stuck. */

import { Ray } from "three";
import type { NavigationChoices } from "../state/areas/navigating";
import type { Vec3 } from "../state/model";
import type { CameraPose } from "../state/workspace";
import { axesOf, lookAround, orbit, pan, roll, tumble, zoom } from "./pose";
import { along, distance, dot, mix, scale, subtract } from "./vector";

/** Half the viewport's height turns a quarter. */
const ORBIT_PER_HEIGHT = Math.PI;
/** Looking around while walking: the viewport's height is about its field of view. */
const LOOK_PER_HEIGHT = Math.PI / 3;
/** Zooming out ends where the model is about a twentieth of the picture: nobody loses it. */
const FARTHEST = 24;
/**
 * Of the model's radius: how near zooming in comes before it passes through a surface. Below, the 32 bits of a
 * vertex on the graphics card (6e-8 of the radius) would move it by more than a few pixels.
 */
const LEAST = 1e-5;
/** Around the pointer: a vertex on the outline is missed by half a pixel. CSS pixels. */
const AROUND: readonly (readonly [x: number, y: number])[] = [
  [0, 0],
  [2, 0],
  [-2, 0],
  [0, 2],
  [0, -2],
  [4, 4],
  [-4, 4],
  [4, -4],
  [-4, -4],
];
/** A wheel that goes on over the same place keeps what it zooms to. */
const ANCHOR_MS = 800;
const ANCHOR_PX = 2;

/** What the hand needs of the viewer. */
export interface CameraHost {
  /** Of the canvas, CSS pixels. */
  readonly size: () => { readonly width: number; readonly height: number };
  /** The present pose, and a deliberate change of it by the person. */
  pose(): CameraPose;
  navigate(pose: CameraPose): void;
  rayAt(x: number, y: number, ray: Ray): Ray;
  /** First surface under a point of the canvas, CSS pixels; model frame. */
  surfaceAt(x: number, y: number): Vec3 | null;
  metresPerPixel(point: Vec3): number;
  /** The middle of the model and half its diagonal. */
  middle(): { readonly point: Vec3; readonly radius: number };
  /** The middle of what is selected. */
  middleOfSelection(): Vec3 | null;
  choices(): NavigationChoices;
}

/** Moves the camera of one viewer. */
export class CameraHand {
  private readonly host: CameraHost;
  private anchor: { x: number; y: number; ms: number; point: Vec3 } | null = null;

  constructor(host: CameraHost) {
    this.host = host;
  }

  /** What orbiting that begins at a point of the canvas turns about. */
  pivotAt(x: number, y: number): Vec3 {
    const { about } = this.host.choices();
    if (about === "centre") return this.host.middle().point;
    if (about === "selection") return this.host.middleOfSelection() ?? this.host.middle().point;
    return this.surfaceNear(x, y) ?? this.targetOnModel();
  }

  /** What panning that begins at a point of the canvas holds. */
  gripAt(x: number, y: number): Vec3 {
    return this.underPointer(x, y);
  }

  /** Turns by a drag, CSS pixels. */
  orbitBy(pivot: Vec3, dx: number, dy: number): void {
    const per = ORBIT_PER_HEIGHT / Math.max(1, this.host.size().height);
    this.turn(pivot, -dx * per, dy * per);
  }

  /** Radians; positive yaw moves the camera to the right, positive pitch up. */
  turn(pivot: Vec3, yaw: number, pitch: number): void {
    const { turning } = this.host.choices();
    const move = turning === "free" ? tumble : orbit;
    this.host.navigate(move(this.host.pose(), pivot, yaw, pitch));
  }

  /** The point follows the pointer. CSS pixels. */
  panBy(grip: Vec3, dx: number, dy: number): void {
    const pose = this.host.pose();
    const { right, up } = axesOf(pose);
    const metres = this.host.metresPerPixel(grip);
    this.host.navigate(pan(pose, along(scale(right, -dx * metres), up, dy * metres)));
  }

  /** Looks around from where the eye is, CSS pixels: the picture follows the pointer. */
  lookBy(dx: number, dy: number): void {
    const per = LOOK_PER_HEIGHT / Math.max(1, this.host.size().height);
    this.host.navigate(lookAround(this.host.pose(), dx * per, dy * per));
  }

  /** Turns the picture about a point that stays where it is; radians, positive is clockwise. */
  rollBy(pivot: Vec3, angle: number): void {
    this.host.navigate(roll(this.host.pose(), angle, pivot));
  }

  /** Makes what is under a point of the canvas 1/factor as large. */
  zoomAt(x: number, y: number, factor: number, nowMs: number): void {
    const anchor = this.anchorAt(x, y, nowMs);
    this.zoomAbout(anchor, factor);
    // Through a surface: what lies behind it is looked at from now on.
    if (this.depthOf(anchor) <= 0) this.aimAt(this.surfaceNear(x, y) ?? this.pointInAir(x, y));
  }

  /** Puts the target at a point's depth: the picture stays, what one turns about is on the model again. */
  aimAt(point: Vec3): void {
    const pose = this.host.pose();
    if (pose.ortho_height_m !== null) return;
    const depth = Math.max(this.depthOf(point), this.host.middle().radius * LEAST);
    this.host.navigate({
      ...pose,
      target: along(pose.position, axesOf(pose).forward, depth),
    });
  }

  /** Makes a point 1/factor as large; it stays where it is in the picture. */
  zoomAbout(anchor: Vec3, factor: number): void {
    const { point, radius } = this.host.middle();
    const pose = this.host.pose();
    const next = zoom(pose, anchor, factor, radius * LEAST);
    const away = next.ortho_height_m ?? distance(next.position, point);
    const was = pose.ortho_height_m ?? distance(pose.position, point);
    // Away from the model ever slower toward a limit, whichever way one zooms; back toward it freely.
    const limit = radius * FARTHEST;
    const gap = Math.max(0, limit - was);
    const share = away > was ? Math.min(1, (gap * gap) / limit / (away - was)) : 1;
    if (share > 0) this.host.navigate(partOf(pose, next, share));
  }

  /** The wheel goes on toward what it began with, until the pointer moves or the point is passed. */
  private anchorAt(x: number, y: number, nowMs: number): Vec3 {
    const { radius } = this.host.middle();
    const kept = this.anchor;
    if (
      kept &&
      nowMs - kept.ms < ANCHOR_MS &&
      Math.hypot(x - kept.x, y - kept.y) < ANCHOR_PX &&
      this.depthOf(kept.point) > radius * LEAST * 2
    ) {
      kept.ms = nowMs;
      return kept.point;
    }
    const point = this.underPointer(x, y);
    this.anchor = { x, y, ms: nowMs, point };
    return point;
  }

  /** Metres ahead of the eye; an orthographic eye has no place, and everything is ahead. */
  private depthOf(point: Vec3): number {
    const pose = this.host.pose();
    if (pose.ortho_height_m !== null) return Infinity;
    return dot(subtract(point, pose.position), axesOf(pose).forward);
  }

  /**
   * What the pointer holds: a point of its own ray, as far ahead as the surface there or, just beside a silhouette, the
   * nearest one. A point beside the ray would slide away from the pointer as the picture grows.
   */
  private underPointer(x: number, y: number): Vec3 {
    const near = this.surfaceNear(x, y);
    if (!near) return this.pointInAir(x, y);
    const ray = this.host.rayAt(x, y, _ray);
    const origin: Vec3 = [ray.origin.x, ray.origin.y, ray.origin.z];
    const direction: Vec3 = [ray.direction.x, ray.direction.y, ray.direction.z];
    const { forward } = axesOf(this.host.pose());
    const ahead = dot(subtract(near, origin), forward) / dot(direction, forward);
    return along(origin, direction, ahead);
  }

  private surfaceNear(x: number, y: number): Vec3 | null {
    for (const [dx, dy] of AROUND) {
      const point = this.host.surfaceAt(x + dx, y + dy);
      if (point) return point;
    }
    return null;
  }

  /** The target, which zooming keeps at the depth of the model; the middle when it is far from it. */
  private targetOnModel(): Vec3 {
    const { point, radius } = this.host.middle();
    const { target } = this.host.pose();
    return distance(target, point) <= radius * 1.5 && this.depthOf(target) > 0 ? target : point;
  }

  /** Over nothing: where the ray passes the middle of the model; past it, as far ahead as it is behind. */
  private pointInAir(x: number, y: number): Vec3 {
    const ray = this.host.rayAt(x, y, _ray);
    const origin: Vec3 = [ray.origin.x, ray.origin.y, ray.origin.z];
    const direction: Vec3 = [ray.direction.x, ray.direction.y, ray.direction.z];
    const { point, radius } = this.host.middle();
    const ahead = dot(subtract(point, origin), direction);
    return along(origin, direction, Math.max(Math.abs(ahead), radius * 0.1));
  }
}

/** A part of the way between two poses of one direction. */
function partOf(from: CameraPose, to: CameraPose, share: number): CameraPose {
  if (share >= 1) return to;
  const { ortho_height_m: a } = from;
  const { ortho_height_m: b } = to;
  return {
    ...to,
    position: mix(from.position, to.position, share),
    target: mix(from.target, to.target, share),
    ortho_height_m: a === null || b === null ? b : a + (b - a) * share,
  };
}

const _ray = new Ray();
