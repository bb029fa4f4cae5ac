import { describe, expect, it } from "vitest";
import truth from "../../../../tests/vectors/distances.json";
import type { EntityKind } from "../../state/entities";
import { readPart } from "../exact";
import { IDENTITY } from "./affine";
import { measure } from "./measure";
import { Solid } from "./solid";
import type { PlacedEntity } from "./types";

const solids = truth.parts.map(({ block }) => {
  const bytes = Uint8Array.from(atob(block), (letter) => letter.charCodeAt(0));
  return new Solid(readPart(bytes.buffer));
});

function placed([part, kind, index]: readonly (string | number)[], matrix: number[]): PlacedEntity {
  const solid = solids[Number(part)];
  if (!solid) throw new Error("There is no such part.");
  return {
    type: "entity",
    solid,
    kind: kind as EntityKind, // one of four, written by make_distances.py
    index: Number(index),
    matrix: Float64Array.from(matrix),
  };
}

function nameOf([part, kind, index]: readonly (string | number)[]): string {
  return `${truth.parts[Number(part)]?.name ?? ""} ${kind ?? ""} ${index ?? ""}`;
}

describe("least distances", () => {
  it("are those of Open CASCADE for random vertices, edges, faces and bodies", () => {
    const wrong: string[] = [];
    truth.pairs.forEach(({ a, b, placement, distance }, number) => {
      const found = measure(placed(a, [...IDENTITY]), placed(b, placement));
      const size = Math.max(distance, 1e-3 * (truth.parts[Number(a[0])]?.size ?? 1));
      const off = found ? Math.abs(found.distance - distance) : Infinity;
      if (off > 1e-6 * size + (found && !found.exact ? found.tolerance_m : 0))
        wrong.push(
          `${number}, ${nameOf(a)} to ${nameOf(b)}: ${found?.distance ?? NaN} instead of ${distance}`,
        );
    });
    expect(wrong).toEqual([]);
  }, 60_000);
});
