import { expect, test } from "vitest";
import type { PinColumns } from "../../api/issues";
import { skid } from "../../state/model_fixture.test-data";
import { pinsOf } from "./pins";

const structure = skid();
const known = structure.id(structure.rowOfOccurrence(1));

function columns(over: Partial<PinColumns> = {}): PinColumns {
  return {
    ...{ revision_id: "a", count: 2, id: ["one", "two"], anchor_id: ["x", "y"] },
    ...{ kind: ["issue", "comment"], number: [7, 0], title: ["Weld missing", "Which steel?"] },
    ...{ status: ["Resolved", ""], category: ["resolved", ""], priority: ["High", ""] },
    ...{ blocking: [true, false], assignee_id: ["ben", null], occurrence: [known, "gone"] },
    ...{ place: [1, 2, 3, 4, 5, 6], normal: [0, 1, 0, 0, 0, 0], state: ["moved", "detached"] },
    distance_m: [0.002, 0],
    ...over,
  } as PinColumns; // literals widen
}

test("columns become pins with their parts as they are numbered on the table", () => {
  expect(pinsOf(columns(), structure)).toEqual([
    {
      ...{ id: "one", kind: "issue", number: 7, title: "Weld missing", status: "Resolved" },
      ...{ category: "resolved", blocking: true, assigneeId: "ben", part: known, occurrence: 1 },
      ...{ place: [1, 2, 3], state: "moved", distance_m: 0.002 },
    },
    {
      ...{ id: "two", kind: "comment", number: 0, title: "Which steel?", status: "" },
      ...{ category: "open", blocking: false, assigneeId: null, part: "gone", occurrence: -1 },
      ...{ place: [4, 5, 6], state: "detached", distance_m: 0 },
    },
  ]);
});
