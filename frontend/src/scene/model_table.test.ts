import { Group } from "three";
import { expect, test } from "vitest";
import { ModelTable } from "./model_table";
import type { OpenedModel } from "./opened_model";

/** A model that a ray meets after so many metres; null: it passes by. */
function modelAt(distance: number | null): OpenedModel {
  const hit = distance === null ? null : { distance, occurrence: 0 };
  // `as`: what the table asks of a model when it picks.
  return { batch: { group: new Group() }, pick: () => hit } as unknown as OpenedModel;
}

function picked(active: OpenedModel | null, ...beside: OpenedModel[]): OpenedModel | null {
  const table = new ModelTable();
  if (active) table.putActive(active);
  for (const model of beside) table.putBeside(model);
  return table.pickAny([0, 0, 0], [0, 0, -1])?.model ?? null;
}

test("the nearest of all models is hit, and where two stand in one place the active one", () => {
  const [near, far, past] = [modelAt(1), modelAt(2), modelAt(null)];
  expect(picked(far, past, near)).toBe(near);
  expect(picked(near, far)).toBe(near);
  expect(picked(past, far)).toBe(far);
  expect(picked(far, modelAt(2))).toBe(far);
  expect(picked(past, modelAt(null))).toBeNull();
});

test("before the active model is here, what stands beside it can be hit", () => {
  const other = modelAt(3);
  expect(picked(null, other)).toBe(other);
  expect(picked(null)).toBeNull();
});

test("what only the active model is asked for is not found behind another one", () => {
  const table = new ModelTable();
  table.putActive(modelAt(2));
  table.putBeside(modelAt(1));
  expect(table.pick([0, 0, 0], [0, 0, -1])).toBeNull();
});
