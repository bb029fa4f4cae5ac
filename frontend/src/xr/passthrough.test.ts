import { expect, test } from "vitest";
import { NEW_SEAT } from "../state/areas/seating";
import type { Vec3 } from "../state/model";
import { Passthrough } from "./passthrough";
import type { Tick } from "./seat";
import { type TestSeat, testSeat } from "./seat_fixture.test-data";

function inRoom(): TestSeat & { passthrough: Passthrough } {
  const made = testSeat();
  made.workspace.seat.set({ ...NEW_SEAT, kind: "ar" });
  const passthrough = new Passthrough(made.seat);
  const session = { requestReferenceSpace: async () => Promise.reject(new Error("not granted")) };
  passthrough.entered(session as unknown as XRSession); // `as`: a device that finds no surfaces
  return Object.assign(made, { passthrough });
}

/** The middle of the model's floor, user space. */
const foot = ({ seat }: TestSeat): Vec3 => seat.rig.toUser([2, 0, 2]);
const near = (wanted: readonly number[]): unknown => wanted.map((each) => expect.closeTo(each, 9));

test("without a surface the model is put 1 m ahead; on one it stands where the gaze meets it", () => {
  const made = inRoom();
  const { passthrough, workspace } = made;
  passthrough.place();
  expect(foot(made)).toEqual(near([0, 0.9, -1]));
  expect(workspace.seat.get()?.room?.placed).toBe(true);
  passthrough.surface = [0.5, 0.72, -1.5];
  passthrough.place();
  expect(foot(made)).toEqual(near([0.5, 0.72, -1.5]));
});

test("the trigger puts it down while it is to be put down, and then is the tools' again", () => {
  const made = inRoom();
  const { passthrough } = made;
  expect(passthrough.aim([0, 1, 0], [0, 0, -1])).toBeNull();
  passthrough.surface = [0, 0.7, -1];
  expect(passthrough.aim([0, 0.7, 0], [0, 0, -1])).toBeCloseTo(1, 9);
  passthrough.press();
  expect(foot(made)).toEqual(near([0, 0.7, -1]));
  expect(passthrough.aim([0, 0.7, 0], [0, 0, -1])).toBeNull();
});

test("two points of the model on two of the room are 1:1 there, and locked", () => {
  const made = inRoom();
  const { passthrough, seat, workspace } = made;
  passthrough.align(true);
  const pairs: [Vec3, Vec3][] = [
    [
      [0, 0, 0],
      [-2, 0.7, -1],
    ],
    [
      [4, 0, 0],
      [2, 0.7, -1],
    ],
  ];
  for (const [model, room] of pairs) {
    made.hit = { occurrence: 0, point: model, normal: [0, 1, 0], distance: 1, local: [0, 0, 0] };
    passthrough.aim([0, 1, 0], [0, 0, -1]);
    passthrough.press();
    made.hands = [{ position: room }];
    passthrough.aim([0, 1, 0], [0, 0, -1]);
    passthrough.press();
  }
  for (const [model, room] of pairs) expect(seat.rig.toUser(model)).toEqual(near(room));
  const room = workspace.seat.get()?.room;
  expect([room?.aligning, room?.locked, room?.placed]).toEqual([null, true, true]);
});

test("the room is darkened as far as is asked, and nothing of it is left outside", () => {
  const { passthrough, seat } = inRoom();
  passthrough.dim(0.6);
  passthrough.update({ frame: {}, space: {} } as unknown as Tick); // `as`: nothing is asked of it
  expect(seat.state?.room?.dim).toBe(0.6);
  expect(passthrough.group.children[0]?.visible).toBe(true);
  passthrough.left();
  expect(passthrough.group.visible).toBe(false);
});
