import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { ApiError } from "../../api/http";
import { Commands } from "../../state/commands";
import { performComparing } from "../../state/perform/comparing";
import { type Workspace, createWorkspace } from "../../state/workspace";
import "../../state/speak_english.test-data";
import { comparedAddress, followComparison } from "./follow";

let workspace: Workspace;
let commands: Commands;
let stop: () => void;
const tell = vi.fn();
const api = {
  compare: vi.fn(),
  changeTour: vi.fn(),
  changesOf: vi.fn(),
  changedOccurrences: vi.fn(),
  partHeat: vi.fn(),
};

const COLUMNS = {
  from: Uint8Array.of(4),
  to: Uint8Array.of(4),
  partnersTo: Int32Array.of(0),
  partnersFrom: Int32Array.of(0),
};
const TOUR = [0, 1].map((number) => ({
  ...{ stop: number, kind: "moved", name: `Port ${number}`, count: 1, first_change: number },
  ...{ remarks: [], text: "", from: [0], to: [0], approximate: false },
  bounds: { min: [0, 0, 0], max: [1, 2, 3] },
}));
const change = (number: number): object => ({
  ...{ kind: "moved", reasons: ["moved", "properties"], stop: number, approximate: false },
  properties: [{ group: "", name: "Material", from: "A", to: "B" }],
});

/** What was promised has been kept. */
const settled = (): Promise<void> => new Promise((resolve) => setTimeout(resolve));

beforeEach(() => {
  api.compare.mockResolvedValue({ state: "ready", counts: { moved: 1 }, approximate: 2 });
  api.changeTour.mockResolvedValue(TOUR);
  api.changesOf.mockResolvedValue([change(0)]);
  api.changedOccurrences.mockResolvedValue(COLUMNS);
  workspace = createWorkspace();
  commands = new Commands(workspace);
  performComparing(workspace, commands);
  tell.mockReset();
  stop = followComparison({ workspace, commands, api, revisionId: "new", label: "C", tell });
});

afterEach(() => {
  stop();
  vi.resetAllMocks();
});

test("asks for what is compared and says what came of it", async () => {
  commands.run("compare.start", { revision: "old", label: "B" });
  expect(workspace.comparison.get()?.state).toBe("computing");
  await settled();
  expect(api.compare.mock.calls[0]?.slice(0, 2)).toEqual(["old", "new"]);
  const result = workspace.comparison.get();
  expect(result).toMatchObject({ state: "ready", approximate: 2, counts: { moved: 1 } });
  expect(result?.state === "ready" && result.stops[0]?.bounds.max).toEqual([1, 2, 3]);
  expect(workspace.announcement.get()?.text).toBe(
    "B and C compared: 0 added, 0 removed, 0 modified, 1 moved.",
  );
});

test("the address says what is compared, and keeps the rest", () => {
  commands.run("compare.start", { revision: "old", label: "B" });
  expect(tell).toHaveBeenLastCalledWith("B");
  commands.run("compare.end");
  expect(tell).toHaveBeenLastCalledWith(null);
  const plain = "http://here/v/asset/C?x=1#v=abc";
  expect(comparedAddress(plain, "B 2")).toBe("/v/asset/C?x=1&compare=B+2#v=abc");
  expect(comparedAddress("http://here/v/asset/C?x=1&compare=B#v=abc", null)).toBe(
    "/v/asset/C?x=1#v=abc",
  );
  expect(comparedAddress(plain, null)).toBeNull();
  expect(comparedAddress("http://here/live/1", "B")).toBeNull();
});

test("a failure keeps the server's words, and asking again asks again", async () => {
  const problem = {
    title: "No",
    status: 422,
    detail: "Nothing in common.",
    code: "not_comparable",
  };
  api.compare.mockRejectedValueOnce(new ApiError({ ...problem, remedy: "Pick another." }));
  commands.run("compare.start", { revision: "old", label: "B" });
  await settled();
  expect(workspace.comparison.get()).toEqual({
    ...{ state: "failed", code: "not_comparable", detail: "Nothing in common." },
    ...{ remedy: "Pick another.", conversion: null },
  });
  commands.run("compare.retry");
  await settled();
  expect(workspace.comparison.get()?.state).toBe("ready");
});

test("an answer that comes after the end is nobody's", async () => {
  commands.run("compare.start", { revision: "old", label: "B" });
  commands.run("compare.end");
  await settled();
  expect(workspace.comparison.get()).toBeNull();
});

test("what a stop has to say besides comes when it is looked at", async () => {
  commands.register("camera.fitBox", () => undefined);
  commands.run("compare.start", { revision: "old", label: "B" });
  await settled();
  api.changesOf.mockResolvedValue([change(1)]);
  commands.run("compare.go", { stop: 1 });
  await settled();
  expect(api.changesOf.mock.lastCall?.slice(2, 4)).toEqual([1, 1]);
  const result = workspace.comparison.get();
  expect(result?.state === "ready" && result.stops[1]?.detail?.properties[0]?.to).toBe("B");
});
