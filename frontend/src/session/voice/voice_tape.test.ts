import { expect, test } from "vitest";
import "../../state/speak_english.test-data";
import type { RecordingState } from "../../state/areas/recording";
import { Commands } from "../../state/commands";
import { createWorkspace } from "../../state/workspace";
import { FakeEnvironment } from "../fake_environment";
import { fakeTrack } from "./fake_rtc.test-data";
import { PIECE_MS, VoiceTape } from "./voice_tape";

const GOING: RecordingState = {
  ...{ id: "r1", by: "Anna", startedMs: 0, agreed: true, asked: false },
  goingOn: new Set(["me"]),
};

/** A page whose recorder and server answer as told. */
function page({ said = false, records = true, late = 0 } = {}) {
  const workspace = createWorkspace();
  workspace.session.set({
    ...{ id: "s1", kind: "session", name: "Friday", code: null, joinUrl: null, startedAt: null },
  });
  const commands = new Commands(workspace);
  const environment = new FakeEnvironment();
  const server: { answer: "kept" | "away" | (string & {}) } = { answer: "kept" };
  const sent: { id: string; ageMs: number; durationMs: number; text: Promise<string> }[] = [];
  const consents: boolean[] = [];
  let takes = 0;
  let open = 0;
  const tape = new VoiceTape({
    ...{ workspace, commands, environment },
    record: () => {
      if (!records) return null;
      takes += 1;
      open += 1;
      const name = `take ${takes}`;
      return {
        stop: () => {
          open -= 1;
          return Promise.resolve(new Blob([name]));
        },
        lateMs: () => late,
      };
    },
    said: () => Promise.resolve(said),
    consent: (_id, agrees) => {
      if (server.answer === "away") return Promise.reject(new Error("away"));
      consents.push(agrees);
      return Promise.resolve();
    },
    send: ({ id, durationMs, sound }, ageMs) => {
      if (server.answer === "away") return Promise.reject(new Error("away"));
      if (server.answer === "kept") sent.push({ id, ageMs, durationMs, text: sound.text() });
      return Promise.resolve(server.answer);
    },
    newId: () => `piece-${takes}`,
  });
  return {
    ...{ workspace, commands, environment, tape, server, sent, consents },
    track: fakeTrack() as MediaStreamTrack,
    open: () => open,
    kept: () => workspace.voiceKept.get(),
    texts: () => Promise.all(sent.map(({ text }) => text)),
  };
}

async function agreed() {
  const made = page();
  made.workspace.recording.set(GOING);
  made.commands.run("session.keepVoice", { on: true });
  await made.environment.settle();
  return made;
}

test("nothing is recorded before the press, without a yes, or while muted", async () => {
  const { workspace, commands, environment, tape, track, open } = page();
  tape.hear(track);
  expect(open()).toBe(0);
  workspace.recording.set(GOING);
  await environment.settle();
  expect(open()).toBe(0);
  commands.run("session.keepVoice", { on: true });
  await environment.settle();
  expect(open()).toBe(1);
  tape.hear(null);
  expect(open()).toBe(0);
});

test("pieces of some seconds go out in order, each with how long ago it began", async () => {
  const { environment, tape, track, sent, texts } = await agreed();
  tape.hear(track);
  await environment.pass(PIECE_MS);
  await environment.pass(2_500);
  tape.hear(null);
  await environment.settle();
  expect(sent.map(({ ageMs, durationMs }) => [ageMs, durationMs])).toEqual([
    [PIECE_MS, PIECE_MS],
    [2_500, 2_500],
  ]);
  expect(await texts()).toEqual(["take 1", "take 2"]);
});

test("what the network did not take waits, and is sent where it was said", async () => {
  const { environment, tape, track, server, sent, kept, texts } = await agreed();
  server.answer = "away";
  tape.hear(track);
  await environment.pass(PIECE_MS + 1_000);
  tape.hear(null);
  await environment.settle();
  expect(kept()).toMatchObject({ waiting: 2, problem: null });
  await environment.pass(10_000);
  expect(sent).toEqual([]);
  server.answer = "kept";
  await environment.pass(3_000);
  expect(kept().waiting).toBe(0);
  expect(await texts()).toEqual(["take 1", "take 2"]);
  expect(sent[0]?.ageMs).toBeGreaterThan(PIECE_MS + 11_000);
});

