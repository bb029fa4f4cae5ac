/** The keyboard of the workspace: presses become commands, but never while somebody writes or a menu is open. */

import type { Commands } from "../../state/commands";
import { findShortcut, releasedBy } from "../../state/keymap";
import type { Readable } from "../../state/store";
import type { Workspace } from "../../state/workspace";

export interface Keyboard {
  readonly workspace: Workspace;
  readonly commands: Commands;
  /** Letters, digits and signs alone are shortcuts, too. */
  readonly singleKeys: Readable<boolean>;
  /** The 3D view, whose keys count only when it has the focus. */
  readonly canvas: () => HTMLElement | null;
}

/** In these, keys belong to them. */
const OWN_KEYS = '[role="dialog"], [role="alertdialog"], [role="menu"], [role="listbox"]';
/** Enter and Space press what has the focus. */
const PRESSABLE = "button, a, summary, input, [role='treeitem'], [role='option'], [role='slider']";

/** Listens until the returned function is called. */
export function listenToKeys({ workspace, commands, singleKeys, canvas }: Keyboard): () => void {
  const stop = new AbortController();
  const { signal } = stop;
  window.addEventListener(
    "keydown",
    (event) => {
      if (event.defaultPrevented) return;
      const target = event.target instanceof HTMLElement ? event.target : null;
      if (target?.closest(OWN_KEYS)) return;
      if ((event.key === "Enter" || event.key === " ") && target?.closest(PRESSABLE)) return;
      const shortcut = findShortcut(event, workspace.keys.get(), {
        workspace,
        target: fieldOf(target),
        inViewport: target !== null && target === canvas(),
        singleKeys: singleKeys.get(),
      });
      // Without anybody to do it the press stays the browser's.
      if (!shortcut || !commands.has(shortcut.command)) return;
      event.preventDefault();
      if (event.repeat && shortcut.release) return;
      shortcut.run(commands, workspace);
    },
    { signal },
  );
  window.addEventListener(
    "keyup",
    (event) => {
      const { walk, blinking, laser, voice } = workspace;
      const talking = voice.get().mode !== null;
      if (walk.get() === null && !blinking.get() && !laser.get() && !talking) return;
      for (const shortcut of releasedBy(event, workspace.keys.get())) shortcut.release?.(commands);
    },
    { signal },
  );
  // A key let go in another window is never heard of.
  window.addEventListener(
    "blur",
    () => {
      for (const direction of workspace.walk.get()?.held ?? [])
        commands.run("walk.hold", { direction, on: false });
      if (workspace.blinking.get()) commands.run("compare.blink", { on: false });
      if (workspace.laser.get()) commands.run("session.laser", { on: false });
      if (commands.has("voice.talk")) commands.run("voice.talk", { on: false });
    },
    { signal },
  );
  return () => stop.abort();
}

/** The text field that has the focus, as `isTextField` reads it. */
function fieldOf(target: HTMLElement | null): {
  tagName: string;
  isContentEditable: boolean;
  type?: string;
} | null {
  if (!target) return null;
  const { tagName, isContentEditable } = target;
  return target instanceof HTMLInputElement
    ? { tagName, isContentEditable, type: target.type }
    : { tagName, isContentEditable };
}
