import { expect, test } from "vitest";
import type { AnchorEvidence, AnchorOutcome } from "../../api/issues";
import { anchorAgain, differencesText, methodText, outcomeText } from "./evidence";

function outcomeOf(
  state: AnchorOutcome["state"],
  evidence: Partial<AnchorEvidence> = {},
  over: Partial<AnchorOutcome> = {},
): AnchorOutcome {
  return {
    ...{ revision_id: "b", revision_label: "B", state, distance_m: 0 },
    ...{ at: "2026-11-23T08:00:00Z", problem: null },
    outcome: {
      occurrence_id: "part",
      point: [0.001, 0, 0],
      normal: [0, 1, 0],
      evidence: {
        ...{ matched_by: "id", approximate: false, source: "exact", reason: "same_face" },
        ...{ tolerance_m: 0.00001, differences: [] },
        ...evidence,
      },
    },
    ...over,
  };
}

test("each outcome says what became of the place", () => {
  const moved = { distance_m: 0.002 };
  expect(outcomeText(outcomeOf("placed"), "mm")).toBe("The same face is still there");
  expect(outcomeText(outcomeOf("moved", { reason: "part_moved" }, moved), "mm")).toBe(
    "Its part moved by 2.00 mm",
  );
  expect(outcomeText(outcomeOf("moved", { reason: "face_moved" }, moved), "mm")).toBe(
    "Its face moved by 2.00 mm",
  );
  expect(outcomeText(outcomeOf("geometry_changed", { reason: "size_changed" }), "mm")).toBe(
    "The face under it has another size",
  );
  expect(outcomeText(outcomeOf("detached", { reason: "part_gone" }), "mm")).toBe(
    "Its part is gone",
  );
  expect(outcomeText(outcomeOf("pending", {}, { outcome: null }), "mm")).toBe(
    "Place being looked for",
  );
});

test("what is another now is said with both numbers in the reader's unit", () => {
  const evidence = outcomeOf("geometry_changed", {
    differences: [
      { what: "radius", before: 0.003, after: 0.00325 },
      { what: "face", before: "cylinder", after: null },
      { what: "normal", before: 0, after: Math.PI / 18 },
      { what: "part", before: "0b1c", after: null },
    ],
  }).outcome?.evidence;
  expect(evidence && differencesText(evidence, "mm")).toEqual([
    "Radius 3.00 mm → 3.25 mm",
    "gone: cylinder",
    "turned by 10.0°",
  ]);
  expect(evidence && methodText({ ...evidence, approximate: true }, "mm")).toBe(
    "Found by the exact shapes, the part was matched by its looks, within 0.01 mm",
  );
});

test("the place that was found becomes an anchor; where there is none there is nothing to keep", () => {
  expect(anchorAgain(outcomeOf("geometry_changed"), "new")).toEqual({
    id: "new",
    revision_id: "b",
    occurrence: "part",
    point: [0.001, 0, 0],
    normal: [0, 1, 0],
  });
  expect(anchorAgain(outcomeOf("detached", {}, { outcome: null }), "new")).toBeNull();
});
