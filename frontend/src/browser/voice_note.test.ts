// @vitest-environment jsdom
import { beforeEach, expect, test, vi } from "vitest";
import { type Microphone, LONGEST_S, VoiceRecorder, clock } from "./voice_note";

let now = 0;
let stopped = 0;
const heard: [Blob, number][] = [];

/** A recorder that hands over one piece when it is stopped. */
class FakeRecorder {
  readonly mimeType = "audio/webm;codecs=opus";
  ondataavailable: ((event: { data: Blob }) => void) | null = null;
  onstop: (() => void) | null = null;
  start(): void {}
  stop(): void {
    this.ondataavailable?.({ data: new Blob(["sound"]) });
    this.onstop?.();
  }
}

function microphone(over: Partial<Microphone> = {}): Microphone {
  // `as`: what the recorder uses of them.
  const stream = { getTracks: () => [{ stop: () => (stopped += 1) }] } as unknown as MediaStream;
  return {
    secure: true,
    open: () => Promise.resolve(stream),
    record: () => new FakeRecorder() as unknown as MediaRecorder,
    now: () => now,
    ...over,
  };
}

const recorder = (over: Partial<Microphone> = {}): VoiceRecorder =>
  new VoiceRecorder((blob, seconds) => heard.push([blob, seconds]), microphone(over));

beforeEach(() => {
  now = stopped = 0;
  heard.length = 0;
  vi.useFakeTimers();
});

test("what was said until stop is one file, and the microphone is let go", async () => {
  const voice = recorder();
  await voice.start();
  now = 4_000;
  vi.advanceTimersByTime(250);
  expect(voice.voice.get()).toEqual({ state: "recording", seconds: 4 });
  voice.stop();
  expect(voice.voice.get()).toEqual({ state: "idle" });
  expect(heard.map(([blob, seconds]) => [blob.type, blob.size, seconds])).toEqual([
    ["audio/webm", 5, 4],
  ]);
  expect(stopped).toBe(1);
});

test("after ninety seconds it ends by itself", async () => {
  const voice = recorder();
  await voice.start();
  now = 95_000;
  vi.advanceTimersByTime(250);
  expect(voice.voice.get()).toEqual({ state: "idle" });
  expect(heard.map(([, seconds]) => seconds)).toEqual([LONGEST_S]);
});

test("thrown away, nothing is heard", async () => {
  const voice = recorder();
  await voice.start();
  voice.cancel();
  expect([heard.length, stopped]).toEqual([0, 1]);
});

test("left while the browser asks, the microphone is let go at once", async () => {
  const voice = recorder();
  const starting = voice.start();
  voice.cancel();
  await starting;
  expect(voice.voice.get()).toEqual({ state: "idle" });
  expect(stopped).toBe(1);
});

test.each([
  ["NotAllowedError", "denied"],
  ["NotFoundError", "missing"],
  ["AbortError", "failed"],
] as const)("%s is said as %s", async (name, why) => {
  const voice = recorder({ open: () => Promise.reject(new DOMException("", name)) });
  await voice.start();
  expect(voice.voice.get()).toEqual({ state: "refused", why });
});

test("without HTTPS there is no microphone to ask for", async () => {
  const voice = recorder({ secure: false });
  await voice.start();
  expect(voice.voice.get()).toEqual({ state: "refused", why: "insecure" });
});

test("time is written as a clock does", () => {
  expect([clock(0), clock(5.9), clock(65)]).toEqual(["0:00", "0:05", "1:05"]);
});
