/** What a person chose of numbers and snapping lasts longer than the page. */

import type { Workspace } from "../state/workspace";
import type { Preferences } from "./preferences";

/** Brings the choice into a workspace and keeps every change of it; returns the way to stop. */
export function keepNumbers(workspace: Workspace, preferences: Preferences): () => void {
  workspace.numbers.set(preferences.numbers.get());
  workspace.snapRadius.set(preferences.snapRadius.get());
  const stops = [
    workspace.numbers.subscribe((numbers) => preferences.numbers.set(numbers)),
    workspace.snapRadius.subscribe((pixels) => preferences.snapRadius.set(pixels)),
  ];
  return () => stops.forEach((stop) => stop());
}
