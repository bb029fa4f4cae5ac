import { describe, expect, it } from "vitest";
import type { Comparison } from "../../state/areas/comparing";
import { type ChangeStop, REAL_CHANGES, type RealChange } from "../../state/changes";
import { changeLines, kindsOf } from "./change_lines";

const stop = (number: number, kind: RealChange): ChangeStop => ({
  ...{ stop: number, kind, name: `Part ${number}`, count: 1, part: null, group: null, move: null },
  ...{ remarks: [], from: [], to: [], approximate: false, detail: null },
  bounds: { min: [0, 0, 0], max: [1, 1, 1] },
});

function result(stops: readonly ChangeStop[]): Extract<Comparison, { state: "ready" }> {
  return {
    ...{ state: "ready", approximate: 0, unchecked: 0, stops, stopCount: stops.length },
    counts: { added: 2, shape: 3, properties: 1 },
    columns: {
      from: new Uint8Array(2),
      to: Uint8Array.of(0, 0, 1, 1),
      partnersTo: new Int32Array(2),
      partnersFrom: new Int32Array(4),
    },
  };
}

describe("the lines of the changes panel", () => {
  it("have a head for each state and the stops in the order of the tour below", () => {
    const stops = [stop(0, "shape"), stop(1, "added"), stop(2, "properties"), stop(3, "added")];
    const said = changeLines(result(stops), REAL_CHANGES).map((line) =>
      line.kind === "group" ? `${line.state} ${line.count}` : line.stop.stop,
    );
    expect(said).toEqual([
      "added 2",
      1,
      3,
      "removed 0",
      "modified 4",
      0,
      2,
      "moved 0",
      "unchanged 2",
    ]);
  });

  it("leave out stops of kinds that do not stand out, not their counts", () => {
    const stops = [stop(0, "shape"), stop(1, "added")];
    const lines = changeLines(result(stops), ["added"]);
    expect(lines.filter(({ kind }) => kind === "stop")).toHaveLength(1);
    expect(lines.find((line) => line.kind === "group" && line.state === "modified")).toMatchObject({
      count: 4,
    });
  });

  it("of 100,000 changes are made in less time than anybody sees", () => {
    const kinds = REAL_CHANGES.map((kind) => kind);
    const stops = Array.from({ length: 100_000 }, (_, at) =>
      stop(at, kinds[at % kinds.length] ?? "added"),
    );
    const before = performance.now();
    expect(changeLines(result(stops), REAL_CHANGES)).toHaveLength(100_005);
    expect(performance.now() - before).toBeLessThan(1_000);
  });

  it("know which kinds a state sums up", () => {
    expect(kindsOf("modified")).toEqual(["shape", "appearance", "properties"]);
    expect(kindsOf("unchanged")).toEqual([]);
  });
});
