import { describe, expect, it } from "vitest";
import {
  headsetAdvice,
  headsetLine,
  headsetTone,
  headsetWord,
  type HeadsetStanding,
} from "./headset_badge";

const FINE: HeadsetStanding = {
  ...{ state: "passes", level: 0, triangles: 412_000, triangles_limit: 600_000 },
  ...{ draws: 12, draws_limit: 150, sub_draws: 240, sub_draws_limit: 500 },
};

describe("a revision's headset badge", () => {
  it("says triangles, draws and the verdict", () => {
    expect(headsetLine(FINE)).toBe("Quest 3: 0.4 M of 0.6 M triangles, 12 of 150 draws: passes");
    expect(headsetWord(FINE)).toBe("Quest 3: passes");
  });

  it("says few triangles in full", () => {
    expect(headsetLine({ ...FINE, triangles: 5_584 })).toContain("5,584 of 0.6 M triangles");
  });

  it("says what to do unless nothing has to be done", () => {
    expect(headsetAdvice(FINE)).toBe("");
    expect(headsetAdvice({ ...FINE, state: "reduced" })).toContain("coarser");
    expect(headsetAdvice({ ...FINE, state: "too_heavy" })).toContain("Isolate");
    expect(
      ["passes", "reduced", "too_heavy"].map((state) =>
        headsetTone({ ...FINE, state } as HeadsetStanding),
      ),
    ).toEqual(["ok", "warn", "danger"]);
  });
});
