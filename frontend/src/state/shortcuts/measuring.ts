/** Keys of the measuring tool. */

import { type Shortcut, line } from "./line";

export const MEASURING: readonly Shortcut[] = [
  line(
    "measureFinish",
    "tools",
    "shortcut.measureFinish",
    ["Enter"],
    "measure.finish",
    (commands) => void commands.run("measure.finish"),
    { place: "viewport", when: ({ pendingMeasure }) => pendingMeasure.get() !== null },
  ),
  line(
    "measureNext",
    "tools",
    "shortcut.measureNext",
    ["Tab"],
    "measure.cycle",
    (commands) => void commands.run("measure.cycle", { step: 1 }),
    // With one thing or none under the pointer, Tab goes on to the next control.
    { place: "viewport", when: ({ snapChoices }) => snapChoices.get() > 1 },
  ),
];
