/**
 * Mouse, touch, pen and keys on the canvas: moves the camera and hands the rest to the tools. The preset is
 * *Web* (UX.md §2.4): left drag orbits, right, middle or Shift drag pans, the wheel zooms to the cursor.
 */

import { Ray } from "three";
import type { Vec3 } from "../state/model";
import type { CameraPose } from "../state/workspace";
import type { MenuRequest, Pointer, PointerHandler } from "./pointer";
import { axesOf, orbit, pan, zoom } from "./pose";
import { along, distance, dot, scale, subtract } from "./vector";

/** UX.md §2.4: a click is shorter than this in both, else it is a drag. */
const CLICK_PX = 4;
const CLICK_MS = 300;
const LONG_PRESS_MS = 500;
const DOUBLE_MS = 400;
/** Half the viewport's height turns a quarter. */
const ORBIT_PER_HEIGHT = Math.PI;
/** A notch of a usual wheel (100) zooms by 14 %. */
const ZOOM_PER_WHEEL = 0.0015;
/** Zooming out ends where the model is about a twentieth of the picture: nobody loses it. */
const FARTHEST = 24;
const WHEEL_LINE_PX = 16;
const KEY_ORBIT = (10 * Math.PI) / 180;
const KEY_PAN = 0.05;
const KEY_ZOOM = 0.85;

/** What the input needs of the viewer. */
export interface InputHost {
  readonly canvas: HTMLCanvasElement;
  /** The present pose, and a deliberate change of it by the person. */
  pose(): CameraPose;
  navigate(pose: CameraPose): void;
  rayAt(x: number, y: number, ray: Ray): Ray;
  /** First surface under a point of the canvas, CSS pixels; model frame. */
  surfaceAt(x: number, y: number): Vec3 | null;
  metresPerPixel(point: Vec3): number;
  /** Where to turn and zoom when the pointer is over nothing: the middle of the model and its size. */
  middle(): { readonly point: Vec3; readonly radius: number };
  /** Shows the point that the camera turns about; null hides it. */
  showPivot(point: Vec3 | null): void;
  handler(): PointerHandler | null;
  menu(request: MenuRequest): void;
}

interface Press {
  readonly id: number;
  readonly startX: number;
  readonly startY: number;
  readonly startMs: number;
  x: number;
  y: number;
  readonly button: number;
  readonly action: "orbit" | "pan" | "tool";
  readonly pivot: Vec3;
  dragging: boolean;
  /** Became a pinch, a long press or a drag: releasing it is no click. */
  spent: boolean;
}

/** Listens until disposed. */
export class CanvasInput {
  private readonly host: InputHost;
  private readonly presses = new Map<number, Press>();
  private readonly stop = new AbortController();
  private hoverEvent: PointerEvent | null = null;
  private hoverFrame = 0;
  private longPress = 0;
  private lastClick: { x: number; y: number; ms: number } | null = null;

  constructor(host: InputHost) {
    this.host = host;
    const { canvas } = host;
    const options = { signal: this.stop.signal };
    canvas.style.touchAction = "none";
    canvas.addEventListener("pointerdown", (e) => this.down(e), options);
    canvas.addEventListener("pointermove", (e) => this.moved(e), options);
    canvas.addEventListener("pointerup", (e) => this.up(e), options);
    canvas.addEventListener("pointercancel", (e) => this.cancelled(e), options);
    canvas.addEventListener("pointerleave", () => this.left(), options);
    canvas.addEventListener("wheel", (e) => this.wheel(e), { ...options, passive: false });
    canvas.addEventListener("contextmenu", (e) => e.preventDefault(), options);
    canvas.addEventListener("keydown", (e) => this.key(e), options);
  }

  dispose(): void {
    this.stop.abort();
    cancelAnimationFrame(this.hoverFrame);
    clearTimeout(this.longPress);
  }

  /** A pointer of the tools at a point of the canvas, CSS pixels. */
  pointerAt(x: number, y: number, from?: PointerEvent | KeyboardEvent): Pointer {
    const ray = this.host.rayAt(x, y, _ray);
    const type = from instanceof PointerEvent ? from.pointerType : "mouse";
    return {
      id: from instanceof PointerEvent ? from.pointerId : -1,
      kind: type === "touch" || type === "pen" ? type : "mouse",
      origin: [ray.origin.x, ray.origin.y, ray.origin.z],
      direction: [ray.direction.x, ray.direction.y, ray.direction.z],
      screen: { x, y },
      shift: from?.shiftKey ?? false,
      ctrl: (from?.ctrlKey ?? false) || (from?.metaKey ?? false),
      alt: from?.altKey ?? false,
      reach: (point, pixels) => this.host.metresPerPixel(point) * pixels,
      beside: (right, down) => {
        const near = this.host.rayAt(x + right, y + down, _ray);
        return {
          origin: [near.origin.x, near.origin.y, near.origin.z],
          direction: [near.direction.x, near.direction.y, near.direction.z],
        };
      },
    };
  }

