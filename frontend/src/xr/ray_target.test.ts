import { expect, test } from "vitest";
import { firstOf, type RayTarget } from "./ray_target";

function wall(distance: number | null, said: string[], name: string): RayTarget {
  return {
    aim: () => distance,
    press: () => said.push(`press ${name}`),
    release: () => said.push(`release ${name}`),
  };
}

test("the nearest thing that the ray meets is pressed, all are let go", () => {
  const said: string[] = [];
  const both = firstOf(wall(2, said, "far"), wall(1, said, "near"), wall(null, said, "beside"));
  expect(both.aim([0, 0, 0], [0, 0, -1])).toBe(1);
  both.press();
  both.release();
  expect(said).toEqual(["press near", "release far", "release near", "release beside"]);
});

test("a ray that meets nothing presses nothing", () => {
  const said: string[] = [];
  const none = firstOf(wall(null, said, "one"));
  expect(none.aim([0, 0, 0], [0, 0, -1])).toBeNull();
  none.press();
  expect(said).toEqual([]);
});
