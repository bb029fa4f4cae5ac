import { beforeEach, describe, expect, it, vi } from "vitest";
import type { ChangeStop, RealChange } from "../changes";
import { Commands } from "../commands";
import "../speak_english.test-data";
import { type Workspace, createWorkspace } from "../workspace";
import { performComparing } from "./comparing";

let workspace: Workspace;
let commands: Commands;
const fitBox = vi.fn();

const stop = (number: number, kind: RealChange): ChangeStop => ({
  ...{ stop: number, kind, name: `Part ${number}`, count: 1, group: null, move: null },
  part: null,
  ...{ remarks: [], from: [], to: [number], approximate: false, detail: null },
  bounds: { min: [number, 0, 0], max: [number + 1, 1, 1] },
});

function ready(): void {
  workspace.comparison.set({
    ...{ state: "ready", counts: {}, approximate: 0, unchecked: 0, stopCount: 3 },
    stops: [stop(0, "shape"), stop(1, "added"), stop(2, "moved")],
    columns: {
      from: new Uint8Array(2),
      to: new Uint8Array(3),
      partnersTo: new Int32Array(2),
      partnersFrom: new Int32Array(3),
    },
  });
}

beforeEach(() => {
  workspace = createWorkspace();
  commands = new Commands(workspace);
  performComparing(workspace, commands);
  fitBox.mockReset();
  commands.register("camera.fitBox", fitBox);
  commands.run("compare.start", { revision: "old", label: "B" });
  ready();
});

describe("comparing", () => {
  it("begins and ends, each with a way back", () => {
    expect(workspace.comparing.get()).toMatchObject({ revisionId: "old", mode: "overlay" });
    commands.run("compare.end");
    expect(workspace.comparing.get()).toBeNull();
    commands.undo();
    expect(workspace.comparing.get()?.revisionId).toBe("old");
    commands.undo();
    expect(workspace.comparing.get()).toBeNull();
  });

  it("takes a drag of the slider back as one step", () => {
    commands.run("compare.mode", { mode: "slider" });
    commands.run("compare.slide", { at: 0.6, preview: true });
    commands.run("compare.slide", { at: 0.8, preview: true });
    commands.run("compare.slide", { at: 0.8 });
    expect(workspace.comparing.get()?.slider).toBe(0.8);
    commands.undo();
    expect(workspace.comparing.get()?.slider).toBe(0.5);
    commands.redo();
    expect(workspace.comparing.get()?.slider).toBe(0.8);
  });

  it("keeps the slider within the picture", () => {
    commands.run("compare.slide", { at: 7 });
    expect(workspace.comparing.get()?.slider).toBe(1);
  });

  it("steps through the changes that stand out, around the end, frames each and says it", () => {
    commands.run("compare.kinds", { kinds: ["shape", "moved"] });
    commands.run("compare.step", { step: 1 });
    expect(workspace.comparing.get()?.stop).toBe(0);
    expect(fitBox).toHaveBeenLastCalledWith(
      expect.objectContaining({
        min: [expect.any(Number), expect.any(Number), expect.any(Number)],
      }),
    );
    expect(workspace.announcement.get()?.text).toBe(
      "Change 1 of 2: Modified, Part 0. another shape",
    );
    commands.run("compare.step", { step: 1 });
    expect(workspace.comparing.get()?.stop).toBe(2);
    commands.run("compare.step", { step: 1 });
    expect(workspace.comparing.get()?.stop).toBe(0);
    commands.run("compare.step", { step: -1 });
    expect(workspace.comparing.get()?.stop).toBe(2);
    expect([...workspace.viewedStops.get()].sort()).toEqual([0, 2]);
  });

  it("shows the old revision alone only once there is something to see", () => {
    commands.run("compare.blink", { on: true });
    expect(workspace.blinking.get()).toBe(true);
    commands.run("compare.blink", { on: false });
    workspace.comparison.set(null);
    commands.run("compare.blink", { on: true });
    expect(workspace.blinking.get()).toBe(false);
  });

  it("shows displacements, and what counts as none, each with a way back", () => {
    commands.run("compare.heat", { on: true });
    commands.run("compare.tolerance", { metres: 0.0002 });
    expect(workspace.comparing.get()).toMatchObject({ heat: true, tolerance_m: 0.0002 });
    commands.undo();
    commands.undo();
    expect(workspace.comparing.get()).toMatchObject({ heat: false, tolerance_m: 1e-5 });
  });

  it("gives the old revision a camera of its own until a change is gone to", () => {
    commands.run("compare.link", { on: false });
    expect(workspace.comparing.get()?.oldCamera).toEqual(workspace.camera.get());
    commands.run("compare.go", { stop: 1 });
    expect(workspace.comparing.get()?.oldCamera).toBeNull();
  });

  it("says so where no change is of the kinds that are wanted", () => {
    commands.run("compare.kinds", { kinds: [] });
    commands.run("compare.step", { step: 1 });
    expect(workspace.announcement.get()?.text).toBe("No change of the kinds you chose.");
  });
});
