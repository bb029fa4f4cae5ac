import { Quaternion } from "three";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { t } from "../state/messages";
import { Notices } from "./notices";
import { stubCanvas, testSeat } from "./seat_fixture.test-data";

beforeEach(stubCanvas);
afterEach(() => vi.unstubAllGlobals());

test("the weightiest trouble is said, 20° below the eyes, and goes with the body and not with the head", () => {
  const { seat } = testSeat();
  const notices = new Notices(seat);
  notices.update();
  expect([notices.text, notices.group.visible]).toEqual([null, false]);
  seat.tell({ troubles: ["offline", "noController"] });
  notices.update();
  expect([notices.text, notices.group.visible]).toEqual([t("seat.trouble.offline"), true]);
  const { position } = notices.group;
  const before = position.toArray();
  const below = Math.atan2(1.6 - position.y, -position.z);
  expect((below * 180) / Math.PI).toBeCloseTo(20, 0);
  const turned = (degrees: number): void => {
    const half = (degrees * Math.PI) / 360;
    seat.head.quaternion.copy(new Quaternion(0, Math.sin(half), 0, Math.cos(half)));
    notices.update();
  };
  turned(30);
  expect(position.toArray()).toEqual(before);
  turned(50);
  expect(position.x).toBeLessThan(-0.9);
  notices.left();
  expect([notices.text, notices.group.visible]).toEqual([null, false]);
});
