import { describe, expect, it } from "vitest";
import truth from "../../../tests/vectors/exact.json";
import { EDGE, EDGE_COLUMNS, FACE, FACE_COLUMNS, readFaces, readHead, readPart } from "./exact";
import { DamagedExact } from "./exact_bytes";
import {
  circleOf,
  coneOf,
  cylinderOf,
  edgesAround,
  ellipseOf,
  facesAtEdges,
  lineOf,
  planeOf,
  polylineOf,
  sphereOf,
  torusOf,
} from "./exact_geometry";

const bytes = Uint8Array.from(truth.hex.match(/../g) ?? [], (byte) => parseInt(byte, 16));
const head = readHead(bytes.slice().buffer);

/** What one HTTP range would answer. */
function range(block: { offset: number; bytes: number } | null | undefined): ArrayBuffer {
  if (!block) throw new Error("There is no such block.");
  return bytes.slice(block.offset, block.offset + block.bytes).buffer;
}

const part = readPart(range(head.parts[1]));
const shape = truth.shapes[1];
if (!shape) throw new Error("The vector has no shape.");

function close(found: readonly number[], expected: readonly number[]): void {
  expect(found.length).toBe(expected.length);
  found.forEach((value, at) => {
    expect(Math.abs(value - (expected[at] ?? NaN))).toBeLessThan(1e-15);
  });
}

describe("the vectors", () => {
  it("have a head that says where every block stands", () => {
    expect(head).toEqual({ parts: truth.parts, geometries: truth.geometries });
  });

  it("hold the same vertices and bodies as in Python", () => {
    close([...part.vertices], shape.vertices.flat());
    expect(part.tolerance).toBe(shape.tolerance);
    expect([...part.bodies.volumes]).toEqual(shape.bodies.map(({ volume }) => volume));
    expect([...part.bodies.centres]).toEqual(shape.bodies.flatMap(({ centre }) => centre));
    expect([...part.bodies.inertias]).toEqual(
      shape.bodies.flatMap(({ inertia }) => inertia.flat()),
    );
  });

  it.each(shape.edges.map((edge, number) => ({ ...edge, number })))(
    "hold edge $number, a $kind, as in Python",
    (edge) => {
      const { number } = edge;
      const kinds: Readonly<Record<string, number>> = { ...EDGE, other: EDGE.curve };
      expect(part.edges.kinds[number]).toBe(kinds[edge.kind]);
      expect([...part.edges.vertices.subarray(2 * number, 2 * number + 2)]).toEqual(edge.vertices);
      expect(part.edges.recognised[number] === 1).toBe(edge.recognised);
      close([part.edges.lengths[number] ?? NaN], [edge.length]);
      close([...polylineOf(part, number)], edge.polyline.flat());
      const line = lineOf(part, number);
      const round = circleOf(part, number) ?? ellipseOf(part, number);
      expect(line !== null).toBe(edge.kind === "line");
      expect(circleOf(part, number) !== null).toBe(edge.kind === "circle");
      if (line) {
        close(line.point, edge.point ?? []);
        close(line.direction, edge.direction ?? []);
      }
      if (round) {
        close(round.centre, edge.centre ?? []);
        close(round.axis, edge.axis ?? []);
        close(round.x, edge.x ?? []);
        close([round.first, round.last], edge.angles ?? []);
        const radii = "radius" in round ? [round.radius] : [round.major, round.minor];
        close(radii, edge.radii ?? [edge.radius ?? NaN]);
      }
    },
  );

  it.each(shape.faces.map((face, number) => ({ ...face, number })))(
    "hold face $number, a $kind, as in Python",
    (face) => {
      const { number } = face;
      const kinds: Readonly<Record<string, number>> = { ...FACE, other: FACE.surface };
      expect(part.faces.kinds[number]).toBe(kinds[face.kind]);
      expect(part.faces.bodies[number]).toBe(face.body);
      expect(part.faces.recognised[number] === 1).toBe(face.recognised);
      expect(part.faces.areas[number]).toBe(face.area);
      expect([...edgesAround(part, number)]).toEqual(face.edges);
      const found =
        planeOf(part, number) ??
        cylinderOf(part, number) ??
        coneOf(part, number) ??
        sphereOf(part, number) ??
        torusOf(part, number);
      expect(found === null).toBe(face.kind === "other");
      if (!found) return;
      close(found.origin, face.origin ?? []);
      close(found.axis, face.axis ?? []);
      close(found.x, face.x ?? []);
      expect(found.hole).toBe(face.hole);
      const radii = ["radius", "halfAngle", "tube"]
        .filter((name) => name in found)
        .map((name) => (found as unknown as Record<string, number>)[name] ?? NaN); // by name
      close(radii, face.numbers ?? []);
    },
  );

  it("name the face of each triangle", () => {
    head.geometries.forEach((block, geometry) => {
      const expected = truth.faces[geometry];
      if (!expected) expect(block).toBeNull();
      else expect([...readFaces(range(block), expected.length)]).toEqual(expected);
    });
  });
});

