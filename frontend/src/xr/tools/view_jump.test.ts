import { Quaternion } from "three";
import { expect, test } from "vitest";
import { Rig } from "../rig";
import { standAt } from "./view_jump";

test("the eye is where the camera was and looks where it looked, whatever way the head is turned", () => {
  for (const turned of [0, 0.7]) {
    const rig = new Rig();
    rig.arrive("table", { min: [0, 0, 0], max: [4, 1, 4] });
    const quaternion = new Quaternion(0, Math.sin(turned / 2), 0, Math.cos(turned / 2));
    const head = { position: [0.2, 1.5, 0.1] as const, quaternion };
    standAt(
      { rig, head },
      { position: [5, 2, 1], target: [4, 2, 1], up: [0, 1, 0], fov_rad: 1, ortho_height_m: null },
    );
    const eye = rig.toModel(head.position);
    expect(eye.map((value) => value + 0)).toEqual([
      expect.closeTo(5, 9),
      expect.closeTo(2, 9),
      expect.closeTo(1, 9),
    ]);
    const looks = rig.direction([-Math.sin(turned), 0, -Math.cos(turned)]);
    expect(looks[0]).toBeCloseTo(-1, 9);
    expect(rig.scale).toBe(1);
  }
});
