import { beforeEach, expect, test } from "vitest";
import type { Json } from "../protocol/messages";
import { shownPartsOf } from "../state/areas/layer_parts";
import { Commands } from "../state/commands";
import { MANIFEST, skid } from "../state/model_fixture.test-data";
import { performOnWorkspace } from "../state/perform";
import { RangeSet } from "../state/ranges";
import { createWorkspace, type Workspace } from "../state/workspace";
import { SceneSync } from "./scene_sync";

const ACTIVE = "01890000-0000-7000-8000-00000000000a";
const B = "01890000-0000-7000-8000-00000000000b";

let workspace: Workspace;
let commands: Commands;
let room: Map<string, Json>;
let sent: [string, Json][];
let sync: SceneSync;

beforeEach(() => {
  workspace = createWorkspace();
  commands = new Commands(workspace);
  performOnWorkspace(workspace, commands, () => "id");
  workspace.open(MANIFEST, skid());
  workspace.layers.set([{ revisionId: B, visible: true, ghosted: false, transform: null }]);
  room = new Map();
  sent = [];
  const change = (key: string, value: Json): void => {
    sent.push([key, value]);
    room.set(key, value);
  };
  const out = { change, preview: () => undefined };
  const rooms = { value: (key: string) => room.get(key) ?? null, keys: () => new Set(room.keys()) };
  sync = new SceneSync(workspace, ACTIVE, out, rooms);
  const items = [{ revision_id: B, visible: true, ghosted: false, transform: null }];
  room.set("layers", { items });
});

const turn = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0));
const loaded = (): void =>
  workspace.layerModels.set(new Map([[B, { manifest: MANIFEST, structure: skid() }]]));

test("what I hide of another revision goes to the room, and undoing it takes it back", async () => {
  loaded();
  sync.enter({ publish: false });
  await turn();
  sent.length = 0;
  commands.run("layer.hideParts", { revision: B, ranges: RangeSet.of(0) });
  await turn();
  const hidden = [
    [0, 0],
    [3, 3],
  ];
  expect(sent).toEqual([[`visibility/${B}`, { hidden, isolated: false }]]);
  commands.undo();
  await turn();
  expect(sent.at(-1)).toEqual([`visibility/${B}`, null]);
});

test("what others hide and ghost of it is shown, and sent back by nobody", async () => {
  room.set(`visibility/${B}`, { hidden: [[1, 1]], isolated: true });
  room.set(`ghost/${B}`, { ghosted: [[2, 2]] });
  sync.enter({ publish: false });
  await turn();
  expect(JSON.parse(JSON.stringify(workspace.layerParts.get().get(B)))).toMatchObject({
    hidden: [[1, 1]],
    isolated: true,
    ghosted: [[2, 2]],
  });
  expect(sent).toEqual([]);
  room.delete(`ghost/${B}`);
  sync.changed([`ghost/${B}`]);
  room.delete(`visibility/${B}`);
  sync.changed([`visibility/${B}`]);
  loaded();
  await turn();
  expect(shownPartsOf(workspace, B).hidden).toEqual(skid().hiddenByFile);
  expect(sent).toEqual([]);
});

test("leaving brings back what I had hidden of it before", async () => {
  loaded();
  commands.run("layer.hideParts", { revision: B, ranges: RangeSet.of(1) });
  sync.enter({ publish: false });
  await turn();
  expect(workspace.layerParts.get().has(B)).toBe(false);
  sync.stop();
  expect(shownPartsOf(workspace, B).hidden.has(1)).toBe(true);
});
