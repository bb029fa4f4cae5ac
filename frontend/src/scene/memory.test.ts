import { describe, expect, it } from "vitest";
import { memoryCeiling, thisMachine } from "./memory";

const machine = (memoryGib: number | null, software = false, standalone = false) => ({
  memoryGib,
  software,
  standalone,
});

describe("the memory ceiling", () => {
  it("follows the machine's memory", () => {
    expect([8, 4, 2, 0.25].map((gib) => memoryCeiling(machine(gib)) / 1e6)).toEqual([
      1024, 512, 256, 64,
    ]);
  });

  it("is modest where nothing is known, a processor draws, or a headset is alone", () => {
    expect(memoryCeiling(machine(null))).toBe(512e6);
    expect(memoryCeiling(machine(8, true))).toBe(256e6);
    expect(memoryCeiling(machine(8, false, true))).toBe(256e6);
  });

  it("knows a headset's browser by its name", () => {
    const browser = (userAgent: string) => ({ userAgent, deviceMemory: 4 }) as unknown as Navigator;
    const quest =
      "Mozilla/5.0 (X11; Linux x86_64; Quest 3) OculusBrowser/33.0 Chrome/126 VR Safari";
    expect(thisMachine(false, browser(quest))).toEqual(machine(4, false, true));
    expect(thisMachine(true, browser("Mozilla/5.0 Chrome/126"))).toEqual(machine(4, true, false));
  });
});
