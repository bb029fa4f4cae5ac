import { expect, test } from "vitest";
import { HeldChord } from "./held_chord";

test("two buttons held for a second count once, and shorter ones not at all", () => {
  const chord = new HeldChord();
  const read = (held: boolean, ms: number): boolean => chord.read(held, ms, 1000);
  expect([read(true, 0), read(true, 999), read(false, 1001), read(true, 1002)]).toEqual([
    false,
    false,
    false,
    false,
  ]);
  expect([read(true, 2001), read(true, 2002), read(true, 2500), read(true, 9000)]).toEqual([
    false,
    true,
    false,
    false,
  ]);
});
