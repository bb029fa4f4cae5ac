import { expect, test } from "vitest";
import { type Shown, debugOf } from "./headset_debug";
import { Rig } from "./rig";

test("what stands in the room is told only while somebody is there; places are the user's", () => {
  const says = { debug: () => ({}) };
  const shown = {
    ...{ locomotion: { landing: null }, twoHands: { readout: "1:20" }, notices: { text: null } },
    ...{ labels: { shownOn: (side: string) => side }, gaze: { share: 0.5 } },
    ...{ card: says, tour: says, wrist: says, menu: says, crowd: says, screens: says },
    ...{ tools: says, budget: says },
  } as unknown as Shown; // `as`: what each says is not looked at here
  const rig = new Rig();
  rig.scale = 2;
  rig.position[1] = 4;
  const bounds = { min: [0, 0, 0], max: [4, 8, 12] } as const;
  const hand = { pressing: true, hit: { occurrence: 7 } };
  const inside = debugOf(shown, rig, bounds, true, hand);
  expect(inside.pointing).toEqual({ pressing: true, part: 7 });
  expect(inside.tableCentre).toEqual([1, 0, 3]);
  expect(inside.hints).toEqual({ left: 4, right: 5 });
  expect([inside.readout, inside.gaze, inside.menu]).toEqual(["1:20", 0.5, {}]);
  const outside = debugOf(shown, rig, bounds, false, hand);
  expect(outside.pointing).toBeNull();
  const { card, tour, wrist, menu, crowd, screens, tools, budget } = outside;
  expect([card, tour, wrist, menu, crowd, screens, tools, budget]).toEqual(Array(8).fill(null));
  expect(outside.rig).toEqual(inside.rig);
});
