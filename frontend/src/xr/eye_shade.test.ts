import type { Mesh, MeshBasicMaterial } from "three";
import { expect, test } from "vitest";
import { EyeShade } from "./eye_shade";
import type { Tick } from "./seat";
import { testSeat } from "./seat_fixture.test-data";

const at = (nowMs: number): Tick => ({ nowMs }) as Tick; // `as`: its moment alone

test("a hop happens in the dark of a blink and not before, and the light comes back", () => {
  const { seat, commands } = testSeat();
  commands.run("xr.comfort", { change: { blink_ms: 200 } });
  const shade = new EyeShade(seat, () => false);
  const sphere = shade.group.children[0] as Mesh<never, MeshBasicMaterial>; // `as`: made so above
  let hopped = false;
  shade.update(at(1000));
  shade.hop(() => (hopped = true));
  shade.update(at(1050));
  expect([hopped, sphere.visible, sphere.material.opacity]).toEqual([false, true, 0.5]);
  shade.update(at(1110));
  expect(hopped).toBe(true);
  shade.update(at(1200));
  expect(sphere.visible).toBe(false);
  commands.run("xr.comfort", { change: { blink_ms: 0 } });
  hopped = false;
  shade.hop(() => (hopped = true));
  expect(hopped).toBe(true);
});

test("the view is narrowed only while one glides, and stronger is narrower", () => {
  const { seat, commands } = testSeat();
  let gliding = false;
  const shade = new EyeShade(seat, () => gliding);
  const rim = shade.group.children[1] as Mesh; // `as`: made so above
  /** How far out it is still clear, metres on the ring. */
  const open = (): number => {
    const [places, colours] = [
      rim.geometry.getAttribute("position"),
      rim.geometry.getAttribute("color"),
    ];
    let clear = 0;
    for (let i = 0; i < places.count; i += 1)
      if (colours.getW(i) === 0)
        clear = Math.max(clear, Math.hypot(places.getX(i), places.getY(i)));
    return clear;
  };
  commands.run("xr.comfort", { change: { vignette: 1 } });
  shade.update(at(0));
  expect(rim.visible).toBe(false);
  gliding = true;
  shade.update(at(10));
  const weak = open();
  expect(rim.visible).toBe(true);
  commands.run("xr.comfort", { change: { vignette: 3 } });
  shade.update(at(20));
  expect(open()).toBeLessThan(weak);
  shade.left();
  expect(rim.visible).toBe(false);
});
