import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createWorkspace } from "../../state/workspace";
import { type LookingHost, keepLooking, runsOf, unseenOf } from "./looking";

const STRUCTURE = "a".repeat(64);

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal("addEventListener", () => undefined);
  vi.stubGlobal("removeEventListener", () => undefined);
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

describe("runs", () => {
  it("joins what follows each other", () => {
    expect(runsOf([7, 1, 2, 3, 9, 8, 2])).toEqual([
      [1, 3],
      [7, 9],
    ]);
    expect(runsOf([])).toEqual([]);
  });
});

describe("what has not been seen", () => {
  it("is what changed and is in no run", () => {
    const codes = Uint8Array.from([0, 3, 4, 0, 1]);
    expect([...unseenOf(codes, [])]).toEqual([1, 2, 4]);
    expect([...unseenOf(codes, [[2, 99]])]).toEqual([1]);
  });
});

interface Said {
  shares?: boolean;
  seat?: "approver" | null;
  kept?: readonly { person: { id: string }; structure: string; seen: [number, number][] }[];
}

/** A revision under review of which parts 1, 2 and 4 changed. */
function desk({ shares = true, seat = "approver", kept = [] }: Said = {}) {
  const workspace = createWorkspace();
  const calls: string[] = [];
  const sent: unknown[] = [];
  let refuse = false;
  const api = {
    reviewsOf: () => Promise.resolve([{ id: "r", state: "open", revision: { id: "new" } }]),
    review: () =>
      Promise.resolve({
        etag: "",
        review: {
          ...{ id: "r", number: 3, compared_to: { id: "old" } },
          mine: { seat, shares_coverage: shares },
        },
      }),
    noteOpened: () => Promise.resolve(void calls.push("opened")),
    coverage: () => Promise.resolve(kept),
    addCoverage: (_id: string, body: { seen: unknown }) => {
      if (refuse) return Promise.reject(new Error("offline"));
      sent.push(body.seen);
      return Promise.resolve();
    },
    compare: () => Promise.resolve(void calls.push("compared")),
    changedOccurrences: () => Promise.resolve({ to: Uint8Array.from([0, 3, 4, 0, 1]) }),
  } as unknown as LookingHost["api"];
  const stop = keepLooking({
    ...{ api, workspace, meId: "me" },
    revision: { revisionId: "new" } as LookingHost["revision"],
  });
  const open = async (): Promise<void> => {
    workspace.manifest.set({
      files: { "structure.json": { sha256: STRUCTURE, bytes: 1 } },
    } as never);
    workspace.structure.set({} as never);
    await vi.advanceTimersByTimeAsync(10);
  };
  const see = async (...parts: number[]): Promise<void> => {
    const left = new Set(workspace.soughtParts.get());
    for (const part of parts) left.delete(part);
    workspace.seenParts.set([...workspace.seenParts.get(), ...parts]);
    workspace.soughtParts.set(left);
    await vi.advanceTimersByTimeAsync(4_000);
  };
  return { workspace, calls, sent, stop, open, see, offline: (is: boolean) => (refuse = is) };
}

describe("keeping what an approver looks at", () => {
  it("seeks what changed, sends what was seen and says how far one is", async () => {
    const { workspace, sent, open, see, calls } = desk();
    await open();
    expect(calls).toEqual(["opened", "compared"]);
    expect([...(workspace.soughtParts.get() ?? [])]).toEqual([1, 2, 4]);
    expect(workspace.keptFor.get()).toEqual({ reviewId: "r", number: 3, changed: 3, unseen: 3 });
    await see(2, 1);
    expect(sent).toEqual([[[1, 2]]]);
    expect(workspace.keptFor.get()?.unseen).toBe(1);
  });

  it("seeks nothing of whoever has not said yes, but tells that it was opened", async () => {
    const { workspace, open, calls } = desk({ shares: false });
    await open();
    expect(calls).toEqual(["opened"]);
    expect(workspace.soughtParts.get()).toBeNull();
  });

  it("does nothing for whoever does not sit in the review", async () => {
    const { workspace, open, calls } = desk({ seat: null });
    await open();
    expect(calls).toEqual([]);
    expect(workspace.keptFor.get()).toBeNull();
  });

  it("goes on where it was, in the same conversion only", async () => {
    const mine = (structure: string) => ({ person: { id: "me" }, structure, seen: [[0, 2]] });
    const same = desk({ kept: [mine(STRUCTURE)] as never });
    await same.open();
    expect([...(same.workspace.soughtParts.get() ?? [])]).toEqual([4]);
    const other = desk({ kept: [mine("f".repeat(64))] as never });
    await other.open();
    expect(other.workspace.soughtParts.get()?.size).toBe(3);
  });

  it("sends again what could not be sent", async () => {
    const { sent, open, see, offline } = desk();
    await open();
    offline(true);
    await see(1);
    offline(false);
    await see(4);
    expect(sent).toEqual([
      [
        [1, 1],
        [4, 4],
      ],
    ]);
  });

  it("sends what is left when the page is left", async () => {
    const { workspace, sent, open, stop } = desk();
    await open();
    workspace.seenParts.set([4]);
    stop();
    await vi.advanceTimersByTimeAsync(10);
    expect(sent).toEqual([[[4, 4]]]);
    expect(workspace.keptFor.get()).toBeNull();
  });
});
