import { describe, expect, it } from "vitest";
import {
  PROFILES,
  type ProfileFile,
  type Source,
  assetOf,
  movingOf,
  profileOf,
} from "./controller_profiles";

const FILES = import.meta.glob<ProfileFile>(
  "../../node_modules/@webxr-input-profiles/assets/dist/profiles/*/profile.json",
  { eager: true, import: "default" },
);

function read(profile: string): ProfileFile {
  const found = Object.entries(FILES).find(([path]) => path.endsWith(`/${profile}/profile.json`));
  if (!found) throw new Error(`${profile} is not in the library`);
  return found[1];
}

const source = (profiles: string[], more: Partial<Source> = {}): Source => ({
  profiles,
  handedness: "left",
  ...more,
});
const gamepad = (value: number, x = 0): NonNullable<Source["gamepad"]> => ({
  buttons: Array.from({ length: 6 }, () => ({ value, pressed: value > 0.5 })),
  axes: [0, 0, x, 0],
});

describe("which controller is shown", () => {
  it.each([
    [["meta-quest-touch-plus", "oculus-touch-v3"], "meta-quest-touch-plus"],
    [["meta-quest-touch-plus-v2"], "meta-quest-touch-plus"],
    [["made-up", "pico-4"], "pico-4"],
    [["valve-index"], "valve-index"],
    [["made-up"], "generic-trigger"],
  ])("%j is %s", (profiles, expected) => {
    expect(profileOf(source(profiles))).toBe(expected);
  });

  it("is a hand when it is one, and a stick when it has one", () => {
    expect(profileOf(source(["oculus-hand"], { hand: {} }))).toBe("generic-hand");
    expect(profileOf(source([], { gamepad: gamepad(0) }))).toBe(
      "generic-trigger-squeeze-thumbstick",
    );
  });
});

it.each(PROFILES)("%s has a model for every side that may hold it", (profile) => {
  const file = read(profile);
  for (const side of ["left", "right", "none"]) {
    const asset = assetOf(file, side);
    expect(asset?.path).toMatch(/^(left|right|none)\.glb$/);
    if (profile !== "generic-hand")
      expect(movingOf(file, asset?.side ?? "").length).toBeGreaterThan(0);
  }
});

it("a trigger goes from rest to pulled, a stick from one side over the middle to the other", () => {
  const moving = movingOf(read("meta-quest-touch-plus"), "left");
  const trigger = moving.find(({ node }) => node === "xr_standard_trigger_pressed_value");
  const stick = moving.find(({ node }) => node === "xr_standard_thumbstick_xaxis_pressed_value");
  const at = (value: number, x: number): Source => source([], { gamepad: gamepad(value, x) });
  expect([trigger?.value(at(0, 0)), trigger?.value(at(0.25, 0))]).toEqual([0, 0.25]);
  expect([-1, 0, 1].map((x) => stick?.value(at(0, x)))).toEqual([0, 0.5, 1]);
  expect(trigger?.value(source([]))).toBe(0);
});
