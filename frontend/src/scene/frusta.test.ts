import { expect, it } from "vitest";
import { MOST_FRUSTA, frustumLook } from "./frusta";

const NOBODY = { following: null, presenter: null };

it("draws everybody's faintly while few are here, and nobody's unasked in a crowd", () => {
  expect(frustumLook(1, NOBODY, 0)).toBe("faint");
  expect(frustumLook(1, NOBODY, MOST_FRUSTA)).toBe("none");
});

it("never draws the one I see through, and always the one whom I paused, however many are here", () => {
  const following = { slot: 1, paused: false };
  expect(frustumLook(1, { following, presenter: 1 }, 0)).toBe("none");
  const paused = { slot: 1, paused: true };
  expect(frustumLook(1, { following: paused, presenter: 1 }, 500)).toBe("strong");
});

it("shows where the presenter looks to whoever looks elsewhere, and not to who follows somebody", () => {
  expect(frustumLook(2, { following: null, presenter: 2 }, 500)).toBe("strong");
  const other = { slot: 1, paused: false };
  expect(frustumLook(2, { following: other, presenter: 2 }, 0)).toBe("none");
});
