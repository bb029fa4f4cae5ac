/** A seat for tests of its parts: a real workspace with its commands and a rig, and a viewer that only converts. */

import { Group, Quaternion } from "three";
import { vi } from "vitest";
import type { Viewer } from "../scene/viewer";
import { NEW_SEAT, type SeatState } from "../state/areas/seating";
import { Commands } from "../state/commands";
import type { Vec3 } from "../state/model";
import { MANIFEST, skid } from "../state/model_fixture.test-data";
import { performOnWorkspace } from "../state/perform";
import { type Workspace, createWorkspace } from "../state/workspace";
import type { Side } from "./controls";
import type { Grip } from "./grabbing";
import { Rig, type ScaleMode } from "./rig";
import type { Seat } from "./seat";

export interface TestSeat {
  readonly seat: Seat;
  readonly workspace: Workspace;
  readonly commands: Commands;
  /** What the next ray meets. */
  hit: { occurrence: number; point: Vec3; normal: Vec3; distance: number; local: Vec3 } | null;
  hands: unknown[];
  resting: unknown;
  readonly arrivals: ScaleMode[];
}

/** Boards have a canvas without a pen. Undone by `vi.unstubAllGlobals`. */
export function stubCanvas(): void {
  vi.stubGlobal("document", { createElement: () => ({ getContext: () => null }) });
}

export function testSeat(): TestSeat {
  const workspace = createWorkspace();
  const commands = new Commands(workspace);
  let ids = 0;
  performOnWorkspace(workspace, commands, () => `id-${(ids += 1)}`);
  workspace.open(MANIFEST, skid());
  workspace.seat.set({ ...NEW_SEAT });
  const made: { -readonly [K in keyof TestSeat]?: TestSeat[K] } = {
    ...{ workspace, commands, hit: null, hands: [], resting: null, arrivals: [] },
  };
  const test = made as TestSeat; // `as`: the seat itself comes below
  const viewer = {
    ...{ workspace, commands, pointerHandler: null, oldModel: null, origin: [0, 0, 0] },
    toModel: (point: Vec3) => point,
    toAbsolute: (point: Vec3) => point,
    pickRay: () => test.hit,
    pickPointer: () => test.hit,
    invalidate: () => undefined,
    others: { poses: () => undefined, cameraOf: () => null },
    setPointerHandler(handler: Viewer["pointerHandler"]) {
      viewer.pointerHandler = handler;
    },
  } as unknown as { -readonly [K in keyof Viewer]: Viewer[K] }; // `as`: the parts that are read
  const rig = new Rig();
  const bounds = { min: [0, 0, 0], max: [4, 2, 4] } as const;
  const seat = {
    ...{ viewer, rig, bounds, tableTop: 0.9, busy: false, movingSide: "right", group: new Group() },
    head: { position: [0, 1.6, 0] as Vec3, quaternion: new Quaternion() },
    tell: (change: Partial<SeatState>) =>
      workspace.seat.set({ ...(workspace.seat.get() ?? NEW_SEAT), ...change }),
    arrive: (mode: ScaleMode) => {
      test.arrivals.push(mode);
      rig.arrive(mode, bounds);
    },
    hop: (act: () => void) => act(),
  };
  Object.defineProperties(seat, {
    state: { get: () => workspace.seat.get() },
    comfort: { get: () => workspace.comfort.get() },
    hands: { get: () => new Map(test.hands.map((hand) => [hand, hand])) },
    pointing: { get: () => test.hands[0] ?? null },
    resting: { get: () => test.resting },
  });
  made.seat = seat as unknown as Seat; // `as`: the parts that are asked for
  return test;
}

export function gripAt(side: Side, position: Vec3): Grip {
  return { side, position, quaternion: new Quaternion(), tip: position, forward: [0, 0, -1] };
}
