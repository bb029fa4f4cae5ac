/** Keys of a recording that is played; they mean nothing without one. */

import type { Commands } from "../commands";
import type { Chord } from "../keys";
import type { MessageKey } from "../messages";
import type { ReplayState } from "../areas/replaying";
import type { Workspace } from "../workspace";
import { type Shortcut, line } from "./line";

const STEP_MS = 5_000;
const FINE_MS = 100;
const when = ({ replay }: Workspace): boolean => replay.get() !== null;

function key(
  id: string,
  title: MessageKey,
  chords: readonly Chord[],
  run: (commands: Commands, state: ReplayState) => void,
): Shortcut {
  return line(
    `replay.${id}`,
    "session",
    title,
    chords,
    "replay.play",
    (commands, { replay }) => {
      const state = replay.get();
      if (state) run(commands, state);
    },
    { when },
  );
}

const by =
  (ms: number) =>
  (commands: Commands, { atMs }: ReplayState): void => {
    commands.run("replay.seek", { ms: atMs + ms });
  };

export const REPLAYING: readonly Shortcut[] = [
  key("toggle", "shortcut.replay.toggle", ["Space", "KeyK"], (commands, { playing }) => {
    commands.run("replay.play", { on: !playing });
  }),
  key("back", "shortcut.replay.back", ["ArrowLeft"], by(-STEP_MS)),
  key("on", "shortcut.replay.on", ["ArrowRight"], by(STEP_MS)),
  key("fineBack", "shortcut.replay.fineBack", ["','"], by(-FINE_MS)),
  key("fineOn", "shortcut.replay.fineOn", ["'.'"], by(FINE_MS)),
  key("rewind", "shortcut.replay.rewind", ["KeyJ"], by(-2 * STEP_MS)),
  key("faster", "shortcut.replay.faster", ["KeyL"], (commands, { playing }) => {
    if (playing) commands.run("replay.faster");
    else commands.run("replay.play", { on: true });
  }),
];
