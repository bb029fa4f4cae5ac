import { expect, test } from "vitest";
import { Commands } from "../state/commands";
import { type Workspace, createWorkspace } from "../state/workspace";
import { keepNumbers } from "./numbers";
import { Preferences, type Shelf } from "./preferences";

function shelf(): Shelf {
  const kept = new Map<string, string>();
  return {
    getItem: (key) => kept.get(key) ?? null,
    setItem: (key, value) => void kept.set(key, value),
  };
}

/** The workspace of one page and its commands. */
function page(device: Shelf): { readonly workspace: Workspace; readonly commands: Commands } {
  const workspace = createWorkspace();
  const commands = new Commands(workspace);
  keepNumbers(workspace, commands, new Preferences(device));
  return { workspace, commands };
}

test("unit, precision, fractions and the reach of snapping outlast the page", () => {
  const device = shelf();
  const first = page(device);
  first.commands.run("unit.set", { unit: "in-frac" });
  first.commands.run("numbers.set", { decimals: 4, fraction: 64, angle: "dms" });
  first.commands.run("measure.snapRadius", { pixels: 20 });
  expect(first.workspace.unit.get()).toBe("in-frac");
  expect(new Preferences(device).unit.get()).toBe("in-frac");
  const { workspace } = page(device);
  expect(workspace.numbers.get()).toMatchObject({ decimals: 4, fraction: 64, angle: "dms" });
  expect(workspace.snapRadius.get()).toBe(20);
});

test("the numbers of a view that is looked at are not kept as one's own", () => {
  const device = shelf();
  const { workspace, commands } = page(device);
  workspace.numbers.update((numbers) => ({ ...numbers, decimals: 6 }));
  commands.run("numbers.set", { fraction: 32 });
  expect(workspace.numbers.get()).toMatchObject({ decimals: 6, fraction: 32 });
  expect(page(device).workspace.numbers.get()).toMatchObject({ decimals: null, fraction: 32 });
});

test("a damaged shelf is as usual", () => {
  const device = shelf();
  device.setItem("holotable.numbers", "{not json");
  device.setItem("holotable.snap-radius", "900");
  const { workspace } = page(device);
  expect(workspace.numbers.get().decimals).toBeNull();
  expect(workspace.snapRadius.get()).toBe(12);
});
