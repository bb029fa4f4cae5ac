/**
 * What the panel on the wrist and the tag before the eyes say in a headset, without their looks: that the session is
 * recorded and whether I go on in it; of a recording that is played, its time and its buttons. Places on the panel are
 * fractions of its width and height, from its upper left corner.
 */

import { unrecordedCount } from "../state/areas/recording";
import type { Commands } from "../state/commands";
import { t } from "../state/messages";
import type { Workspace } from "../state/workspace";

/** Metres. */
export const PANEL = { width: 0.26, height: 0.13 } as const;
/** Seconds back and on at one press. */
const STEP_MS = 10_000;

export type PanelButton = "goOn" | "stay" | "play" | "back" | "on" | "bar";

/** A button's rectangle, and its words. */
export interface PanelPlace {
  readonly id: PanelButton;
  readonly label: string;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface PanelContent {
  /** The session is recorded: a red dot stands before it. */
  readonly rec: boolean;
  readonly title: string;
  readonly line: string;
  /** Of a recording that is played: how much of it is over; null: none is. */
  readonly fraction: number | null;
  readonly buttons: readonly PanelPlace[];
}

/** "● REC 3:05" for whoever is in a recorded session; null: it is not recorded. */
export function recTag({ recording }: Workspace, nowMs: number): string | null {
  const state = recording.get();
  return state && `${t("recording.rec")} ${clock(nowMs - state.startedMs)}`;
}

/** What the panel says; null: nothing, and it is not there. nowMs: Unix milliseconds. */
export function panelContent(workspace: Workspace, nowMs: number): PanelContent | null {
  const replay = workspace.replay.get();
  if (replay) {
    const times = { at: clock(replay.atMs), total: clock(replay.durationMs) };
    return {
      rec: false,
      title: t("replay.position", times),
      line: replay.name,
      fraction: replay.durationMs > 0 ? replay.atMs / replay.durationMs : 0,
      buttons: [
        place("back", t("shortcut.replay.rewind"), 0.03, 0.62, 0.2),
        place("play", replay.playing ? t("replay.pause") : t("replay.play"), 0.27, 0.62, 0.46),
        place("on", t("shortcut.replay.on"), 0.77, 0.62, 0.2),
        { ...place("bar", t("replay.scrubber"), 0.03, 0.44, 0.94), height: 0.12 },
      ],
    };
  }
  const recording = workspace.recording.get();
  if (!recording) return null;
  const count = unrecordedCount(recording, workspace.people.get());
  const others = count > 0 ? t("recording.unrecorded", { count }) : "";
  const asked = recording.asked;
  return {
    rec: true,
    title: asked ? t("recording.consentTitle") : (recTag(workspace, nowMs) ?? ""),
    line: asked ? t("recording.began", { name: recording.by }) : others,
    fraction: null,
    buttons: asked
      ? [
          place("goOn", t("recording.continue"), 0.03, 0.62, 0.455),
          place("stay", t("recording.decline"), 0.515, 0.62, 0.455),
        ]
      : recording.agreed
        ? [place("stay", t("recording.withdraw"), 0.03, 0.62, 0.94)]
        : [place("goOn", t("recording.goOn"), 0.03, 0.62, 0.94)],
  };
}

/** The button at a place of the panel; null: none. */
export function panelButtonAt(content: PanelContent, x: number, y: number): PanelButton | null {
  const found = content.buttons.find(
    (one) => x >= one.x && x <= one.x + one.width && y >= one.y && y <= one.y + one.height,
  );
  return found?.id ?? null;
}

/** Does what a button says. x: where on the panel it was pressed. */
export function pressPanel(
  button: PanelButton,
  x: number,
  workspace: Workspace,
  commands: Commands,
): void {
  const replay = workspace.replay.get();
  switch (button) {
    case "goOn":
      commands.run("session.goOn");
      return;
    case "stay":
      commands.run("session.stayUnrecorded");
      return;
    case "play":
      if (replay) commands.run("replay.play", { on: !replay.playing });
      return;
    case "back":
      if (replay) commands.run("replay.seek", { ms: replay.atMs - STEP_MS });
      return;
    case "on":
      if (replay) commands.run("replay.seek", { ms: replay.atMs + STEP_MS });
      return;
    case "bar": {
      const along = Math.min(1, Math.max(0, (x - 0.03) / 0.94));
      if (replay) commands.run("replay.seek", { ms: replay.durationMs * along });
      return;
    }
  }
}

function place(id: PanelButton, label: string, x: number, y: number, width: number): PanelPlace {
  return { id, label, x, y, width, height: 0.32 };
}

/** 185,000 → "3:05". */
function clock(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  const tail = `${String(seconds % 60).padStart(2, "0")}`;
  return hours > 0 ? `${hours}:${String(minutes).padStart(2, "0")}:${tail}` : `${minutes}:${tail}`;
}
