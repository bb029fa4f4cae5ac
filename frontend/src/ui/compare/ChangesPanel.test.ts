// @vitest-environment jsdom
import { render, screen } from "@testing-library/svelte";
import { type Component, flushSync } from "svelte";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Commands } from "../../state/commands";
import { MANIFEST, skid } from "../../state/model_fixture.test-data";
import { performOnWorkspace } from "../../state/perform";
import { type Workspace, createWorkspace } from "../../state/workspace";
import DeskFrame from "../workspace/desk_frame.test-data.svelte";
import ChangesPanel from "./ChangesPanel.svelte";

let workspace: Workspace;

beforeEach(() => {
  vi.useFakeTimers();
  workspace = createWorkspace();
  const commands = new Commands(workspace);
  performOnWorkspace(workspace, commands, () => "id");
  workspace.open(MANIFEST, skid());
  commands.run("compare.start", { revision: "older", label: "A" });
  const component = ChangesPanel as unknown as Component; // what it is given stands beside it
  render(DeskFrame, { component, workspace, commands, given: { revisions: [] } });
});

afterEach(() => {
  vi.useRealTimers();
});

/** An answer of the server that says how far it is. */
function answers(sinceMs: number, progress: number): void {
  workspace.comparison.set({ state: "computing", sinceMs, progress });
  flushSync();
}

test("how long it has been going on is said however often the server answers", () => {
  const sinceMs = Date.now();
  // Sooner than the seconds go on, each time.
  for (const progress of [0.1, 0.3, 0.5, 0.62]) {
    answers(sinceMs, progress);
    vi.advanceTimersByTime(700);
    flushSync();
  }
  expect(screen.getByTestId("compare-computing").textContent).toContain("About 62 %");
  answers(sinceMs, 0.7);
  expect(screen.getByTestId("compare-computing").textContent).toContain("About 70 %");
});
