import { describe, expect, it } from "vitest";
import { Commands } from "../commands";
import { stateChips } from "../chips";
import { RangeSet } from "../ranges";
import { anyScene, workspaceWith } from "../viewpoint.test-data";
import { capture } from "../viewpoint";
import { performOnWorkspace } from "../perform";
import type { Workspace } from "../workspace";

function desk(): { workspace: Workspace; commands: Commands } {
  const workspace = workspaceWith(50);
  const commands = new Commands(workspace);
  performOnWorkspace(workspace, commands, () => "new");
  return { workspace, commands };
}

function aView(seed: number) {
  const { workspace } = desk();
  anyScene(workspace, seed);
  return capture(workspace);
}

describe("restoring a view", () => {
  it("is one step: undo brings all back, redo the view", () => {
    const { workspace, commands } = desk();
    anyScene(workspace, 1);
    const before = capture(workspace);
    const viewpoint = aView(2);
    commands.run("view.apply", { viewpoint, view: { id: "v", name: "Valve" } });
    expect(capture(workspace)).toEqual(viewpoint);
    commands.undo();
    expect(capture(workspace)).toEqual(before);
    expect(workspace.activeView.get()).toBeNull();
    commands.redo();
    expect(capture(workspace)).toEqual(viewpoint);
    expect(workspace.activeView.get()?.name).toBe("Valve");
  });

  it("shows a chip with the way back to before the first view of the agenda", () => {
    const { workspace, commands } = desk();
    anyScene(workspace, 1);
    const before = capture(workspace);
    commands.run("view.apply", { viewpoint: aView(2), view: { id: "a", name: "Valve" } });
    commands.run("view.apply", { viewpoint: aView(3), view: { id: "b", name: "Motor" } });
    const chip = stateChips(workspace)
      .get()
      .find(({ kind }) => kind === "view");
    expect(chip?.label).toBe("View: Motor");
    chip?.back?.run(commands);
    expect(capture(workspace)).toEqual(before);
    expect(workspace.activeView.get()).toBeNull();
    commands.undo();
    expect(workspace.activeView.get()?.name).toBe("Motor");
  });

  it("names the newer parts in a chip of their own", () => {
    const { workspace, commands } = desk();
    const view = { id: "a", name: "Valve" };
    commands.run("view.apply", { viewpoint: aView(2), view, newer: RangeSet.of(7) });
    const chips = stateChips(workspace);
    expect(chips.get().find(({ kind }) => kind === "newer")?.label).toBe("1 newer part");
    commands.run("view.forgetNewer");
    expect(chips.get().some(({ kind }) => kind === "newer")).toBe(false);
    expect(chips.get().some(({ kind }) => kind === "view")).toBe(true);
  });

  it("moves only the camera of somebody who may not change what all see", () => {
    const { workspace, commands } = desk();
    anyScene(workspace, 1);
    const hidden = workspace.hidden.get();
    workspace.role.set("viewer");
    workspace.session.set({
      id: "s",
      kind: "session",
      name: "Review",
      code: null,
      joinUrl: null,
      startedAt: null,
    });
    const viewpoint = aView(2);
    commands.run("view.apply", { viewpoint, view: null });
    expect(workspace.hidden.get()).toBe(hidden);
    expect(workspace.camera.get().position).toEqual(viewpoint.camera?.position);
    expect(workspace.announcement.get()?.text).toMatch(/Only the camera/);
  });

  it("steps through the agenda and says where it ends", () => {
    const { workspace, commands } = desk();
    const opened: string[] = [];
    commands.register("view.open", ({ id }) => {
      opened.push(id);
      commands.run("view.apply", { viewpoint: aView(2), view: { id, name: id } });
    });
    commands.run("view.next");
    expect(workspace.announcement.get()?.text).toBe("No views are saved yet.");
    workspace.savedViews.set(["a", "b"].map((id) => ({ id, name: id, folder: "" })));
    for (let press = 0; press < 3; press += 1) commands.run("view.next");
    expect(opened).toEqual(["a", "b"]);
    expect(workspace.announcement.get()?.text).toBe("This was the last view.");
    commands.run("view.previous");
    expect(opened).toEqual(["a", "b", "a"]);
  });
});
