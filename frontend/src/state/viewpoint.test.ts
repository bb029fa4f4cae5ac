import { describe, expect, it } from "vitest";
import type { Viewpoint } from "../protocol/viewpoint";
import { problemIn, type Schema } from "../protocol/json_schema";
import document from "../protocol/viewpoint.schema.json";
import { readViewpoint } from "../protocol/viewpoint_reader";
import { Commands } from "./commands";
import { RangeSet } from "./ranges";
import { performOnWorkspace } from "./perform";
import { anyScene, randomly, workspaceWith } from "./viewpoint.test-data";
import { capture, compact, show } from "./viewpoint";
import type { Workspace } from "./workspace";

const SCHEMA: Schema = document;

function desk(count = 200): { workspace: Workspace; commands: Commands } {
  const workspace = workspaceWith(count);
  const commands = new Commands(workspace);
  performOnWorkspace(workspace, commands, () => "new");
  return { workspace, commands };
}

/** As a link or a server hands it over. */
function overTheWire(viewpoint: Viewpoint): Viewpoint {
  return readViewpoint(JSON.parse(JSON.stringify(viewpoint)));
}

function apply(to: { commands: Commands }, viewpoint: Viewpoint): void {
  to.commands.run("view.apply", { viewpoint, view: null });
}

describe("a viewpoint", () => {
  it.each(randomly(60))("of any state brings back that state, seed %i", (seed) => {
    const [from, to] = [desk(), desk()];
    anyScene(from.workspace, seed);
    anyScene(to.workspace, seed + 1_000_000); // what is there already must not leak through
    const seen = capture(from.workspace);
    apply(to, overTheWire(seen));
    expect(capture(to.workspace)).toEqual(seen);
  });

  it.each(randomly(30))("says the same without what says nothing, seed %i", (seed) => {
    const [from, to] = [desk(), desk()];
    anyScene(from.workspace, seed, { sparse: true });
    anyScene(to.workspace, seed + 1_000_000);
    const seen = capture(from.workspace);
    const hidden = from.workspace.structure.get()?.hiddenByFile.toJSON() ?? [];
    apply(to, overTheWire(compact(seen, hidden)));
    expect(capture(to.workspace)).toEqual(seen);
  });

  it("of a model as it was opened holds camera, display and units alone", () => {
    const { workspace } = desk();
    const hidden = workspace.structure.get()?.hiddenByFile.toJSON() ?? [];
    expect(Object.keys(compact(capture(workspace), hidden)).sort()).toEqual(
      ["camera", "display", "format", "points", "revision_id", "structure", "units"].sort(),
    );
  });

  it.each(randomly(20))("fits the schema whatever the state, seed %i", (seed) => {
    const { workspace } = desk();
    anyScene(workspace, seed);
    expect(problemIn(SCHEMA, JSON.parse(JSON.stringify(capture(workspace))))).toBeNull();
  });

  it("stands in absolute metres: models with another origin show the same place", () => {
    const [from, to] = [desk(), desk()];
    from.workspace.manifest.update((manifest) => manifest && { ...manifest, origin: [100, 0, -7] });
    from.workspace.camera.update((pose) => ({ ...pose, position: [1, 2, 3], target: [0, 0, 0] }));
    apply(to, overTheWire(capture(from.workspace)));
    expect(to.workspace.camera.get()).toMatchObject({
      position: [101, 2, -4],
      target: [100, 0, -7],
    });
  });

  it("resets what it does not contain", () => {
    const { workspace, commands } = desk();
    anyScene(workspace, 7);
    const { revision_id } = capture(workspace);
    apply({ commands }, { format: "holotable-viewpoint/1", revision_id });
    const { hidden, ghosted, sections, sectionBox, uncut, colouring, explode } = workspace;
    expect(hidden.get()).toEqual(workspace.structure.get()?.hiddenByFile);
    expect(ghosted.get().isEmpty && uncut.get().isEmpty).toBe(true);
    expect([sections.get(), sectionBox.get(), colouring.get(), explode.get()]).toEqual([
      [],
      null,
      null,
      0,
    ]);
    expect(workspace.measures.get()).toEqual([]);
  });

  it("without camera and units leaves mine as they are", () => {
    const { workspace, commands } = desk();
    const pose = { ...workspace.camera.get(), position: [9, 8, 7] as const };
    workspace.camera.set(pose);
    workspace.unit.set("in");
    apply(
      { commands },
      { format: "holotable-viewpoint/1", revision_id: capture(workspace).revision_id },
    );
    expect(workspace.camera.get()).toBe(pose);
    expect(workspace.unit.get()).toBe("in");
  });

  it.each(["camera", "sections", "visibility"] as const)("may leave the %s alone", (kept) => {
    const [from, to] = [desk(), desk()];
    anyScene(from.workspace, 3);
    anyScene(to.workspace, 4);
    const [mine, theirs] = [capture(to.workspace), capture(from.workspace)];
    const choice = { camera: true, sections: true, visibility: true, [kept]: false };
    to.commands.run("view.apply", { viewpoint: theirs, view: null, choice });
    const now = capture(to.workspace);
    const parts = {
      camera: ["camera"],
      sections: ["sections"],
      visibility: ["visibility", "colouring", "explode"],
    } as const;
    for (const group of ["camera", "sections", "visibility"] as const)
      for (const member of parts[group])
        expect(now[member]).toEqual((group === kept ? mine : theirs)[member]);
  });

  it("leaves the sets of parts that people keep", () => {
    const [from, to] = [desk(), desk()];
    const sets = [{ id: "s", name: "Bolts", ranges: RangeSet.of(1, 2) }];
    to.workspace.sets.set(sets);
    show(to.workspace, overTheWire(capture(from.workspace)));
    expect(to.workspace.sets.get()).toEqual(sets);
  });
});
