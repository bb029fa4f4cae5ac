/** What a person chose of units, numbers and snapping lasts longer than the page. */

import type { Commands } from "../state/commands";
import type { Workspace } from "../state/workspace";
import type { Preferences } from "./preferences";

/**
 * Brings the choice into a workspace and keeps every change of it; returns the way to stop. Only what is chosen is
 * kept: the units of a view or link that is looked at are those of its picture, not of the person.
 */
export function keepNumbers(
  workspace: Workspace,
  commands: Commands,
  preferences: Preferences,
): () => void {
  workspace.numbers.set(preferences.numbers.get());
  workspace.snapRadius.set(preferences.snapRadius.get());
  const stops = [
    commands.register("unit.set", ({ unit }) => {
      preferences.unit.set(unit);
      workspace.unit.set(unit);
    }),
    commands.register("numbers.set", (change) => {
      preferences.numbers.update((numbers) => ({ ...numbers, ...change }));
      workspace.numbers.update((numbers) => ({ ...numbers, ...change }));
    }),
    commands.register("measure.snapRadius", ({ pixels }) => {
      preferences.snapRadius.set(pixels);
      workspace.snapRadius.set(pixels);
    }),
  ];
  return () => stops.forEach((stop) => stop());
}
