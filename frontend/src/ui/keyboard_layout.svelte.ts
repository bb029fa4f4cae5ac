/** What this keyboard's letters write, where the browser tells; so that shortcuts are shown as they are printed. */

import type { KeyboardLayout } from "../state/keys";

/** The part of the Keyboard Map API that is used; not in TypeScript's library. */
interface KeyboardMap {
  getLayoutMap(): Promise<Iterable<readonly [string, string]>>;
}

const known = $state<{ layout: KeyboardLayout }>({ layout: new Map() });
let asked = false;

/** The layout, empty until the browser has told it. */
export function keyboardLayout(): KeyboardLayout {
  if (!asked) {
    asked = true;
    void ask();
  }
  return known.layout;
}

async function ask(): Promise<void> {
  if (typeof navigator === "undefined" || !("keyboard" in navigator)) return;
  try {
    const keyboard = navigator.keyboard as KeyboardMap; // Chromium's Keyboard Map API
    known.layout = new Map(await keyboard.getLayoutMap());
  } catch {
    // Refused in a frame of another origin: the letters of the usual keyboard are shown.
  }
}
