import { expect, test } from "vitest";
import { createWorkspace } from "../state/workspace";
import { keepNumbers } from "./numbers";
import { Preferences, type Shelf } from "./preferences";

function shelf(): Shelf {
  const kept = new Map<string, string>();
  return {
    getItem: (key) => kept.get(key) ?? null,
    setItem: (key, value) => void kept.set(key, value),
  };
}

test("precision, fractions and the reach of snapping outlast the page", () => {
  const device = shelf();
  const first = createWorkspace();
  const stop = keepNumbers(first, new Preferences(device));
  first.numbers.update((numbers) => ({ ...numbers, decimals: 4, fraction: 64, angle: "dms" }));
  first.snapRadius.set(20);
  stop();
  const second = createWorkspace();
  keepNumbers(second, new Preferences(device));
  expect(second.numbers.get()).toMatchObject({ decimals: 4, fraction: 64, angle: "dms" });
  expect(second.snapRadius.get()).toBe(20);
});

test("a damaged shelf is as usual", () => {
  const device = shelf();
  device.setItem("holotable.numbers", "{not json");
  device.setItem("holotable.snap-radius", "900");
  const workspace = createWorkspace();
  keepNumbers(workspace, new Preferences(device));
  expect(workspace.numbers.get().decimals).toBeNull();
  expect(workspace.snapRadius.get()).toBe(12);
});
