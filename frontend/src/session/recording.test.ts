import { expect, test } from "vitest";
import "../state/speak_english.test-data";
import type { ClientMessage, HelloMessage, RecordingShown } from "../protocol/messages";
import { unrecordedCount } from "../state/areas/recording";
import { Commands } from "../state/commands";
import { type Workspace, createWorkspace } from "../state/workspace";
import { RecordingPart } from "./recording";

const SHOWN: RecordingShown = {
  id: "r1",
  by: "Anna",
  principal_id: "anna",
  started_at: "2026-01-05T12:00:00.000Z",
  agreed: ["anna"],
};

function hello(more: Partial<HelloMessage> = {}): HelloMessage {
  const you = {
    slot: 1,
    principal_id: "ben",
    name: "Ben",
    colour: 0,
    shape: 0,
    role: "editor",
    session_role: "participant" as const,
    device: "desktop",
    guest: false,
    status: {},
  };
  return {
    t: "hello",
    epoch: "e1",
    seq: 0,
    slot: 1,
    resumed: false,
    chat: [],
    who: [you],
    holds: {},
    hz: 30,
    session: { id: "s1", kind: "meeting", name: "Friday", project_id: "p1", revision_id: "v1" },
    you,
    ...more,
  };
}

function part(told = false): {
  workspace: Workspace;
  commands: Commands;
  sent: ClientMessage[];
  recording: RecordingPart;
} {
  const workspace = createWorkspace();
  workspace.session.set({
    id: "s1",
    kind: "session",
    name: "Friday",
    code: null,
    joinUrl: null,
    startedAt: null,
  });
  const commands = new Commands(workspace);
  const sent: ClientMessage[] = [];
  const recording = new RecordingPart({
    workspace,
    commands,
    send: (message) => sent.push(message),
    wasTold: () => told,
  });
  recording.perform();
  return { workspace, commands, sent, recording };
}

test("somebody else's press asks, and going on is said to the room", () => {
  const { workspace, commands, sent, recording } = part();
  recording.hello(hello());
  expect(workspace.recording.get()).toBeNull();
  recording.news({ t: "recording", recording: SHOWN, reason: null });
  expect(workspace.recording.get()).toMatchObject({ id: "r1", by: "Anna", agreed: false });
  expect(workspace.announcement.get()?.assertive).toBe(true);
  commands.run("session.goOn");
  expect(sent).toEqual([{ t: "consent", recording: "r1" }]);
  expect(workspace.recording.get()?.agreed).toBe(true);
});

test("my own press asks me nothing", () => {
  const { workspace, commands, sent, recording } = part();
  recording.hello(hello());
  commands.run("session.record", { on: true });
  expect(sent).toEqual([{ t: "record", on: true }]);
  recording.news({ t: "recording", recording: { ...SHOWN, principal_id: "ben" }, reason: null });
  expect(workspace.recording.get()?.agreed).toBe(true);
  expect(sent).toHaveLength(1);
});

test("who was told in the lobby agrees by having joined", () => {
  const { workspace, sent, recording } = part(true);
  recording.hello(hello({ recording: SHOWN, agreed: false }));
  expect(sent).toEqual([{ t: "consent", recording: "r1" }]);
  expect(workspace.recording.get()?.agreed).toBe(true);
});

test("a connection that comes back to another process says it again without asking", () => {
  const { workspace, commands, sent, recording } = part();
  recording.hello(hello({ recording: SHOWN, agreed: false }));
  commands.run("session.goOn");
  recording.clear();
  recording.hello(hello({ recording: SHOWN, agreed: false }));
  expect(sent).toHaveLength(2);
  expect(workspace.recording.get()?.agreed).toBe(true);
});

test("the end is said with its reason", () => {
  const { workspace, recording } = part();
  recording.hello(hello({ recording: SHOWN, agreed: true }));
  recording.news({ t: "recording", recording: null, reason: "limit" });
  expect(workspace.recording.get()).toBeNull();
  expect(workspace.announcement.get()?.text).toContain("limit");
});

test("staying without being recorded is said once, survives a reconnect, and can be changed", () => {
  const { workspace, commands, sent, recording } = part();
  recording.hello(hello());
  recording.news({ t: "recording", recording: SHOWN, reason: null });
  expect(workspace.recording.get()).toMatchObject({ agreed: false, asked: true });
  commands.run("session.stayUnrecorded");
  expect(sent).toEqual([{ t: "consent", recording: "r1", agrees: false }]);
  expect(workspace.recording.get()).toMatchObject({ agreed: false, asked: false });
  recording.hello(hello({ recording: SHOWN, agreed: false }));
  expect(sent).toHaveLength(1);
  expect(workspace.recording.get()).toMatchObject({ agreed: false, asked: false });
  commands.run("session.goOn");
  expect(sent.at(-1)).toEqual({ t: "consent", recording: "r1" });
  // The word got lost with the connection: it is said again.
  recording.hello(hello({ recording: SHOWN, agreed: false }));
  expect(sent).toHaveLength(3);
});

test("everybody sees how many people here are not recorded", () => {
  const { workspace, recording } = part();
  recording.hello(hello({ recording: SHOWN, agreed: false }));
  const here = [{ principal_id: "anna" }, { principal_id: "ben" }, { principal_id: "ben" }];
  const count = (): number => {
    const state = workspace.recording.get();
    return state ? unrecordedCount(state, here) : -1;
  };
  expect(count()).toBe(1);
  recording.heard({ t: "consent", principal_id: "ben", agrees: true });
  expect(count()).toBe(0);
  expect(workspace.recording.get()).toMatchObject({ agreed: true, asked: false });
  recording.heard({ t: "consent", principal_id: "anna", agrees: false });
  expect(count()).toBe(1);
});
