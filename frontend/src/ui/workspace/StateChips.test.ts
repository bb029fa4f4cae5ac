// @vitest-environment jsdom
import { fireEvent, render, screen } from "@testing-library/svelte";
import { beforeEach, expect, test } from "vitest";
import { Commands } from "../../state/commands";
import { MANIFEST, skid } from "../../state/model_fixture.test-data";
import { performOnWorkspace } from "../../state/perform";
import { RangeSet } from "../../state/ranges";
import { type Workspace, createWorkspace } from "../../state/workspace";
import DeskFrame from "./desk_frame.test-data.svelte";
import StateChips from "./StateChips.svelte";

// jsdom lays nothing out: every chip fits.
globalThis.ResizeObserver ??= class {
  observe(): void {}
  unobserve(): void {}
  disconnect(): void {}
};

let workspace: Workspace;
let commands: Commands;

beforeEach(() => {
  workspace = createWorkspace();
  commands = new Commands(workspace);
  performOnWorkspace(workspace, commands, () => "id");
  workspace.open(MANIFEST, skid());
  commands.run("visibility.showAll");
  render(DeskFrame, { component: StateChips, workspace, commands });
});

const click = async (testId: string): Promise<void> => {
  const [first] = screen.getAllByTestId(testId);
  if (first) await fireEvent.click(first);
};

test("hiding three parts shows a chip whose list has three rows, each with its way back", async () => {
  commands.run("visibility.hide", { ranges: RangeSet.of(0, 1, 2) });
  expect((await screen.findByTestId("chip-hidden-label")).textContent.trim()).toBe("3 hidden");
  await click("chip-hidden-label");
  expect(await screen.findAllByTestId("hidden-item")).toHaveLength(3);
  await click("hidden-show");
  expect(workspace.hidden.get().toJSON()).toEqual([[1, 2]]);
  await click("hidden-show-all");
  expect(workspace.hidden.get().isEmpty).toBe(true);
  expect(screen.queryByTestId("chip-hidden-label")).toBeNull();
});

test("the chip's undo goes back to what was hidden before", async () => {
  commands.run("visibility.hide", { ranges: RangeSet.of(0) });
  commands.run("visibility.hide", { ranges: RangeSet.of(1) });
  await screen.findByTestId("chip-undo");
  await click("chip-undo");
  expect(workspace.hidden.get().toJSON()).toEqual([[0, 0]]);
});
