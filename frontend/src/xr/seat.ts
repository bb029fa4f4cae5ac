/**
 * The headset's seat as its parts see it. Each thing one can do or see in a headset (moving about, the wrist's panel,
 * a tool in the hand) is a part: it is told when the user enters and leaves, and asked before each picture.
 */

import type { Group, Object3D, Quaternion } from "three";
import type { Viewer } from "../scene/viewer";
import type { Comfort, SeatState } from "../state/areas/seating";
import type { Bounds, Vec3 } from "../state/model";
import type { Controls, Side } from "./controls";
import type { Grabbable } from "./grabbing";
import type { RayHand } from "./ray_hand";
import type { RayTarget } from "./ray_target";
import type { Rig, ScaleMode } from "./rig";

/** What the parts share. User space: metres on the user's floor, y up. */
export interface Seat {
  readonly viewer: Viewer;
  readonly rig: Rig;
  readonly controls: Controls;
  readonly comfort: Comfort;
  /** Holds what is drawn in user space. */
  readonly group: Group;
  /** As of the last frame in which it was tracked. */
  readonly head: { readonly position: Vec3; readonly quaternion: Quaternion };
  /** Both hands, or one, or none. */
  readonly hands: ReadonlyMap<XRInputSource, RayHand>;
  /** Hands that are closed about nothing: grips pressed, fingers pinched. */
  readonly closed: readonly RayHand[];
  /** The hand that acted last is the one that points: left-handers need no setting. */
  readonly pointing: RayHand | null;
  /** The other one, while it is tracked. */
  readonly resting: RayHand | null;
  /** The side that turns and teleports: the right one, or the only one. */
  readonly movingSide: Side;
  /** The hand of this side rests from now on, and the other one points. */
  rest(side: Side): void;
  /** Everything that takes presses before the model, as one. */
  readonly targets: RayTarget;
  /** The hand that carries the menu's column; nothing else stands above it. */
  readonly column: Side | null;
  /** Drawn for the wearer alone: no other camera sees it. */
  readonly mine: readonly Object3D[];
  /** A chord of buttons is being held, or the safe place is on: single buttons mean nothing. */
  readonly busy: boolean;
  /** Of the table and of the model on it, metres. */
  readonly tableTop: number;
  /** Of what is on the table; model frame, metres. */
  readonly bounds: Bounds;
  /** null: not in a headset. */
  readonly state: SeatState | null;
  /** Tells everybody what of the seat is different now. */
  tell(change: Partial<SeatState>): void;
  /** Stands the user before the model or a part of it. bounds: model frame, metres; null: the whole model. */
  arrive(mode: ScaleMode, bounds?: Bounds | null): void;
  /** The user goes somewhere at once: behind a blink, as long as they like it. */
  hop(act: () => void): void;
}

/** One picture's moment. */
export interface Tick {
  readonly nowMs: number;
  readonly frame: XRFrame;
  readonly space: XRReferenceSpace;
}

export interface SeatPart {
  /** Drawn in user space while the user is inside. */
  readonly group?: Object3D;
  /** Takes a ray's presses before the model does. */
  readonly target?: RayTarget;
  /** Can be taken by a hand: the grip, or a pinch close to it. */
  readonly grabbable?: Grabbable;
  entered?(session: XRSession): void;
  /** Before each picture; hands and controls are read, the rig may still be moved by what they did. */
  update?(tick: Tick): void;
  /** The user arrived anew, at another scale or place of their choice. */
  arrived?(mode: ScaleMode, bounds: Bounds | null): void;
  /** After each picture; milliseconds that its JavaScript took. */
  drawn?(spentMs: number): void;
  left?(): void;
  dispose(): void;
}
