import { expect, test } from "vitest";
import { anchor, measurement } from "../measures.test-data";
import { createWorkspace } from "../workspace";
import { captureMeasuring, readMeasurement, restoreMeasuring } from "./measuring";

test("what is captured is plain data and comes back the same", () => {
  const workspace = createWorkspace();
  const measures = [
    measurement(),
    measurement({
      id: "m2",
      name: "Bore",
      kind: "radius",
      mode: "diameter",
      value: 0.008,
      components: [],
      anchors: [
        anchor([1, 2, 3], {
          snap: "centre",
          occurrence: 4,
          local: [0.1, 0, 0],
          entity: { occurrence: 4, kind: "edge", index: 7 },
        }),
      ],
      exact: false,
      tolerance: 1e-5,
      mesh: true,
      locked: true,
      shown: false,
      label_offset: [12, -30],
    }),
  ];
  workspace.measures.set(measures);
  const kept: unknown = JSON.parse(JSON.stringify(captureMeasuring(workspace)));
  workspace.measures.set([]);
  workspace.pendingMeasure.set([anchor([0, 0, 0])]);
  workspace.activeMeasure.set("m1");
  restoreMeasuring(workspace, kept);
  expect(workspace.measures.get()).toEqual(measures);
  expect(workspace.pendingMeasure.get()).toBeNull();
  expect(workspace.activeMeasure.get()).toBeNull();
});

test("a damaged view never brings in what is no measurement", () => {
  const workspace = createWorkspace();
  const good = measurement();
  const wrong = [
    null,
    7,
    { ...good, id: "" },
    { ...good, kind: "guess" },
    { ...good, mode: "somehow" },
    { ...good, value: "25" },
    { ...good, value: NaN },
    { ...good, components: [1, "2"] },
    { ...good, points: [{ position: [0, 0] }] },
    { ...good, anchors: [{ position: [0, 0, 0], snap: "corner" }] },
    { ...good, anchors: Array.from({ length: 2000 }, () => anchor([0, 0, 0])) },
  ];
  restoreMeasuring(workspace, { measures: [...wrong, good] });
  expect(workspace.measures.get()).toEqual([good]);
  for (const nothing of [undefined, null, 3, { measures: "all" }, []]) {
    restoreMeasuring(workspace, nothing);
    expect(workspace.measures.get()).toEqual([]);
  }
});

test("what a measurement may leave out has a usual value", () => {
  const least = readMeasurement({ ...measurement(), locked: 1, shown: 0, label_offset: [1] });
  expect(least).toMatchObject({ locked: false, shown: true, label_offset: null });
});
