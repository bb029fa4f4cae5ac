/**
 * Lasers of desks (UX.md §3.2): a beam from the eye to what it points at, a dot there and a trail that fades, in the
 * colour of who points. Drawn over the picture at constant width; in a headset the beam is `presence.ts`'s line.
 */

import { POSE, type Pose } from "../state/presence";
import type { Vec3 } from "../state/model";
import { LaserTrail } from "./laser_trail";
import { personColour } from "./theme";
import type { Viewer } from "./viewer";

const SVG = "http://www.w3.org/2000/svg";
/** What of a beam lies before my eye is found in so many steps. */
const BEAM_STEPS = 24;
/** My own, which no slot names. */
export const MINE = -1;

interface Laser {
  readonly group: SVGGElement;
  readonly trail: LaserTrail;
  colour: number;
  isOn: boolean;
  from: Vec3 | null;
  to: Vec3;
}

/** Everybody's lasers, told frame by frame. */
export class Lasers {
  private readonly viewer: Viewer;
  private readonly layer = document.createElementNS(SVG, "g");
  private readonly lasers = new Map<number, Laser>();

  constructor(viewer: Viewer) {
    this.viewer = viewer;
    this.layer.setAttribute("class", "scene-lasers");
    viewer.overlay.svg.append(this.layer);
  }

  /** Somebody's pose in this frame; point: where they point, model frame. */
  tell(slot: number, colour: number, pose: Pose, point: Vec3 | null, nowMs: number): void {
    const isOn = point !== null && pose.has(POSE.laser) && !pose.has(POSE.inXr);
    if (isOn) {
      const eye: Vec3 = [pose.head[0] ?? 0, pose.head[1] ?? 0, pose.head[2] ?? 0];
      this.put(slot, colour, eye, point, nowMs);
    } else this.off(slot);
  }

  /** Mine in this frame: no beam, because it begins at my own eye. */
  tellMine(colour: number, point: Vec3 | null, nowMs: number): void {
    if (point) this.put(MINE, colour, null, point, nowMs);
    else this.off(MINE);
  }

  /** Draws all of them; while one fades another frame is wanted. */
  draw(nowMs: number): void {
    for (const [slot, laser] of this.lasers) {
      if (!laser.isOn && laser.trail.isOver(nowMs)) {
        laser.group.remove();
        this.lasers.delete(slot);
      } else this.drawOne(laser, nowMs);
    }
    if (this.lasers.size > 0) this.viewer.invalidate();
  }

  dispose(): void {
    this.layer.remove();
  }

  private put(slot: number, colour: number, from: Vec3 | null, to: Vec3, nowMs: number): void {
    const laser = this.lasers.get(slot) ?? this.make(slot);
    laser.colour = colour;
    laser.isOn = true;
    laser.from = from;
    laser.to = to;
    laser.trail.add(to, nowMs);
  }

  private off(slot: number): void {
    const laser = this.lasers.get(slot);
    if (laser) laser.isOn = false;
  }

  private make(slot: number): Laser {
    const group = document.createElementNS(SVG, "g");
    group.setAttribute("class", "scene-laser");
    group.dataset["testid"] = slot === MINE ? "laser-mine" : `laser-${slot}`;
    this.layer.append(group);
    const laser: Laser = {
      group,
      trail: new LaserTrail(),
      colour: 0,
      isOn: true,
      from: null,
      to: [0, 0, 0],
    };
    this.lasers.set(slot, laser);
    return laser;
  }

  private drawOne({ group, trail, colour, isOn, from, to }: Laser, nowMs: number): void {
    group.replaceChildren();
    if (this.viewer.presenting) return;
    const ink = personColour(colour);
    for (const piece of trail.pieces(nowMs))
      this.line(group, piece.from, piece.to, ink, 1 + 3.5 * piece.left, 0.75 * piece.left);
    if (!isOn) return;
    if (from) this.line(group, this.nearest(from, to), to, ink, 2, 0.6);
    const at = this.viewer.projectToScreen(to);
    if (!at) return;
    for (const [radius, fill, opacity] of [
      [11, ink, 0.25],
      [6, "#ffffff", 0.95],
      [4.5, ink, 1],
    ] as const) {
      const dot = document.createElementNS(SVG, "circle");
      dot.setAttribute("cx", at.x.toFixed(1));
      dot.setAttribute("cy", at.y.toFixed(1));
      dot.setAttribute("r", String(radius));
      dot.style.fill = fill;
      dot.style.opacity = String(opacity);
      group.append(dot);
    }
  }

  /** The first point of a beam that my camera sees, from its eye on. */
  private nearest(from: Vec3, to: Vec3): Vec3 {
    for (let step = 0; step < BEAM_STEPS; step += 1) {
      const share = step / BEAM_STEPS;
      const point: Vec3 = [
        from[0] + (to[0] - from[0]) * share,
        from[1] + (to[1] - from[1]) * share,
        from[2] + (to[2] - from[2]) * share,
      ];
      if (this.viewer.projectToScreen(point)) return point;
    }
    return to;
  }

  private line(
    group: SVGGElement,
    from: Vec3,
    to: Vec3,
    colour: string,
    width: number,
    opacity: number,
  ): void {
    const a = this.viewer.projectToScreen(from);
    const b = this.viewer.projectToScreen(to);
    if (!a || !b) return;
    const line = document.createElementNS(SVG, "line");
    line.setAttribute("x1", a.x.toFixed(1));
    line.setAttribute("y1", a.y.toFixed(1));
    line.setAttribute("x2", b.x.toFixed(1));
    line.setAttribute("y2", b.y.toFixed(1));
    line.style.stroke = colour;
    line.style.strokeWidth = width.toFixed(2);
    line.style.strokeLinecap = "round";
    line.style.opacity = opacity.toFixed(3);
    group.append(line);
  }
}
