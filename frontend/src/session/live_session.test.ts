import { beforeEach, describe, expect, it, vi } from "vitest";
import type { Json } from "../protocol/messages";
import { MAX_POSE_BYTES, Pose, encodePose } from "../protocol/pose";
import { Commands } from "../state/commands";
import type { Manifest } from "../state/model";
import { performOnWorkspace } from "../state/perform";
import { RangeSet } from "../state/ranges";
import { createWorkspace, type Workspace } from "../state/workspace";
import { poseOfCamera } from "./camera";
import { FakeEnvironment } from "./fake_environment";
import { createLiveSession, type LiveSession } from "./live_session";
import { structureOfFour } from "./scene_sync.test-data";

const REVISION = "01890000-0000-7000-8000-00000000000a";

let environment: FakeEnvironment;
let workspace: Workspace;
let commands: Commands;
let session: LiveSession;
const showCamera = vi.fn();

// Only what is read here: no scene is drawn.
const manifest = {
  origin: [0, 0, 0],
  bounds: { min: [0, 0, 0], max: [1, 1, 1] },
} as unknown as Manifest;

beforeEach(async () => {
  environment = new FakeEnvironment();
  workspace = createWorkspace();
  commands = new Commands(workspace);
  performOnWorkspace(workspace, commands, () => "id1");
  workspace.open(manifest, structureOfFour());
  showCamera.mockClear();
  session = createLiveSession({
    workspace,
    commands,
    environment,
    cid: "client-one",
    device: "desktop",
    revisionId: REVISION,
    fetchTicket: () => Promise.resolve({ ticket: "t", url: "ws://here/live" }),
    fetchFacts: () =>
      Promise.resolve({ code: "482913", joinUrl: "https://here/live/s1", startedAt: null }),
    pose: { aspect: () => 1.5, toPart: () => null },
    showCamera,
  });
  await environment.settle();
});

function person(slot: number, name: string, fields: Record<string, Json> = {}) {
  const principal_id = name.toLowerCase();
  return {
    slot, principal_id, name, colour: slot, shape: slot, role: "editor", session_role: "participant",
    device: "desktop", guest: false, status: {}, ...fields,
  }; // prettier-ignore
}

const ANNA = person(0, "Anna", { session_role: "host" });
const BEN = person(1, "Ben");

async function hello(fields: Record<string, Json> = {}): Promise<void> {
  environment.socket.say({
    t: "hello",
    epoch: "e1",
    seq: 4,
    slot: 0,
    resumed: false,
    state: {},
    chat: [],
    who: [ANNA, BEN],
    holds: {},
    hz: 30,
    session: { id: "s1", kind: "meeting", name: "Friday", project_id: "p1", revision_id: REVISION },
    you: ANNA,
    ...fields,
  });
  await environment.settle();
}

function op(seq: number, key: string, value: Json, cid = "other-one", cseq = seq) {
  const by = { principal_id: "ben", name: "Ben", slot: 1 };
  return { t: "op", seq, kind: "set", key, value, by, at: "2026-01-05T12:00:00.000Z", cid, cseq };
}

function held(value: Json) {
  return { value, seq: 4, by: { principal_id: "ben", name: "Ben", slot: 1 } };
}

/** Ben's camera stands at x. */
function benStandsAt(x: number, sentMs: number): void {
  const pose = new Pose();
  pose.timeMs = sentMs & 0xffff;
  poseOfCamera(
    { position: [x, 0, 5], target: [x, 0, 0], up: [0, 1, 0], fov_rad: 0.8, ortho_height_m: null },
    1.5,
    pose,
  );
  const view = new DataView(new ArrayBuffer(MAX_POSE_BYTES + 12));
  const length = encodePose(pose, new DataView(view.buffer, 12));
  view.setUint8(0, 1);
  view.setUint16(6, 1, true);
  view.setUint16(8, 1, true);
  view.setUint16(10, length, true);
  environment.socket.sayPoses(view.buffer.slice(0, 12 + length));
}

