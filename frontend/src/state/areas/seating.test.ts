import { expect, test } from "vitest";
import { PRESETS, USUAL_COMFORT, readComfort } from "./seating";

test("what was kept comes back, and what makes no sense is the usual", () => {
  const own = { ...USUAL_COMFORT, ...PRESETS.expert, preset: "expert" as const, step_m: 0.25 };
  expect(readComfort(JSON.parse(JSON.stringify(own)))).toEqual(own);
  expect(readComfort(null)).toEqual(USUAL_COMFORT);
  expect(readComfort({ turn: 31, blink_ms: "fast", gaze: 2, preset: "wild" })).toEqual(
    USUAL_COMFORT,
  );
});

test("numbers stay within what a person can bear", () => {
  expect(readComfort({ blink_ms: 4000, speed_mps: 90, vignette: -1 })).toMatchObject({
    blink_ms: 300,
    speed_mps: 4,
    vignette: 0,
  });
});

test("the usual is Comfortable: nothing glides, turns are 30°, the blink takes 150 ms", () => {
  expect(USUAL_COMFORT).toMatchObject({ turn: 30, blink_ms: 150, smoothMove: false, preset: null });
  expect(USUAL_COMFORT).toMatchObject(PRESETS.comfortable);
});
