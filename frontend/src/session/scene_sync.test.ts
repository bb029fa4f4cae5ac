import { beforeEach, describe, expect, it } from "vitest";
import type { Json } from "../protocol/messages";
import { Commands } from "../state/commands";
import type { Manifest } from "../state/model";
import { performOnWorkspace } from "../state/perform";
import { RangeSet } from "../state/ranges";
import { createWorkspace, type Section, type Workspace } from "../state/workspace";
import { SceneSync } from "./scene_sync";
import { structureOfFour } from "./scene_sync.test-data";

const REVISION = "01890000-0000-7000-8000-00000000000a";
const VISIBILITY = `visibility/${REVISION}`;
const CUT = { normal: [0, 1, 0], offset_m: 0.5, enabled: true, name: "Cut", cap: true };

// Only what is read here: no scene is drawn.
const manifest = {
  origin: [0, 0, 0],
  bounds: { min: [0, 0, 0], max: [1, 1, 1] },
} as unknown as Manifest;

let workspace: Workspace;
let commands: Commands;
let room: Map<string, Json>;
let sent: [string, string, Json][];
let sync: SceneSync;
let ids: number;

beforeEach(() => {
  workspace = createWorkspace();
  commands = new Commands(workspace);
  ids = 0;
  performOnWorkspace(workspace, commands, () => `id${(ids += 1)}`);
  workspace.open(manifest, structureOfFour());
  room = new Map();
  sent = [];
  sync = new SceneSync(
    workspace,
    REVISION,
    {
      change: (key, value) => {
        sent.push(["change", key, value]);
        room.set(key, value); // what is on its way shows (op_log.test.ts)
      },
      preview: (key, value) => sent.push(["preview", key, value]),
    },
    {
      value: (key) => room.get(key) ?? null,
      keys: () => new Set(room.keys()),
    },
    {
      me: () => "anna",
      nameOf: (id) => id,
    },
  );
});

const turn = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0));

/** The room says so. */
function told(key: string, value: Json): void {
  if (value === null) room.delete(key);
  else room.set(key, value);
  sync.changed([key]);
}

describe("joining", () => {
  it("brings the room's scene in and, when I leave, mine back", async () => {
    workspace.explode.set(0.2);
    room.set("section/a", CUT);
    room.set(VISIBILITY, { hidden: [[0, 1]], isolated: false });
    sync.enter({ publish: false });
    expect(workspace.sections.get()).toEqual([{ id: "a", ...CUT }]);
    expect(workspace.hidden.get().toJSON()).toEqual([[0, 1]]);
    expect(workspace.explode.get()).toBe(0);
    await turn();
    expect(sent).toEqual([]);
    sync.stop();
    expect(workspace.sections.get()).toEqual([]);
    expect(workspace.hidden.get().toJSON()).toEqual([[3, 3]]);
    expect(workspace.explode.get()).toBe(0.2);
  });

  it("gives my scene to a room that I started", () => {
    commands.run("section.add", { axis: "x" });
    commands.run("visibility.hide", { ranges: RangeSet.of(1) });
    sync.enter({ publish: true });
    expect(sent.map(([, key]) => key)).toEqual(["section/id1", VISIBILITY]);
    expect(sent[1]?.[2]).toEqual({
      hidden: [
        [1, 1],
        [3, 3],
      ],
      isolated: false,
    });
  });

  it("waits for the model, and putting it on the table empties nothing in the room", async () => {
    workspace.structure.set(null);
    room.set("section/a", CUT);
    sync.enter({ publish: false });
    expect(workspace.sections.get()).toEqual([]);
    workspace.open(manifest, structureOfFour());
    await turn();
    expect(workspace.sections.get()).toHaveLength(1);
    expect(sent).toEqual([]);
  });
});

describe("what I change", () => {
  beforeEach(() => sync.enter({ publish: false }));

  it("goes out once per command, hidden and isolated together", async () => {
    commands.run("visibility.isolate", { ranges: RangeSet.of(2) });
    await turn();
    expect(sent).toEqual([
      [
        "change",
        VISIBILITY,
        {
          hidden: [
            [0, 1],
            [3, 3],
          ],
          isolated: true,
        },
      ],
    ]);
  });

  it("is taken back as a key without a value when it equals the file", async () => {
    commands.run("visibility.hide", { ranges: RangeSet.of(0) });
    await turn();
    commands.undo();
    await turn();
    expect(sent.map(([, , value]) => value)).toEqual([
      {
        hidden: [
          [0, 0],
          [3, 3],
        ],
        isolated: false,
      },
      null,
    ]);
  });

  it("is a preview while I drag and a change when I let go", async () => {
    commands.run("section.add", { axis: "x" });
    await turn();
    sent = [];
    for (const offset_m of [1, 2]) {
      commands.run("section.update", { id: "id1", change: { offset_m }, preview: true });
      await turn();
    }
    commands.run("section.update", { id: "id1", change: { offset_m: 3 } });
    await turn();
    expect(sent.map(([how, , value]) => [how, (value as { offset_m: number }).offset_m])).toEqual([
      ["preview", 1],
      ["preview", 2],
      ["change", 3],
    ]);
  });

  it("frees the key when a drag ends where it began", async () => {
    commands.run("explode.set", { amount: 0.5, preview: true });
    await turn();
    commands.run("explode.set", { amount: 0 });
    await turn();
    expect(sent).toEqual([
      ["preview", "explode", { amount: 0.5 }],
      ["preview", "explode", null],
    ]);
  });
});

