/** What every tool in the hand is to the others: told when it is taken, asked before each picture. */

import type { Object3D } from "three";
import type { HandTool } from "../../state/areas/hand_tools";
import type { PointerHandler } from "../../scene/pointer";
import type { Grabbable } from "../grabbing";
import type { RayTarget } from "../ray_target";
import type { Tick } from "../seat";

export interface HandPart {
  /** For which tools it is in hand. */
  readonly tools: readonly HandTool[];
  /** Drawn in user space while a headset is on. */
  readonly group?: Object3D;
  /** Takes a ray's presses before the model does, whatever is in hand. */
  readonly target?: RayTarget;
  /** What a closing hand can take while it is in hand. */
  readonly grabbable?: Grabbable;
  /** Takes the presses on the model while it is in hand, instead of the desk's tool. */
  readonly handler?: PointerHandler;
  /** It was taken in hand. */
  taken?(tool: HandTool): void;
  /** Before each picture. held: it is in hand. */
  update?(tick: Tick, held: boolean): void;
  /** Put back, or the headset was taken off: whatever is under way ends where it is. */
  put?(): void;
  dispose(): void;
}
