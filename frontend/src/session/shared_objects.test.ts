import { beforeEach, describe, expect, it } from "vitest";
import type { Json } from "../protocol/messages";
import { Commands } from "../state/commands";
import { measurement } from "../state/measures.test-data";
import type { Manifest } from "../state/model";
import { performOnWorkspace } from "../state/perform";
import { createWorkspace, type Workspace } from "../state/workspace";
import { structureOfFour } from "./scene_sync.test-data";
import { OBJECT_BYTES, SharedObjects } from "./shared_objects";

const REVISION = "01890000-0000-7000-8000-00000000000a";
// Only what is read here: no scene is drawn.
const manifest = {
  origin: [10, 0, 0],
  bounds: { min: [0, 0, 0], max: [1, 1, 1] },
} as unknown as Manifest;
const PEN = { id: "p", kind: "pen", text: "", colour: "#cc0000", width: 3 } as const;

/** One page. */
function page(me: string): { workspace: Workspace; commands: Commands; objects: SharedObjects } {
  const workspace = createWorkspace();
  const commands = new Commands(workspace);
  let ids = 0;
  performOnWorkspace(workspace, commands, () => `${me}${(ids += 1)}`);
  workspace.open(manifest, structureOfFour());
  const names = { me: () => me, nameOf: (id: string) => id.toUpperCase() };
  return { workspace, commands, objects: new SharedObjects(workspace, REVISION, names) };
}

let anna: ReturnType<typeof page>;
let ben: ReturnType<typeof page>;

beforeEach(() => {
  anna = page("anna");
  ben = page("ben");
});

/** As JSON crosses the wire. */
const crossed = (values: ReadonlyMap<string, Json>): ReadonlyMap<string, Json> =>
  new Map(Object.entries(JSON.parse(JSON.stringify(Object.fromEntries(values))) as object));

describe("a measurement", () => {
  it("arrives with its owner, is read back as the same, and its eye stays mine", () => {
    anna.workspace.measures.set([measurement({ id: "m1", name: "Gap", shown: false })]);
    const sent = crossed(anna.objects.read());
    ben.objects.show(sent);
    expect(ben.workspace.measures.get()).toMatchObject([{ id: "m1", name: "Gap", shown: true }]);
    expect(ben.workspace.owners.get().get("measurement/m1")).toEqual({
      principalId: "anna",
      name: "ANNA",
      mine: false,
    });
    expect(crossed(ben.objects.read())).toEqual(sent);
  });

  it("keeps whether I show it when it is renamed, and goes when it is removed", () => {
    anna.workspace.measures.set([measurement({ id: "m1", name: "Gap" })]);
    ben.objects.show(crossed(anna.objects.read()));
    ben.commands.run("measure.showAll", { shown: false });
    anna.commands.run("measure.update", { id: "m1", change: { name: "Clearance" } });
    ben.objects.show(crossed(anna.objects.read()));
    expect(ben.workspace.measures.get()).toMatchObject([{ name: "Clearance", shown: false }]);
    ben.workspace.activeMeasure.set("m1");
    ben.objects.show(new Map([["measurement/m1", null]]));
    expect(ben.workspace.measures.get()).toEqual([]);
    expect(ben.workspace.owners.get().size).toBe(0);
    expect(ben.workspace.activeMeasure.get()).toBeNull();
  });

  it("of a revision that is not open is not shown, and whose it is is told", () => {
    anna.workspace.measures.set([measurement({ id: "m1" })]);
    const elsewhere = new SharedObjects(ben.workspace, "another", {
      me: () => "ben",
      nameOf: () => "Anna",
    });
    expect(elsewhere.show(crossed(anna.objects.read()))).toMatchObject([{ name: "Anna" }]);
    expect(ben.workspace.measures.get()).toEqual([]);
  });
});