describe("a bore", () => {
  it("is a hole of radius four millimetres whose rim goes all the way round", () => {
    expect(cylinderOf(part, 1)).toMatchObject({ radius: 0.004, hole: true, axis: [0, 0, 1] });
    expect(circleOf(part, 2)).toMatchObject({ radius: 0.004, whole: true });
    expect(circleOf(part, 3)).toMatchObject({ whole: false, first: 0.25, last: 1.75 });
  });

  it("knows the faces that meet at its rim", () => {
    const { starts, faces } = facesAtEdges(part);
    const at = (edge: number) => [...faces.subarray(starts[edge], starts[edge + 1])];
    expect(at(2)).toEqual([0, 1]);
    expect(at(0)).toEqual([0, 5]);
    expect(at(6)).toEqual([]);
  });

  it("is told from what it is not", () => {
    expect(planeOf(part, 1)).toBeNull();
    expect(cylinderOf(part, 99)).toBeNull();
    expect(lineOf(part, 2)).toBeNull();
    expect(ellipseOf(part, 2)).toBeNull();
    expect(part.edges.parameters).toHaveLength(EDGE_COLUMNS * part.edges.count);
    expect(part.faces.parameters).toHaveLength(FACE_COLUMNS * part.faces.count);
  });
});

describe("a damaged file", () => {
  it("is told by its head", () => {
    const broken = (change: (copy: Uint8Array) => void) => {
      const copy = bytes.slice();
      change(copy);
      return () => readHead(copy.buffer);
    };
    expect(() => readHead(new ArrayBuffer(3))).toThrow(DamagedExact);
    expect(broken((copy) => (copy[0] = 0))).toThrow("no file of exact shapes");
    expect(broken((copy) => (copy[4] = 9))).toThrow("version 9");
    expect(broken((copy) => copy.fill(255, 8, 16))).toThrow("cut short");
    expect(broken((copy) => copy.fill(0, 24, 28))).toThrow("lies in the head");
  });

  it("cut anywhere never reads beyond its end", () => {
    const whole = new Uint8Array(range(head.parts[1]));
    for (let length = 0; length < whole.length; length += 1)
      expect(() => readPart(whole.slice(0, length).buffer)).toThrow(DamagedExact);
    const faces = new Uint8Array(range(head.geometries[1]));
    for (let length = 4; length < faces.length; length += 1)
      expect(() => readFaces(faces.slice(0, length).buffer, 12)).toThrow(DamagedExact);
  });

  it("with any one byte changed is read or refused by name, never otherwise", () => {
    const whole = new Uint8Array(range(head.parts[1]));
    let refused = 0;
    for (let at = 0; at < whole.length; at += 1)
      for (const value of [0, 1, 127, 255]) {
        const copy = whole.slice();
        copy[at] = value;
        try {
          const read = readPart(copy.buffer);
          facesAtEdges(read);
          for (let edge = 0; edge < read.edges.count; edge += 1) polylineOf(read, edge);
        } catch (problem) {
          expect(problem).toBeInstanceOf(DamagedExact);
          refused += 1;
        }
      }
    expect(refused).toBeGreaterThan(200);
  });

  it("that claims a billion triangles or edges makes no memory for them", () => {
    const faces = new Uint8Array(range(head.geometries[1]));
    const copy = faces.slice();
    new DataView(copy.buffer).setUint32(0, 2 ** 32 - 1, true);
    expect(() => readFaces(copy.buffer, 12)).toThrow("another number of triangles");
    const shapes = new Uint8Array(range(head.parts[1]));
    for (let word = 0; word < 10; word += 1) {
      const many = shapes.slice();
      new DataView(many.buffer).setUint32(4 * word, 2 ** 31, true);
      expect(() => readPart(many.buffer)).toThrow(DamagedExact);
    }
  });
});
