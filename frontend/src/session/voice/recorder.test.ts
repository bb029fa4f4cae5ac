import { afterEach, expect, test, vi } from "vitest";
import { fakeTrack } from "./fake_rtc.test-data";
import { recordMicrophone } from "./recorder";

class FakeRecorder {
  static known: readonly string[] = [];
  static last: FakeRecorder | null = null;
  static isTypeSupported(type: string): boolean {
    return FakeRecorder.known.includes(type);
  }

  state = "inactive";
  ondataavailable: ((event: { data: Blob }) => void) | null = null;
  onstart: (() => void) | null = null;
  onstop: (() => void) | null = null;
  onerror: (() => void) | null = null;
  readonly options: { readonly mimeType: string };

  constructor(_stream: unknown, options: { readonly mimeType: string }) {
    this.options = options;
    FakeRecorder.last = this;
  }

  start(): void {
    this.state = "recording";
    this.onstart?.();
  }

  stop(): void {
    this.state = "inactive";
    this.ondataavailable?.({ data: new Blob(["Ogg"]) });
    this.ondataavailable?.({ data: new Blob(["S"]) });
    this.onstop?.();
  }
}

afterEach(() => vi.unstubAllGlobals());

function browser(known: readonly string[]): MediaStreamTrack {
  FakeRecorder.known = known;
  vi.stubGlobal("MediaRecorder", FakeRecorder);
  vi.stubGlobal("MediaStream", class {});
  return fakeTrack() as MediaStreamTrack;
}

test("it records in the container the browser has, and gives the whole sound", async () => {
  const track = browser(["audio/ogg;codecs=opus", "audio/mp4"]);
  const take = recordMicrophone(track);
  expect(FakeRecorder.last?.options.mimeType).toBe("audio/ogg;codecs=opus");
  expect(FakeRecorder.last?.state).toBe("recording");
  expect(take?.lateMs()).toBeGreaterThanOrEqual(0);
  expect(await (await take?.stop())?.text()).toBe("OggS");
});

test("a microphone that was unplugged has ended it", async () => {
  const take = recordMicrophone(browser(["audio/mp4"]));
  FakeRecorder.last?.stop();
  expect(await (await take?.stop())?.text()).toBe("OggS");
});

test("a browser without a recorder, or without a container of ours, records nothing", () => {
  expect(recordMicrophone(browser(["video/other"]))).toBeNull();
  vi.stubGlobal("MediaRecorder", undefined);
  expect(recordMicrophone(fakeTrack() as MediaStreamTrack)).toBeNull();
});
