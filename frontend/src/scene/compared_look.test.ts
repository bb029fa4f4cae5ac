import { describe, expect, it } from "vitest";
import { type Comparing, type Comparison, plainComparing } from "../state/areas/comparing";
import { type ComparisonNow, changedOf, hiddenOfOld, lookOfNew, lookOfOld } from "./compared_look";

const READY: Comparison = {
  state: "ready",
  counts: {},
  approximate: 0,
  unchecked: 0,
  stopCount: 0,
  stops: [],
  columns: {
    from: Uint8Array.of(0, 2, 2, 4, 0),
    to: Uint8Array.of(0, 4, 1, 0),
    partnersTo: Int32Array.of(0, -1, -1, 1, 3),
    partnersFrom: Int32Array.of(0, 3, -1, 4),
  },
};

const now = (
  change: Partial<Comparing> = {},
  more: Partial<ComparisonNow> = {},
): ComparisonNow => ({
  comparing: { ...plainComparing("old", "B"), ...change },
  comparison: READY,
  blinking: false,
  theme: "light",
  ...more,
});

const look = <T>(found: T | null): T => {
  if (found === null) throw new Error("There is no look.");
  return found;
};

describe("two revisions compared", () => {
  it("lie over one another: of the old one only what was removed", () => {
    const old = look(lookOfOld(now()));
    expect(old.clipSide).toBe(0);
    expect(hiddenOfOld(now(), old).toJSON()).toEqual([
      [0, 0],
      [3, 4],
    ]);
    expect(look(lookOfNew(now())).clipSide).toBe(0);
    expect(changedOf(look(lookOfNew(now()))).toJSON()).toEqual([[1, 2]]);
  });

  it("meet at the slider, each whole on its side", () => {
    const slid = now({ mode: "slider", slider: 0.25 });
    const old = look(lookOfOld(slid));
    expect(hiddenOfOld(slid, old).isEmpty).toBe(true);
    expect([old.clipAt, old.clipSide]).toEqual([-0.5, -1]);
    expect(look(lookOfNew(slid))).toMatchObject({ clipAt: -0.5, clipSide: 1 });
  });

  it("are seen one at a time while a key is held", () => {
    const held = now({ mode: "slider" }, { blinking: true });
    const old = look(lookOfOld(held));
    expect(hiddenOfOld(held, old).isEmpty).toBe(true);
    expect(old.clipSide).toBe(0);
    expect(look(lookOfNew(held)).clipAt).toBeGreaterThan(1);
  });

  it("show kinds that are not wanted as if unchanged", () => {
    const only = now({ kinds: ["added"] });
    expect([...look(lookOfNew(only)).codes]).toEqual([0, 0, 1, 0]);
    expect(hiddenOfOld(only, look(lookOfOld(only))).toJSON()).toEqual([[0, 4]]);
  });

  it("fade what did not change where only changes are wanted", () => {
    expect(look(lookOfNew(now({ mode: "only_changes" }))).unchangedAlpha).toBe(0.15);
    expect(look(lookOfNew(now())).unchangedAlpha).toBe(1);
  });

  it("are drawn as ever until the comparison is ready", () => {
    expect(
      lookOfNew(now({}, { comparison: { state: "computing", sinceMs: 0, progress: null } })),
    ).toBeNull();
    expect(lookOfOld(now({}, { comparing: null }))).toBeNull();
  });
});