  private pointer(event: PointerEvent): Pointer {
    const { x, y } = this.place(event);
    return this.pointerAt(x, y, event);
  }

  private place(event: MouseEvent): { x: number; y: number } {
    const box = this.host.canvas.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  }

  private down(event: PointerEvent): void {
    const { canvas } = this.host;
    canvas.focus({ preventScroll: true });
    // A pointer made by a script cannot be captured; it works without.
    if (event.isTrusted) canvas.setPointerCapture(event.pointerId);
    const { x, y } = this.place(event);
    if (event.pointerType === "touch" && this.presses.size > 0) this.beginPinch();
    let action: Press["action"] = event.button === 0 && !event.shiftKey ? "orbit" : "pan";
    if (event.button === 0 && this.presses.size === 0) {
      const taken = this.host.handler()?.press?.(this.pointer(event)) ?? false;
      if (taken) action = "tool";
    }
    const pivot =
      action === "tool"
        ? this.host.middle().point
        : (this.host.surfaceAt(x, y) ?? this.pivotOfNothing(x, y));
    const press: Press = {
      id: event.pointerId,
      startX: x,
      startY: y,
      startMs: event.timeStamp,
      x,
      y,
      button: event.button,
      action,
      pivot,
      dragging: false,
      spent: this.presses.size > 0,
    };
    this.presses.set(event.pointerId, press);
    if (event.pointerType === "touch" && this.presses.size === 1 && action !== "tool")
      this.longPress = window.setTimeout(() => {
        if (press.dragging || press.spent) return;
        press.spent = true;
        this.host.menu({
          clientX: event.clientX,
          clientY: event.clientY,
          pointer: this.pointer(event),
        });
      }, LONG_PRESS_MS);
  }

  private moved(event: PointerEvent): void {
    const press = this.presses.get(event.pointerId);
    if (!press) {
      this.hoverEvent = event;
      if (this.hoverFrame === 0) this.hoverFrame = requestAnimationFrame(() => this.hover());
      return;
    }
    const { x, y } = this.place(event);
    const before = { x: press.x, y: press.y };
    const others = [...this.presses.values()].filter((other) => other !== press);
    if (
      !press.dragging &&
      Math.hypot(x - press.startX, y - press.startY) < CLICK_PX &&
      others.length === 0
    )
      return;
    if (!press.dragging) {
      press.dragging = true;
      clearTimeout(this.longPress);
      if (press.action === "orbit") this.host.showPivot(press.pivot);
    }
    press.x = x;
    press.y = y;
    const other = others[0];
    if (other) this.pinch(press, other, before);
    else if (press.action === "tool") this.host.handler()?.drag?.(this.pointer(event));
    else if (press.action === "orbit") this.orbitBy(press.pivot, x - before.x, y - before.y);
    else this.panBy(press.pivot, x - before.x, y - before.y);
  }

  private up(event: PointerEvent): void {
    const press = this.presses.get(event.pointerId);
    if (!press) return;
    this.presses.delete(event.pointerId);
    clearTimeout(this.longPress);
    this.host.showPivot(null);
    if (press.action === "tool") {
      this.host.handler()?.release?.(this.pointer(event));
      return;
    }
    if (press.dragging || press.spent) return;
    if (event.timeStamp - press.startMs >= CLICK_MS) return;
    if (press.button === 2)
      this.host.menu({
        clientX: event.clientX,
        clientY: event.clientY,
        pointer: this.pointer(event),
      });
    if (press.button === 0) this.click(event);
  }

  private click(event: PointerEvent): void {
    const { x, y } = this.place(event);
    const handler = this.host.handler();
    const last = this.lastClick;
    const double =
      last !== null &&
      event.timeStamp - last.ms < DOUBLE_MS &&
      Math.hypot(x - last.x, y - last.y) < CLICK_PX * 2;
    this.lastClick = double ? null : { x, y, ms: event.timeStamp };
    if (double) handler?.doubleClick?.(this.pointer(event));
    else handler?.click?.(this.pointer(event));
  }

  private cancelled(event: PointerEvent): void {
    const press = this.presses.get(event.pointerId);
    this.presses.delete(event.pointerId);
    clearTimeout(this.longPress);
    this.host.showPivot(null);
    if (press?.action === "tool") this.host.handler()?.cancel?.();
  }

  private left(): void {
    this.hoverEvent = null;
    if (this.presses.size === 0) this.host.handler()?.leave?.();
  }

  private hover(): void {
    this.hoverFrame = 0;
    const event = this.hoverEvent;
    this.hoverEvent = null;
    if (event && this.presses.size === 0) this.host.handler()?.hover?.(this.pointer(event));
  }

