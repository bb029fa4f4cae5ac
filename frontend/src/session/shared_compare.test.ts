import { beforeEach, expect, it } from "vitest";
import type { Json } from "../protocol/messages";
import { plainComparing } from "../state/areas/comparing";
import { Commands } from "../state/commands";
import { performOnWorkspace } from "../state/perform";
import { createWorkspace, type Workspace } from "../state/workspace";
import { readCompare, showCompare } from "./shared_compare";

const OLD = "01890000-0000-7000-8000-00000000000a";
const NEW = "01890000-0000-7000-8000-00000000000b";
let anna: Workspace;
let ben: Workspace;

beforeEach(() => {
  anna = createWorkspace();
  ben = createWorkspace();
  anna.comparing.set(plainComparing(OLD, "Rev A"));
});

const crossed = (): Json => JSON.parse(JSON.stringify(readCompare(anna, NEW))) as Json;

it("says no more than the revisions, mode and slider when all is usual", () => {
  expect(crossed()).toEqual({ revision_ids: [OLD, NEW], mode: "overlay", slider: 0.5 });
  anna.comparing.set(null);
  expect(crossed()).toBeNull();
});

it("opens with the other's label, mode, kinds and stop, and closes; my camera of the old one stays", () => {
  ben.comparable.set([{ id: OLD, label: "Rev A" }]);
  anna.comparing.update((now) =>
    now && { ...now, mode: "slider", slider: 0.3, kinds: ["added"], stop: 2, heat: true, tolerance_m: 0.01, palette: "patterns" },
  ); // prettier-ignore
  showCompare(ben, NEW, crossed());
  expect(ben.comparing.get()).toEqual(anna.comparing.get());
  const oldCamera = ben.camera.get();
  ben.comparing.update((now) => now && { ...now, oldCamera });
  showCompare(ben, NEW, crossed());
  expect(ben.comparing.get()?.oldCamera).toBe(oldCamera);
  expect(readCompare(ben, NEW)).toEqual(crossed());
  showCompare(ben, NEW, null);
  expect(ben.comparing.get()).toBeNull();
});

it("does not show a comparison of revisions that are not on the table here", () => {
  showCompare(ben, OLD, crossed());
  expect(ben.comparing.get()).toBeNull();
});

it("blinks for everybody as long as the key is held, as a preview", () => {
  const commands = new Commands(anna);
  performOnWorkspace(anna, commands, () => "id1");
  // Only that it is ready is read.
  anna.comparison.set({ state: "ready" } as never);
  commands.run("compare.blink", { on: true });
  expect(anna.dragging.get()).toBe("compare");
  showCompare(ben, NEW, crossed());
  expect(ben.blinking.get()).toBe(true);
  commands.run("compare.blink", { on: false });
  expect(anna.dragging.get()).toBeNull();
  showCompare(ben, NEW, crossed());
  expect(ben.blinking.get()).toBe(false);
});
