import { describe, expect, it } from "vitest";
import { SoupKitchen, type Placed, type Shape } from "./still_geometry";

/** A square of 10 × 10 steps in the plane z = 0, looking along +z. */
const SQUARE: Shape = {
  vertices: Uint16Array.of(0, 0, 0, 0, 10, 0, 0, 0, 10, 10, 0, 0, 0, 10, 0, 3),
  indices: Uint32Array.of(0, 1, 2, 0, 2, 3),
};
const AS_IT_IS = [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0];

function placed(more: Partial<Placed> = {}): Placed {
  return {
    shape: SQUARE,
    rows: AS_IT_IS,
    cut: true,
    colour: (entry) => (entry === 0 ? [1, 0, 0, 1] : [0, 1, 0, 1]),
    ...more,
  };
}

function area({ positions, indices }: ReturnType<SoupKitchen["opaque"]["soup"]>): number {
  let sum = 0;
  for (let t = 0; t < indices.length; t += 3) {
    const p = (k: number, axis: number): number => positions[(indices[t + k] ?? 0) * 3 + axis] ?? 0;
    const cross =
      (p(1, 0) - p(0, 0)) * (p(2, 1) - p(0, 1)) - (p(1, 1) - p(0, 1)) * (p(2, 0) - p(0, 0));
    sum += cross / 2;
  }
  return sum;
}

describe("what a still is traced from", () => {
  it("stands where its occurrence stands, each corner once", () => {
    const kitchen = new SoupKitchen([]);
    kitchen.add(placed({ rows: [2, 0, 0, 5, 0, 2, 0, 0, 0, 0, 2, -1] }));
    const soup = kitchen.opaque.soup();
    expect(soup.positions.length).toBe(12);
    expect([...soup.positions.slice(0, 6)]).toEqual([5, 0, -1, 25, 0, -1]);
    expect(area(soup)).toBeCloseTo(400);
    expect([...soup.normals.slice(0, 3)]).toEqual([0, 0, 1]);
  });

  it("keeps the colours of faces", () => {
    const kitchen = new SoupKitchen([]);
    kitchen.add(placed());
    expect([...kitchen.opaque.soup().colours.slice(12)]).toEqual([0, 1, 0, 1]);
  });

  it("keeps apart what lets light through", () => {
    const kitchen = new SoupKitchen([]);
    kitchen.add(placed({ colour: () => [1, 1, 1, 0.4] }));
    expect(kitchen.opaque.triangles).toBe(0);
    expect(kitchen.clear.triangles).toBe(2);
  });

  it("ends where sections cut", () => {
    const plane = { normal: [1, 0, 0] as const, offset: 4, cap: true };
    const kitchen = new SoupKitchen([plane]);
    kitchen.add(placed());
    expect(area(kitchen.opaque.soup())).toBeCloseTo(60);
    const both = new SoupKitchen([plane, { normal: [0, -1, 0], offset: -5, cap: true }]);
    both.add(placed());
    expect(area(both.opaque.soup())).toBeCloseTo(30);
    const spared = new SoupKitchen([plane]);
    spared.add(placed({ cut: false }));
    expect(area(spared.opaque.soup())).toBeCloseTo(100);
    const gone = new SoupKitchen([{ ...plane, offset: 11 }]);
    gone.add(placed());
    expect(gone.opaque.triangles).toBe(0);
  });
});
