/** The one thing tools are written against: a mouse, a finger, a pen, a controller's ray or a hand. */

import type { Vec3 } from "../state/model";

/** Where somebody points right now. */
export interface Pointer {
  /** Stable while it is down: a finger, a controller. */
  readonly id: number;
  readonly kind: "mouse" | "touch" | "pen" | "ray" | "hand";
  /** Model frame, metres. */
  readonly origin: Vec3;
  /** Model frame, unit. */
  readonly direction: Vec3;
  /** CSS pixels in the canvas; null in XR. */
  readonly screen: { readonly x: number; readonly y: number } | null;
  readonly shift: boolean;
  readonly ctrl: boolean;
  readonly alt: boolean;
  /** Metres that `pixels` cover at a point; in XR a pixel counts as 0.05°, so that 12 px is a comfortable aim. */
  reach(point: Vec3, pixels: number): number;
  /** The ray some pixels to the right and down of this one: for what lies beside the very point. */
  beside(right: number, down: number): { readonly origin: Vec3; readonly direction: Vec3 };
}

/** What a tool does with pointers. Coordinates of a drag come with each call; nothing is remembered outside. */
export interface PointerHandler {
  /** Moves with nothing pressed. */
  hover?(pointer: Pointer): void;
  /** Left the view. */
  leave?(): void;
  /** Pressed. True takes the drag; else it moves the camera. */
  press?(pointer: Pointer): boolean;
  /** Moves after a press that was taken. */
  drag?(pointer: Pointer): void;
  /** Released after a press that was taken. */
  release?(pointer: Pointer): void;
  /** The drag was taken away, for example by a second finger. */
  cancel?(): void;
  /** Pressed and released without moving, not taken. */
  click?(pointer: Pointer): void;
  doubleClick?(pointer: Pointer): void;
  /**
   * Tab in keyboard pick mode: aims at the next (1) or previous (-1) thing near the pointer that it can snap to, and
   * tells where that is (model frame), what it is called and its place among them. The pointer goes there; a `click`
   * there must take it. null: nothing near.
   */
  cycle?(pointer: Pointer, step: 1 | -1): SnapStop | null;
}

/** One thing to snap to, as `PointerHandler.cycle` found it. */
export interface SnapStop {
  /** Model frame, metres. */
  readonly point: Vec3;
  /** In words, for the announcement. */
  readonly name: string;
  /** From 1. */
  readonly at: number;
  readonly count: number;
}

/** A request for a context menu: right click, long press or the menu key. */
export interface MenuRequest {
  /** CSS pixels in the page. */
  readonly clientX: number;
  readonly clientY: number;
  readonly pointer: Pointer;
}