describe("a drawing", () => {
  const at = (x: number): readonly [number, number] => [x, Math.sin(x * 40) * 0.2];

  it("stands over the same view on the other page", () => {
    anna.commands.run("mark.draw", { kind: "box", points: [[0, 0], [0.1, 0.1]], colour: "#cc0000" }); // prettier-ignore
    ben.objects.show(crossed(anna.objects.read()));
    const [theirs] = anna.workspace.sheets.get();
    const [mine] = ben.workspace.sheets.get();
    expect(mine).toEqual(theirs);
    expect(ben.workspace.openSheet.get()).toBeNull();
  });

  it("that is too long is made of fewer points, so that the room takes it", () => {
    const points = Array.from({ length: 4_000 }, (_, index) => at(index / 4_000));
    anna.workspace.sheets.set([
      { id: "s", name: "", camera: anna.workspace.camera.get(), marks: [{ ...PEN, points }] },
    ]);
    const value = anna.objects.read().get("markup/s");
    expect(JSON.stringify(value).length).toBeLessThan(OBJECT_BYTES.markup / 4);
    ben.objects.show(crossed(anna.objects.read()));
    const drawn = ben.workspace.sheets.get()[0]?.marks[0]?.points ?? [];
    expect(drawn.length).toBeGreaterThan(20);
    expect(drawn[0]).toEqual([0, 0]);
    // What I have is finer than what was sent, and stays.
    anna.objects.show(crossed(anna.objects.read()));
    expect(anna.workspace.sheets.get()[0]?.marks[0]?.points).toHaveLength(4_000);
  });

  it("is seen while it is drawn, on a sheet that is not there yet, too", () => {
    const mark = { kind: "pen", text: "", colour: "#cc0000", width: 3 } as const;
    anna.workspace.drawing.set({
      on: "sheet",
      key: "new",
      name: "",
      camera: anna.workspace.camera.get(),
      mark: { ...mark, points: [at(0), at(0.1)] },
    });
    ben.objects.show(crossed(anna.objects.read()));
    expect(ben.workspace.sheets.get()).toMatchObject([{ id: "new", marks: [{ kind: "pen" }] }]);
    anna.workspace.drawing.set(null);
    expect(anna.objects.read().size).toBe(0);
  });

  it("on the model goes with its part", () => {
    const points = [
      { position: [1, 2, 3], occurrence: 2, local: [0, 0, 1] },
      { position: [1, 2, 4], occurrence: null, local: null },
    ] as const;
    anna.commands.run("mark.place", { kind: "arrow3d", points, colour: "#00aa00" });
    ben.objects.show(crossed(anna.objects.read()));
    expect(ben.workspace.modelMarks.get()).toEqual(anna.workspace.modelMarks.get());
  });
});

it("somebody else's is not changed, and that is said; the presenter changes it", () => {
  anna.workspace.measures.set([measurement({ id: "m1", name: "Gap" })]);
  ben.objects.show(crossed(anna.objects.read()));
  const session = { id: "s1", kind: "session", name: "", code: null, joinUrl: null, startedAt: null } as const; // prettier-ignore
  const person = {
    slot: 1, principal_id: "ben", name: "Ben", colour: 1, shape: 1, role: "editor",
    device: "desktop", guest: false, status: {}, mine: true,
  } as const; // prettier-ignore
  ben.workspace.session.set(session);
  ben.workspace.people.set([{ ...person, session_role: "participant" }]);
  ben.commands.run("measure.remove", { id: "m1" });
  ben.commands.run("measure.update", { id: "m1", change: { name: "Mine" } });
  ben.commands.run("measure.clear", {});
  expect(ben.workspace.measures.get()).toMatchObject([{ name: "Gap" }]);
  expect(ben.workspace.announcement.get()?.text).toContain("ANNA");
  ben.commands.run("measure.update", { id: "m1", change: { shown: false } });
  expect(ben.workspace.measures.get()).toMatchObject([{ shown: false }]);
  ben.workspace.people.set([{ ...person, session_role: "presenter" }]);
  ben.commands.run("measure.remove", { id: "m1" });
  expect(ben.workspace.measures.get()).toEqual([]);
});
