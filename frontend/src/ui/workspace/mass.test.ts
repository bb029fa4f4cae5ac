import { afterEach, describe, expect, it } from "vitest";
import type { OccurrenceDetail } from "../../api/types";
import { MANIFEST, SKID_PARTS } from "../../state/model_fixture.test-data";
import { speak } from "../../state/messages";
import { de } from "../../state/messages/de";
import { en } from "../../state/messages/en";
import type { Part } from "../../state/model";
import { assemblyShapeLines, formatMass, massLines, shapeLines } from "./mass";

const NONE = { count: 0, names: [] };
const BEAM: OccurrenceDetail["mass"] = {
  method: "exact",
  occurrences: 1,
  volume_m3: 1e-6,
  area_m2: 6e-4,
  centroid_m: [0.001, 0.002, 0.003],
  inertia_m5: [1e-10, 2e-10, 3e-10, 0, 0, 0],
  mass_kg: 0.00785,
  centre_of_mass_m: [0.001, 0.002, 0.003],
  inertia_kg_m2: [1e-7, 2e-7, 3e-7, 0, 0, 0],
  closed: true,
  open_edges: null,
  density_kg_m3: 7850,
  open: NONE,
  weightless: NONE,
  unmeasured: NONE,
  hidden: 0,
};
const Z_UP = { ...MANIFEST.source, up_axis: "z" as const };

function values(lines: readonly { name: string; value: string }[]): Record<string, string> {
  return Object.fromEntries(lines.map(({ name, value }) => [name, value]));
}

function part(facts: Partial<Part>): Part {
  const [beam] = SKID_PARTS;
  if (!beam) throw new Error("The fixture has no parts.");
  return { ...beam, ...facts };
}

describe("the shape of a part", () => {
  it("is exact where it comes from solids", () => {
    expect(values(shapeLines(part({ mass_method: "exact" }), "mm"))).toEqual({
      Volume: "1,000,000.0 mm³",
      Area: "60,000.0 mm²",
    });
  });

  it("says so where it comes from triangles", () => {
    expect(values(shapeLines(part({ mass_method: "mesh" }), "cm"))).toEqual({
      Volume: "≈ 1,000.0 cm³ from triangles",
      Area: "≈ 600.0 cm²",
    });
  });

  it("counts the open edges of a surface that encloses nothing", () => {
    const open = { mass_method: "open", volume_m3: null } as const;
    const volume = (edges: number | null) =>
      values(shapeLines(part({ ...open, open_edges: edges }), "mm"))["Volume"];
    expect(volume(12)).toBe("not closed: 12 open edges");
    expect(volume(1)).toBe("not closed: 1 open edge");
    expect(volume(null)).toBe("not closed");
  });

  it("is nothing for a sketch", () => {
    const sketch = part({ mass_method: null, volume_m3: null, area_m2: null });
    expect(shapeLines(sketch, "mm")).toEqual([]);
  });

  it("of an older package is shown as it was", () => {
    expect(values(shapeLines(part({}), "cm"))["Volume"]).toBe("1,000.0 cm³");
  });
});

describe("mass properties", () => {
  it("stand in the file's axes and the display unit", () => {
    expect(values(massLines(BEAM, "mm", Z_UP))).toEqual({
      Density: "7,850 kg/m³",
      Mass: "7.85 g",
      "Centre of mass X, Y, Z": "1.00, −3.00, 2.00 mm",
      "Inertia Ixx, Iyy, Izz about it": "1.000e-7, 3.000e-7, 2.000e-7 kg m²",
    });
  });

  it("without a density are those of the volume", () => {
    const lines = massLines(
      {
        ...BEAM,
        method: "mesh",
        mass_kg: null,
        centre_of_mass_m: null,
        inertia_kg_m2: null,
        density_kg_m3: null,
        weightless: { count: 1, names: ["Beam"] },
      },
      "mm",
      { ...Z_UP, up_axis: "y" },
    );
    expect(values(lines)).toEqual({
      "Centroid X, Y, Z": "≈ 1.00, 2.00, 3.00 mm",
      "Inertia Ixx, Iyy, Izz about it": "≈ 1.000e-10, 2.000e-10, 3.000e-10 m⁵",
    });
  });

  it("of an assembly name what they leave out", () => {
    const mass = {
      ...BEAM,
      occurrences: 9,
      density_kg_m3: null,
      open: { count: 2, names: ["Sheet"] },
      weightless: { count: 4, names: ["A", "B", "C", "D"] },
      unmeasured: { count: 1, names: ["Stretched"] },
      hidden: 3,
    };
    const lines = values(massLines(mass, "mm", Z_UP));
    expect(lines["Not closed, not in volume and mass"]).toBe("2 (Sheet)");
    expect(lines["No density, not in the mass"]).toBe("4 (A, B, C…)");
    expect(lines["Unevenly scaled, not in the area"]).toBe("1 (Stretched)");
    expect(lines["Hidden, not counted"]).toBe("3");
    expect(values(assemblyShapeLines(mass, "mm"))).toEqual({
      Volume: "1,000.0 mm³",
      Area: "600.0 mm²",
    });
  });

  it("of an open part say nothing twice", () => {
    const open = { count: 1, names: ["Sheet"] };
    const mass = { ...BEAM, method: "open" as const, volume_m3: null, open };
    expect(values(massLines(mass, "mm", Z_UP))).not.toHaveProperty(
      "Not closed, not in volume and mass",
    );
  });
});

describe("a mass", () => {
  it("is in grams, kilograms or tonnes", () => {
    expect(formatMass(0.0123456)).toBe("12.35 g");
    expect(formatMass(12.3456)).toBe("12.35 kg");
    expect(formatMass(123456)).toBe("123.5 t");
  });
});

describe("masses in another language", () => {
  afterEach(() => speak("en", en));

  it("have its decimal mark, and numbers in a row stay apart", () => {
    speak("de", de);
    expect(formatMass(0.00785)).toBe("7,85 g");
    const told = values(massLines(BEAM, "mm", Z_UP));
    expect(told["Massenschwerpunkt X, Y, Z"]).toMatch(/^-?\d+,\d+; [−-]?\d+,\d+; [−-]?\d+,\d+ mm$/);
    expect(told["Masse"]).toBe("7,85 g");
  });
});
