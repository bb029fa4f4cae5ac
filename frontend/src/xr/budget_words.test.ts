import { describe, expect, it } from "vitest";
import { chipOf, hudLines } from "./budget_words";

const FINE = { given: 0, memoryRanOut: false, selected: false };

describe("the chip of a headset that draws less", () => {
  it("is not there while everything is drawn", () => {
    expect(chipOf(FINE)).toBeNull();
  });

  it("is one and the same for all that is given up by itself", () => {
    for (const given of [1, 2, 3, 4, 5])
      expect(chipOf({ ...FINE, given })).toEqual({
        text: "Reduced detail (auto)",
        pressable: false,
      });
  });

  it("asks to isolate when nothing is left to give up, and does so when something is selected", () => {
    expect(chipOf({ ...FINE, given: 6 })?.pressable).toBe(false);
    const chip = chipOf({ ...FINE, given: 6, selected: true });
    expect(chip?.pressable).toBe(true);
    expect(chip?.text).toContain("isolate the selection");
  });

  it("names a full memory", () => {
    expect(chipOf({ ...FINE, memoryRanOut: true })?.text).toContain("Memory is full");
  });
});

describe("the frame times", () => {
  const state = {
    ...{ rate: 71.8, wanted: 72, jsMs: 1.26, triangles: 412_345, calls: 9, subDraws: 240 },
    ...{ level: 1, given: 0 },
  };

  it("say rate, script, triangles, calls, sub-draws and level", () => {
    expect(hudLines(state)).toEqual([
      "72 of 72 Hz · JS 1.3 ms",
      "412,345 triangles · 9 calls · 240 sub-draws",
      "Level 1 · given up: nothing",
    ]);
  });

  it("name what is given up", () => {
    expect(hudLines({ ...state, level: null, given: 3 })[2]).toBe(
      "Level – · given up: edges, far parts, small parts",
    );
  });
});
