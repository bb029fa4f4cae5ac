import { describe, expect, it } from "vitest";
import type { Bounds } from "../state/model";
import { type GazeHost, LEAST_PX, look } from "./gaze";

/** Boxes seen from the front, one pixel for a metre; the nearest (greatest z) covers the others. */
function host(boxes: readonly Bounds[], hidden: readonly number[] = []): GazeHost {
  return {
    sight: () => "",
    isShown: (occurrence) => !hidden.includes(occurrence),
    boundsOf: (occurrence) => boxes[occurrence] ?? null,
    project: ([x, y, z]) => (z > 1000 ? null : { x, y }),
    at: (x, y) => {
      let [best, depth] = [null as number | null, -Infinity];
      boxes.forEach(({ min, max }, occurrence) => {
        if (hidden.includes(occurrence) || max[2] <= depth) return;
        if (x < min[0] || x > max[0] || y < min[1] || y > max[1]) return;
        [best, depth] = [occurrence, max[2]];
      });
      return best;
    },
    size: () => ({ width: 200, height: 100 }),
  };
}

function seen(of: GazeHost, sought: readonly number[]): number[] {
  const looking = look(of, sought);
  for (;;) {
    const { done, value } = looking.next();
    if (done) return value;
  }
}

const box = (x: number, y: number, z: number, size: number): Bounds => ({
  min: [x, y, z],
  max: [x + size, y + size, z + size],
});

describe("look", () => {
  it("sees what a ray meets first", () => {
    expect(seen(host([box(10, 10, 0, 20), box(60, 10, 0, 20)]), [0, 1])).toEqual([0, 1]);
  });

  it("does not see what is behind another part until that is hidden", () => {
    const boxes = [box(20, 20, 0, 10), box(10, 10, 20, 40)];
    expect(seen(host(boxes), [0])).toEqual([]);
    expect(seen(host(boxes, [1]), [0])).toEqual([0]);
  });

  it("sees a part that looks out from behind another", () => {
    expect(seen(host([box(10, 10, 0, 40), box(0, 0, 50, 45)]), [0])).toEqual([0]);
  });

  it("does not see what is hidden, outside of the picture or too small", () => {
    const boxes = [box(10, 10, 0, 20), box(300, 10, 0, 20), box(50, 50, 0, LEAST_PX / 2)];
    expect(seen(host(boxes, [0]), [0, 1, 2])).toEqual([]);
  });

  it("looks at the whole picture for a part around the eye", () => {
    const around: Bounds = { min: [-500, -500, 0], max: [500, 500, 2000] };
    expect(seen(host([around]), [0])).toEqual([0]);
  });

  it("gives others a turn", () => {
    const looking = look(host([box(10, 10, 0, 20)]), [0]);
    expect(looking.next().done).toBe(false);
  });

  it("does not know parts that are not there", () => {
    expect(seen(host([]), [3])).toEqual([]);
  });
});
