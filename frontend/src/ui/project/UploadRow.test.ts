// @vitest-environment jsdom
import { fireEvent, render, screen, within } from "@testing-library/svelte";
import type { ComponentProps } from "svelte";
import { expect, test } from "vitest";
import type { Revision } from "../../api/types";
import { testAppContext } from "../app.test-data";
import UploadRow from "./UploadRow.svelte";

const revision = (change: Partial<Revision>): Revision => ({
  id: "r1",
  project_id: "p1",
  asset_id: "a1",
  label: "B",
  note: "",
  lifecycle: "draft",
  state: "queued",
  progress: { stage: "queued", fraction: 0 },
  source: { name: "gearbox.step", sha256: "", bytes: 442_000 },
  created_at: "2026-01-01T00:00:00Z",
  ...change,
});

function show(props: Partial<ComponentProps<typeof UploadRow>>): HTMLElement {
  render(UploadRow, { props: { canEdit: true, ...props }, context: testAppContext() });
  return screen.getByTestId("upload-row");
}

test("an upload says its percentage, speed and the time left", () => {
  const row = show({
    upload: {
      id: 1,
      projectId: "p1",
      folderId: null,
      assetId: null,
      file: new File(["x".repeat(100)], "gearbox.step"),
      note: "",
      sentBytes: 43_000_000,
      totalBytes: 100_000_000,
      bytesPerSecond: 12_000_000,
      problem: null,
    },
  });
  expect(row.dataset["state"]).toBe("uploading");
  expect(row.textContent).toMatch(/Uploading\s+43 %\s+12\.0 MB\/s, 5 s left/);
  expect(within(row).getByTestId("upload-cancel")).toBeTruthy();
});

test("a queued file says its place", () => {
  const row = show({
    revision: revision({ progress: { stage: "queued", fraction: 0, queue_position: 3 } }),
  });
  expect(within(row).getByTestId("upload-row-state").textContent.trim()).toBe("Queued");
  expect(row.textContent).toContain("number 3 in the queue");
});

test("a conversion names its phases, each with its share", () => {
  const row = show({
    revision: revision({
      state: "tessellating",
      progress: { stage: "tessellating", fraction: 0.61 },
    }),
  });
  const steps = within(row)
    .getAllByTestId("upload-row-phase")
    .map((step) => step.textContent.trim());
  expect(steps).toEqual(["Reading 100 %", "Tessellating 61 %", "Optimising", "Publishing"]);
  expect(within(row).getByRole("progressbar").getAttribute("aria-valuenow")).toBe("54");
});

test("a failure stays with cause, code, retry and log", () => {
  const row = show({
    revision: revision({
      state: "failed",
      problem: {
        code: "missing_files",
        detail: "assembly.stp refers to a file that is not there.",
        remedy: "Upload them together in a ZIP.",
        facts: { files: ["bolt_m8.stp"] },
      },
    }),
  });
  expect(row.textContent).toContain("assembly.stp refers to a file that is not there.");
  expect(row.textContent).toContain("bolt_m8.stp");
  expect(within(row).getByTestId("upload-row-code").textContent).toBe("missing_files");
  expect(within(row).getByTestId("upload-retry")).toBeTruthy();
  expect(within(row).getByTestId("upload-log").getAttribute("href")).toBe(
    "/api/v1/revisions/r1/log",
  );
});

test("missing files can be added or done without", async () => {
  const added: string[] = [];
  let without = 0;
  const row = show({
    canEdit: true,
    revision: revision({
      state: "failed",
      problem: {
        code: "missing_files",
        detail: "The file refers to others.",
        remedy: "Upload them.",
        facts: { files: Array.from({ length: 14 }, (_, index) => `bolt_${String(index)}.stp`) },
      },
    }),
    onadd: (files: readonly File[]) => {
      added.push(...files.map((file) => file.name));
      return Promise.resolve();
    },
    onwithout: () => (without += 1),
  });
  expect(within(row).getByTestId("upload-missing").textContent).toContain("bolt_0.stp");
  expect(within(row).getByTestId("upload-missing").textContent).toContain("and 2 more files");
  expect(within(row).queryByTestId("upload-retry")).toBeNull();
  const input = within(row).getByTestId("upload-add-input");
  await fireEvent.change(input, { target: { files: [new File(["x"], "bolt_0.stp")] } });
  within(row).getByTestId("upload-without").click();
  expect(added).toEqual(["bolt_0.stp"]);
  expect(without).toBe(1);
});

test("a ready file can be opened", () => {
  const row = show({ revision: revision({ state: "ready" }) });
  expect(within(row).getByTestId("upload-open").getAttribute("href")).toBe("/v/a1/B");
});
