import { expect, test } from "vitest";
import { readMeasurement } from "./areas/measuring";
import { Commands } from "./commands";
import { entityOf, outdatedBy, ownedBy, ownerOf, stoodNow } from "./measure_owner";
import { outdatedText } from "./measure_text";
import { anchor, mark, measurement } from "./measures.test-data";
import { performOnWorkspace } from "./perform";
import { translation } from "./rigid";
import { createWorkspace } from "./workspace";

const B = "b";
const OTHER = { revision_id: B, number: 7 };
const layer = (transform: readonly number[] | null = null) => ({
  revisionId: B,
  visible: true,
  ghosted: false,
  transform,
});
const between = [
  anchor([0, 0, 0], mark([0, 0, 0], 3)),
  anchor([1, 0, 0], {
    local: [0, 0, 0],
    other: OTHER,
    snap: "face",
    feature: { kind: "face", index: 2 },
  }),
];

test("a point says whose part it goes with, and what of it was clicked", () => {
  const [own, others] = between;
  expect(own && ownerOf(own)).toEqual({ revision: null, occurrence: 3 });
  expect(others && ownerOf(others)).toEqual({ revision: B, occurrence: 7 });
  expect(others && entityOf(others)).toEqual({ occurrence: 7, kind: "face", index: 2 });
  expect(ownerOf(mark([0, 0, 0]))).toBeNull();
  for (const owner of [null, { revision: null, occurrence: 3 }, { revision: B, occurrence: 7 }])
    expect(ownerOf({ ...mark([0, 0, 0]), ...ownedBy(owner) })).toEqual(owner);
});

test("whoever knows the active revision alone sees a point that stands still", () => {
  expect(ownedBy({ revision: B, occurrence: 7 }).occurrence).toBeNull();
  const read = readMeasurement(JSON.parse(JSON.stringify(measurement({ anchors: between }))));
  expect(read?.anchors).toEqual(between);
});

test("a measurement between revisions does not hold when one was moved or taken away, and holds again", () => {
  const place = translation([1, 0, 0]);
  const measure = { stood: stoodNow(between, [layer(place)]) };
  expect(measure.stood).toEqual([{ revision_id: B, transform: place }]);
  expect(outdatedBy(measure, [layer([...place])])).toBeNull();
  expect(outdatedBy(measure, [layer()])).toEqual({ revisionId: B, why: "moved" });
  expect(outdatedBy(measure, [])).toEqual({ revisionId: B, why: "gone" });
  // Nowhere else and moved by nothing are the same place.
  const still = { stood: stoodNow(between, [layer()]) };
  expect(outdatedBy(still, [layer(translation([0, 0, 0]))])).toBeNull();
  expect(outdatedBy({}, [])).toBeNull();
});

test("what does not hold any more says why in words", () => {
  const infos = new Map([[B, { name: "Pump", label: "B" }]]);
  expect(outdatedText({ revisionId: B, why: "moved" }, infos)).toBe("Pump B has moved since");
  expect(outdatedText({ revisionId: B, why: "gone" }, infos)).toContain("off the table");
  expect(outdatedText(null, infos)).toBeNull();
});

test("it notes where the others stand when it is taken, and again only when its points are taken again", () => {
  const workspace = createWorkspace();
  const commands = new Commands(workspace);
  performOnWorkspace(workspace, commands, () => "id");
  workspace.layers.set([layer()]);
  const { name, ...given } = measurement({ anchors: between });
  commands.run("measure.add", { measure: { ...given, name } });
  const now = () => workspace.measures.get()[0];
  expect(now()?.stood).toEqual([{ revision_id: B, transform: null }]);
  const place = translation([0, 2, 0]);
  commands.run("layer.update", { revision: B, change: { transform: place } });
  commands.run("measure.update", { id: "id", change: { name: "Gap" } });
  expect(now()?.stood?.[0]?.transform).toBeNull();
  commands.run("measure.update", { id: "id", change: { anchors: between } });
  expect(now()?.stood?.[0]?.transform).toEqual(place);
  commands.run("measure.update", { id: "id", change: { anchors: between.slice(0, 1) } });
  expect(now()).not.toHaveProperty("stood");
});