describe("a meeting", () => {
  it("fills people, role, holds and the facts that are not in the hello", async () => {
    await hello({ holds: { explode: 1 } });
    expect(workspace.people.get().map(({ name, mine }) => [name, mine])).toEqual([
      ["Anna", true],
      ["Ben", false],
    ]);
    expect(workspace.role.get()).toBe("editor");
    expect(workspace.holds.get()).toEqual(new Map([["explode", 1]]));
    expect(workspace.session.get()).toMatchObject({ id: "s1", kind: "session", code: "482913" });
    expect(workspace.connection.get().kind).toBe("connected");
  });

  it("sends a hide and shows another's section, with a word about it", async () => {
    await hello();
    commands.run("visibility.hide", { ranges: RangeSet.of(0) });
    await environment.settle();
    expect(environment.socket.heard("op")).toMatchObject([
      { cid: "client-one", cseq: 1, kind: "set", key: `visibility/${REVISION}` },
    ]);
    expect(workspace.connection.get().unsent).toBe(1);
    const value = { normal: [1, 0, 0], offset_m: 1, enabled: true, name: "Cut", cap: true };
    environment.socket.say(op(5, "section/x", value));
    expect(workspace.sections.get()).toMatchObject([{ id: "x", offset_m: 1 }]);
    expect(workspace.announcement.get()).toMatchObject({ text: "Ben changed a section", slot: 1 });
  });

  it("takes a refused change back and says why", async () => {
    await hello();
    commands.run("visibility.hide", { ranges: RangeSet.of(0) });
    await environment.settle();
    environment.socket.say({ t: "nak", cseq: 1, code: "forbidden", detail: "your role may not" });
    expect(workspace.hidden.get().toJSON()).toEqual([[3, 3]]);
    expect(workspace.announcement.get()?.text).toContain("your role may not");
  });

  it("sends each offline change exactly once and resumes where it was", async () => {
    await hello();
    environment.socket.end(1006);
    commands.run("visibility.hide", { ranges: RangeSet.of(0) });
    await environment.settle();
    commands.run("session.chat", { text: "are you there?" });
    await environment.settle();
    expect(workspace.connection.get()).toMatchObject({ kind: "reconnecting", unsent: 2 });
    expect(workspace.chat.get().at(-1)).toMatchObject({ seq: null, mine: true });
    await environment.pass(1_000);
    expect(environment.socket.url).toContain("since=4&epoch=e1");
    await hello({ resumed: true, ops: [] });
    expect(environment.socket.heard("op")).toHaveLength(1);
    expect(environment.socket.heard("chat")).toHaveLength(1);
    const [change] = environment.socket.heard("op");
    environment.socket.say(
      op(5, `visibility/${REVISION}`, change?.["value"] as Json, "client-one", 1),
    );
    // Lost again before the chat line was confirmed: it alone goes out again, under its number.
    environment.socket.end(1006);
    await environment.pass(2_000);
    await hello({ seq: 5, resumed: true, ops: [] });
    expect(environment.socket.heard("op")).toEqual([]);
    expect(environment.socket.heard("chat")).toMatchObject([{ cseq: 2 }]);
    expect(workspace.hidden.get().has(0)).toBe(true);
  });

  it("wants a picture when following begins, though the leader stands still", async () => {
    await hello();
    const picture = vi.fn();
    session.onPoses(picture);
    commands.run("session.follow", { slot: 1 });
    expect(workspace.following.get()?.slot).toBe(1);
    expect(picture).toHaveBeenCalled();
  });

  it("leads and is led by what the log and the events say", async () => {
    await hello({ state: { "session/presenter": held({ principal_id: "ben" }) } });
    expect(workspace.following.get()?.slot).toBe(1); // who comes late stands with the presenter
    environment.socket.say(op(5, "session/rules", { locked: true }));
    expect(workspace.conduct.get().rules.locked).toBe(true);
    expect(workspace.announcement.get()?.text).toBe("Ben locked the session");
    environment.socket.say({ t: "event", slot: 1, event: { kind: "react", reaction: "agree" } });
    expect(workspace.reactions.get()).toMatchObject([{ slot: 1, reaction: "agree" }]);
    commands.run("session.raiseHand", {});
    await environment.pass(200);
    expect(environment.socket.heard("status").at(-1)?.["value"]).toMatchObject({ hand: true });
    environment.socket.say({ t: "status", slot: 0, value: { hand: false, hand_rank: null } });
    expect(workspace.hand.get()).toBe(false);
    const refusal = { t: "nak", cseq: null, code: "rate", detail: "more than 2", about: "event" };
    environment.socket.say(refusal);
    expect(workspace.announcement.get()?.text).toContain("more than 2");
  });

  it("asks for what is missing when a number is left out", async () => {
    await hello();
    environment.socket.say(op(6, "explode", { amount: 1 }));
    expect(workspace.explode.get()).toBe(0);
    await environment.pass(100);
    expect(environment.sockets).toHaveLength(2);
    expect(environment.socket.url).toContain("since=4");
  });

  it("renews the hold of a pointer that stays down, and sends at most 30 previews a second", async () => {
    await hello();
    for (let step = 1; step <= 20; step += 1) {
      commands.run("explode.set", { amount: step / 100, preview: true });
      await environment.pass(10);
    }
    expect(environment.socket.heard("preview").length).toBeLessThanOrEqual(8);
    await environment.pass(6_000);
    const renewed = environment.socket.heard("preview");
    expect(renewed.length).toBeGreaterThanOrEqual(9);
    expect(renewed.at(-1)).toMatchObject({ key: "explode", value: { amount: 0.2 } });
    commands.run("explode.set", { amount: 0.3 });
    await environment.pass(6_000);
    expect(environment.socket.heard("preview")).toHaveLength(renewed.length);
    expect(environment.socket.heard("op")).toMatchObject([{ value: { amount: 0.3 } }]);
  });

  it("tells the others what I select and whether I look", async () => {
    await hello();
    workspace.selection.set(RangeSet.of(1, 2));
    environment.hidden = true;
    environment.changed();
    await environment.pass(200);
    expect(environment.socket.heard("status").at(-1)).toEqual({
      t: "status",
      value: { selection: { revision_id: REVISION, ranges: [[1, 2]] }, away: true },
    });
  });

  it("ends with a reason, and the scene is mine again", async () => {
    workspace.explode.set(0.4);
    await hello({ state: { explode: { value: { amount: 0.9 }, seq: 1, by: BEN } } });
    expect(workspace.explode.get()).toBe(0.9);
    environment.socket.say({ t: "bye", reason: "ended", retry_after_ms: null });
    expect(workspace.connection.get()).toMatchObject({ kind: "ended", reason: "ended" });
    expect(workspace.explode.get()).toBe(0.4);
    expect(workspace.people.get()).toEqual([]);
  });

  it("leaves cleanly", async () => {
    await hello();
    session.stop();
    expect(environment.socket.closedWith).toBe(1000);
    expect(workspace.session.get()).toBeNull();
    expect(workspace.connection.get().kind).toBe("none");
    expect(commands.has("session.chat")).toBe(false);
  });
});

