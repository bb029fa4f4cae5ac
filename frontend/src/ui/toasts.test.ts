import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Toasts } from "./toasts";

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

test("at most three notices stand, the newest last", () => {
  const toasts = new Toasts();
  for (const text of ["a", "b", "c", "d"]) toasts.show(text);
  expect(toasts.all.get().map(({ text }) => text)).toEqual(["b", "c", "d"]);
});

test("a notice goes by itself, an error stays, and one that is read waits", () => {
  const toasts = new Toasts();
  const read = toasts.show("read");
  toasts.show("passing");
  toasts.show("failed", { kind: "error" });
  toasts.stop(read);
  vi.advanceTimersByTime(60_000);
  expect(toasts.all.get().map(({ text }) => text)).toEqual(["read", "failed"]);
  toasts.start(read);
  vi.advanceTimersByTime(60_000);
  expect(toasts.all.get().map(({ text }) => text)).toEqual(["failed"]);
});

test("the same words twice are one notice", () => {
  const toasts = new Toasts();
  toasts.show("again");
  toasts.show("again");
  expect(toasts.all.get()).toHaveLength(1);
});
