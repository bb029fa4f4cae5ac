import { expect, test } from "vitest";
import "../state/speak_english.test-data";
import type { OpMessage } from "../protocol/messages";
import { NO_TIMELINE } from "../state/areas/replaying";
import { Commands } from "../state/commands";
import { type Workspace, createWorkspace } from "../state/workspace";
import type { ChunkRecord } from "./chunk";
import { FakeEnvironment } from "./fake_environment";
import { structureOfFour } from "./scene_sync.test-data";
import { type Recorded, createReplay } from "./replay";

const BY = { principal_id: "anna", name: "Anna", slot: null };

function chat(seq: number, ms: number, text: string): Recorded["operations"][number] {
  const op: OpMessage = {
    ...{ t: "op", seq, kind: "chat", key: "", value: { text }, by: BY },
    ...{ at: "2026-01-05T12:00:00.000Z", cid: "client-one", cseq: seq },
  };
  return { ms, op };
}

const PERSON = {
  ...{ slot: 0, principal_id: "anna", name: "Anna", colour: 0, shape: 0, role: "editor" },
  ...{ session_role: "host" as const, device: "desktop", guest: false, status: {} },
};
const CHUNKS: readonly (readonly ChunkRecord[])[] = [
  [
    { ms: 0, message: { t: "who", who: [PERSON] } },
    { ms: 2_000, message: { t: "join", who: { ...PERSON, slot: 1, name: "Ben" } } },
  ],
  [{ ms: 4_000, message: { t: "who", who: [{ ...PERSON, slot: 1, name: "Ben" }] } }],
];

async function playing(
  atMs = 0,
  more: Partial<Recorded> = {},
  fetchChunk = (number: number) => Promise.resolve(CHUNKS[number] ?? []),
): Promise<{
  workspace: Workspace;
  commands: Commands;
  environment: FakeEnvironment;
  stop: () => void;
  failures: string[];
  names: () => string[];
  lines: () => string[];
}> {
  const workspace = createWorkspace();
  const commands = new Commands(workspace);
  const environment = new FakeEnvironment();
  const failures: string[] = [];
  const replay = createReplay({
    workspace,
    commands,
    environment,
    recorded: {
      ...{ id: "r1", sessionId: "s1", name: "Friday", revisionId: "v1", durationMs: 6_000 },
      ...{ firstSeq: 3, state: {}, operations: [chat(4, 1_000, "one"), chat(5, 3_000, "two")] },
      chunks: [
        { number: 0, fromMs: 0 },
        { number: 1, fromMs: 4_000 },
      ],
      ...more,
    },
    atMs,
    fetchChunk,
    aspect: () => 1,
    showCamera: () => undefined,
    onFailure: () => failures.push("told"),
  });
  await Promise.resolve();
  await Promise.resolve();
  return {
    ...{ workspace, commands, environment, stop: () => replay.stop() },
    failures,
    names: () => workspace.people.get().map(({ name }) => name),
    lines: () => workspace.chat.get().map(({ text }) => text),
  };
}

test("it begins where it is asked to, with the people and the chat of that moment", async () => {
  const { names, lines, workspace } = await playing(2_500);
  expect(workspace.replay.get()).toMatchObject({ atMs: 2_500, playing: false, durationMs: 6_000 });
  expect(names()).toEqual(["Anna", "Ben"]);
  expect(lines()).toEqual(["one"]);
});

test("played, time goes at the chosen speed and stops at the end", async () => {
  const { commands, environment, names, lines, workspace } = await playing();
  expect(names()).toEqual(["Anna"]);
  commands.run("replay.speed", { speed: 2 });
  commands.run("replay.play", { on: true });
  await environment.pass(1_100);
  expect(workspace.replay.get()?.atMs).toBeGreaterThanOrEqual(2_000);
  expect(names()).toEqual(["Anna", "Ben"]);
  await environment.pass(5_000);
  expect(workspace.replay.get()).toMatchObject({ atMs: 6_000, playing: false });
  expect(names()).toEqual(["Ben"]);
  expect(lines()).toEqual(["one", "two"]);
});

