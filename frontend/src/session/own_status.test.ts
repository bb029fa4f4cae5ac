import { beforeEach, expect, it } from "vitest";
import type { ClientMessage } from "../protocol/messages";
import { RangeSet } from "../state/ranges";
import { createWorkspace, type Workspace } from "../state/workspace";
import { FakeEnvironment } from "./fake_environment";
import { OwnStatus } from "./own_status";

let environment: FakeEnvironment;
let workspace: Workspace;
let status: OwnStatus;
let sent: ClientMessage[];
let microphone: "muted" | "open" | null;
let open: boolean;

beforeEach(() => {
  environment = new FakeEnvironment();
  workspace = createWorkspace();
  sent = [];
  open = true;
  microphone = null;
  status = new OwnStatus({
    workspace,
    environment,
    device: "desktop",
    revisionId: "r1",
    voice: () => microphone,
    isOpen: () => open,
    send: (message) => sent.push(message),
  });
  status.watch();
});

it("sends all of it after a hello, and then what changed, ten times a second at most", async () => {
  status.hello();
  expect(sent[0]).toMatchObject({ t: "status", value: { device: "desktop", away: false } });
  workspace.selection.set(RangeSet.of(1));
  workspace.selection.set(RangeSet.of(1, 2));
  await environment.pass(100);
  const selection = { revision_id: "r1", ranges: [[1, 2]] };
  expect(sent.slice(1)).toEqual([{ t: "status", value: { selection } }]);
});

it("tells where I write an issue, and when I am done", async () => {
  status.hello();
  workspace.pinTask.set({ kind: "issue" });
  const place = { part: "p", occurrence: 3, position: [1, 2, 3], normal: [0, 1, 0] } as const;
  workspace.pinPlace.set({ ...place, screen: { x: 0, y: 0 } });
  await environment.pass(100);
  const writing = { revision_id: "r1", kind: "issue", occurrence: 3, point: [1, 2, 3] };
  expect(sent.at(-1)).toEqual({ t: "status", value: { writing } });
  workspace.pinPlace.set(null);
  await environment.pass(100);
  expect(sent.at(-1)).toEqual({ t: "status", value: { writing: null } });
});

it("does not send back what the room said, and waits while there is no connection", async () => {
  status.hello();
  workspace.hand.set(true);
  status.told("hand", true);
  await environment.pass(100);
  expect(sent).toHaveLength(1);
  open = false;
  environment.hidden = true;
  environment.changed();
  await environment.pass(100);
  expect(sent).toHaveLength(1);
  open = true;
  status.hello();
  expect(sent[1]).toMatchObject({ value: { away: true, hand: true } });
});

it("what the room says of a moment ago is corrected", async () => {
  microphone = "open";
  status.hello();
  microphone = "muted";
  status.told("voice", "open"); // it answers what was sent before
  await environment.pass(100);
  expect(sent.at(-1)).toMatchObject({ value: { voice: "muted" } });
  status.told("voice", "muted");
  const before = sent.length;
  await environment.pass(100);
  expect(sent).toHaveLength(before);
});
