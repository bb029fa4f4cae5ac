import { expect, test } from "vitest";
import { Structure, type StructureFile } from "../../state/model";
import { type Drawing, drawingOf, plainNumber } from "./drawing";
import { nearestColour, writeDxf } from "./dxf";
import { writeSvg } from "./svg";

const SQUARE = Float64Array.of(0, 0, 0.1, 0, 0.1, 0.05, 0, 0.05);
const HOLE = Float64Array.of(0.02, 0.01, 0.02, 0.03, 0.06, 0.03, 0.06, 0.01);

const columns = (names: readonly string[], parts: readonly number[]): StructureFile => ({
  format: "holotable-structure/1",
  count: names.length,
  id: names.map((_, i) => `id-${i}`),
  parent: names.map((_, i) => (i === 0 ? -1 : 0)),
  name: names,
  kind: names.map((_, i) => (i === 0 ? "assembly" : "part")),
  part: parts,
  transform: names.map(() => null),
  colour: names.map((_, i) => (i === 0 ? null : "#cc3311ff")),
  layer: names.map(() => null),
  identity: names.map(() => "file"),
  hidden: names.map(() => false),
  parts: [],
  palette: [],
});
const STRUCTURE = new Structure(
  columns(["Root", "Gehäuse <A>", "Gehäuse <A>", "Blech & Rohr"], [-1, 0, 0, 1]),
);

function drawing(unit: Drawing["unit"] = "mm"): Drawing {
  const cut = { material: 0, hatch: 1, capped: true, open: [] };
  const found = drawingOf(
    [
      { ...cut, occurrence: 0, outlines: [SQUARE, HOLE] },
      { ...cut, occurrence: 1, outlines: [SQUARE.map((v, i) => (i % 2 ? v : v + 0.2))] },
      { ...cut, occurrence: 2, capped: false, outlines: [], open: [Float64Array.of(0, 0, 0, 0.3)] },
    ],
    STRUCTURE,
    { palette: [] },
    { title: "Pumpe A–B", note: "1:1", unit },
  );
  if (!found) throw new Error("nothing drawn");
  return found;
}

interface Entity {
  readonly layer: string;
  readonly colour: number;
  readonly closed: boolean;
  readonly points: readonly (readonly [number, number])[];
}

/** A strict reader of what we write: pairs of code and value, sections and tables that end, known layers. */
function readDxf(text: string): {
  header: Map<string, string>;
  layers: string[];
  entities: Entity[];
} {
  expect(text.endsWith("\r\n")).toBe(true);
  expect(/^[\r\n -~]*$/.test(text)).toBe(true);
  const lines = text.slice(0, -2).split("\r\n");
  expect(lines.length % 2).toBe(0);
  const pairs = Array.from({ length: lines.length / 2 }, (_, i) => {
    const code = lines[i * 2] ?? "";
    expect(code).toMatch(/^ {0,2}\d{1,3}$/);
    return [Number(code), lines[i * 2 + 1] ?? ""] as const;
  });
  const header = new Map<string, string>();
  const layers: string[] = [];
  const entities: Entity[] = [];
  let at = 0;
  const next = (): readonly [number, string] => pairs[at++] ?? [0, "EOF"];
  const sections: string[] = [];
  for (;;) {
    const [code, value] = next();
    if (code === 999) continue;
    expect(code).toBe(0);
    if (value === "EOF") break;
    expect(value).toBe("SECTION");
    sections.push(next()[1]);
    for (let [c, v] = next(); !(c === 0 && v === "ENDSEC"); [c, v] = next()) {
      const kind = sections.at(-1);
      if (kind === "HEADER" && c === 9) header.set(v, next()[1]);
      if (kind === "TABLES" && c === 0 && v === "LAYER") layers.push(next()[1]);
      if (kind !== "ENTITIES" || c !== 0) continue;
      expect(v).toBe("POLYLINE");
      const own = new Map<number, string>();
      for (; pairs[at]?.[0] !== 0; at += 1) own.set(pairs[at]?.[0] ?? 0, pairs[at]?.[1] ?? "");
      const points: [number, number][] = [];
      for (;;) {
        const [, word] = next();
        const fields = new Map<number, string>();
        for (; pairs[at]?.[0] !== 0; at += 1) fields.set(pairs[at]?.[0] ?? 0, pairs[at]?.[1] ?? "");
        expect(fields.get(8)).toBe(own.get(8));
        if (word === "SEQEND") break;
        expect(word).toBe("VERTEX");
        points.push([Number(fields.get(10)), Number(fields.get(20))]);
      }
      expect(own.get(66)).toBe("1");
      entities.push({
        layer: own.get(8) ?? "",
        colour: Number(own.get(62)),
        closed: own.get(70) === "1",
        points,
      });
    }
  }
  expect(sections).toEqual(["HEADER", "TABLES", "ENTITIES"]);
  expect(at).toBe(pairs.length);
  for (const { layer } of entities) expect(layers).toContain(layer);
  return { header, layers, entities };
}