test("back online it is tried at once", async () => {
  const { environment, tape, track, server, sent } = await agreed();
  server.answer = "away";
  tape.hear(track);
  await environment.pass(1_000);
  tape.hear(null);
  await environment.settle();
  server.answer = "kept";
  environment.changed();
  await environment.settle();
  expect(sent).toHaveLength(1);
});

test("a no ends it, forgets what waits and is told to the server", async () => {
  const { commands, environment, tape, track, server, sent, open, consents, kept } = await agreed();
  server.answer = "away";
  tape.hear(track);
  await environment.pass(PIECE_MS + 1_000);
  server.answer = "kept";
  commands.run("session.keepVoice", { on: false });
  await environment.settle();
  await environment.pass(5_000);
  expect([open(), sent.length, kept().agreed, kept().waiting]).toEqual([0, 0, false, 0]);
  expect(consents).toEqual([true, false]);
});

test("who is not recorded any more has no voice on tape either", async () => {
  const { workspace, environment, tape, track, open, kept, sent } = await agreed();
  tape.hear(track);
  await environment.pass(1_000);
  workspace.recording.set({ ...GOING, agreed: false });
  await environment.settle();
  expect([open(), kept().agreed, sent.length]).toEqual([0, false, 0]);
});

test("the end of the recording ends the last piece, and it still goes out", async () => {
  const { workspace, environment, tape, track, open, sent } = await agreed();
  tape.hear(track);
  await environment.pass(1_500);
  workspace.recording.set(null);
  await environment.settle();
  expect([open(), sent.map(({ durationMs }) => durationMs)]).toEqual([0, [1_500]]);
});

test("a page that is loaded again knows what was said; another recording asks anew", async () => {
  const { workspace, environment, kept } = page({ said: true });
  workspace.recording.set(GOING);
  await environment.settle();
  expect(kept().agreed).toBe(true);
  workspace.recording.set({ ...GOING, id: "r2", agreed: false });
  await environment.settle();
  expect(kept().agreed).toBe(false);
});

test("a refusal is said; one for good ends it", async () => {
  const { environment, tape, track, server, kept, open } = await agreed();
  tape.hear(track);
  server.answer = "voice_outside";
  await environment.pass(PIECE_MS);
  expect([kept().problem, open()]).toEqual(["refused", 1]);
  server.answer = "voice_full";
  await environment.pass(PIECE_MS);
  expect([kept().problem, kept().agreed, open()]).toEqual(["full", false, 0]);
});

test("a browser that records nothing says so", async () => {
  const { workspace, commands, environment, tape, track, kept } = page({ records: false });
  workspace.recording.set(GOING);
  commands.run("session.keepVoice", { on: true });
  tape.hear(track);
  await environment.settle();
  expect(kept().problem).toBe("unsupported");
});

test("a server that was not told keeps nothing", async () => {
  const { workspace, commands, environment, tape, track, server, kept, open } = page();
  server.answer = "away";
  workspace.recording.set(GOING);
  tape.hear(track);
  commands.run("session.keepVoice", { on: true });
  await environment.settle();
  expect([kept().agreed, kept().problem, open()]).toEqual([false, "failed", 0]);
});

test("a recorder that began late says where its sound begins", async () => {
  const { workspace, commands, environment, tape, track, sent } = page({ late: 400 });
  workspace.recording.set(GOING);
  commands.run("session.keepVoice", { on: true });
  await environment.settle();
  tape.hear(track);
  await environment.pass(3_000);
  tape.hear(null);
  await environment.settle();
  expect(sent.map(({ ageMs, durationMs }) => [ageMs, durationMs])).toEqual([[2_600, 2_600]]);
});
