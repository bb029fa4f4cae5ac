import { expect, test } from "vitest";
import "../state/speak_english.test-data";
import { Commands } from "../state/commands";
import { createWorkspace } from "../state/workspace";
import { ReplayVoices, type Sound, isAudible, pieceAt } from "./replay_voices";

class FakeSound implements Sound {
  currentTime = 0;
  playbackRate = 1;
  volume = 1;
  muted = false;
  paused = true;
  closed = false;

  play(): Promise<void> {
    this.paused = false;
    return Promise.resolve();
  }

  pause(): void {
    this.paused = true;
  }

  close(): void {
    this.closed = true;
  }
}

const PIECES = [
  { id: "a1", fromMs: 1_000, durationMs: 10_000 },
  { id: "a2", fromMs: 10_990, durationMs: 4_000 },
  { id: "a3", fromMs: 60_000, durationMs: 2_000 },
];

async function playing(broken = false) {
  const workspace = createWorkspace();
  const commands = new Commands(workspace);
  const sounds = new Map<string, FakeSound>();
  let forgotten = 0;
  const voices = new ReplayVoices({
    ...{ workspace, commands },
    voices: [
      { principalId: "anna", name: "Anna", mine: false, pieces: PIECES },
      {
        ...{ principalId: "me", name: "Ben", mine: true },
        pieces: [{ id: "b1", fromMs: 2_000, durationMs: 5_000 }],
      },
    ],
    fetchSound: (_who, id) => {
      if (broken) return Promise.reject(new Error("gone"));
      const sound = new FakeSound();
      sounds.set(id, sound);
      return Promise.resolve(sound);
    },
    forget: () => {
      forgotten += 1;
      return Promise.resolve();
    },
  });
  const update = async (atMs: number, on = true, speed = 1): Promise<void> => {
    voices.update(atMs, on, speed);
    for (let turn = 0; turn < 4; turn += 1) await Promise.resolve();
  };
  await update(0, false);
  return {
    ...{ workspace, commands, voices, sounds, update },
    sound: (id: string) => sounds.get(id),
    forgotten: () => forgotten,
  };
}

test("of two pieces that overlap the later one sounds, and between pieces none does", () => {
  expect(pieceAt(PIECES, 999)).toBeNull();
  expect(pieceAt(PIECES, 10_995)?.id).toBe("a2");
  expect(pieceAt(PIECES, 20_000)).toBeNull();
});

test("voices are heard from half to twice the speed", () => {
  expect([0.5, 1, 1.5, 2, 3, 8].map(isAudible)).toEqual([true, true, true, true, false, false]);
});

test("voices sound where they were said, and follow the speed", async () => {
  const { update, sound, workspace } = await playing();
  await update(3_000);
  expect(sound("a1")).toMatchObject({ paused: false, currentTime: 2, playbackRate: 1 });
  expect(sound("b1")).toMatchObject({ paused: false, currentTime: 1 });
  expect(workspace.replayVoices.get().map(({ speaking }) => speaking)).toEqual([true, true]);
  await update(3_050, true, 2);
  expect(sound("a1")).toMatchObject({ playbackRate: 2, currentTime: 2 });
  await update(3_100, true, 3);
  expect(sound("a1")?.paused).toBe(true);
  await update(3_200, false);
  expect(sound("a1")).toMatchObject({ paused: true, currentTime: 2.2 });
});

test("a seek takes the voices along, and what is far is let go", async () => {
  const { update, sound, sounds } = await playing();
  await update(3_000);
  const first = sound("a1");
  await update(61_000);
  expect(sound("a3")).toMatchObject({ paused: false, currentTime: 1 });
  expect(first?.closed).toBe(true);
  await update(1_500);
  expect(sound("a1")).toMatchObject({ paused: false, currentTime: 0.5, closed: false });
  expect(sounds.size).toBe(4);
});

test("small drift is left alone, larger is mended", async () => {
  const { update, sound } = await playing();
  await update(3_000);
  const a1 = sound("a1");
  if (!a1) throw new Error("not fetched");
  a1.currentTime = 2.2;
  await update(3_050);
  expect(a1.currentTime).toBe(2.2);
  a1.currentTime = 2.6;
  await update(3_100);
  expect(a1.currentTime).toBeCloseTo(2.1);
});

test("each voice is muted and turned down by itself", async () => {
  const { update, commands, sound } = await playing();
  await update(3_000);
  commands.run("replay.voice", { principalId: "anna", muted: true });
  commands.run("replay.voice", { principalId: "me", volume: 0.25 });
  expect(sound("a1")).toMatchObject({ muted: true, volume: 1 });
  expect(sound("b1")).toMatchObject({ muted: false, volume: 0.25 });
});

test("my own voice can be deleted, and is heard no more", async () => {
  const { update, commands, sound, workspace, forgotten } = await playing();
  await update(3_000);
  commands.run("replay.forgetVoice");
  await update(3_000);
  expect(forgotten()).toBe(1);
  expect(sound("b1")?.closed).toBe(true);
  expect(workspace.replayVoices.get().map(({ name }) => name)).toEqual(["Anna"]);
});

test("seconds that cannot be read cost nothing else, and stopping lets all go", async () => {
  const broken = await playing(true);
  await broken.update(3_000);
  expect(broken.sounds.size).toBe(0);
  const { update, voices, sound } = await playing();
  await update(3_000);
  voices.stop();
  expect(sound("a1")?.closed).toBe(true);
});