  private beginPinch(): void {
    clearTimeout(this.longPress);
    this.host.showPivot(null);
    for (const press of this.presses.values()) {
      if (press.action === "tool") this.host.handler()?.cancel?.();
      press.spent = true;
    }
  }

  /** Two fingers: their middle pans, their distance zooms toward it. */
  private pinch(moved: Press, other: Press, before: { x: number; y: number }): void {
    const middle = { x: (moved.x + other.x) / 2, y: (moved.y + other.y) / 2 };
    const middleBefore = { x: (before.x + other.x) / 2, y: (before.y + other.y) / 2 };
    this.panBy(other.pivot, middle.x - middleBefore.x, middle.y - middleBefore.y);
    const now = Math.hypot(moved.x - other.x, moved.y - other.y);
    const then = Math.hypot(before.x - other.x, before.y - other.y);
    if (now > 1 && then > 1) this.zoomAt(middle.x, middle.y, then / now);
  }

  private wheel(event: WheelEvent): void {
    event.preventDefault();
    const { x, y } = this.place(event);
    const pixels =
      event.deltaMode === WheelEvent.DOM_DELTA_PIXEL ? event.deltaY : event.deltaY * WHEEL_LINE_PX;
    // A trackpad pinch arrives as a wheel with Ctrl and ten times smaller steps.
    const speed = ZOOM_PER_WHEEL * (event.ctrlKey ? 6 : 1);
    const turned = Math.max(-0.5, Math.min(0.5, pixels * speed));
    if (turned !== 0) this.zoomAt(x, y, Math.exp(turned));
  }

  /** Makes what is under a point of the canvas 1/factor as large. */
  zoomAt(x: number, y: number, factor: number): void {
    const { point, radius } = this.host.middle();
    const anchor = this.host.surfaceAt(x, y) ?? this.pivotOfNothing(x, y);
    const next = zoom(this.host.pose(), anchor, factor, radius * 1e-4);
    const away = next.ortho_height_m ?? distance(next.position, point);
    if (factor > 1 && away > radius * FARTHEST) return;
    this.host.navigate(next);
  }

  private orbitBy(pivot: Vec3, dx: number, dy: number): void {
    const per = ORBIT_PER_HEIGHT / Math.max(1, this.host.canvas.clientHeight);
    this.host.navigate(orbit(this.host.pose(), pivot, -dx * per, dy * per));
  }

  private panBy(pivot: Vec3, dx: number, dy: number): void {
    const pose = this.host.pose();
    const { right, up } = axesOf(pose);
    const metres = this.host.metresPerPixel(pivot);
    this.host.navigate(pan(pose, along(scale(right, -dx * metres), up, dy * metres)));
  }

  /** Where the ray passes the middle of the model, at least a little way ahead. */
  private pivotOfNothing(x: number, y: number): Vec3 {
    const ray = this.host.rayAt(x, y, _ray);
    const origin: Vec3 = [ray.origin.x, ray.origin.y, ray.origin.z];
    const direction: Vec3 = [ray.direction.x, ray.direction.y, ray.direction.z];
    const { point, radius } = this.host.middle();
    const ahead = dot(subtract(point, origin), direction);
    return along(origin, direction, Math.max(ahead, radius * 0.1));
  }

  private key(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const arrows: Readonly<Record<string, readonly [number, number]>> = {
      ArrowLeft: [-1, 0],
      ArrowRight: [1, 0],
      ArrowUp: [0, -1],
      ArrowDown: [0, 1],
    };
    const { canvas } = this.host;
    const middle = { x: canvas.clientWidth / 2, y: canvas.clientHeight / 2 };
    const arrow = arrows[event.key];
    if (arrow && event.shiftKey)
      this.panBy(
        this.host.pose().target,
        -arrow[0] * middle.y * 2 * KEY_PAN,
        -arrow[1] * middle.y * 2 * KEY_PAN,
      );
    else if (arrow)
      this.host.navigate(
        orbit(
          this.host.pose(),
          this.host.pose().target,
          arrow[0] * KEY_ORBIT,
          -arrow[1] * KEY_ORBIT,
        ),
      );
    else if (event.key === "+" || event.key === "=") this.zoomAt(middle.x, middle.y, KEY_ZOOM);
    else if (event.key === "-") this.zoomAt(middle.x, middle.y, 1 / KEY_ZOOM);
    else if (event.key === "ContextMenu" || (event.key === "F10" && event.shiftKey)) {
      const box = canvas.getBoundingClientRect();
      this.host.menu({
        clientX: box.left + middle.x,
        clientY: box.top + middle.y,
        pointer: this.pointerAt(middle.x, middle.y, event),
      });
    } else return;
    event.preventDefault();
  }
}

const _ray = new Ray();
