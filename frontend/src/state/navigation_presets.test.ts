import { expect, test } from "vitest";
import { readChoices, USUAL_NAVIGATION } from "./areas/navigating";
import {
  type DragAction,
  type Modifiers,
  PRESETS,
  PRESET_NAMES,
  dragAction,
  presetOf,
} from "./navigation_presets";

const [LEFT, MIDDLE, RIGHT] = [0, 1, 2] as const;
const keys = (...held: (keyof Modifiers)[]): Modifiers => ({
  shift: held.includes("shift"),
  ctrl: held.includes("ctrl"),
  alt: held.includes("alt"),
});
type Row = readonly [button: number, held: readonly (keyof Modifiers)[], action: DragAction | null];

/** UX.md §2.4, line by line; what is not in it does nothing. */
const TABLE: Readonly<Record<string, readonly Row[]>> = {
  web: [
    [LEFT, [], "orbit"],
    [RIGHT, [], "pan"],
    [MIDDLE, [], "pan"],
    [LEFT, ["shift"], "pan"],
    [LEFT, ["ctrl"], null],
  ],
  onshape: [
    [RIGHT, [], "orbit"],
    [RIGHT, ["ctrl"], "pan"],
    [MIDDLE, [], "pan"],
    [LEFT, [], null],
  ],
  solidworks: [
    [MIDDLE, [], "orbit"],
    [RIGHT, ["ctrl"], "pan"],
    [MIDDLE, ["ctrl"], "pan"],
    [MIDDLE, ["shift"], "zoom"],
    [RIGHT, [], null],
    [LEFT, [], null],
  ],
  creo: [
    [MIDDLE, [], "orbit"],
    [MIDDLE, ["shift"], "pan"],
    [MIDDLE, ["ctrl"], "zoom"],
    [LEFT, [], null],
  ],
  fusion: [
    [MIDDLE, ["shift"], "orbit"],
    [MIDDLE, [], "pan"],
    [LEFT, [], null],
  ],
  blender: [
    [MIDDLE, [], "orbit"],
    [MIDDLE, ["shift"], "pan"],
    [RIGHT, [], null],
  ],
  maya: [
    [LEFT, ["alt"], "orbit"],
    [LEFT, ["alt", "shift"], "orbit"],
    [MIDDLE, ["alt"], "pan"],
    [RIGHT, ["alt"], "zoom"],
    [LEFT, [], null],
    [MIDDLE, [], null],
  ],
  trackpad: [
    [LEFT, [], "orbit"],
    [RIGHT, [], null],
  ],
  touch: [
    [LEFT, [], "orbit"],
    [RIGHT, [], "pan"],
  ],
};

for (const name of PRESET_NAMES)
  test(`${name} drags as the table says`, () => {
    for (const [button, held, action] of TABLE[name] ?? [])
      expect(dragAction(presetOf(name), button, keys(...held)), `${button} ${held.join()}`).toBe(
        action,
      );
  });

test("there are nine, each in the table once, and in none a drag means two things", () => {
  expect([...PRESET_NAMES].sort()).toEqual(Object.keys(TABLE).sort());
  for (const { name, drags } of PRESETS) {
    const said = drags.map(({ button, shift, ctrl, alt }) => [button, shift, ctrl, alt].join());
    expect(new Set(said).size, name).toBe(said.length);
  }
});

test("the wheel zooms in all but the trackpad's, where two fingers turn and Shift pans", () => {
  for (const { name, wheel, shiftWheel } of PRESETS)
    expect([wheel, shiftWheel]).toEqual(name === "trackpad" ? ["orbit", "pan"] : ["zoom", "zoom"]);
});

test("kept choices come back; what is unknown is the usual", () => {
  const chosen = { ...USUAL_NAVIGATION, preset: "maya", turning: "free", reverseWheel: true };
  expect(readChoices(JSON.parse(JSON.stringify(chosen)), PRESET_NAMES)).toEqual(chosen);
  expect(readChoices({ preset: "catia", turning: 3, gravity: "yes" }, PRESET_NAMES)).toEqual(
    USUAL_NAVIGATION,
  );
  expect(readChoices(null, PRESET_NAMES)).toEqual(USUAL_NAVIGATION);
});
