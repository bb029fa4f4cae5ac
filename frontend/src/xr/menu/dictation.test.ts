import { afterEach, describe, expect, it, vi } from "vitest";
import { browserDictation } from "./dictation";

afterEach(() => vi.unstubAllGlobals());

describe("dictation", () => {
  it("is not offered where the browser does not listen", () => {
    vi.stubGlobal("window", {});
    expect(browserDictation()).toBeNull();
  });

  it("gives what was heard so far, and tells when it is over", () => {
    const made: Listening[] = [];
    class Listening {
      lang = "";
      onresult: ((event: { results: { 0?: { transcript: string } }[] }) => void) | null = null;
      onend: (() => void) | null = null;
      started = false;
      constructor() {
        made.push(this);
      }
      start(): void {
        this.started = true;
      }
    }
    vi.stubGlobal("window", { webkitSpeechRecognition: Listening });
    const heard: string[] = [];
    let over = 0;
    browserDictation()?.start(
      (words) => heard.push(words),
      () => (over += 1),
    );
    const [listening] = made;
    expect(listening?.started).toBe(true);
    listening?.onresult?.({ results: [{ 0: { transcript: "valve " } }, {}] });
    listening?.onend?.();
    expect([heard, over]).toEqual([["valve"], 1]);
  });
});
