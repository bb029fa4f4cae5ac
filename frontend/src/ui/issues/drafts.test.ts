import { expect, it } from "vitest";
import { blobOf } from "../../browser/data_address";
import { Drafts, isWorthKeeping, newDraft, newUuid } from "./drafts";

function memory(limit = Infinity): Storage {
  const kept = new Map<string, string>();
  return {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => {
      if (value.length > limit) throw new DOMException("full", "QuotaExceededError");
      kept.set(key, value);
    },
    removeItem: (key: string) => void kept.delete(key),
  } as Storage;
}

const place = {
  ...{ part: "a", occurrence: 0, screen: { x: 1, y: 2 } },
  position: [1, 2, 3] as const,
  normal: [0, 0, 1] as const,
};

it("makes ids as the server reads them", () => {
  const ids = Array.from({ length: 50 }, newUuid);
  for (const id of ids)
    expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  expect(new Set(ids).size).toBe(50);
});

it("gives back what was kept, of this revision alone", () => {
  const shelf = memory();
  const draft = { ...newDraft("issue"), title: "Bolt collides" };
  new Drafts(shelf, "one").keep(draft);
  expect(new Drafts(shelf, "one").read()).toEqual(draft);
  expect(new Drafts(shelf, "two").read()).toBeNull();
});

it("keeps the words when there is no room for the picture", () => {
  const drafts = new Drafts(memory(2_000), "one");
  const seen = {
    place,
    content: { format: "x" },
    snapshot: `data:image/webp;base64,${"A".repeat(4_000)}`,
  };
  expect(drafts.keepSeen(seen)).toBe(true);
  expect(drafts.seen()).toEqual({ ...seen, snapshot: null });
});

it("is gone when it was sent", () => {
  const drafts = new Drafts(memory(), "one");
  drafts.keep(newDraft("comment"));
  drafts.keepSeen({ place, content: null, snapshot: null });
  drafts.drop();
  expect([drafts.read(), drafts.seen()]).toEqual([null, null]);
});

it("takes nothing for a draft that somebody else wrote there", () => {
  const shelf = memory();
  shelf.setItem("holotable.issue-draft.one", '{"id": 7}');
  shelf.setItem("holotable.issue-draft.one.seen", "not JSON");
  const drafts = new Drafts(shelf, "one");
  expect([drafts.read(), drafts.seen()]).toEqual([null, null]);
});

it("knows what nobody would miss", () => {
  const empty = newDraft("issue");
  expect(isWorthKeeping(empty)).toBe(false);
  expect(isWorthKeeping({ ...empty, text: "x" })).toBe(true);
});

it("gives the same bytes from an address each time", async () => {
  const blob = blobOf("data:image/png;base64,AQID");
  expect([blob.type, blob.size]).toEqual(["image/png", 3]);
});

it("keeps the place on a sheet as it keeps one on the model", () => {
  const drafts = new Drafts(memory(), "one");
  const sheet = {
    ...{ drawingId: "drawing", name: "Plate", page: 1, x: 0.25, y: 0.5, marks: [] },
    screen: { x: 1, y: 2 },
  };
  const seen = { place: null, content: null, snapshot: null, sheet };
  drafts.keepSeen(seen);
  expect(drafts.seen()).toEqual(seen);
  const shelf = memory();
  shelf.setItem("holotable.issue-draft.one.seen", '{"place": null}');
  expect(new Drafts(shelf, "one").seen()).toBeNull();
});
