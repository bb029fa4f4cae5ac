import { expect, test } from "vitest";
import "../state/speak_english.test-data";
import { NO_TIMELINE } from "../state/areas/replaying";
import { Commands } from "../state/commands";
import { createWorkspace } from "../state/workspace";
import { panelButtonAt, panelContent, pressPanel, recTag } from "./wrist_panel";

const RECORDING = {
  ...{ id: "r1", by: "Anna", startedMs: 1_000, agreed: false, asked: true },
  goingOn: new Set(["anna"]),
};

test("without a recording there is nothing on the wrist", () => {
  const workspace = createWorkspace();
  expect(panelContent(workspace, 0)).toBeNull();
  expect(recTag(workspace, 0)).toBeNull();
});

test("a recorded session is told before the eyes, and asks on the wrist", () => {
  const workspace = createWorkspace();
  workspace.recording.set(RECORDING);
  expect(recTag(workspace, 186_000)).toBe("REC 3:05");
  const asked = panelContent(workspace, 2_000);
  expect(asked).toMatchObject({ rec: true, title: "This session is being recorded" });
  expect(asked?.buttons.map(({ id }) => id)).toEqual(["goOn", "stay"]);
  workspace.recording.set({ ...RECORDING, agreed: true, asked: false });
  expect(panelContent(workspace, 2_000)?.buttons.map(({ id }) => id)).toEqual(["stay"]);
  workspace.recording.set({ ...RECORDING, asked: false });
  expect(panelContent(workspace, 2_000)?.buttons.map(({ id }) => id)).toEqual(["goOn"]);
});

test("a recording that is played is paused, stepped and scrubbed from the wrist", () => {
  const workspace = createWorkspace();
  const commands = new Commands(workspace);
  const ran: unknown[] = [];
  commands.register("replay.play", (args) => void ran.push(args));
  commands.register("replay.seek", (args) => void ran.push(args));
  workspace.replay.set({
    ...{ recordingId: "r1", sessionId: "s1", name: "Friday", durationMs: 100_000, atMs: 25_000 },
    ...{ playing: true, speed: 1, skipsQuiet: false, skipped: null, waiting: false },
    ...{ damaged: false, interrupted: false, timeline: NO_TIMELINE },
  });
  const content = panelContent(workspace, 0);
  expect(content).toMatchObject({ title: "0:25 of 1:40", fraction: 0.25 });
  if (!content) return;
  expect(panelButtonAt(content, 0.5, 0.7)).toBe("play");
  expect(panelButtonAt(content, 0.5, 0.5)).toBe("bar");
  expect(panelButtonAt(content, 0.5, 0.1)).toBeNull();
  for (const button of ["play", "back", "on", "bar"] as const)
    pressPanel(button, 0.5, workspace, commands);
  expect(ran).toEqual([{ on: false }, { ms: 15_000 }, { ms: 35_000 }, { ms: 50_000 }]);
});
