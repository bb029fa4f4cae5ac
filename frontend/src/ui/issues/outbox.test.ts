import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { ApiError } from "../../api/http";
import type { Kept } from "../../shelf";
import { type IssueDraft, newDraft } from "./drafts";
import { Outbox, type OutboxHost, type Waiting } from "./outbox";

const kept = new Map<string, string>();
const shelf: Kept = {
  getItem: (key) => kept.get(key) ?? null,
  setItem: (key, value) => void kept.set(key, value),
  removeItem: (key) => void kept.delete(key),
};
const send = vi.fn<OutboxHost["send"]>();
const onsent = vi.fn<(waiting: Waiting) => void>();

function outboxOf(meId: string | null = "mia"): Outbox {
  return new Outbox({ shelf, revisionId: "r", meId, send, onsent });
}

function titled(title: string): IssueDraft {
  return { ...newDraft("issue"), title };
}

function problem(status: number, code: string): ApiError {
  return new ApiError({ status, code, title: code, detail: `${code}!` });
}

const AWAY = problem(0, "unreachable");
const titles = (outbox: Outbox): readonly string[] =>
  outbox.waiting.get().map(({ draft }) => draft.title);

beforeEach(() => {
  vi.useFakeTimers();
  vi.resetAllMocks();
  kept.clear();
});

afterEach(() => vi.useRealTimers());

test("what waits goes in the order it was written, as soon as the server answers", async () => {
  const outbox = outboxOf();
  send.mockRejectedValueOnce(AWAY);
  outbox.put(titled("one"), null);
  outbox.put(titled("two"), null);
  await vi.advanceTimersByTimeAsync(1_000);
  expect(titles(outbox)).toEqual(["one", "two"]);
  await vi.advanceTimersByTimeAsync(2_000);
  expect(titles(outbox)).toEqual([]);
  expect(onsent.mock.calls.map(([{ draft }]) => draft.title)).toEqual(["one", "two"]);
});

test("however long the server is away, it is asked again within four seconds", async () => {
  const outbox = outboxOf();
  send.mockRejectedValue(AWAY);
  outbox.put(titled("one"), null);
  await vi.advanceTimersByTimeAsync(60_000);
  const tries = send.mock.calls.length;
  await vi.advanceTimersByTimeAsync(4_000);
  expect(send.mock.calls.length).toBe(tries + 1);
});

test("it outlives the page, what arrived of it included, and is sent by nobody else", async () => {
  const draft = titled("one");
  const first = outboxOf();
  send.mockImplementationOnce((_, made) => {
    made();
    return Promise.reject(AWAY);
  });
  first.put(draft, null);
  await first.flush();
  first.stop();
  expect(titles(outboxOf("ben"))).toEqual([]);
  const again = outboxOf();
  expect(again.waiting.get()[0]?.draft).toEqual({ ...draft, made: true });
  await again.flush();
  expect(send.mock.lastCall?.[0].draft.made).toBe(true);
  expect(kept.size).toBe(0);
});

test("somebody else's things on this device stay where they are", async () => {
  const bens = outboxOf("ben");
  bens.put(titled("ben's"), null);
  bens.stop();
  const mine = outboxOf();
  mine.put(titled("mine"), null);
  await mine.flush();
  expect(titles(outboxOf("ben"))).toEqual(["ben's"]);
});

test("what the server refuses stays with its reason, holds nothing up, and can be tried or mended", async () => {
  const outbox = outboxOf();
  send.mockRejectedValueOnce(problem(403, "forbidden"));
  const draft = titled("one");
  outbox.put(draft, null);
  outbox.put(titled("two"), null);
  await outbox.flush();
  expect(outbox.waiting.get().map(({ refused }) => refused)).toEqual(["forbidden!"]);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(send).toHaveBeenCalledTimes(2);
  expect(outbox.take(draft.id)?.draft.title).toBe("one");
  expect(titles(outbox)).toEqual([]);
  expect(kept.size).toBe(0);
});

test("a refusal that passes is waited out", async () => {
  const outbox = outboxOf();
  for (const status of [401, 429, 503]) send.mockRejectedValueOnce(problem(status, "later"));
  outbox.put(titled("one"), null);
  await vi.advanceTimersByTimeAsync(20_000);
  expect(titles(outbox)).toEqual([]);
});

test("a browser without room keeps the words and gives up the picture", () => {
  const small: Kept = {
    ...shelf,
    setItem: (key, value) => {
      if (value.length > 2_000) throw new Error("full");
      kept.set(key, value);
    },
  };
  const outbox = new Outbox({ shelf: small, revisionId: "r", meId: "mia", send, onsent });
  const seen = { place: null, content: null, snapshot: `data:${"x".repeat(5_000)}` };
  outbox.put(titled("one"), { ...seen, sheet: null });
  outbox.stop();
  expect(titles(outboxOf())).toEqual(["one"]);
});
