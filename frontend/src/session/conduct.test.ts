import { beforeEach, describe, expect, it, vi } from "vitest";
import type { EventBody, Json } from "../protocol/messages";
import { Commands } from "../state/commands";
import type { Vec3 } from "../state/model";
import { createWorkspace, type Person, type Workspace } from "../state/workspace";
import { BRING_MS, ConductSync, PING_MS } from "./conduct";
import { FakeEnvironment } from "./fake_environment";

let environment: FakeEnvironment;
let workspace: Workspace;
let commands: Commands;
let conduct: ConductSync;
let state: Map<string, Json>;
let sent: EventBody[];
let set: (readonly [string, Json])[];
let pointer: { occurrence: number | null; point: Vec3 } | null;
let went: number[];

function person(slot: number, name: string, fields: Partial<Person> = {}): Person {
  return {
    slot, principal_id: name.toLowerCase(), name, colour: slot, shape: 0, role: "editor",
    session_role: "participant", device: "desktop", guest: false, status: {}, mine: false, ...fields,
  }; // prettier-ignore
}

/** I am Anna, and what `part` says. */
function here(part: string): void {
  workspace.people.set([
    person(0, "Anna", { mine: true, session_role: part }),
    person(1, "Ben"),
    person(2, "Cleo"),
  ]);
}

/** The room's log says so. */
function says(key: string, value: Json, by = "Ben"): void {
  if (value === null) state.delete(key);
  else state.set(key, value);
  conduct.changed([key], by);
}

const happens = (slot: number, event: EventBody): void =>
  conduct.event({ t: "event", slot, event });
const said = (): string => workspace.announcement.get()?.text ?? "";

beforeEach(() => {
  environment = new FakeEnvironment();
  workspace = createWorkspace();
  commands = new Commands(workspace);
  state = new Map();
  sent = [];
  set = [];
  went = [];
  pointer = { occurrence: 4, point: [0, 1, 2] };
  workspace.session.set({
    id: "s1", kind: "session", name: "Friday", code: null, joinUrl: null, startedAt: null,
  }); // prettier-ignore
  commands.register("session.goTo", ({ slot }) => void went.push(slot));
  commands.register("session.follow", ({ slot }) =>
    workspace.following.set(slot === null ? null : { slot, paused: false }),
  );
  conduct = new ConductSync(workspace, commands, environment, "r1", {
    value: (key) => state.get(key) ?? null,
    keys: () => new Set(state.keys()),
    set: (key, value) => void set.push([key, value]),
    send: (event) => sent.push(event) > 0,
    showCamera: () => undefined,
    pointer: () => pointer,
  });
  here("host");
});

describe("what lasts", () => {
  it("fills the rules, the presenter and the lists from the log", () => {
    says("session/rules", {
      scene: "presenters",
      present: "hosts",
      guided: true,
      locked: true,
      lobby: null,
      spectators: 100,
    });
    says("session/presenter", { principal_id: "ben" });
    says("session/listener/cleo", { name: "Cleo" });
    says("session/removed/dora", { name: "Dora" });
    expect(workspace.conduct.get()).toEqual({
      rules: {
        scene: "presenters",
        present: "hosts",
        guided: true,
        locked: true,
        lobby: null,
        spectators: 100,
        voice: "everyone",
      },
      presenter: "ben",
      listeners: new Map([["cleo", "Cleo"]]),
      removed: new Map([["dora", "Dora"]]),
      declined: new Map(),
    });
    conduct.stop();
    expect(workspace.conduct.get().rules.locked).toBe(false);
  });

  it("says who presents, and follows only where the session is guided", () => {
    says("session/presenter", { principal_id: "ben" });
    expect(said()).toBe("Ben is presenting");
    expect(workspace.following.get()).toBeNull();
    says("session/rules", { guided: true });
    says("session/presenter", { principal_id: "cleo" });
    expect(workspace.following.get()?.slot).toBe(2);
  });

  it("puts who comes late where the presenter stands", () => {
    state.set("session/presenter", { principal_id: "ben" });
    conduct.enter();
    expect(workspace.following.get()?.slot).toBe(1);
  });

  it("narrows who may change the scene, with the reason", () => {
    const explode = vi.fn();
    workspace.role.set("editor");
    here("participant");
    says("session/rules", { scene: "hosts" });
    commands.register("explode.set", explode);
    commands.run("explode.set", { amount: 1 });
    expect(commands.refused.get()?.reason).toContain("Only the host changes the scene");
    here("host");
    commands.run("explode.set", { amount: 1 });
    expect(explode).toHaveBeenCalledTimes(1);
  });
});

