/** Keys of voice: they mean nothing outside a meeting. */

import type { Workspace } from "../workspace";
import { type Shortcut, line } from "./line";

const when = ({ voice }: Workspace): boolean => {
  const { mode } = voice.get();
  return mode === "mesh" || mode === "sfu";
};

export const VOICE: readonly Shortcut[] = [
  line(
    "talk",
    "session",
    "shortcut.talk",
    ["Space"],
    "voice.talk",
    (commands) => void commands.run("voice.talk", { on: true }),
    { when, release: (commands) => void commands.run("voice.talk", { on: false }) },
  ),
  line(
    "microphone",
    "session",
    "shortcut.microphone",
    ["Shift+KeyM"],
    "voice.microphone",
    (commands) => void commands.run("voice.microphone", {}),
    { when },
  ),
];