test("going back takes back what came later", async () => {
  const { commands, environment, names, lines } = await playing(5_000);
  expect(names()).toEqual(["Ben"]);
  commands.run("replay.seek", { ms: 500 });
  await environment.pass(0); // the chunk is fetched
  expect(names()).toEqual(["Anna"]);
  expect(lines()).toEqual([]);
});

test("nobody may change anything, and leaving brings the page back", async () => {
  const { workspace, stop } = await playing(2_500);
  expect(workspace.role.get()).toBe("viewer");
  stop();
  expect(workspace.replay.get()).toBeNull();
  expect(workspace.people.get()).toEqual([]);
  expect(workspace.chat.get()).toEqual([]);
});

test("silence is passed over, and said for a moment", async () => {
  const timeline = { ...NO_TIMELINE, quiet: [[500, 5_000] as const] };
  const { commands, environment, workspace } = await playing(0, { timeline });
  commands.run("replay.skipQuiet", { on: true });
  commands.run("replay.play", { on: true });
  await environment.pass(700);
  expect(workspace.replay.get()?.atMs).toBeGreaterThanOrEqual(5_000);
  expect(workspace.replay.get()?.skipped?.untilMs).toBe(5_000);
});

test("one jumps to the next issue and back, and is told where there is none", async () => {
  const mark = { kind: "issue" as const, text: "#1", principalId: null };
  const timeline = { ...NO_TIMELINE, marks: [{ ...mark, ms: 1_500 }] };
  const { commands, workspace } = await playing(0, { timeline });
  commands.run("replay.jump", { to: "issue", by: 1 });
  expect(workspace.replay.get()?.atMs).toBe(1_500);
  commands.run("replay.jump", { to: "issue", by: 1 });
  expect(workspace.replay.get()?.atMs).toBe(1_500);
  expect(workspace.announcement.get()?.text).toBe("No later issue");
});

test("a chunk that cannot be read is said once; the others play", async () => {
  const broken = (number: number): Promise<readonly ChunkRecord[]> =>
    number === 0 ? Promise.reject(new RangeError("cut")) : Promise.resolve(CHUNKS[number] ?? []);
  const { commands, workspace, failures, names, environment } = await playing(100, {}, broken);
  await environment.pass(0);
  expect(failures).toEqual(["told"]);
  expect(workspace.replay.get()).toMatchObject({ damaged: true, waiting: false });
  commands.run("replay.seek", { ms: 5_000 });
  await environment.pass(0);
  expect(workspace.replay.get()?.damaged).toBe(false);
  expect(names()).toEqual(["Ben"]);
});

test("whose things they are is known, also of who had left before the recording", async () => {
  const held = (owner: string) => ({
    ...{ value: { owner, revision_id: "another" }, seq: 1 },
    by: { principal_id: "cleo", name: "Cleo", slot: null },
  });
  const { workspace } = await playing(0, {
    state: {
      "measurement/m1": held("cleo"),
      "measurement/m2": held("anna"),
      "measurement/m3": held("dana"),
      "measurement/m4": held("nobody"),
    },
    timeline: {
      ...NO_TIMELINE,
      lanes: [
        {
          ...{ principalId: "dana", name: "Dana", colour: 0, shape: 0, there: [], hand: [] },
          ...{ presenting: [], unrecorded: [], talking: [] },
        },
      ],
    },
  });
  workspace.structure.set(structureOfFour());
  await Promise.resolve();
  await Promise.resolve();
  const owners = workspace.owners.get();
  expect(["m1", "m2", "m3", "m4"].map((id) => owners.get(`measurement/${id}`)?.name)).toEqual([
    "Cleo",
    "Anna",
    "Dana",
    "Someone",
  ]);
});
