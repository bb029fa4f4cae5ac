/**
 * Mouse, touch and pen on the canvas: moves the camera as the chosen preset says (UX.md §2.4) and hands the rest
 * to the tools. Keys are commands, see `state/shortcuts.ts`; only Esc of a drag in progress is ours.
 */

import { Ray } from "three";
import type { Vec3 } from "../state/model";
import { type DragAction, dragAction, presetOf } from "../state/navigation_presets";
import { CameraHand, type CameraHost } from "./camera_hand";
import type { MenuRequest, Pointer, PointerHandler } from "./pointer";
import { TwoFingers } from "./two_fingers";

/** UX.md §2.4: a click is shorter than this in both, else it is a drag. */
const CLICK_PX = 4;
/** A finger's tip is no point. */
const TAP_PX = 10;
const CLICK_MS = 300;
const LONG_PRESS_MS = 500;
const DOUBLE_MS = 400;
/** A notch of a usual wheel (100) zooms by 14 %. */
const ZOOM_PER_WHEEL = 0.0015;
/** A drag of 100 pixels zooms by half. */
const ZOOM_PER_PX = 0.007;
/** A trackpad's pinch arrives as a wheel with Ctrl and much smaller steps. */
const PINCH = 6;
const WHEEL_LINE_PX = 16;
/** A notch of the wheel while walking. */
const SPEED_PER_WHEEL = 0.002;
/** Two fingers on a trackpad that rest this long begin a new turn. */
const SWIPE_MS = 250;

/** What the input needs of the viewer. */
export interface InputHost extends CameraHost {
  readonly canvas: HTMLCanvasElement;
  /** Shows the point that the camera turns about; null hides it. */
  showPivot(point: Vec3 | null): void;
  handler(): PointerHandler | null;
  menu(request: MenuRequest): void;
  /** In the first person drags look around and the wheel is the speed. */
  isWalking(): boolean;
  walkFaster(factor: number): void;
}

interface Press {
  readonly id: number;
  readonly type: string;
  readonly startX: number;
  readonly startY: number;
  readonly startMs: number;
  x: number;
  y: number;
  readonly button: number;
  action: DragAction | "tool" | "look" | "none";
  readonly pivot: Vec3;
  dragging: boolean;
  /** Became a pinch, a long press or a drag: releasing it is no click. */
  spent: boolean;
}

/** Listens until disposed. */
export class CanvasInput {
  readonly hand: CameraHand;
  private readonly host: InputHost;
  private readonly presses = new Map<number, Press>();
  private readonly fingers: TwoFingers;
  private readonly stop = new AbortController();
  private hoverEvent: PointerEvent | null = null;
  private hoverFrame = 0;
  private longPress = 0;
  private lastClick: { x: number; y: number; ms: number } | null = null;
  private last: { x: number; y: number } | null = null;
  private swipe: { ms: number; pivot: Vec3; timer: number } | null = null;

  constructor(host: InputHost) {
    this.host = host;
    this.hand = new CameraHand(host);
    this.fingers = new TwoFingers(this.hand, () => host.choices().turning === "free");
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
    // The middle button would scroll the page in some browsers, and paste in others.
    canvas.addEventListener("auxclick", (e) => e.preventDefault(), options);
    canvas.addEventListener("mousedown", (e) => e.button === 1 && e.preventDefault(), options);
    canvas.addEventListener("keydown", (e) => this.key(e), options);
  }

  dispose(): void {
    this.stop.abort();
    cancelAnimationFrame(this.hoverFrame);
    clearTimeout(this.longPress);
    clearTimeout(this.swipe?.timer);
  }

  /** Where the pointer was last on the canvas, CSS pixels; null: it has never been there, or left. */
  get lastPlace(): { readonly x: number; readonly y: number } | null {
    return this.last;
  }

