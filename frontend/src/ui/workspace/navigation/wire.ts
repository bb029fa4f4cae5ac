/** Joins what a person chose on this device with the workspace, and the regions of the page with F6. */

import type { Commands } from "../../../state/commands";
import type { Workspace } from "../../../state/workspace";
import type { Preferences } from "../../preferences";

/** UX.md §5.6: the order in which F6 goes through the page. */
const REGIONS = ["bar", "rail", "left", "viewport", "right", "toolbar"] as const;
const FOCUSABLE =
  'button:not([disabled]), a[href], input:not([disabled]), select:not([disabled]), textarea, canvas, [tabindex="0"]';

/** Returns the way to stop. */
export function wireNavigation(
  workspace: Workspace,
  commands: Commands,
  preferences: Pick<Preferences, "navigation" | "keys" | "comfort" | "roomText">,
): () => void {
  const stops = [
    preferences.navigation.subscribe((choices) => workspace.navigation.set(choices)),
    preferences.keys.subscribe((keys) => workspace.keys.set(keys)),
    commands.register("navigation.set", ({ change }) =>
      preferences.navigation.update((choices) => ({ ...choices, ...change })),
    ),
    keepComfort(workspace, preferences.comfort),
    keepRoomText(workspace, preferences.roomText),
    commands.register("ui.region", ({ step }) => focusRegion(step)),
  ];
  return () => {
    for (const stop of stops) stop();
  };
}

/** What is chosen in the headset is there the next time. */
function keepComfort({ comfort }: Workspace, kept: Preferences["comfort"]): () => void {
  comfort.set(kept.get());
  return comfort.subscribe((choices) => kept.set(choices));
}

/** What had the focus in a region when it was left. */
const lastIn = new WeakMap<Element, HTMLElement>();

function focusRegion(step: number): void {
  const regions = REGIONS.flatMap((name) => [
    ...document.querySelectorAll<HTMLElement>(`[data-region="${name}"]`),
  ]).filter((region) => region.checkVisibility());
  const active = document.activeElement;
  const now = regions.findIndex((region) => region.contains(active));
  const here = regions[now];
  if (here && active instanceof HTMLElement) lastIn.set(here, active);
  for (let tried = 1; tried <= regions.length; tried += 1) {
    const from = now < 0 && step < 0 ? 0 : now;
    const region = regions[(from + step * tried + regions.length * 2) % regions.length];
    if (region && focusInto(region)) return;
  }
}

function focusInto(region: HTMLElement): boolean {
  const known = lastIn.get(region);
  const target =
    known?.isConnected && region.contains(known)
      ? known
      : region.matches("canvas")
        ? region
        : [...region.querySelectorAll<HTMLElement>(FOCUSABLE)].find(
            (one) => one.checkVisibility() && one.tabIndex >= 0,
          );
  target?.focus();
  return target !== undefined && document.activeElement === target;
}

/** How large letters are in a headset. */
function keepRoomText({ textScale }: Workspace, kept: Preferences["roomText"]): () => void {
  textScale.set(kept.get());
  return textScale.subscribe((share) => kept.set(share));
}
