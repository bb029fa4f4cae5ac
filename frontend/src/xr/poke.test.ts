import { expect, test } from "vitest";
import { Poke } from "./poke";
import type { RayTarget } from "./ray_target";

/** A panel at z = -1 that is looked at from +z. */
function panel(said: string[]): RayTarget {
  return {
    aim: ([, , z], direction) => (direction[2] < 0 && z > -1 ? z + 1 : null),
    press: () => void said.push("press"),
    release: () => void said.push("release"),
  };
}

test("a finger that goes through presses once, and lets go when it comes back", () => {
  const said: string[] = [];
  const target = panel(said);
  const poke = new Poke();
  const looks = [-0.5, -0.8, -0.95, -1.01, -1.02, -0.995, -0.9].map((z) =>
    poke.touch(target, [0, 0, z], [0, 0, -1]),
  );
  expect(looks).toEqual([false, true, true, true, true, true, true]);
  expect(said).toEqual(["press", "release"]);
});

test("a hand that is inside from the start presses nothing, and one that goes right through lets go", () => {
  const said: string[] = [];
  const target = panel(said);
  const poke = new Poke();
  poke.touch(target, [0, 0, -1.02], [0, 0, -1]);
  expect(said).toEqual([]);
  for (const z of [-0.9, -1.01, -1.4]) poke.touch(target, [0, 0, z], [0, 0, -1]);
  expect(said).toEqual(["press", "release"]);
});
