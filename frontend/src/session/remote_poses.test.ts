import { beforeEach, describe, expect, it } from "vitest";
import { MAX_POSE_BYTES, NO_OCCURRENCE, POSE, Pose, encodePose } from "../protocol/pose";
import { RemotePoses } from "./remote_poses";

const pose = new Pose();
const seen = new Pose();
let remote: RemotePoses;

beforeEach(() => {
  remote = new RemotePoses();
});

/** One presence frame with one pose at x metres, sent at `sentMs` by the sender's clock. */
function frame(slot: number, sentMs: number, x: number, change?: (pose: Pose) => void): DataView {
  pose.flags = 0;
  pose.timeMs = sentMs & 0xffff;
  pose.head.set([x, 0, 0, 0, 0, 0, 1]);
  change?.(pose);
  const view = new DataView(new ArrayBuffer(MAX_POSE_BYTES + 12));
  const body = new DataView(view.buffer, 12);
  const length = encodePose(pose, body);
  view.setUint8(0, 1);
  view.setUint16(6, 1, true);
  view.setUint16(8, slot, true);
  view.setUint16(10, length, true);
  return new DataView(view.buffer, 0, 12 + length);
}

/** The same frame as one of a crowd, whose poses come in turn. */
function inTurn(view: DataView): DataView {
  view.setUint8(1, 2);
  return view;
}

function at(slot: number, nowMs: number): number {
  expect(remote.at(slot, nowMs, seen)).toBe(true);
  return seen.head[0] ?? NaN;
}

it("moves evenly, 100 ms late, between poses that came unevenly", () => {
  // 1 m/s; the network adds 5 to 40 ms.
  const delays = [5, 40, 12, 33, 8, 25, 5, 40];
  const arrivals = delays.map((delay, index) => ({
    sent: index * 50,
    at: 7_000 + index * 50 + delay,
  }));
  const positions: number[] = [];
  for (let now = 7_005; now <= 7_400; now += 10) {
    for (const { sent, at: due } of arrivals) {
      if (due > now - 10 && due <= now) remote.receive(frame(1, sent + 60_000, sent / 1_000), now);
    }
    positions.push(at(1, now));
  }
  const steps = positions.slice(12).map((x, index) => x - (positions[index + 11] ?? 0));
  expect(Math.min(...steps)).toBeGreaterThan(0.004);
  expect(Math.max(...steps)).toBeLessThan(0.016);
});

it("moves evenly where poses come in turn, a fifth of a second apart", () => {
  const delays = [5, 38, 12, 30, 8, 25, 5, 35, 10, 20];
  const arrivals = delays.map((delay, index) => ({
    sent: index * 200,
    at: 7_000 + index * 200 + delay,
  }));
  const positions: number[] = [];
  for (let now = 7_005; now <= 8_800; now += 10) {
    for (const { sent, at: due } of arrivals) {
      if (due > now - 10 && due <= now)
        remote.receive(inTurn(frame(1, sent + 60_000, sent / 1_000)), now);
    }
    positions.push(at(1, now));
  }
  const steps = positions.slice(40).map((x, index) => x - (positions[index + 39] ?? 0));
  expect(Math.min(...steps)).toBeGreaterThan(0.004);
  expect(Math.max(...steps)).toBeLessThan(0.016);
});

it("nobody jumps back or far ahead when their poses come faster and slower again", () => {
  const positions: number[] = [];
  let now = 7_000;
  const pass = (periodMs: number, times: number, change: (view: DataView) => DataView): void => {
    for (let index = 0; index < times; index += 1) {
      remote.receive(change(frame(1, now, (now - 7_000) / 1_000)), now);
      for (let step = 0; step < periodMs; step += 10, now += 10) positions.push(at(1, now));
    }
  };
  pass(200, 8, inTurn);
  pass(50, 40, (view) => view);
  pass(200, 20, inTurn);
  const steps = positions.slice(40).map((x, index) => x - (positions[index + 39] ?? 0));
  expect(Math.min(...steps)).toBeGreaterThanOrEqual(0);
  expect(Math.max(...steps)).toBeLessThan(0.05);
});

