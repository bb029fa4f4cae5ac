import { beforeEach, describe, expect, it } from "vitest";
import { plainComparing } from "../state/areas/comparing";
import type { ChangeStop } from "../state/changes";
import { workspaceWith } from "../state/viewpoint.test-data";
import type { Workspace } from "../state/workspace";
import { cardPoint, meetCard } from "./card_view";
import { BUTTONS, buttonAt, cardContent, currentStop, wrapped } from "./tour_card";

const stop = (number: number, more: Partial<ChangeStop> = {}): ChangeStop =>
  ({
    stop: number,
    kind: "moved",
    name: `Part ${number}`,
    count: 1,
    remarks: [],
    detail: null,
    group: null,
    move: { distance_m: 0.0125, angle_rad: 0, vector: [0.0125, 0, 0] },
    bounds: { min: [0, 0, 0], max: [0.01, 0.01, 0.01] },
    ...more,
  }) as ChangeStop; // `as`: what the card reads of it

let workspace: Workspace;
const compared = (stops: readonly ChangeStop[]): void =>
  workspace.comparison.set({
    state: "ready",
    counts: {},
    approximate: 0,
    unchecked: 0,
    stops,
    stopCount: stops.length,
    columns: { from: new Uint8Array(), to: new Uint8Array() } as never,
  });

beforeEach(() => {
  workspace = workspaceWith(3);
  workspace.comparing.set(plainComparing("old", "B"));
});

describe("the card of a tour", () => {
  it("is silent without a comparison", () => {
    workspace.comparing.set(null);
    expect(cardContent(workspace, false)).toBeNull();
  });

  it("says that it waits, what failed and that nothing changed, and offers nothing then", () => {
    expect(cardContent(workspace, false)).toMatchObject({ ready: false });
    workspace.comparison.set({
      state: "failed",
      code: "x",
      detail: "The disk is full.",
      remedy: null,
      conversion: null,
    });
    expect(cardContent(workspace, false)).toMatchObject({
      ready: false,
      lines: ["The disk is full."],
    });
    compared([]);
    expect(cardContent(workspace, false)).toMatchObject({ ready: false, title: "Nothing changed" });
  });

  it("counts the changes before the first, then says which it is and why", () => {
    compared([stop(0), stop(1, { count: 8 })]);
    expect(cardContent(workspace, false)).toMatchObject({ ready: true, title: "2 changes" });
    expect(currentStop(workspace)).toBeNull();
    workspace.comparing.update((now) => now && { ...now, stop: 1 });
    expect(currentStop(workspace)?.stop).toBe(1);
    expect(cardContent(workspace, false)).toMatchObject({
      head: "Change 2 of 2 · Moved",
      title: "Part 1 ×8",
      lines: ["moved 12.50 mm"],
      colour: "#5b2a86",
    });
  });

  it("names the way back while the change is on the table", () => {
    compared([stop(0)]);
    expect(cardContent(workspace, false)?.labels.closer).toBe("Closer");
    expect(cardContent(workspace, true)?.labels.closer).toBe("Whole model");
  });
});

describe("its buttons", () => {
  it("lie inside, beside one another, and are found where they lie", () => {
    for (const [at, { id, x, y, width, height }] of BUTTONS.entries()) {
      expect(x + width).toBeLessThanOrEqual(1);
      expect(y + height).toBeLessThanOrEqual(1);
      expect(x).toBeGreaterThan((BUTTONS[at - 1]?.x ?? -1) + (BUTTONS[at - 1]?.width ?? 0));
      expect(buttonAt(x + width / 2, y + height / 2)).toBe(id);
    }
    expect(buttonAt(0.5, 0.2)).toBeNull();
  });

  it("are met by the ray that points at them, from the front only", () => {
    for (const { x, y } of [...BUTTONS, { x: 0.5, y: 0.5 }]) {
      const eye = [0.2, 1.4, 0.1] as const;
      const to = cardPoint(x, y).map((value, axis) => value - (eye[axis] ?? 0));
      const reach = Math.hypot(...to);
      const [a = 0, b = 0, c = 0] = to.map((value) => value / reach);
      const hit = meetCard(eye, [a, b, c]);
      expect(hit?.x).toBeCloseTo(x, 6);
      expect(hit?.y).toBeCloseTo(y, 6);
      expect(hit?.distance).toBeCloseTo(reach, 6);
      expect(meetCard(eye, [-a, -b, -c])).toBeNull();
    }
    expect(meetCard([0, 1.6, 0], [0, 0, -1])).toBeNull();
    expect(meetCard([-2, 1.3, -2], [0.7071, 0, 0.7071])).toBeNull();
  });
});

describe("words that are too long", () => {
  const letters = (text: string): number => text.length;

  it("are broken between words, and inside one that fits nowhere", () => {
    expect(wrapped("face moved +2.0 mm", 11, letters)).toEqual(["face moved", "+2.0 mm"]);
    expect(wrapped("ABCDEFGHIJ", 4, letters)).toEqual(["ABCD", "EFGH", "IJ"]);
    expect(wrapped("", 4, letters)).toEqual([]);
  });
});
