/** What a room shares of a comparison: which revisions, how they are shown, and the tour's stop; no camera. */

import type { Json } from "../protocol/messages";
import {
  COMPARE_MODES,
  COMPARE_PALETTES,
  captureComparing,
  plainComparing,
  restoreComparing,
} from "../state/areas/comparing";
import { REAL_CHANGES } from "../state/changes";
import type { Workspace } from "../state/workspace";

/** null: nothing is compared. revisionId: the new one, on the table. */
export function readCompare(workspace: Workspace, revisionId: string): Json {
  const now = captureComparing(workspace);
  if (!now) return null;
  const usual = plainComparing(now.revisionId, "");
  const { mode, slider, kinds, palette, heat, tolerance_m, stop } = now;
  // What is usual is left out: rooms of older pages know revisions, mode and slider alone.
  return {
    revision_ids: [now.revisionId, revisionId],
    mode,
    slider,
    ...(kinds.length === REAL_CHANGES.length ? {} : { kinds }),
    ...(palette === usual.palette ? {} : { palette }),
    ...(heat ? { heat } : {}),
    ...(tolerance_m === usual.tolerance_m ? {} : { tolerance_m }),
    ...(stop === null ? {} : { stop }),
    ...(workspace.blinking.get() ? { blink: true } : {}),
  };
}

/** A comparison of other revisions than the one on the table is not shown. */
export function showCompare(workspace: Workspace, revisionId: string, value: Json): void {
  const said: Readonly<Record<string, unknown>> =
    typeof value === "object" && value !== null ? Object.fromEntries(Object.entries(value)) : {};
  const [old, young] = listOf(said["revision_ids"]);
  const { blinking, comparing } = workspace;
  const isOurs = typeof old === "string" && young === revisionId && old !== revisionId;
  blinking.set(isOurs && said["blink"] === true);
  if (!isOurs) return restoreComparing(workspace, null);
  const { label: _label, ...usual } = plainComparing(old, "");
  const { slider, tolerance_m: tolerance, stop } = said;
  const kinds = listOf(said["kinds"] ?? REAL_CHANGES);
  const mine = comparing.get();
  restoreComparing(workspace, {
    ...usual,
    mode: COMPARE_MODES.find((mode) => mode === said["mode"]) ?? usual.mode,
    palette: COMPARE_PALETTES.find((one) => one === said["palette"]) ?? usual.palette,
    slider: typeof slider === "number" ? slider : usual.slider,
    kinds: REAL_CHANGES.filter((kind) => kinds.includes(kind)),
    heat: said["heat"] === true,
    tolerance_m: typeof tolerance === "number" ? tolerance : usual.tolerance_m,
    stop: typeof stop === "number" ? stop : null,
    // From where I look at the old one is mine.
    oldCamera: mine?.revisionId === old ? mine.oldCamera : null,
  });
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