describe("what others change", () => {
  beforeEach(() => sync.enter({ publish: false }));

  it("is shown and not sent back", async () => {
    told("section/a", CUT);
    told(`ghost/${REVISION}`, { ghosted: [[1, 2]] });
    told("explode", { amount: 0.5 });
    told("section/a", null);
    await turn();
    expect(workspace.sections.get()).toEqual([]);
    expect(workspace.ghosted.get().toJSON()).toEqual([[1, 2]]);
    expect(workspace.explode.get()).toBe(0.5);
    expect(sent).toEqual([]);
  });

  it("leaves my own change of another key alone", async () => {
    commands.run("visibility.hide", { ranges: RangeSet.of(0) });
    told("section/a", CUT);
    await turn();
    expect(sent.map(([, key]) => key)).toEqual([VISIBILITY]);
    expect(workspace.sections.get()).toHaveLength(1);
  });

  it("does not move what is under my hand", async () => {
    told("explode", { amount: 0.1 });
    commands.run("explode.set", { amount: 0.6, preview: true });
    await turn();
    told("explode", { amount: 0.9 });
    sync.preview("explode", { amount: 0.8 });
    expect(workspace.explode.get()).toBe(0.6);
  });

  it("is shown while they drag, and back where it was when they let go without a change", async () => {
    told("section/a", CUT);
    sync.preview("section/a", { ...CUT, offset_m: 9 });
    expect(workspace.sections.get()[0]?.offset_m).toBe(9);
    sync.released("section/a");
    expect(workspace.sections.get()[0]?.offset_m).toBe(0.5);
    await turn();
    expect(sent).toEqual([]);
  });

  it("keeps its identity when nothing differs, so that nothing is drawn again", () => {
    told("section/a", CUT);
    const before: readonly Section[] = workspace.sections.get();
    told("section/a", { ...CUT });
    expect(workspace.sections.get()).toBe(before);
  });
});

describe("my view", () => {
  beforeEach(() => {
    room.set("section/a", CUT);
    room.set("visibility/of-another-revision", { hidden: [[0, 0]], isolated: false });
    sync.enter({ publish: false });
    sync.fork();
  });

  it("keeps what I change here and what the room changes there", async () => {
    commands.run("visibility.hide", { ranges: RangeSet.of(0) });
    commands.run("section.clear", {});
    told("section/b", CUT);
    sync.preview("explode", { amount: 0.5 });
    await turn();
    expect(sent).toEqual([]);
    expect(workspace.sections.get()).toEqual([]);
    expect(workspace.explode.get()).toBe(0);
  });

  it("ends with the room's scene as it is then", async () => {
    commands.run("visibility.hide", { ranges: RangeSet.of(0) });
    told("section/b", { ...CUT, name: "Later" });
    sync.rejoin({ share: false });
    await turn();
    expect(workspace.sections.get().map(({ id }) => id)).toEqual(["a", "b"]);
    expect(workspace.hidden.get().toJSON()).toEqual([[3, 3]]);
    expect(sent).toEqual([]);
    commands.run("explode.set", { amount: 0.5 });
    await turn();
    expect(sent.map(([, key]) => key)).toEqual(["explode"]);
  });

  it("can be given to everybody: what differs goes out, other revisions' keys stay", async () => {
    commands.run("visibility.hide", { ranges: RangeSet.of(0) });
    commands.run("section.clear", {});
    told("explode", { amount: 0.5 });
    sync.rejoin({ share: true });
    await turn();
    expect(new Map(sent.map(([, key, value]) => [key, value]))).toEqual(
      new Map<string, Json>([
        ["section/a", null],
        ["explode", null],
        [
          VISIBILITY,
          {
            hidden: [
              [0, 0],
              [3, 3],
            ],
            isolated: false,
          },
        ],
      ]),
    );
    expect(workspace.explode.get()).toBe(0);
  });

  it("frees what I dragged when it began", async () => {
    sync.rejoin({ share: false });
    commands.run("explode.set", { amount: 0.5, preview: true });
    await turn();
    sync.fork();
    expect(sent.at(-1)).toEqual(["preview", "explode", null]);
  });

  it("is over when I leave, and my own scene is back", () => {
    commands.run("visibility.hide", { ranges: RangeSet.of(0) });
    sync.stop();
    expect(workspace.hidden.get().toJSON()).toEqual([[3, 3]]);
    expect(workspace.sections.get()).toEqual([]);
  });
});