describe("a table", () => {
  const table = { id: "t1", kind: "table", name: "A", project_id: "p1", revision_id: REVISION };

  it("shows people and keeps my scene mine", async () => {
    await hello({ session: table });
    commands.run("visibility.hide", { ranges: RangeSet.of(0) });
    commands.run("session.chat", { text: "hello" });
    await environment.settle();
    expect(environment.socket.heard("op")).toEqual([]);
    expect(environment.socket.heard("chat")).toEqual([]);
    expect(workspace.session.get()?.kind).toBe("table");
    expect(workspace.people.get()).toHaveLength(2);
  });
});

describe("following", () => {
  beforeEach(async () => {
    await hello();
    benStandsAt(0, 0);
    await environment.pass(50);
    benStandsAt(1, 50);
    await environment.pass(200);
  });

  it("gives the leader's camera, pauses on my own move, resumes, stops", () => {
    commands.run("session.follow", { slot: 1 });
    const now = environment.now();
    expect(session.followedCamera(now)?.position[0]).toBeCloseTo(1, 5);
    session.pauseFollowing();
    expect(workspace.following.get()).toEqual({ slot: 1, paused: true });
    expect(session.followedCamera(now)).toBeNull();
    commands.run("resume");
    expect(session.followedCamera(now)).not.toBeNull();
    commands.run("session.follow", { slot: null });
    expect(workspace.following.get()).toBeNull();
  });

  it("refuses a circle", () => {
    environment.socket.say({ t: "status", slot: 1, value: { following: 0 } });
    commands.run("session.follow", { slot: 1 });
    expect(workspace.following.get()).toBeNull();
    expect(workspace.announcement.get()?.text).toBe("Ben follows you");
  });

  it("goes on when the leader comes back under another slot, and stops when they leave", () => {
    commands.run("session.follow", { slot: 1 });
    environment.socket.say({ t: "left", slot: 1, reason: "lost" });
    expect(session.followedCamera(environment.now())).toBeNull();
    environment.socket.say({ t: "join", who: person(4, "Ben") });
    expect(workspace.following.get()).toEqual({ slot: 4, paused: false });
    environment.socket.say({ t: "left", slot: 4, reason: "left" });
    expect(workspace.following.get()).toBeNull();
  });

  it("goes to somebody once", () => {
    commands.run("session.goTo", { slot: 1 });
    expect(showCamera).toHaveBeenCalledOnce();
    expect(workspace.following.get()).toBeNull();
  });
});

it("announces the first arrival at once and the next ones together", async () => {
  await hello();
  const heard: string[] = [];
  workspace.announcement.subscribe((said) => said && heard.push(said.text));
  for (const [slot, name] of [
    [2, "Cleo"],
    [3, "Dana"],
    [4, "Ed"],
  ] as const) {
    environment.socket.say({ t: "join", who: person(slot, name) });
  }
  await environment.pass(5_000);
  expect(heard).toEqual(["Cleo joined", "Dana and Ed joined"]);
});

it("looks around on its own and comes back, and undo does not cross the border", async () => {
  await hello();
  commands.run("session.myView", {});
  expect(workspace.myView.get()).toBe(true);
  commands.run("visibility.hide", { ranges: RangeSet.of(0) });
  await environment.pass(200);
  expect(environment.socket.heard("op")).toEqual([]);
  commands.run("session.myView", {});
  expect(workspace.hidden.get().toJSON()).toEqual([[3, 3]]);
  expect(commands.canUndo.get()).toBe(false);
  commands.run("session.myView", { on: true });
  commands.run("visibility.hide", { ranges: RangeSet.of(0) });
  commands.run("session.shareMyView");
  await environment.pass(200);
  expect(environment.socket.heard("op")).toHaveLength(1);
  expect(workspace.myView.get()).toBe(false);
});