const area = (points: Entity["points"]): number =>
  points.reduce((sum, [x, y], i) => {
    const [u, v] = points[(i + 1) % points.length] ?? [0, 0];
    return sum + (x * v - u * y) / 2;
  }, 0);

test("a DXF says its unit, has a layer for each part, and holds closed outlines 1:1", () => {
  const { header, layers, entities } = readDxf(writeDxf(drawing()));
  expect(header.get("$ACADVER")).toBe("AC1009");
  expect(header.get("$INSUNITS")).toBe("4");
  expect(layers).toEqual(["0", "GEHAUSE_A", "BLECH_ROHR"]);
  expect(entities.map(({ layer, closed }) => [layer, closed])).toEqual([
    ["GEHAUSE_A", true],
    ["GEHAUSE_A", true],
    ["GEHAUSE_A", true],
    ["BLECH_ROHR", false],
  ]);
  expect(entities.map(({ points }) => Math.round(area(points)))).toEqual([5000, -800, 5000, 0]);
});

test("inches are inches: the same area, an inch's size", () => {
  const { header, entities } = readDxf(writeDxf(drawing("in")));
  expect(header.get("$INSUNITS")).toBe("1");
  expect(header.get("$MEASUREMENT")).toBe("0");
  expect(area(entities[0]?.points ?? [])).toBeCloseTo(5000 / 25.4 ** 2, 5);
});

test("an SVG is as wide as the cut is, counts holes out and escapes names", () => {
  const text = writeSvg(drawing());
  const [, width] = /width="([\d.]+)mm"/.exec(text) ?? [];
  // 300 mm of parts and a twentieth of margin at both sides together.
  expect(Number(width)).toBeCloseTo(300 * 1.04, 6);
  expect(text).toContain("<title>Gehäuse &lt;A&gt;</title>");
  expect(text).toContain("<title>Blech &amp; Rohr</title>");
  expect(text).toContain('fill-rule="evenodd"');
  expect(text.match(/stroke-dasharray/g)).toHaveLength(1);
  expect(text.match(/<g /g)).toHaveLength(3);
  expect(text).not.toContain("NaN");
});

test("units that SVG has no name for are millimetres there", () => {
  const [, width] = /width="([\d.]+)mm"/.exec(writeSvg(drawing("m"))) ?? [];
  expect(Number(width)).toBeCloseTo(312, 6);
});

test("numbers have a tenth of a micrometre and no more", () => {
  expect(plainNumber(12.5, "mm")).toBe("12.5");
  expect(plainNumber(1 / 3, "mm")).toBe("0.3333");
  expect(plainNumber(1 / 3, "m")).toBe("0.3333333");
  expect(plainNumber(-1e-9, "mm")).toBe("0");
  expect(plainNumber(100, "mm")).toBe("100");
});

test("colours find their neighbour in the index of AutoCAD", () => {
  expect(nearestColour("#ff0000")).toBe(1);
  expect(nearestColour("#ffffff")).toBe(7);
  expect(nearestColour("#ff7f00")).toBe(30);
  expect([250, 8]).toContain(nearestColour("#333333"));
});

test("a cut of nothing is no drawing", () => {
  expect(drawingOf([], STRUCTURE, { palette: [] }, { title: "", note: "", unit: "mm" })).toBeNull();
});
