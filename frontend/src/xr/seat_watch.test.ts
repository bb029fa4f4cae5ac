import { beforeEach, expect, test } from "vitest";
import { NEW_SEAT, type SeatState } from "../state/areas/seating";
import { createWorkspace } from "../state/workspace";
import type { Seat, Tick } from "./seat";
import { SeatWatch } from "./seat_watch";

const MINUTE_MS = 60_000;
let state: SeatState;
let breakReminder: boolean;
let watch: SeatWatch;

beforeEach(() => {
  state = { ...NEW_SEAT };
  breakReminder = true;
  const seat = {
    viewer: { workspace: createWorkspace() },
    hands: new Map([["a", { tracked: true }]]),
    tell: (change: Partial<SeatState>) => (state = { ...state, ...change }),
  };
  Object.defineProperty(seat, "state", { get: () => state });
  Object.defineProperty(seat, "comfort", { get: () => ({ breakReminder }) });
  watch = new SeatWatch(seat as unknown as Seat); // `as`: the parts that are read
});

/** As `as`: what is read of a frame. */
const at = (nowMs: number, visibilityState = "visible", enabledFeatures = ["local-floor"]): Tick =>
  ({ nowMs, frame: { session: { visibilityState, enabledFeatures } } }) as unknown as Tick;

test("after thirty minutes it says so, and again thirty minutes after that", () => {
  watch.look(at(1000), true, true);
  watch.look(at(1000 + 29 * MINUTE_MS), true, true);
  expect(state.breakDue).toBe(false);
  watch.look(at(1000 + 30 * MINUTE_MS), true, true);
  expect(state.breakDue).toBe(true);
  state = { ...state, breakDue: false };
  watch.look(at(1000 + 59 * MINUTE_MS), true, true);
  expect(state.breakDue).toBe(false);
  watch.look(at(1000 + 60 * MINUTE_MS), true, true);
  expect(state.breakDue).toBe(true);
});

test("who wants no reminder gets none, and who leaves begins anew", () => {
  breakReminder = false;
  watch.look(at(0), true, true);
  watch.look(at(40 * MINUTE_MS), true, true);
  expect(state.breakDue).toBe(false);
  breakReminder = true;
  watch.reset();
  watch.look(at(50 * MINUTE_MS), true, true);
  expect(state.breakDue).toBe(false);
});

test("a headset that sleeps and a floor that nobody knows are named", () => {
  watch.look(at(0, "hidden"), true, false);
  expect(state.troubles).toContain("asleep");
  expect(state.troubles).toContain("noFloor");
  watch.look(at(100), true, true);
  expect(state.troubles).not.toContain("asleep");
  expect(state.troubles).not.toContain("noFloor");
});
