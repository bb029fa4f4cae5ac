import { describe, expect, it } from "vitest";
import vector from "../../../tests/vectors/pmi.json";
import { DamagedPmi, readPmi, readPmiDrawings, segmentsOf, trianglesOf } from "./pmi";

const { document, hex } = vector;

function bytes(): ArrayBuffer {
  return Uint8Array.from(hex.match(/../g) ?? [], (byte) => parseInt(byte, 16)).buffer;
}

describe("the vectors", () => {
  it("hold annotations with what they are about, and what they leave out", () => {
    const { annotations } = readPmi(document, readPmiDrawings(bytes()));

    expect(annotations.map(({ kind, text }) => [kind, text])).toEqual([
      ["dimension", "⌀35 +0.2/−0.1"],
      ["tolerance", "⌖ ⌀0.75 Ⓜ | A | B"],
      ["datum", "A"],
      ["note", "DEBURR"],
    ]);
    expect(annotations[0]).toMatchObject({
      type: "diameter",
      value: 0.035,
      upper: 0.0002,
      lower: -0.0001,
      part: 1,
      shapes: [{ part: 1, faces: [3, 4], edges: [] }],
      views: ["Front"],
      properties: { unit: "mm", decimals: 1 },
    });
    expect(annotations[1]?.shapes).toEqual([
      { part: 1, faces: [3, 4], edges: [7] },
      { part: 0, faces: [1], edges: [2, 5] },
    ]);
    expect(annotations[1]?.upper).toBeNull();
    expect(annotations[3]).toMatchObject({ part: -1, datums: [], lines: { first: 0, count: 0 } });
  });

  it("hold drawings as segments and triangles, shared ones once", () => {
    const drawings = readPmiDrawings(bytes());
    const { annotations } = readPmi(document, drawings);
    const [dimension, tolerance, , note] = annotations;
    if (!dimension || !tolerance || !note) throw new Error("The vector has four annotations.");

    expect(tolerance.lines).toEqual(dimension.lines);
    expect([...segmentsOf(drawings, dimension.lines)]).toEqual([
      0, 0, 0, 0.5, 0, 0, 0.5, 0, 0, 0.5, 0.25, 0, 1, 0, 0, 1, 2, 0,
    ]);
    expect([...trianglesOf(drawings, dimension.triangles)]).toEqual([
      0, 0, 0, 0.125, 0, 0, 0, 0.125, 0,
    ]);
    expect([...trianglesOf(drawings, note.triangles)]).toEqual([1, 1, 1, 1.125, 1, 1, 1, 1.125, 1]);
  });

  it("hold saved views, orthographic and cut", () => {
    expect(readPmi(document, null).views).toEqual([
      {
        name: "Front",
        position: [0, 0.5, 2],
        target: [0, 0.5, 0],
        up: [0, 1, 0],
        height: 0.75,
        plane: null,
      },
      {
        name: "Cut",
        position: [1, 1, 1],
        target: [0, 0, 0],
        up: [0, 1, 0],
        height: null,
        plane: [0, -1, 0, 0.25],
      },
    ]);
  });
});

describe("a damaged file", () => {
  it.each([
    ["cut short", (content: ArrayBuffer) => content.slice(0, -4)],
    ["no head", () => new ArrayBuffer(8)],
    ["another file", (content: ArrayBuffer) => edited(content, 0, 0)],
    ["another version", (content: ArrayBuffer) => edited(content, 4, 2)],
    ["a polyline that ends before it begins", (content: ArrayBuffer) => edited(content, 24, 9)],
    ["polylines that miss points", (content: ArrayBuffer) => edited(content, 28, 4)],
  ])("is refused: %s", (_, damage) => {
    expect(() => readPmiDrawings(damage(bytes()))).toThrow(DamagedPmi);
  });

  it.each([
    ["no object", []],
    ["another format", { format: "holotable-pmi/2" }],
    ["an unknown kind", withFirst({ kind: "poem" })],
    ["no text", withFirst({ text: 7 })],
    ["a face that is no number", withFirst({ faces: ["a"] })],
    ["a face below none", withFirst({ faces: [-1] })],
    ["a range beyond the drawings", withFirst({ lines: [1, 2] })],
    ["a value that is no number", withFirst({ value: "35" })],
    ["a view without a place", { ...document, views: [{ name: "x" }] }],
  ])("is refused: %s", (_, damaged) => {
    expect(() => readPmi(damaged, readPmiDrawings(bytes()))).toThrow(DamagedPmi);
  });

  it("may have keys of a later writer", () => {
    expect(readPmi(withFirst({ colour: "#ff0000ff" }), null).annotations).toHaveLength(4);
  });
});

function edited(content: ArrayBuffer, at: number, value: number): ArrayBuffer {
  new DataView(content).setUint32(at, value, true);
  return content;
}

function withFirst(changes: Record<string, unknown>): unknown {
  const [first, ...rest] = document.annotations;
  return { ...document, annotations: [{ ...first, ...changes }, ...rest] };
}
