import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Me } from "../../api/types";
import { Store } from "../../state/store";
import { keepSeen } from "./seen";

const ISSUE = { thing: "issue", id: "one" } as const;
const markSeen = vi.fn();
const unread = new Store(2);
let visibility: DocumentVisibilityState = "visible";

function host(me: Partial<Me> | null) {
  // `as`: of a person only whether he is a guest matters here.
  return { api: { markSeen }, me: new Store(me as Me | null), inbox: { unread } };
}

beforeEach(() => {
  markSeen.mockReset().mockResolvedValue([]);
  unread.set(2);
  visibility = "visible";
  const page = new EventTarget();
  Object.defineProperty(page, "visibilityState", { get: () => visibility });
  vi.stubGlobal("document", page);
});
afterEach(() => vi.unstubAllGlobals());

test("what is opened is marked once, and again when more is told of meanwhile", () => {
  const stop = keepSeen(host({ guest: null }), ISSUE.thing, ISSUE.id);
  expect(markSeen.mock.calls).toEqual([[ISSUE]]);
  unread.set(1); // it was this one
  expect(markSeen).toHaveBeenCalledTimes(1);
  unread.set(2); // somebody answered
  expect(markSeen).toHaveBeenCalledTimes(2);
  stop();
  unread.set(3);
  document.dispatchEvent(new Event("visibilitychange"));
  expect(markSeen).toHaveBeenCalledTimes(2);
});

test("a page in the background is not seen until it comes to the front", () => {
  visibility = "hidden";
  const stop = keepSeen(host({ guest: null }), ISSUE.thing, ISSUE.id);
  unread.set(3);
  expect(markSeen).not.toHaveBeenCalled();
  visibility = "visible";
  document.dispatchEvent(new Event("visibilitychange"));
  expect(markSeen).toHaveBeenCalledTimes(1);
  stop();
});

test("guests and those who are not signed in have no inbox", () => {
  keepSeen(host(null), ISSUE.thing, ISSUE.id)();
  const guest = { name: "Dana" } as unknown as NonNullable<Me["guest"]>; // `as`: any guest at all
  keepSeen(host({ guest }), ISSUE.thing, ISSUE.id)();
  expect(markSeen).not.toHaveBeenCalled();
});

test("a server that refuses is said and breaks nothing", async () => {
  const warn = vi.spyOn(console, "warn").mockImplementation(() => undefined);
  markSeen.mockRejectedValue(new Error("unreachable"));
  keepSeen(host({ guest: null }), ISSUE.thing, ISSUE.id);
  await vi.waitFor(() => expect(warn).toHaveBeenCalledOnce());
  warn.mockRestore();
});
