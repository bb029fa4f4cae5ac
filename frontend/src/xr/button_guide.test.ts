import { expect, test } from "vitest";
import { ButtonGuide, type Watched, hintsOf } from "./button_guide";
import type { Button, Side } from "./controls";

function hands(
  down: Partial<Record<Side, readonly Button[]>>,
  sticks: Partial<Record<Side, readonly [number, number]>> = {},
): Watched {
  return {
    sides: ["left", "right"],
    held: (side, button) => down[side]?.includes(button) ?? false,
    stick: (side) => ({ x: sticks[side]?.[0] ?? 0, y: sticks[side]?.[1] ?? 0 }),
  };
}

const all = (side: Side): ReturnType<typeof hintsOf> => hintsOf(side === "right", false);

test("hints go after 20 s", () => {
  const guide = new ButtonGuide();
  guide.show(true);
  guide.update(5_000, hands({}), all);
  guide.update(24_999, hands({}), all);
  expect(guide.shown).toBe(true);
  guide.update(25_000, hands({}), all);
  expect(guide.shown).toBe(false);
});

test("a hint goes once its button was used, and all go once each was", () => {
  const guide = new ButtonGuide();
  guide.show(true);
  guide.update(0, hands({ right: ["trigger", "a"] }, { right: [0, -1] }), all);
  expect(guide.left("right", all("right"))).toEqual(["grip", "turnStick", "upDown", "undo"]);
  guide.update(1, hands({ right: ["squeeze", "stick", "b"] }), all);
  guide.update(2, hands({}, { right: [1, 0] }), all);
  expect(guide.shown).toBe(true);
  guide.update(3, hands({ left: ["trigger", "squeeze", "stick", "a", "b"] }), all);
  expect(guide.shown).toBe(false);
});

test("the stick of the other hand is explained only where it moves", () => {
  expect(hintsOf(false, false)).not.toContain("moveStick");
  expect(hintsOf(false, true)).toContain("moveStick");
});
