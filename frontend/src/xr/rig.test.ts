import { describe, expect, it } from "vitest";
import { Rig, SNAP_TURN, TABLE } from "./rig";
import type { Bounds, Vec3 } from "../state/model";

const SKID: Bounds = { min: [-2, 0.5, -1], max: [4, 2.5, 3] };

function near(actual: Vec3, expected: Vec3): void {
  expected.forEach((value, axis) => expect(actual[axis]).toBeCloseTo(value, 9));
}

describe("the rig", () => {
  it("stands the model 0.8 m wide on the table, 1 m ahead", () => {
    const rig = new Rig();
    rig.arrive("table", SKID);
    near(rig.toUser([1, 0.5, 1]), [0, TABLE.top, -TABLE.ahead]);
    const wide = rig.toUser([4, 0.5, 1])[0] - rig.toUser([-2, 0.5, 1])[0];
    expect(wide).toBeCloseTo(0.8, 9);
  });

  it("never lets a tall model grow into the ceiling", () => {
    const rig = new Rig();
    rig.arrive("table", { min: [0, 0, 0], max: [1, 40, 1] });
    expect(rig.toUser([0.5, 40, 0.5])[1]).toBeCloseTo(TABLE.top + 0.9, 9);
  });

  it("stands one before the model's front at 1:1, on its lowest level", () => {
    const rig = new Rig();
    rig.arrive("one_to_one", SKID);
    expect(rig.scale).toBe(1);
    near(rig.toModel([0, 0, 0]), [1, 0.5, 4.5]);
  });

  it("goes to the model frame and back", () => {
    const rig = new Rig();
    rig.arrive("table", SKID);
    rig.turn([0.3, 1.6, 0.2], 0.7);
    near(rig.toUser(rig.toModel([0.4, 1.2, -0.9])), [0.4, 1.2, -0.9]);
  });

  it("turns about the head by 30° and leaves the head where it is", () => {
    const rig = new Rig();
    rig.arrive("one_to_one", SKID);
    const head: Vec3 = [0.4, 1.7, -0.3];
    const before = rig.toModel(head);
    rig.turn(head, SNAP_TURN);
    near(rig.toModel(head), before);
    expect(rig.yaw).toBeCloseTo(Math.PI / 6, 12);
  });

  it("teleports the floor under the head onto the target and turns nobody", () => {
    const rig = new Rig();
    rig.arrive("one_to_one", SKID);
    rig.turn([0, 1.6, 0], 1.1);
    const yaw = rig.yaw;
    rig.teleport([0.5, 1.6, 0.25], [7, 0.5, -3]);
    near(rig.toModel([0.5, 0, 0.25]), [7, 0.5, -3]);
    expect(rig.yaw).toBe(yaw);
  });
});
