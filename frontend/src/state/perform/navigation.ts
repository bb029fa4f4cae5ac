/** Choices of navigation, and what is held down while walking; the camera itself moves in the scene. */

import type { Commands } from "../commands";
import type { Workspace } from "../workspace";

export function performNavigation(workspace: Workspace, commands: Commands): void {
  const { navigation, walk, pickMode } = workspace;
  commands.register("navigation.set", ({ change }) =>
    navigation.update((choices) => ({ ...choices, ...change })),
  );
  commands.register("walk.hold", ({ direction, on }) => {
    const now = walk.get();
    if (!now || now.held.has(direction) === on) return;
    const held = new Set(now.held);
    if (on) held.add(direction);
    else held.delete(direction);
    walk.set({ ...now, held });
  });
  commands.register("walk.speed", ({ factor }) => {
    const now = walk.get();
    if (now) walk.set({ ...now, speed: now.speed * factor });
  });
  commands.register("pick.stop", () => pickMode.set(null));
}
