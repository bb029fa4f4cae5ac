import { expect, test } from "vitest";
import { Miniature } from "./miniature";
import { testSeat } from "./seat_fixture.test-data";

test("the model lies on the resting palm and goes with it; without a hand it is before the eyes", () => {
  const made = testSeat();
  const { rig } = made.seat;
  const miniature = new Miniature(made.seat);
  rig.mode = "miniature";
  miniature.update();
  expect(rig.toUser([2, 0, 2])).toEqual([0, 1.25, -0.5].map((each) => expect.closeTo(each, 6)));
  made.resting = { asGrip: () => ({ position: [0.3, 1, -0.4] }) };
  miniature.update();
  expect(rig.toUser([2, 0, 2])).toEqual([0.3, 1.08, -0.4].map((each) => expect.closeTo(each, 6)));
  expect(4 / rig.scale).toBeCloseTo(0.12, 6);
});

test("a press on it is where one stands at 1:1; beside it nothing happens, nor in another scale", () => {
  const made = testSeat();
  const { rig } = made.seat;
  const miniature = new Miniature(made.seat);
  made.hit = {
    ...{ occurrence: 0, point: [3, 0, 1], normal: [0, 1, 0], distance: 1, local: [0, 0, 0] },
  };
  expect(miniature.aim([0, 1, 0], [0, 0, -1])).toBeNull();
  rig.mode = "miniature";
  miniature.update();
  expect(miniature.aim([0, 1, 0], [0, 0, -1])).toBeCloseTo(1 / rig.scale, 9);
  miniature.press();
  expect([rig.mode, rig.scale]).toEqual(["one_to_one", 1]);
  const [x, , z] = rig.toModel([0, 0, 0]);
  expect([x, z]).toEqual([expect.closeTo(3, 9), expect.closeTo(1, 9)]);
  expect(made.workspace.seat.get()?.mode).toBe("one_to_one");
});
