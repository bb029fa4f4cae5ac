import { describe, expect, it } from "vitest";
import type { ChangeRemark, ChangeStop } from "./changes";
import { remarkText, stopReason, stopReasons } from "./compare_words";
import "./speak_english.test-data";

const remark = (kind: string, said: Partial<ChangeRemark> = {}): ChangeRemark => ({
  ...{ kind, unit: "m", count: 1, approximate: false, text: `${kind} in English` },
  ...said,
});

const stop = (change: Partial<ChangeStop>): ChangeStop => ({
  ...{ stop: 0, kind: "shape", name: "Flange", count: 1, group: null, move: null, remarks: [] },
  ...{ part: null, from: [1], to: [1], approximate: false, detail: null },
  bounds: { min: [0, 0, 0], max: [1, 1, 1] },
  ...change,
});

describe("a change in an engineer's words", () => {
  it.each([
    [remark("hole_diameter", { from: 0.006, to: 0.0065, count: 8 }), "hole Ø 6.0 → Ø 6.5 (×8)"],
    [remark("hole_moved", { to: 0.006, by: 0.00225 }), "hole Ø 6.0 moved 2.25 mm"],
    [remark("thickness", { from: 0.01, to: 0.0125 }), "thickness 10.0 → 12.5 mm"],
    [remark("face_moved", { by: -0.002 }), "face moved −2.0 mm"],
    [remark("faces_added", { unit: "", count: 3 }), "3 faces added"],
    [remark("mass", { unit: "kg", by: 0.032 }), "mass +3.2 %"],
    [
      remark("centre_of_mass", { vector: [0.0018, 0, -0.0001234], approximate: true }),
      "≈ centre of mass +1.8 mm X, −0.123 mm Z",
    ],
    [remark("new_idea"), "new_idea in English"],
  ])("says %o", (said, text) => {
    expect(remarkText(said, "mm")).toBe(text);
  });

  it("follows the unit of the page", () => {
    const said = remark("hole_diameter", { from: 0.0127, to: 0.0254 });
    expect(remarkText(said, "in")).toBe("hole Ø 0.5 → Ø 1.0");
    expect(remarkText(said, "in-frac")).toBe("hole Ø 0.5 → Ø 1.0");
  });
});

describe("why a stop is one", () => {
  it("says how far it moved, and with what", () => {
    const move = { vector: [0.0125, 0, 0], distance_m: 0.0125, angle_rad: 0 };
    expect(stopReason(stop({ kind: "moved", move }), "mm")).toBe("moved 12.50 mm");
    expect(stopReason(stop({ kind: "moved", move, group: "Drive" }), "mm")).toBe(
      "moved 12.50 mm (with Drive)",
    );
    const turned = { vector: [0, 0, 0], distance_m: 0, angle_rad: Math.PI / 2 };
    expect(stopReason(stop({ kind: "moved", move: turned }), "mm")).toBe("turned 90.0°");
  });

  it("says properties and colours with what they were", () => {
    const detail = {
      reasons: ["appearance", "properties"] as const,
      properties: [{ group: "", name: "Material", from: "S235", to: null }],
      colours: { from: "#ff0000ff", to: "#00ff00ff" },
    };
    expect(stopReasons(stop({ kind: "appearance", detail }), "mm")).toEqual([
      "colour #ff0000 → #00ff00",
      "Material: S235 → –",
    ]);
  });

  it("never says nothing", () => {
    for (const kind of ["added", "removed", "shape", "appearance", "properties"] as const)
      expect(stopReason(stop({ kind }), "mm")).not.toBe("");
  });

  it("names the axes of the file, and a part's own for its size", () => {
    const file = { name: "a.step", sha256: "", bytes: 1 };
    const source = { ...file, kind: "step", length_unit: "mm", up_axis: "z" } as const;
    const moved = remark("centre_of_mass", { vector: [0, 0.002, -0.001] });
    expect(remarkText(moved, "mm", source)).toBe("centre of mass +1.0 mm Y, +2.0 mm Z");
    const grown = remark("size", { vector: [0, 0.002, -0.001] });
    expect(remarkText(grown, "mm", source)).toBe("bounding box +2.0 mm Y, −1.0 mm Z");
  });

  it("leaves out shares that nobody would notice, and says the weight once", () => {
    const hole = remark("hole_diameter", { from: 0.006, to: 0.0065 });
    const share = (kind: string, by: number): ChangeRemark => remark(kind, { unit: "kg", by });
    const said = (...remarks: readonly ChangeRemark[]): string =>
      stopReason(stop({ remarks: [hole, ...remarks] }), "mm");
    expect(said(share("mass", -0.0002), share("volume", -0.0002))).toBe("hole Ø 6.0 → Ø 6.5");
    expect(said(share("mass", 0.032), share("volume", 0.032), share("area", 0.01))).toBe(
      "hole Ø 6.0 → Ø 6.5; mass +3.2 %",
    );
    expect(said(share("volume", 0.032))).toBe("hole Ø 6.0 → Ø 6.5; volume +3.2 %");
  });
});
