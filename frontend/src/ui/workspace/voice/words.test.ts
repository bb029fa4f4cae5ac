import { expect, test } from "vitest";
import { NO_VOICE, type VoiceState } from "../../../state/areas/voicing";
import { mayRetry, microphoneWord } from "./words";

const JOINED: VoiceState = { ...NO_VOICE, mode: "mesh", joined: true };

test.each<[Partial<VoiceState>, string]>([
  [{ joined: false }, "off"],
  [{}, "muted"],
  [{ microphone: "asking" }, "asking"],
  [{ microphone: "open" }, "open"],
  [{ microphone: "talking" }, "talking"],
  [{ microphone: "open", connecting: true }, "connecting"],
  [{ connecting: true }, "muted"],
  [{ problem: "blocked" }, "blocked"],
  [{ problem: "insecure" }, "blocked"],
  [{ problem: "noDevice" }, "noDevice"],
  [{ microphone: "open", problem: "failed" }, "open"],
])("%o shows %s", (change, word) => {
  expect(microphoneWord({ ...JOINED, ...change })).toBe(word);
});

test("asking the browser again does not help who has to ask a person", () => {
  expect([mayRetry("failed"), mayRetry("blocked"), mayRetry("silenced")]).toEqual([
    true,
    true,
    false,
  ]);
});
