// @vitest-environment jsdom
import { cleanup, fireEvent, render, screen } from "@testing-library/svelte";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Packet, Review } from "../../api/reviews";
import { testAppContext } from "../app.test-data";
import ReviewHandover from "./ReviewHandover.svelte";

const READY: Packet = {
  id: "p1",
  state: "ready",
  problem: null,
  file_name: "Gearbox-C-review-14.zip",
  sha256: "ab".repeat(32),
  bytes: 1_500_000,
  key_id: "cd".repeat(32),
  left_out: [{ what: "compare.json", why: "They cannot be compared." }],
  outdated: false,
  asked_at: "2026-11-23T09:00:00Z",
  asked_by: { id: "u1", name: "Mia Berg" },
  finished_at: "2026-11-23T09:00:05Z",
  url: "/api/v1/reviews/r1/packet?packet_id=p1",
};
const MAKING: Packet = { ...READY, state: "making", url: null, finished_at: null };
const FAILED: Packet = {
  ...MAKING,
  state: "failed",
  problem: { code: "signing_key_missing", detail: "No key.", remedy: "Ask somebody." },
};

beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  cleanup();
  vi.useRealTimers();
});

/** The card, with what the server answers one question after the other; the last stays. */
async function shown(answers: readonly (readonly Packet[])[], mayMake = true) {
  const context = testAppContext();
  const [app] = context.values();
  if (!app) throw new Error("no application");
  let asked = 0;
  const packets = vi.fn(() =>
    Promise.resolve(answers[Math.min(asked++, answers.length - 1)] ?? []),
  );
  const makePacket = vi.fn(() => Promise.resolve(MAKING));
  Object.assign(app.api, { packets, makePacket });
  const review = { id: "r1", updated_at: "a", mine: { may_make_packet: mayMake } };
  render(ReviewHandover, { props: { review: review as unknown as Review }, context });
  await vi.advanceTimersByTimeAsync(0);
  return { packets, makePacket };
}

const state = (): string | undefined => screen.getByTestId("packet-state").dataset["state"];

test("a packet is asked for, waited for, and then downloaded", async () => {
  const { makePacket } = await shown([[], [MAKING], [READY]]);
  expect(state()).toBe("none");
  await fireEvent.click(screen.getByTestId("packet-make"));
  await vi.advanceTimersByTimeAsync(0);
  expect(makePacket).toHaveBeenCalledWith("r1", "en");
  expect(state()).toBe("making");
  expect(screen.queryByTestId("packet-make")).toBeNull();
  await vi.advanceTimersByTimeAsync(4_000);
  const link = screen.getByTestId("packet-download");
  expect(link.getAttribute("href")).toBe(READY.url);
  expect(screen.getByTestId("packet-left-out").textContent).toContain("They cannot be compared.");
});

test("a failure says why and what to do, and is tried again by one press", async () => {
  const { makePacket } = await shown([[FAILED]]);
  expect(screen.getByTestId("packet-state").textContent).toContain("No key.");
  expect(screen.getByTestId("packet-state").textContent).toContain("Ask somebody.");
  await fireEvent.click(screen.getByTestId("packet-make"));
  expect(makePacket).toHaveBeenCalledOnce();
});

test("one that the review has outgrown says so and can be made again", async () => {
  await shown([[{ ...READY, outdated: true }]]);
  expect(screen.getByTestId("packet-outdated")).toBeTruthy();
  expect(screen.getByTestId("packet-make")).toBeTruthy();
});

test("who may only look downloads, and is shown no button that would be refused", async () => {
  await shown([[]], false);
  expect(screen.queryByTestId("packet-make")).toBeNull();
  expect(screen.getByTestId("packet-state").textContent).toContain("Nobody has made a packet yet.");
  expect(screen.getByTestId("report-pdf").getAttribute("href")).toContain("format=pdf");
});
