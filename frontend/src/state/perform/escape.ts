/**
 * The Esc ladder (UX.md §2.3): each press leaves one thing, the narrowest first, and then nothing. A new mode that
 * Esc should leave gets its rung here.
 */

import type { Commands } from "../commands";
import type { Workspace } from "../workspace";

interface Rung {
  /** Whether there is something to leave. */
  readonly holds: (workspace: Workspace) => boolean;
  readonly leave: (commands: Commands, workspace: Workspace) => void;
}

/** From the narrowest to the widest. */
const RUNGS: readonly Rung[] = [
  {
    holds: ({ photoreal }) => photoreal.get() !== null,
    leave: (commands) => void commands.run("display.photorealEnd"),
  },
  {
    holds: ({ pendingMeasure }) => pendingMeasure.get() !== null,
    leave: (_commands, { pendingMeasure }) => pendingMeasure.set(null),
  },
  {
    holds: ({ pendingText }) => pendingText.get() !== null,
    leave: (_commands, { pendingText }) => pendingText.set(null),
  },
  {
    holds: ({ sectionPoints }) => sectionPoints.get().length > 0,
    leave: (_commands, { sectionPoints }) => sectionPoints.update((points) => points.slice(0, -1)),
  },
  {
    holds: ({ walk }) => walk.get() !== null,
    leave: (commands) => void commands.run("camera.walk", { on: false }),
  },
  {
    holds: ({ pickMode }) => pickMode.get() !== null,
    leave: (commands) => void commands.run("pick.stop"),
  },
  {
    holds: ({ following }) => following.get() !== null,
    leave: (commands) => void commands.run("session.follow", { slot: null }),
  },
  {
    holds: ({ tool }) => tool.get() !== "select",
    leave: (commands) => void commands.run("tool.set", { tool: "select" }),
  },
  {
    holds: ({ selection, layerSelection }) =>
      !selection.get().isEmpty || layerSelection.get() !== null,
    leave: (commands) => void commands.run("selection.clear"),
  },
  {
    holds: ({ isolated }) => isolated.get(),
    leave: (commands) => void commands.run("visibility.showAll"),
  },
  {
    holds: (workspace) => isolatedLayer(workspace) !== undefined,
    leave: (commands, workspace) => {
      const revision = isolatedLayer(workspace);
      if (revision !== undefined) commands.run("layer.showAllParts", { revision });
    },
  },
];

/** The first of the other revisions on the table of which most is hidden. */
function isolatedLayer({ layers, layerParts }: Workspace): string | undefined {
  const parts = layerParts.get();
  return layers.get().find(({ revisionId }) => parts.get(revisionId)?.isolated)?.revisionId;
}

/** One rung down. */
export function descend(workspace: Workspace, commands: Commands): void {
  RUNGS.find(({ holds }) => holds(workspace))?.leave(commands, workspace);
}