it("goes on over the wrap of the sender's clock", () => {
  for (let index = 0; index < 8; index += 1) {
    remote.receive(frame(1, 65_400 + index * 50, index), 1_000 + index * 50);
  }
  expect(at(1, 1_350 + 100)).toBeCloseTo(7, 5);
  expect(at(1, 1_325 + 100)).toBeCloseTo(6.5, 5);
});

it("starts moving when the sender starts, not since the last word a second ago", () => {
  remote.receive(frame(1, 0, 0), 1_000);
  remote.receive(frame(1, 1_000, 1), 2_000);
  expect(at(1, 2_010)).toBeCloseTo(0, 5);
  expect(at(1, 2_065)).toBeCloseTo(0.5, 5);
  expect(at(1, 2_100)).toBeCloseTo(1, 5);
});

it("ignores what is older than what it knows", () => {
  remote.receive(frame(1, 500, 5), 1_000);
  remote.receive(frame(1, 450, 4), 1_010);
  expect(at(1, 1_500)).toBe(5);
});

it("turns along the shorter way", () => {
  const turn = (degrees: number) => (target: Pose) => {
    const half = (degrees * Math.PI) / 360;
    target.head.set([0, Math.sin(half), 0, Math.cos(half)], 3);
  };
  remote.receive(frame(1, 0, 0, turn(170)), 1_000);
  remote.receive(frame(1, 50, 0, turn(-170)), 1_050);
  remote.at(1, 1_125, seen);
  expect(Math.abs(seen.head[4] ?? 0)).toBeCloseTo(1, 3); // 180°
});

describe("pointers", () => {
  const pointAt = (occurrence: number, x: number) => (target: Pose) => {
    target.flags |= POSE.pointer;
    target.pointerOccurrence = occurrence;
    target.pointer.set([x, 0, 0]);
  };

  it("glide on one part", () => {
    remote.receive(frame(1, 0, 0, pointAt(4, 0)), 1_000);
    remote.receive(frame(1, 50, 0, pointAt(4, 1)), 1_050);
    remote.at(1, 1_125, seen);
    expect(seen.pointer[0]).toBeCloseTo(0.5, 5);
  });

  it("jump to another part: the frames of two parts have nothing between them", () => {
    remote.receive(frame(1, 0, 0, pointAt(4, 0)), 1_000);
    remote.receive(frame(1, 50, 0, pointAt(NO_OCCURRENCE, 1)), 1_050);
    remote.at(1, 1_125, seen);
    expect([seen.pointerOccurrence, seen.pointer[0]]).toEqual([NO_OCCURRENCE, 1]);
  });
});

it("says who moves, how long they were silent, and forgets who left", () => {
  remote.receive(frame(1, 0, 0), 1_000);
  remote.receive(frame(1, 50, 1), 1_050);
  expect(remote.isMoving(1_100)).toBe(true);
  expect(remote.isMoving(1_151)).toBe(false);
  const ages: [number, number][] = [];
  remote.each(7_050, (slot, _, age) => ages.push([slot, age]));
  expect(ages).toEqual([[1, 6_000]]);
  remote.forget(1);
  expect(remote.at(1, 7_050, seen)).toBe(false);
});

it("passes over what is no frame", () => {
  expect(remote.receive(new DataView(new ArrayBuffer(3)), 0)).toBe(false);
});

it("leaves me out: the server's frame is one for everybody", () => {
  remote.ownSlot = 1;
  remote.receive(frame(1, 0, 0), 1_000);
  remote.receive(frame(2, 0, 0), 1_000);
  const seenSlots: number[] = [];
  remote.each(1_000, (slot) => seenSlots.push(slot));
  expect(seenSlots).toEqual([2]);
});

it("takes a keep-alive of somebody who is still for no reason to draw", () => {
  expect(remote.receive(frame(1, 0, 3), 1_000)).toBe(true);
  expect(remote.receive(frame(1, 1_000, 3), 2_000)).toBe(false);
  expect(remote.isMoving(2_010)).toBe(false);
  expect(remote.receive(frame(1, 1_050, 4), 2_050)).toBe(true);
  expect(remote.isMoving(2_060)).toBe(true);
});

it("takes my own pose for no reason to draw", () => {
  remote.ownSlot = 1;
  expect(remote.receive(frame(1, 0, 3), 1_000)).toBe(false);
});
