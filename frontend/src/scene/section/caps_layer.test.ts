import { Mesh } from "three";
import { describe, expect, it } from "vitest";
import { CapsLayer } from "./caps_layer";
import { CAPPED, type CutResult } from "./cutter";

/** Triangles with three corners each, one for each occurrence; the last one an open run of two sides. */
function cuts(...occurrences: readonly number[]): CutResult {
  const rows = occurrences.flatMap((occurrence, i) => {
    const isOpen = i === occurrences.length - 1;
    return [occurrence, 0, 1, i, 1, i * 3, isOpen ? 0 : 3, i * 3, isOpen ? 0 : CAPPED];
  });
  return {
    rows: Float64Array.from(rows),
    points: Float64Array.from(occurrences.flatMap((o) => [o, 0, 0, o + 1, 0, 0, o, 1, 0])),
    outlines: Int32Array.from(
      occurrences.flatMap((_, i) => [i * 3, i === occurrences.length - 1 ? -3 : 3]),
    ),
    indices: Uint32Array.from(
      occurrences.slice(0, -1).flatMap((_, i) => [i * 3, i * 3 + 1, i * 3 + 2]),
    ),
    moments: new Float64Array(occurrences.length * 4),
    missing: new Uint32Array(0),
  };
}

function built(layer: CapsLayer, hidden: number | null = null) {
  const steps = layer.built([{ slot: 0, results: [cuts(3, 4), cuts(5, 6)] }], (o) => o !== hidden);
  let turns = 0;
  for (;;) {
    const step = steps.next();
    if (step.done === true) return { caps: step.value, turns };
    turns += 1;
  }
}

describe("caps", () => {
  it("are copied one part at a time, so that the page gets a turn", () => {
    const layer = new CapsLayer({}, 1);

    const { caps, turns } = built(layer);

    expect(turns).toBe(4);
    // Two closed triangles, and two sides of each open run besides.
    expect(caps.areas.indexCount).toBe(6);
    expect(caps.sides.count).toBe(3 + 2 + 3 + 2);
  });

  it("of hidden parts are left out", () => {
    const { caps } = built(new CapsLayer({}, 1), 5);

    expect(caps.areas.indexCount).toBe(3);
    expect(caps.sides.count).toBe(3 + 2 + 2);
  });

  it("are seen when they are shown, not while they are copied", () => {
    const layer = new CapsLayer({}, 1);
    const { caps } = built(layer);
    expect(layer.drawCalls).toBe(0);

    layer.show(caps);

    expect(layer.drawCalls).toBe(4);
    const meshes = layer.group.children.filter((child) => child instanceof Mesh);
    expect(meshes).toHaveLength(4);
  });
});
