import { describe, expect, it } from "vitest";
import { availability, type Surroundings } from "./availability";

const supported = (answer: boolean): Surroundings["xr"] => ({
  isSessionSupported: () => Promise.resolve(answer),
});

describe("the reason why VR is possible or not", () => {
  const cases: [string, Surroundings, string][] = [
    ["plain HTTP", { secure: false, xr: null, allowed: null }, "insecure"],
    ["a forbidding embed", { secure: true, xr: supported(true), allowed: false }, "blocked"],
    ["a browser without WebXR", { secure: true, xr: null, allowed: null }, "unsupported"],
    ["no headset", { secure: true, xr: supported(false), allowed: true }, "no-device"],
    ["a headset", { secure: true, xr: supported(true), allowed: true }, "ready"],
  ];
  for (const [name, given, kind] of cases) {
    it(`${name} → ${kind}`, async () => {
      expect((await availability(given)).kind).toBe(kind);
    });
  }

  it("says whether the model can be seen in the room, too", async () => {
    const xr: Surroundings["xr"] = {
      isSessionSupported: (mode) => Promise.resolve(mode !== "inline"),
    };
    expect(await availability({ secure: true, xr, allowed: true })).toEqual({
      kind: "ready",
      fraction: 0,
      ar: true,
    });
  });

  it("a refusal by policy is said to be one", async () => {
    const xr: Surroundings["xr"] = {
      isSessionSupported: () => Promise.reject(new DOMException("no", "SecurityError")),
    };
    expect((await availability({ secure: true, xr, allowed: null })).kind).toBe("blocked");
  });
});