  /** A pointer of the tools at a point of the canvas, CSS pixels. */
  pointerAt(x: number, y: number, from?: PointerEvent | Partial<Modified>): Pointer {
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

  /** Asks for the context menu at a point of the canvas, CSS pixels; for keys. */
  askMenu(x: number, y: number): void {
    const box = this.host.canvas.getBoundingClientRect();
    const pointer = this.pointerAt(x, y);
    this.host.menu({ clientX: box.left + x, clientY: box.top + y, pointer });
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
    this.last = { x, y };
    const isTouch = event.pointerType === "touch";
    const second = isTouch && this.presses.size > 0;
    const action = second ? "none" : this.actionOf(event);
    const press: Press = {
      id: event.pointerId,
      type: event.pointerType,
      startX: x,
      startY: y,
      startMs: event.timeStamp,
      x,
      y,
      button: event.button,
      action,
      pivot: action === "orbit" ? this.hand.pivotAt(x, y) : this.hand.gripAt(x, y),
      dragging: false,
      spent: this.presses.size > 0,
    };
    this.presses.set(event.pointerId, press);
    if (second) this.beginPinch();
    else if (isTouch && action !== "tool") this.waitForLongPress(press, event);
  }

  /** What a press begins. A tool may take what the left button does, but no drag with Alt: that is a camera's. */
  private actionOf(event: PointerEvent): Press["action"] {
    const { handler } = this.host;
    const isTouch = event.pointerType === "touch";
    const modifiers = {
      shift: event.shiftKey,
      ctrl: event.ctrlKey || event.metaKey,
      alt: event.altKey,
    };
    const preset = presetOf(this.host.choices().preset);
    const camera = isTouch ? "orbit" : dragAction(preset, event.button, modifiers);
    const isCameras = modifiers.alt && camera !== null;
    if (event.button === 0 && this.presses.size === 0 && !isCameras)
      if (handler()?.press?.(this.pointer(event)) ?? false) return "tool";
    if (this.host.isWalking()) return "look";
    return camera ?? "none";
  }

  private waitForLongPress(press: Press, event: PointerEvent): void {
    clearTimeout(this.longPress);
    this.longPress = window.setTimeout(() => {
      if (press.dragging || press.spent || !this.presses.has(press.id)) return;
      press.spent = true;
      const pointer = this.pointer(event);
      this.host.menu({ clientX: event.clientX, clientY: event.clientY, pointer });
    }, LONG_PRESS_MS);
  }

  private moved(event: PointerEvent): void {
    const press = this.presses.get(event.pointerId);
    const { x, y } = this.place(event);
    this.last = { x, y };
    if (!press) {
      this.hoverEvent = event;
      if (this.hoverFrame === 0) this.hoverFrame = requestAnimationFrame(() => this.hover());
      return;
    }
    const before = { x: press.x, y: press.y };
    const other = [...this.presses.values()].find((one) => one !== press && one.type === "touch");
    const still = press.type === "touch" ? TAP_PX : CLICK_PX;
    if (!press.dragging && !other) {
      if (Math.hypot(x - press.startX, y - press.startY) < still) return;
      press.dragging = true;
      clearTimeout(this.longPress);
      if (press.action === "orbit") this.host.showPivot(press.pivot);
    }
    press.x = x;
    press.y = y;
    if (other) return this.fingers.move(press, other);
    const [dx, dy] = [x - before.x, y - before.y];
    if (press.action === "tool") this.host.handler()?.drag?.(this.pointer(event));
    else if (press.action === "orbit") this.hand.orbitBy(press.pivot, dx, dy);
    else if (press.action === "pan") this.hand.panBy(press.pivot, dx, dy);
    else if (press.action === "look") this.hand.lookBy(dx, dy);
    else if (press.action === "zoom")
      this.hand.zoomAbout(press.pivot, Math.exp((dy - dx) * ZOOM_PER_PX));
  }

  private up(event: PointerEvent): void {
    const press = this.presses.get(event.pointerId);
    if (!press) return;
    this.presses.delete(event.pointerId);
    clearTimeout(this.longPress);
    this.fingers.end();
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
    const near = (event.pointerType === "touch" ? TAP_PX : CLICK_PX) * 2;
    const double =
      last !== null &&
      event.timeStamp - last.ms < DOUBLE_MS &&
      Math.hypot(x - last.x, y - last.y) < near;
    this.lastClick = double ? null : { x, y, ms: event.timeStamp };
    if (double) handler?.doubleClick?.(this.pointer(event));
    else handler?.click?.(this.pointer(event));
  }

  private cancelled(event: PointerEvent): void {
    const press = this.presses.get(event.pointerId);
    this.presses.delete(event.pointerId);
    clearTimeout(this.longPress);
    this.fingers.end();
    this.host.showPivot(null);
    if (press?.action === "tool") this.host.handler()?.cancel?.();
  }

  /** Esc during a drag: a tool's is taken back, the camera's ends here. */
  private key(event: KeyboardEvent): void {
    if (event.key !== "Escape" || this.presses.size === 0) return;
    event.preventDefault();
    for (const press of this.presses.values()) {
      if (press.action === "tool") this.host.handler()?.cancel?.();
      press.action = "none";
      press.spent = true;
    }
    this.host.showPivot(null);
  }

  private left(): void {
    this.hoverEvent = null;
    this.last = null;
    if (this.presses.size === 0) this.host.handler()?.leave?.();
  }

  private hover(): void {
    this.hoverFrame = 0;
    const event = this.hoverEvent;
    this.hoverEvent = null;
    if (event && this.presses.size === 0) this.host.handler()?.hover?.(this.pointer(event));
  }

  /** A second finger ends what the first began. */
  private beginPinch(): void {
    clearTimeout(this.longPress);
    this.host.showPivot(null);
    for (const press of this.presses.values()) {
      if (press.action === "tool") this.host.handler()?.cancel?.();
      // One finger that stays goes on turning about what it has under it.
      press.action = this.host.isWalking() ? "look" : "orbit";
      press.spent = true;
    }
    const [a, b] = [...this.presses.values()];
    if (a && b && !this.host.isWalking()) this.fingers.begin(a, b);
  }

  private wheel(event: WheelEvent): void {
    event.preventDefault();
    const { x, y } = this.place(event);
    this.last = { x, y };
    const unit = event.deltaMode === WheelEvent.DOM_DELTA_PIXEL ? 1 : WHEEL_LINE_PX;
    const [dx, dy] = [event.deltaX * unit, event.deltaY * unit];
    const { preset, reverseWheel } = this.host.choices();
    const { wheel, shiftWheel } = presetOf(preset);
    if (this.host.isWalking()) {
      // Away from oneself is faster.
      this.host.walkFaster(Math.exp(-dy * SPEED_PER_WHEEL));
      return;
    }
    if (!event.ctrlKey && !event.metaKey) {
      if (event.shiftKey && shiftWheel === "pan") return this.swiped(event, x, y, dx, dy);
      if (!event.shiftKey && wheel === "orbit") return this.swiped(event, x, y, dx, dy);
    }
    // Shift turns the wheel sideways in most browsers.
    const turned = (dy === 0 ? dx : dy) * (reverseWheel && !event.ctrlKey ? -1 : 1);
    const speed = ZOOM_PER_WHEEL * (event.ctrlKey ? PINCH : 1);
    const amount = Math.max(-0.5, Math.min(0.5, turned * speed));
    if (amount !== 0) this.hand.zoomAt(x, y, Math.exp(amount), event.timeStamp);
  }

  /** Two fingers on a trackpad: the model follows them, turning, or with Shift sideways. */
  private swiped(event: WheelEvent, x: number, y: number, dx: number, dy: number): void {
    const now = event.timeStamp;
    const goesOn = this.swipe !== null && now - this.swipe.ms < SWIPE_MS;
    const pivot = goesOn && this.swipe ? this.swipe.pivot : this.hand.pivotAt(x, y);
    clearTimeout(this.swipe?.timer);
    const timer = window.setTimeout(() => this.host.showPivot(null), SWIPE_MS);
    this.swipe = { ms: now, pivot, timer };
    if (event.shiftKey) return this.hand.panBy(pivot, -dx, -dy);
    this.host.showPivot(pivot);
    this.hand.orbitBy(pivot, -dx, -dy);
  }
}

/** Modifier keys of an event. */
interface Modified {
  readonly shiftKey: boolean;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly altKey: boolean;
}

const _ray = new Ray();
