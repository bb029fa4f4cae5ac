import { describe, expect, it, vi } from "vitest";
import { ApiError } from "../../api/http";
import type { Heats } from "../../state/areas/comparing";
import type { ChangeStop } from "../../state/changes";
import { Store } from "../../state/store";
import { structureOf } from "../../state/viewpoint.test-data";
import { type HeatHost, bringHeats } from "./heats";

const stop = (number: number, part: number | null, to: readonly number[]): ChangeStop => ({
  ...{ stop: number, kind: "shape", name: "", count: to.length, part, group: null, move: null },
  ...{ remarks: [], from: [], to, approximate: false, detail: null },
  bounds: { min: [0, 0, 0], max: [1, 1, 1] },
});
const points = (...numbers: number[]): Float32Array => Float32Array.from(numbers);
const question = (stops: readonly ChangeStop[], signal = new AbortController().signal) => ({
  ...{ from: "old", to: "new", stops, signal },
});

function host(partHeat: HeatHost["api"]["partHeat"]) {
  const heats = new Store<Heats | null>(null);
  return { api: { partHeat }, heats, structure: new Store(structureOf(20)) };
}

describe("displacements of changed parts", () => {
  it("are asked for once for each part, and their range is of all", async () => {
    const partHeat = vi
      .fn<HeatHost["api"]["partHeat"]>()
      .mockResolvedValueOnce({ least: -0.002, greatest: 0, points: points(0, 0, 0, -0.002) })
      .mockResolvedValueOnce({ least: 0, greatest: 0.001, points: points(1, 0, 0, 0.001) })
      .mockResolvedValueOnce(null);
    const to = host(partHeat);
    const stops = [stop(0, 4, [2, 3]), stop(1, 4, [5]), stop(2, 9, [6]), stop(3, 1, [7])];
    await bringHeats(to, question([...stops, stop(4, null, [8])]));
    expect(partHeat.mock.calls.map(([, , pair]: unknown[]) => pair)).toEqual([4, 9, 1]);
    const found = to.heats.get();
    expect(found).toMatchObject({ state: "ready", least: -0.002, greatest: 0.001, without: 1 });
    expect(found?.parts).toHaveLength(2);
  });

  it("that cannot be had are said to have failed", async () => {
    const problem = { status: 500, title: "No", detail: "No.", code: "internal", remedy: "Retry." };
    const to = host(vi.fn<HeatHost["api"]["partHeat"]>().mockRejectedValue(new ApiError(problem)));
    await bringHeats(to, question([stop(0, 0, [1])]));
    expect(to.heats.get()?.state).toBe("failed");
  });

  it("of a comparison that was ended are nobody's", async () => {
    const ended = new AbortController();
    const to = host(
      vi
        .fn<HeatHost["api"]["partHeat"]>()
        .mockResolvedValue({ least: 0, greatest: 1, points: points() }),
    );
    const brought = bringHeats(to, question([stop(0, 0, [1])], ended.signal));
    ended.abort();
    await brought;
    expect(to.heats.get()?.state).toBe("loading");
  });
});
