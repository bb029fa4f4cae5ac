import { describe, expect, it } from "vitest";
import type { Person, XrState } from "../../state/workspace";
import { headsetAddress, sameAt, vrView } from "./vr_state";

const person = (slot: number, principal_id: string, more: Partial<Person> = {}): Person => ({
  slot,
  principal_id,
  name: principal_id,
  colour: 0,
  shape: 0,
  role: "editor",
  session_role: "participant",
  device: "desktop",
  guest: false,
  status: {},
  mine: false,
  ...more,
});
const xr = (kind: XrState["kind"]): XrState => ({ kind, fraction: 0 });
const me = person(0, "dana", { mine: true });
const worn = person(1, "dana", { status: { in_xr: true, xr_device: "Quest 3" } });

describe("the state of the VR button", () => {
  it("is the browser's while none of my devices is in VR", () => {
    const others = [me, person(1, "dana"), person(2, "ben", { status: { in_xr: true } })];
    expect(vrView(xr("no-device"), others)).toEqual({ kind: "no-device", other: null });
  });

  it("names the device of mine that is in VR, whatever this browser could do", () => {
    for (const kind of ["ready", "insecure", "no-device", "checking"] as const)
      expect(vrView(xr(kind), [me, worn])).toEqual({ kind: "elsewhere", other: worn });
  });

  it("is this page's own VR first, and forgets a device that was lost", () => {
    expect(vrView(xr("active"), [me, worn]).kind).toBe("active");
    expect(vrView(xr("ready"), [me, { ...worn, lost: true }]).kind).toBe("ready");
  });
});

it("sends a headset to a name that it finds, over https if there is one", () => {
  const lan = "https://review.local:8443";
  const at = (url: string): URL => new URL(url);
  expect(headsetAddress(at("http://localhost:8080/"), lan)).toBe(lan);
  expect(headsetAddress(at("http://review.local:8080/"), lan)).toBe(lan);
  expect(headsetAddress(at("https://other.local:8443/"), lan)).toBe("https://other.local:8443");
  expect(headsetAddress(at("http://localhost:8080/"), null)).toBe("http://localhost:8080");
  expect(sameAt(lan, at("http://a/live/1?k=2#v"))).toBe(`${lan}/live/1?k=2#v`);
});
