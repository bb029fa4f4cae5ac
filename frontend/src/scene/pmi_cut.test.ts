import { describe, expect, it } from "vitest";
import { anchorsOf, isCutAway } from "./pmi_cut";

/** A box of 100 × 50 × 20 mm, and a frame beside it whose leader ends on the box's far side. */
const BOX = [0, 0, 0, 0.1, 0.05, 0.02];
const LEADER = Float32Array.of(0.1, 0.02, 0.01, 0.13, 0.02, 0.01);
const FRAME = Float32Array.of(0.13, 0.015, 0.01, 0.16, 0.015, 0.01, 0.16, 0.025, 0.01);

function plane(axis: 0 | 1 | 2, offset: number, way: 1 | -1) {
  const normal = [0, 0, 0] as [number, number, number];
  normal[axis] = way;
  return { normal, offset: offset * way, cap: true };
}

const placed = { box: BOX, anchors: anchorsOf([LEADER, FRAME], BOX) };

describe("where a drawing touches its part", () => {
  it("is the end of its leader, not its frame", () => {
    expect([...placed.anchors]).toEqual([...LEADER.slice(0, 3)]);
  });

  it("is its nearest point when it stands apart", () => {
    const apart = anchorsOf([FRAME], BOX);

    expect([...apart]).toEqual([...FRAME.slice(0, 3)]);
  });

  it("is everywhere for what is drawn for the scene", () => {
    expect(anchorsOf([FRAME], null)).toHaveLength(FRAME.length);
  });
});

describe("a drawing in a section", () => {
  it("stays while the place that it touches stays, even where its frame is on the other side", () => {
    expect(isCutAway(placed, [plane(0, 0.05, 1)], 1e-9)).toBe(false);
    expect(isCutAway(placed, [plane(0, 0.12, -1)], 1e-9)).toBe(false);
  });

  it("goes with the place that it touches", () => {
    expect(isCutAway(placed, [plane(0, 0.05, -1)], 1e-9)).toBe(true);
  });

  it("goes with a part of which nothing is left", () => {
    expect(isCutAway(placed, [plane(1, 0.05, 1)], 1e-9)).toBe(true);
    const apart = { box: BOX, anchors: anchorsOf([FRAME], BOX) };
    expect(isCutAway(apart, [plane(0, 0.11, 1)], 1e-9)).toBe(true);
  });

  it("stays where it touches a face that lies in the plane", () => {
    expect(isCutAway(placed, [plane(0, 0.1, -1)], 1e-6)).toBe(false);
  });

  it("goes when one of several planes takes it", () => {
    expect(isCutAway(placed, [plane(0, 0.05, 1), plane(1, 0.01, -1)], 1e-9)).toBe(true);
  });
});