describe("presenting", () => {
  it("begins by myself, ends, and is offered to others", () => {
    commands.run("session.present", { slot: 0 });
    commands.run("session.present", { slot: null });
    commands.run("session.present", { slot: 1 });
    expect(set).toEqual([
      ["session/presenter", { principal_id: "anna" }],
      ["session/presenter", null],
    ]);
    expect(sent).toEqual([{ kind: "offer", to: 1 }]);
  });

  it("is handed at once to who asked", () => {
    happens(1, { kind: "ask" });
    const [call] = workspace.calls.get();
    expect(call).toMatchObject({ kind: "ask", slot: 1, name: "Ben" });
    commands.run("session.answer", { id: call?.id ?? -1, yes: true });
    expect(set).toEqual([["session/presenter", { principal_id: "ben" }]]);
    expect(workspace.calls.get()).toEqual([]);
  });

  it("is taken or declined when offered, and an offer nobody answers is over in a minute", async () => {
    for (const yes of [true, false]) {
      happens(1, { kind: "offer", to: 0 });
      commands.run("session.answer", { id: workspace.calls.get()[0]?.id ?? -1, yes });
    }
    expect(set).toEqual([["session/presenter", { principal_id: "anna" }]]);
    expect(sent).toEqual([{ kind: "decline", to: 1 }]);
    happens(1, { kind: "offer", to: 0 });
    await environment.pass(60_000);
    expect(workspace.calls.get()).toEqual([]);
    expect(sent).toHaveLength(1);
  });
});

describe("being brought", () => {
  it("goes there when nobody answers within five seconds", async () => {
    happens(1, { kind: "bring", to: null });
    expect(workspace.calls.get()).toMatchObject([{ kind: "bring", lasts_ms: BRING_MS }]);
    expect(workspace.announcement.get()).toMatchObject({
      text: "Ben wants to show you something", assertive: true,
    }); // prettier-ignore
    await environment.pass(BRING_MS - 1);
    expect(went).toEqual([]);
    await environment.pass(1);
    expect(went).toEqual([1]);
    expect(workspace.calls.get()).toEqual([]);
  });

  it("stays after a no, and in a headset without an answer", async () => {
    happens(1, { kind: "bring", to: null });
    commands.run("session.answer", { id: workspace.calls.get()[0]?.id ?? -1, yes: false });
    workspace.xr.set({ kind: "active", fraction: 1 });
    happens(1, { kind: "bring", to: null });
    await environment.pass(BRING_MS);
    expect(went).toEqual([]);
  });

  it("follows whoever presents", () => {
    says("session/presenter", { principal_id: "ben" });
    happens(1, { kind: "bring", to: null });
    commands.run("session.answer", { id: workspace.calls.get()[0]?.id ?? -1, yes: true });
    expect(workspace.following.get()).toEqual({ slot: 1, paused: false });
  });
});

describe("for a moment", () => {
  it("points for ten seconds, mine and theirs, one of each person", async () => {
    commands.run("session.ping");
    expect(sent).toEqual([{ kind: "point", revision_id: "r1", occurrence: 4, point: [0, 1, 2] }]);
    happens(1, { kind: "point", revision_id: "r1", occurrence: null, point: [1, 1, 1] });
    happens(1, { kind: "point", revision_id: "r1", occurrence: 7, point: [0, 0, 0] });
    expect(workspace.pings.get().map(({ slot, occurrence }) => [slot, occurrence])).toEqual([
      [0, 4],
      [1, 7],
    ]);
    await environment.pass(PING_MS);
    expect(workspace.pings.get()).toEqual([]);
    pointer = null;
    commands.run("session.ping");
    expect(sent).toHaveLength(1);
  });

  it("floats my reaction and theirs for some seconds, and says theirs", async () => {
    commands.run("session.react", { reaction: "agree" });
    happens(2, { kind: "react", reaction: "wow" });
    expect(workspace.reactions.get()).toMatchObject([
      { slot: 0, reaction: "agree" },
      { slot: 2, reaction: "wow" },
    ]);
    expect(said()).toBe("Cleo is amazed");
    await environment.pass(3_000);
    expect(workspace.reactions.get()).toEqual([]);
  });

  it("raises my hand and hears that the host lowered it", () => {
    commands.run("session.raiseHand", {});
    expect(workspace.hand.get()).toBe(true);
    conduct.myHand(true);
    expect(said()).toBe("Your hand is up");
    conduct.myHand(false);
    expect([workspace.hand.get(), said()]).toEqual([false, "The host lowered your hand"]);
  });
});

it("is for whom it is for", () => {
  here("participant");
  for (const refused of [
    () => commands.run("session.lock", { on: true }),
    () => commands.run("session.bring", {}),
    () => commands.run("session.remove", { slot: 1 }),
    () => commands.run("session.transfer", { slot: 1 }),
  ])
    refused();
  expect([set, sent]).toEqual([[], []]);
  here("listener");
  commands.run("session.present", { slot: 0 });
  expect(commands.refused.get()?.reason).toContain("You listen in this session");
  here("host");
  commands.run("session.lock", { on: true });
  commands.run("session.transfer", { slot: 1 });
  commands.run("session.remove", { slot: 2 });
  commands.run("session.listen", { slot: 1, on: true });
  expect(set).toEqual([
    [
      "session/rules",
      {
        scene: "everyone",
        present: "everyone",
        guided: false,
        locked: true,
        lobby: null,
        spectators: 100,
        voice: "everyone",
      },
    ],
    ["session/host", { principal_id: "ben" }],
    ["session/removed/cleo", { name: "Cleo" }],
    ["session/listener/ben", { name: "Ben" }],
  ]);
});
