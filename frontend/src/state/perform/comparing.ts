/** Comparing: which revision, how it is shown, and going from change to change. */

import { type Comparing, plainComparing, shownStops } from "../areas/comparing";
import { type ChangeStop, stateOf } from "../changes";
import type { Commands } from "../commands";
import { stopReason } from "../compare_words";
import { t } from "../messages";
import type { Bounds } from "../model";
import type { Workspace } from "../workspace";

/** A stop is framed with this much of its size around it: one sees where it is. */
const AROUND = 0.2;
/** The room's key of it. */
const COMPARE_KEY = "compare";
/** Metres; a stop without extent is still something to look at. */
const LEAST = 0.002;

export function performComparing(workspace: Workspace, commands: Commands): void {
  const { comparing, comparison, blinking, viewedStops } = workspace;
  let beforeDrag: Comparing | null = null;

  /** Takes a change over; the way back keeps which stop was reached since. */
  const change = (next: Partial<Comparing>): (() => void) | undefined => {
    const before = comparing.get();
    if (!before) return undefined;
    comparing.set({ ...before, ...next });
    return () => comparing.set({ ...before, stop: comparing.get()?.stop ?? before.stop });
  };

  commands.register("compare.start", ({ revision, label }) => {
    const before = comparing.get();
    if (before?.revisionId === revision) return undefined;
    if (revision === workspace.revision.get()?.revisionId) {
      workspace.announce(t("compare.same"));
      return undefined;
    }
    comparing.set(plainComparing(revision, label));
    return () => comparing.set(before);
  });

  commands.register("compare.end", () => {
    const before = comparing.get();
    if (!before) return undefined;
    commands.run("compare.blink", { on: false });
    comparing.set(null);
    return () => comparing.set(before);
  });

  commands.register("compare.mode", ({ mode }) =>
    comparing.get()?.mode === mode ? undefined : change({ mode }),
  );
  commands.register("compare.kinds", ({ kinds }) => change({ kinds }));
  commands.register("compare.palette", ({ palette }) =>
    comparing.get()?.palette === palette ? undefined : change({ palette }),
  );

  commands.register("compare.heat", ({ on }) =>
    comparing.get()?.heat === on ? undefined : change({ heat: on }),
  );
  commands.register("compare.tolerance", ({ metres }) =>
    comparing.get()?.tolerance_m === metres ? undefined : change({ tolerance_m: metres }),
  );
  commands.register("compare.link", ({ on }) =>
    (comparing.get()?.oldCamera === null) === on
      ? undefined
      : change({ oldCamera: on ? null : workspace.camera.get() }),
  );

  commands.register("compare.slide", ({ at, preview }) => {
    const now = comparing.get();
    if (!now) return undefined;
    if (preview) {
      beforeDrag ??= now;
      workspace.dragging.set(COMPARE_KEY);
      comparing.set({ ...now, slider: at });
      return undefined;
    }
    const start = beforeDrag ?? now;
    beforeDrag = null;
    if (workspace.dragging.get() === COMPARE_KEY) workspace.dragging.set(null);
    if (now.slider !== at) comparing.set({ ...now, slider: at });
    if (start.slider === at) return undefined;
    const put = (slider: number) => (): void =>
      comparing.update((latest) => (latest ? { ...latest, slider } : latest));
    return { undo: put(start.slider), redo: put(at) };
  });

  commands.register("compare.go", ({ stop: number }) => {
    const now = comparing.get();
    const result = comparison.get();
    if (!now || result?.state !== "ready") return;
    const stop = result.stops.find((each) => each.stop === number);
    if (!stop) return;
    // Both are framed: a camera of its own would look elsewhere.
    comparing.set({ ...now, stop: number, oldCamera: null });
    viewedStops.update((viewed) => new Set(viewed).add(number));
    commands.run("camera.fitBox", stopBox(workspace, stop));
    const among = shownStops(now, result).findIndex((each) => each.stop === number) + 1;
    workspace.announce(
      t("compare.at", {
        number: among,
        count: shownStops(now, result).length,
        state: t(`compare.state.${stateOf(stop.kind)}`),
        name: stop.name,
        why: stopReason(stop, workspace.unit.get(), workspace.manifest.get()?.source),
      }),
    );
  });

  commands.register("compare.step", ({ step }) => {
    const now = comparing.get();
    const result = comparison.get();
    if (!now || !result) return;
    const stops = shownStops(now, result);
    if (stops.length === 0) {
      workspace.announce(t("compare.noStops"));
      return;
    }
    const at = stops.findIndex(({ stop }) => stop === now.stop);
    const next = at < 0 ? (step > 0 ? 0 : stops.length - 1) : at + step;
    const stop = stops[(next + stops.length) % stops.length];
    if (stop) commands.run("compare.go", { stop: stop.stop });
  });

  commands.register("compare.blink", ({ on }) => {
    const blinks = on && comparing.get() !== null && comparison.get()?.state === "ready";
    // The others see it for as long, and then what they saw before.
    if (blinks && workspace.dragging.get() === null) workspace.dragging.set(COMPARE_KEY);
    if (!blinks && blinking.get() && workspace.dragging.get() === COMPARE_KEY)
      workspace.dragging.set(null);
    blinking.set(blinks);
  });
}

/** The place of a change in the frame of the model, metres, with some air around it. around: as a part of its size. */
export function stopBox(
  workspace: Workspace,
  { bounds: { min, max } }: ChangeStop,
  around = AROUND,
): Bounds {
  const origin = workspace.manifest.get()?.origin ?? [0, 0, 0];
  const size = Math.hypot(max[0] - min[0], max[1] - min[1], max[2] - min[2]);
  const by = Math.max(size * around, LEAST);
  return {
    min: [min[0] - origin[0] - by, min[1] - origin[1] - by, min[2] - origin[2] - by],
    max: [max[0] - origin[0] + by, max[1] - origin[1] + by, max[2] - origin[2] + by],
  };
}
