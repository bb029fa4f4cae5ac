import { Group, Quaternion } from "three";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Grabbable, Grip } from "./grabbing";
import { Rig } from "./rig";
import type { Tick } from "./seat";
import { stubCanvas, testSeat } from "./seat_fixture.test-data";
import { SeatHands } from "./seat_hands";

beforeEach(stubCanvas);
afterEach(() => vi.unstubAllGlobals());

const source = (handedness: string): XRInputSource =>
  ({ handedness, targetRaySpace: {}, gripSpace: null }) as unknown as XRInputSource; // `as`: what is read

function tick(inputSources: readonly XRInputSource[]): Tick {
  const transform = {
    matrix: Float32Array.of(1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 1.2, -0.3, 1),
    ...{ position: { x: 0, y: 1.2, z: -0.3 }, orientation: new Quaternion() },
  };
  const frame = { session: { inputSources }, getPose: () => ({ transform }) };
  return { nowMs: 0, frame, space: {} } as unknown as Tick; // `as`: what is read of a frame
}

function handsOf(grabbables: readonly Grabbable[]): SeatHands {
  const { seat } = testSeat();
  const targets = { aim: () => null, press: () => undefined, release: () => undefined };
  return new SeatHands({
    ...{ viewer: seat.viewer, rig: new Rig(), group: new Group(), targets, grabbables },
    looks: () => null,
    palmUp: () => undefined,
  });
}

test("the hand that acted last points and the other one rests; neither needs a setting", () => {
  const hands = handsOf([]);
  const [left, right] = [source("left"), source("right")];
  hands.read(tick([left, right]));
  expect([hands.pointing?.side, hands.resting?.side]).toEqual(["right", "left"]);
  hands.select(left, true);
  hands.select(left, false);
  expect([hands.pointing?.side, hands.resting?.side]).toEqual(["left", "right"]);
  hands.rest("left");
  expect(hands.pointing?.side).toBe("right");
});

test("grips that hold nothing are closed; a controller that goes opens, and is gone before its thing is told", () => {
  const told: [string, string[]][] = [];
  const thing: Grabbable = {
    reach: () => null,
    grab: () => undefined,
    move: () => undefined,
    let: ({ side }: Grip) =>
      void told.push([side, [...hands.all.values()].map((hand) => hand.side)]),
  };
  const hands = handsOf([thing]);
  const [left, right] = [source("left"), source("right")];
  hands.read(tick([left, right]));
  hands.squeeze(left, true);
  expect(hands.closed.map(({ side }) => side)).toEqual(["left"]);
  hands.squeeze(left, false);
  expect(hands.closed).toEqual([]);
  thing.reach = () => 0;
  hands.squeeze(right, true);
  expect(hands.closed).toEqual([]);
  hands.read(tick([left]));
  expect(told).toEqual([["right", ["left"]]]);
  expect(hands.pointing?.side).toBe("left");
});

test("triggers and grips of a session are heard", () => {
  const hands = handsOf([]);
  const session = new EventTarget();
  hands.listen(session as XRSession); // `as`: its events
  const right = source("right");
  hands.read(tick([right]));
  const says = (type: string): boolean =>
    session.dispatchEvent(Object.assign(new Event(type), { inputSource: right }));
  says("selectstart");
  expect(hands.pointing?.pressing).toBe(true);
  says("selectend");
  expect(hands.pointing?.pressing).toBe(false);
  says("squeezestart");
  expect(hands.closed).toHaveLength(1);
  says("squeezeend");
  expect(hands.closed).toEqual([]);
});
