import { describe, expect, it } from "vitest";
import { boxChunk, boxManifest } from "./fixture";
import { Occurrences } from "./occurrences";
import { COLOURED, GHOST } from "./shaders";
import { StateTextures } from "./state_textures";

function textures(): StateTextures {
  const chunk = boxChunk(0, [
    { at: [0, 0, 0], size: 1 },
    { at: [2, 0, 0], size: 1 },
  ]);
  if (!chunk.occurrences) throw new Error("The fixture has no boxes.");
  const manifest = boxManifest({ min: [0, 0, 0], max: [3, 1, 1] }, {}, 2);
  const occurrences = new Occurrences(manifest, chunk.occurrences, chunk.extents);
  return new StateTextures(occurrences, ["#102030ff", "#40506080"], []);
}

const shown = (of: StateTextures, occurrence: number): number[] => [
  ...(of.colours.image.data ?? []).slice(occurrence * 4, occurrence * 4 + 4),
];

describe("colours of occurrences", () => {
  it("are replaced and given back, and what lets light through goes on doing so", () => {
    const of = textures();
    of.setColour(1, [255, 0, 8]);
    expect(shown(of, 0)).toEqual([0x10, 0x20, 0x30, 255]);
    expect(shown(of, 1)).toEqual([255, 0, 8, 0x80]);
    expect(of.bits(1)).toBe(COLOURED);
    of.setColour(1, null);
    expect(shown(of, 1)).toEqual([0x40, 0x50, 0x60, 0x80]);
    expect(of.bits(1)).toBe(0);
  });

  it("leave the other states of an occurrence alone", () => {
    const of = textures();
    of.setBits(0, GHOST, true);
    of.setColour(0, [1, 2, 3]);
    of.setColour(0, null);
    expect(of.bits(0)).toBe(GHOST);
  });

  it("go to the graphics card once, with the next picture", () => {
    const of = textures();
    const before = of.colours.version;
    of.setColour(0, [1, 2, 3]);
    of.setColour(1, [1, 2, 3]);
    of.upload();
    of.upload();
    expect(of.colours.version).toBe(before + 1);
  });
});

describe("what became of occurrences", () => {
  it("stands beside whose selection they are, neither in the way of the other", () => {
    const of = textures();
    const second = (): number => (of.states.image.data ?? [])[3] ?? -1;
    of.setOwner(1, 8);
    of.setChange(1, 7);
    expect(second()).toBe(8 | (7 << 4));
    of.setOwner(1, 0);
    expect(second()).toBe(7 << 4);
    of.setOwner(1, 3);
    of.setChange(1, 0);
    expect(second()).toBe(3);
  });
});
