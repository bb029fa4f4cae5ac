import { expect, test } from "vitest";
import { refusals, sessionInit } from "./device_session";

test("nothing is required, so that no missing feature keeps anybody out", () => {
  for (const kind of ["vr", "ar"] as const)
    expect(sessionInit(kind, null).requiredFeatures).toBeUndefined();
  expect(sessionInit("ar", null).optionalFeatures).toContain("hit-test");
  // `as`: only its identity is looked at.
  const root = {} as Element;
  expect(sessionInit("ar", root)).toMatchObject({ domOverlay: { root } });
  expect(sessionInit("vr", root).optionalFeatures).not.toContain("dom-overlay");
});

test("what was refused has a name, and a browser that does not tell is believed", () => {
  expect(refusals("vr", ["viewer", "local"])).toEqual(["noFloor", "noHands"]);
  expect(refusals("ar", ["local-floor", "hand-tracking"])).toEqual(["noHitTest"]);
  expect(refusals("ar", undefined)).toEqual([]);
});
