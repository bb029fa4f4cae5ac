import { expect, test } from "vitest";
import type { Tick } from "./seat";
import { testSeat } from "./seat_fixture.test-data";
import { Standing } from "./standing";

const tick = (): Tick => ({ space: new EventTarget() }) as unknown as Tick; // `as`: its space alone

test("who is low at the first picture sits, and the table is the low one; it is asked once", () => {
  const made = testSeat();
  const { seat } = made;
  const head = seat.head as { position: readonly [number, number, number] }; // `as`: the test's own
  const standing = new Standing(seat);
  head.position = [0, 1.1, 0];
  standing.update(tick());
  expect([standing.seated, standing.tableTop, made.arrivals]).toEqual([true, 0.75, ["table"]]);
  head.position = [0, 1.8, 0];
  standing.update(tick());
  expect([standing.seated, made.workspace.seat.get()?.seated]).toEqual([true, true]);
});

test("a model that is moved goes to the right and away along the gaze, and turns where it stands", () => {
  const { seat } = testSeat();
  const standing = new Standing(seat);
  seat.rig.arrive("one_to_one", seat.bounds);
  const before = seat.rig.toUser([2, 0, 2]);
  standing.nudge({ right: 0.1, up: 0.02, away: 0.3 });
  const [x, y, z] = seat.rig.toUser([2, 0, 2]);
  const moved = [x - before[0], y - before[1], z - before[2]];
  expect(moved).toEqual([0.1, 0.02, -0.3].map((each) => expect.closeTo(each, 9)));
  const yaw = seat.rig.yaw;
  standing.nudge({ turn_deg: 15 });
  expect(Math.abs(seat.rig.yaw - yaw)).toBeCloseTo(Math.PI / 12, 9);
  expect(seat.rig.toUser([2, 0, 2])).toEqual([x, y, z].map((each) => expect.closeTo(each, 9)));
});

test("one goes to a place of the floor, and to nobody who is not there", () => {
  const { seat } = testSeat();
  const standing = new Standing(seat);
  seat.rig.arrive("one_to_one", seat.bounds);
  expect(standing.goTo({ point: [3, 0, 3] })).toBe(true);
  const [x, , z] = seat.rig.toModel([0, 0, 0]);
  expect([x, z]).toEqual([expect.closeTo(3, 9), expect.closeTo(3, 9)]);
  const at = JSON.stringify(seat.rig.pose);
  expect(standing.goTo({ slot: 9 })).toBe(false);
  expect(JSON.stringify(seat.rig.pose)).toBe(at);
});
