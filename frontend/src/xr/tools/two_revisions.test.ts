import { Group } from "three";
import { expect, test } from "vitest";
import type { Comparing } from "../../state/areas/comparing";
import type { Vec3 } from "../../state/model";
import { type TestSeat, gripAt, testSeat } from "../seat_fixture.test-data";
import { TwoRevisions } from "./two_revisions";

interface Held extends TestSeat {
  readonly revisions: TwoRevisions;
  readonly old: Group;
}

function comparing(): Held {
  const made = testSeat();
  const old = new Group();
  Object.assign(made.seat.viewer, { oldModel: { batch: { group: old } } });
  made.resting = { side: "left" };
  const now = { revisionId: "a", label: "A", mode: "overlay", kinds: [] } as unknown as Comparing;
  made.workspace.comparing.set(now); // `as` above: what is read
  const revisions = new TwoRevisions(made.seat);
  revisions.taken();
  revisions.update();
  return Object.assign(made, { revisions, old });
}

function moves(held: Held, side: "left" | "right", from: Vec3, to: Vec3): void {
  held.revisions.grab(gripAt(side, from));
  held.revisions.move(gripAt(side, to));
  held.revisions.update();
}

test("without a comparison it says what is missing and is put back", () => {
  const { seat, workspace, commands } = testSeat();
  const took: string[] = [];
  commands.register("xr.tool", ({ tool }) => void took.push(tool));
  const revisions = new TwoRevisions(seat);
  revisions.taken();
  expect(took).toEqual(["select"]);
  expect(workspace.announcement.get()?.text).toMatch(/^Start a comparison/);
  expect(revisions.reach()).toBeNull();
});

test("the old one stands at the left; each hand moves its own, whatever the scale", () => {
  const held = comparing();
  held.seat.rig.scale = 10;
  held.revisions.update();
  expect(held.workspace.comparing.get()?.mode).toBe("side_by_side");
  expect(held.old.position.x).toBeCloseTo(-4.5, 9);
  moves(held, "left", [0, 1, 0], [0.1, 1, 0]);
  expect(held.revisions.offset[0]).toBeCloseTo(-0.35, 9);
  moves(held, "right", [0.5, 1, 0], [0.4, 1, 0]);
  expect(held.revisions.offset[0]).toBeCloseTo(-0.25, 9);
  held.revisions.let(gripAt("left", [0.1, 1, 0]));
  held.revisions.update();
  expect(held.revisions.offset[0]).toBeCloseTo(-0.25, 9);
});

test("brought together they lie in one another, and nearer still the old one fades into the new one", () => {
  const held = comparing();
  moves(held, "left", [0, 1, 0], [0.39, 1, 0]);
  expect([held.revisions.offset, held.old.position.toArray()]).toEqual([
    [0, 0, 0],
    [0, 0, 0],
  ]);
  const half = held.workspace.crossFade.get();
  expect([half?.old, half?.new]).toEqual([expect.closeTo(0.5, 6), expect.closeTo(0.5, 6)]);
  held.revisions.move(gripAt("left", [0.45, 1, 0]));
  held.revisions.update();
  expect(held.workspace.crossFade.get()).toEqual({ old: 0, new: 1 });
});

test("put back, the comparison is as it was before", () => {
  const held = comparing();
  moves(held, "left", [0, 1, 0], [0.1, 1, 0]);
  held.revisions.put();
  expect(held.workspace.comparing.get()?.mode).toBe("overlay");
  expect([held.workspace.crossFade.get(), held.old.position.toArray()]).toEqual([null, [0, 0, 0]]);
});
