import { describe, expect, it, vi } from "vitest";
import createClient from "openapi-fetch";
import { DamagedColumns, compareApi, readColumns, readHeat, retryAfterMs } from "./compare";
import type { paths } from "./schema";

/** Made from the description: two of the old revision, three of the new; 1 moved → 0, 0 removed, 1 and 2 new. */
function columns(change: (view: DataView) => void = () => undefined, extra = 0): ArrayBuffer {
  const bytes = new ArrayBuffer(16 + 8 + 4 * 5 + extra);
  const view = new DataView(bytes);
  [..."HTCO"].forEach((letter, at) => view.setUint8(at, letter.charCodeAt(0)));
  view.setUint32(4, 1, true);
  view.setUint32(8, 2, true);
  view.setUint32(12, 3, true);
  [2, 4, 4, 1, 1].forEach((code, at) => view.setUint8(16 + at, code));
  [-1, 0, 1, -1, -1].forEach((partner, at) => view.setInt32(24 + 4 * at, partner, true));
  change(view);
  return bytes;
}

describe("the columns of a comparison", () => {
  it("say what became of the occurrences of both sides", () => {
    const read = readColumns(columns());
    expect([...read.from]).toEqual([2, 4]);
    expect([...read.to]).toEqual([4, 1, 1]);
    expect([...read.partnersTo]).toEqual([-1, 0]);
    expect([...read.partnersFrom]).toEqual([1, -1, -1]);
  });

  it.each([
    ["another magic", columns((view) => view.setUint8(0, 0))],
    ["another version", columns((view) => view.setUint32(4, 2, true))],
    ["more than there is", columns((view) => view.setUint32(8, 0xffffffff, true))],
    ["bytes behind the end", columns(() => undefined, 4)],
    ["an unknown code", columns((view) => view.setUint8(16, 7))],
    ["a partner beyond the end", columns((view) => view.setInt32(28, 3, true))],
    ["a partner below none", columns((view) => view.setInt32(24, -2, true))],
    ["nothing", new ArrayBuffer(3)],
  ])("are refused with %s", (_, bytes) => {
    expect(() => readColumns(bytes)).toThrow(DamagedColumns);
  });
});

describe("asking for a comparison", () => {
  const ids = ["00000000-0000-0000-0000-000000000001", "00000000-0000-0000-0000-000000000002"];
  const [from = "", to = ""] = ids;
  const answer = (state: "computing" | "ready"): Response =>
    Response.json(
      { state, from_revision_id: from, to_revision_id: to, counts: {}, remarks: [] },
      { status: state === "ready" ? 200 : 202, headers: { "Retry-After": "2" } },
    );

  it("asks again when the server says so, until it is ready", async () => {
    vi.useFakeTimers();
    const answers = [answer("computing"), answer("computing"), answer("ready")];
    const network = vi.fn(() => Promise.resolve(answers.shift() ?? answer("ready")));
    const api = compareApi(createClient<paths>({ baseUrl: "http://here", fetch: network }));
    const waiting = vi.fn();
    const asked = api.compare(from, to, new AbortController().signal, waiting);
    await vi.advanceTimersByTimeAsync(1_900);
    expect(network).toHaveBeenCalledTimes(1);
    await vi.advanceTimersByTimeAsync(2_200);
    expect((await asked).state).toBe("ready");
    expect(network).toHaveBeenCalledTimes(3);
    expect(waiting).toHaveBeenCalledTimes(2);
    vi.useRealTimers();
  });

  it("stops asking when nobody wants it any more", async () => {
    const network = vi.fn(() => Promise.resolve(answer("computing")));
    const api = compareApi(createClient<paths>({ baseUrl: "http://here", fetch: network }));
    const nobody = new AbortController();
    const asked = api.compare(from, to, nobody.signal, () => nobody.abort());
    await expect(asked).rejects.toThrow();
    expect(network).toHaveBeenCalledTimes(1);
  });

  it("waits a second where the server does not say how long", () => {
    expect([null, "soon", "3", "-1"].map(retryAfterMs)).toEqual([1000, 1000, 3000, 1000]);
  });
});

/** Two points, one of them 0.25 mm inwards. */
function heat(change: (view: DataView) => void = () => undefined, extra = 0): ArrayBuffer {
  const bytes = new ArrayBuffer(24 + 32 + extra);
  const view = new DataView(bytes);
  [..."HTHM"].forEach((letter, at) => view.setUint8(at, letter.charCodeAt(0)));
  view.setUint32(4, 1, true);
  view.setUint32(8, 2, true);
  [-0.00025, 0, 0.0001, 1, 2, 3, -0.00025, 4, 5, 6, 0].forEach((number, at) =>
    view.setFloat32(12 + 4 * at, number, true),
  );
  change(view);
  return bytes;
}

describe("the heat map of a part", () => {
  it("says where its points are and how far each was displaced", () => {
    const { least, greatest, points } = readHeat(heat());
    expect([least, greatest]).toEqual([Math.fround(-0.00025), 0]);
    expect([...points]).toEqual([1, 2, 3, Math.fround(-0.00025), 4, 5, 6, 0]);
  });

  it.each([
    ["another magic", heat((view) => view.setUint8(0, 0))],
    ["another version", heat((view) => view.setUint32(4, 2, true))],
    ["more points than there are", heat((view) => view.setUint32(8, 3, true))],
    ["bytes behind the end", heat(() => undefined, 4)],
    ["a point nowhere", heat((view) => view.setFloat32(24, NaN, true))],
    ["nothing", new ArrayBuffer(3)],
  ])("is refused with %s", (_, bytes) => {
    expect(() => readHeat(bytes)).toThrow(DamagedColumns);
  });
});
