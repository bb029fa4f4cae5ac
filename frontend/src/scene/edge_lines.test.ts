import { describe, expect, it } from "vitest";
import { decodeEdges } from "./decode";
import { edgeTexels } from "./edge_lines";
import { EDGE_WIDTH } from "./edge_shaders";

/** An edges.bin of one geometry with `vertices` points; docs/formats/scene-package.md, edges.bin. */
function edgesBin(
  vertices: number,
  colours: readonly (readonly [number, number, number])[],
): ArrayBuffer {
  const file = new ArrayBuffer(
    16 + 8 + vertices * 8 + (colours.length > 0 ? 4 + colours.length * 12 : 0),
  );
  const view = new DataView(file);
  view.setUint32(0, 0x48544544, false);
  view.setUint32(4, 1, true);
  view.setUint32(8, 1, true);
  view.setUint32(12, vertices, true);
  view.setUint32(16, 0, true);
  view.setUint32(20, vertices, true);
  for (let v = 0; v < vertices; v += 1)
    [v, v + 1, v + 2, 7].forEach((value, k) => view.setUint16(24 + v * 8 + k * 2, value, true));
  let at = 24 + vertices * 8;
  if (colours.length > 0) view.setUint32(at, colours.length, true);
  at += 4;
  for (const range of colours) {
    range.forEach((value, k) => view.setUint32(at + k * 4, value, true));
    at += 12;
  }
  return file;
}

describe("display edges", () => {
  it("have no colour of their own unless the file gives one", () => {
    const texels = edgeTexels(decodeEdges(edgesBin(4, [])));
    expect([...texels.subarray(0, 8)]).toEqual([0, 1, 2, 0, 1, 2, 3, 0]);
    expect(texels.length).toBe(4 * EDGE_WIDTH);
  });

  it("take the palette entries of the table behind the vertices", () => {
    const texels = edgeTexels(
      decodeEdges(
        edgesBin(6, [
          [2, 2, 9],
          [4, 100, 3],
        ]),
      ),
    );
    expect(Array.from({ length: 6 }, (_, v) => texels[v * 4 + 3])).toEqual([0, 0, 9, 9, 3, 3]);
  });

  it("are left without colours when their table is cut short", () => {
    const whole = edgesBin(4, [[0, 4, 5]]);
    expect(decodeEdges(whole.slice(0, whole.byteLength - 4)).colours.length).toBe(0);
  });
});
