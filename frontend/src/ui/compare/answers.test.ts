import { describe, expect, it } from "vitest";
import type { Change, TourStop } from "../../api/compare";
import { detailsOf, statesOf, stopOf } from "./answers";

describe("answers about a comparison", () => {
  it("count data and shape together as modified", () => {
    expect(statesOf({ counts: { added: 1, shape: 2, appearance: 3, properties: 4 } })).toEqual({
      ...{ added: 1, removed: 0, modified: 9, moved: 0 },
    });
    expect(statesOf({})).toEqual({ added: 0, removed: 0, modified: 0, moved: 0 });
  });

  it("leave nothing of a stop undefined", () => {
    const said: TourStop = {
      ...{ stop: 3, kind: "removed", name: "Screw", count: 2, first_change: 7, remarks: [] },
      ...{ text: "", from: [1, 2], to: [], approximate: false },
      bounds: { min: [1, 2, 3], max: [4, 5, 6] },
    };
    const stop = stopOf(said, null);
    expect(stop).toMatchObject({ part: null, group: null, move: null, detail: null });
    expect(stop.bounds).toEqual({ min: [1, 2, 3], max: [4, 5, 6] });
  });

  it("give each stop the details of its first change", () => {
    const change = (stop: number, name: string): Change => ({
      ...{ kind: "properties", reasons: ["properties"], stop, approximate: false },
      properties: [{ group: "", name }],
    });
    const details = detailsOf([change(0, "Mass"), change(0, "Colour"), change(1, "Finish")]);
    expect([...details].map(([stop, { properties }]) => [stop, properties[0]?.name])).toEqual([
      [0, "Mass"],
      [1, "Finish"],
    ]);
  });
});
