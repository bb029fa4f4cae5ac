/** Keys of a comparison; they mean nothing without one. */

import type { Workspace } from "../workspace";
import { type Shortcut, line } from "./line";

const when = ({ comparing }: Workspace): boolean => comparing.get() !== null;

export const COMPARING: readonly Shortcut[] = [
  line(
    "blink",
    "view",
    "shortcut.blink",
    ["KeyX"],
    "compare.blink",
    (commands) => void commands.run("compare.blink", { on: true }),
    { when, release: (commands) => void commands.run("compare.blink", { on: false }) },
  ),
  line(
    "nextChange",
    "view",
    "shortcut.nextChange",
    ["'.'"],
    "compare.step",
    (commands) => void commands.run("compare.step", { step: 1 }),
    { when },
  ),
  line(
    "previousChange",
    "view",
    "shortcut.previousChange",
    ["','"],
    "compare.step",
    (commands) => void commands.run("compare.step", { step: -1 }),
    { when },
  ),
];
