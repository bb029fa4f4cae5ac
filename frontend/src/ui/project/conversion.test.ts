import { expect, test } from "vitest";
import type { Revision, RevisionState } from "../../api/types";
import { PHASES, conversionFraction, newer, phases, rowState } from "./conversion";

const at = (state: RevisionState, fraction = 0): Revision => ({
  id: "r",
  project_id: "p",
  asset_id: "a",
  label: "A",
  note: "",
  lifecycle: "draft",
  state,
  progress: { stage: state, fraction },
  source: { name: "a.step", sha256: "", bytes: 1 },
  created_at: "2026-01-01T00:00:00Z",
});

test("the percentage only grows through all phases", () => {
  const values = PHASES.flatMap((state) =>
    [0, 0.5, 1].map((done) => conversionFraction(at(state, done))),
  );
  expect([...values].sort((a, b) => a - b)).toEqual(values);
  expect(conversionFraction(at("queued"))).toBe(0);
  expect(conversionFraction(at("ready"))).toBe(1);
  expect(values.at(-1)).toBeCloseTo(1);
});

test("phases before the current one are complete, later ones have not begun", () => {
  expect(phases(at("tessellating", 0.61)).map(({ fraction }) => fraction)).toEqual([1, 0.61, 0, 0]);
});

test("news that arrives late never turns the bar back", () => {
  const shown = at("tessellating", 0.6);
  expect(newer(shown, at("reading", 0.9))).toBe(shown);
  expect(newer(shown, at("optimising")).state).toBe("optimising");
  expect(newer(shown, at("failed")).state).toBe("failed");
});

test("a retry starts over", () => {
  expect(newer(at("failed"), at("queued")).state).toBe("queued");
});

test("a row says converting for every phase", () => {
  expect(PHASES.map(rowState)).toEqual(PHASES.map(() => "converting"));
});
