// @vitest-environment jsdom
import { cleanup, fireEvent, render, screen, within } from "@testing-library/svelte";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { ModelExport } from "../../api/exports";
import type { Revision } from "../../api/types";
import { testAppContext } from "../app.test-data";
import DownloadMenu from "./DownloadMenu.svelte";

const READY: ModelExport = {
  id: "e1",
  revision_id: "r1",
  format: "stl",
  state: "ready",
  fraction: 1,
  problem: null,
  file_name: "Skid-C.stl",
  bytes: 1_500_000,
  sha256: "ab".repeat(32),
  left_out: { lines: 3 },
  asked_at: "2026-11-23T09:00:00Z",
  finished_at: "2026-11-23T09:00:05Z",
  url: "/api/v1/exports/e1/file",
};
const MAKING: ModelExport = { ...READY, state: "making", fraction: 0.25, url: null, left_out: {} };
const FAILED: ModelExport = {
  ...MAKING,
  state: "failed",
  problem: { code: "no_geometry", detail: "No triangles.", remedy: "Take GLB." },
};

beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  cleanup();
  vi.useRealTimers();
});

/** The open menu, with what the server lists one question after the other; the last stays. */
async function shown(answers: readonly (readonly ModelExport[])[]) {
  const context = testAppContext();
  const [app] = context.values();
  if (!app) throw new Error("no application");
  let asked = 0;
  const modelExports = vi.fn(() =>
    Promise.resolve(answers[Math.min(asked++, answers.length - 1)] ?? []),
  );
  const exportModel = vi.fn(() => Promise.resolve(MAKING));
  const cancelExport = vi.fn(() => Promise.resolve({ ...FAILED, state: "cancelled" as const }));
  Object.assign(app.api, { modelExports, exportModel, cancelExport });
  const revision = { id: "r1", source: { name: "skid.step", bytes: 10 } } as Revision;
  render(DownloadMenu, { props: { revision, worded: true }, context });
  await fireEvent.click(screen.getByTestId("download"));
  await vi.advanceTimersByTimeAsync(0);
  return { modelExports, exportModel, cancelExport };
}

const row = () => within(screen.getByTestId("download-stl"));
const state = (): string | undefined => screen.getByTestId("download-stl").dataset["state"];

test("a format is asked for, watched while it is made, and saved with its size", async () => {
  const { exportModel, modelExports } = await shown([[], [MAKING], [READY]]);
  expect(state()).toBe("none");
  await fireEvent.click(row().getByTestId("download-make"));
  await vi.advanceTimersByTimeAsync(0);
  expect(exportModel).toHaveBeenCalledWith("r1", "stl");
  expect(state()).toBe("making");
  const bar = screen.getByTestId("download-stl").querySelector("progress");
  expect(bar?.getAttribute("value")).toBe("0.25");
  await vi.advanceTimersByTimeAsync(3_000);
  expect(state()).toBe("ready");
  expect(row().getByTestId("download-save").getAttribute("href")).toBe(READY.url);
  expect(row().getByTestId("download-save").textContent).toContain("1.5");
  expect(row().getByTestId("download-left-out").textContent).toContain("3 lines");
  const asked = modelExports.mock.calls.length;
  await vi.advanceTimersByTimeAsync(10_000);
  expect(modelExports).toHaveBeenCalledTimes(asked); // nothing goes on: nobody asks
});

test("what failed says why and is tried again; what goes on is cancelled", async () => {
  const { exportModel, cancelExport } = await shown([[FAILED], [MAKING]]);
  expect(screen.getByTestId("download-stl").textContent).toContain("No triangles. Take GLB.");
  await fireEvent.click(row().getByTestId("download-make"));
  await vi.advanceTimersByTimeAsync(0);
  expect(exportModel).toHaveBeenCalledOnce();
  await fireEvent.click(row().getByTestId("download-cancel"));
  await vi.advanceTimersByTimeAsync(0);
  expect(cancelExport).toHaveBeenCalledWith("e1");
  expect(state()).toBe("cancelled");
});

test("the uploaded file is there whatever the server says", async () => {
  const context = testAppContext(); // no network
  const revision = { id: "r1", source: { name: "skid.step", bytes: 10 } } as Revision;
  render(DownloadMenu, { props: { revision }, context });
  await fireEvent.click(screen.getByTestId("download"));
  await vi.advanceTimersByTimeAsync(0);
  expect(screen.getByTestId("download-source").getAttribute("href")).toContain("/source");
  expect(screen.getByTestId("download-problem").textContent).not.toBe("");
});
