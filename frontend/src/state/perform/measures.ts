/** Measurements: adding, changing and removing; what needs the picture is registered by the tool. */

import type { Measurement, ReadingChoice } from "../areas/measuring";
import { changeRefusal, measureKey } from "../areas/owning";
import type { Commands } from "../commands";
import { choiceName } from "../measure_text";
import { stoodNow } from "../measure_owner";
import { t } from "../messages";
import type { Workspace } from "../workspace";

export function performMeasures(
  workspace: Workspace,
  commands: Commands,
  newId: () => string,
): void {
  const { measures, pendingMeasure, activeMeasure } = workspace;
  /** What a measurement was before its drag began. */
  const beforeDrag = new Map<string, Measurement>();

  const put = (measure: Measurement): void =>
    measures.update((all) => all.map((old) => (old.id === measure.id ? measure : old)));
  const drop = (id: string): void => {
    measures.update((all) => all.filter((measure) => measure.id !== id));
    if (activeMeasure.get() === id) activeMeasure.set(null);
  };
  /** Puts these back where they stood; what others added or removed since stays so. */
  const bringBack = (gone: readonly Measurement[], before: readonly Measurement[]): void =>
    measures.update((all) => [
      ...before.flatMap(
        (was) => all.find(({ id }) => id === was.id) ?? (gone.includes(was) ? was : []),
      ),
      ...all.filter(({ id }) => !before.some((was) => was.id === id)),
    ]);
  /** Somebody else's is not mine to change, however I come to it. */
  const refuses = ({ id, name }: Measurement): boolean => {
    const owner = changeRefusal(workspace, measureKey(id));
    if (owner !== null) workspace.announce(t("refused.owned", { name, owner }));
    return owner !== null;
  };
  const show = (shown: ReadonlyMap<string, boolean>): void =>
    measures.update((all) =>
      all.map((measure) => ({ ...measure, shown: shown.get(measure.id) ?? measure.shown })),
    );

  const stood = (anchors: Measurement["anchors"]): Pick<Measurement, "stood"> => {
    const now = stoodNow(anchors, workspace.layers.get());
    return now.length > 0 ? { stood: now } : {};
  };

  commands.register("measure.add", ({ measure: { name, ...given } }) => {
    const measure: Measurement = {
      ...given,
      ...stood(given.anchors),
      id: newId(),
      name: name ?? freeName(given, measures.get()),
      locked: false,
      shown: true,
      label_offset: null,
    };
    const add = (): void => measures.update((all) => [...all, measure]);
    pendingMeasure.set(null);
    add();
    return { undo: () => drop(measure.id), redo: add };
  });

  commands.register("measure.update", ({ id, change: { reading, ...wanted }, preview }) => {
    const before = measures.get().find((measure) => measure.id === id);
    if (!before) return undefined;
    const taken = wanted.anchors ? stood(wanted.anchors) : {};
    const { stood: _then, ...kept } = before;
    const after: Measurement = {
      ...(wanted.anchors ? kept : before),
      ...wanted,
      ...reading,
      ...taken,
    };
    // Whether I show it is mine.
    if (
      Object.keys({ ...wanted, ...reading }).some((field) => field !== "shown") &&
      refuses(before)
    )
      return undefined;
    if (before.locked && (reading !== undefined || wanted.anchors !== undefined)) {
      workspace.announce(t("measure.isLocked", { name: before.name }));
      return undefined;
    }
    if (preview) {
      if (!beforeDrag.has(id)) beforeDrag.set(id, before);
      workspace.dragging.set(measureKey(id));
      put(after);
      return undefined;
    }
    if (workspace.dragging.get() === measureKey(id)) workspace.dragging.set(null);
    const start = beforeDrag.get(id) ?? before;
    beforeDrag.delete(id);
    put(after);
    return { undo: () => put(start), redo: () => put(after) };
  });

  commands.register("measure.remove", ({ id }) => {
    const before = measures.get();
    const measure = before.find((each) => each.id === id);
    if (!measure || refuses(measure)) return undefined;
    if (measure.locked) {
      workspace.announce(t("measure.isLocked", { name: measure.name }));
      return undefined;
    }
    drop(id);
    return { undo: () => bringBack([measure], before), redo: () => drop(id) };
  });

  commands.register("measure.clear", () => {
    const before = measures.get();
    const gone = before.filter(
      ({ id, locked }) => !locked && changeRefusal(workspace, measureKey(id)) === null,
    );
    if (gone.length === 0) return undefined;
    const clear = (): void => gone.forEach(({ id }) => drop(id));
    clear();
    return { undo: () => bringBack(gone, before), redo: clear };
  });

  commands.register("measure.showAll", ({ shown }) => {
    const before = measures.get();
    if (before.every((measure) => measure.shown === shown)) return undefined;
    const was = new Map(before.map((measure) => [measure.id, measure.shown]));
    const will = new Map(before.map((measure) => [measure.id, shown]));
    show(will);
    return { undo: () => show(was), redo: () => show(will) };
  });

  commands.register("measure.activate", ({ id }) => activeMeasure.set(id));
  commands.register("measure.task", ({ task }) => {
    pendingMeasure.set(null);
    workspace.measureTask.set(task);
    commands.run("tool.set", { tool: "measure" });
  });
  commands.register("measure.snapRadius", ({ pixels }) => workspace.snapRadius.set(pixels));
  commands.register("numbers.set", (change) =>
    workspace.numbers.update((numbers) => ({ ...numbers, ...change })),
  );
}

/** `Distance 3`: the first number that no measurement of this kind's name has. */
function freeName({ kind, mode }: ReadingChoice, measures: readonly Measurement[]): string {
  const taken = new Set(measures.map(({ name }) => name));
  // Of its other readings none has a name of its own: a shortest distance is a distance.
  const word = kind === "radius" ? choiceName({ kind, mode }) : t(`measure.kind.${kind}`);
  for (let number = 1; ; number += 1) {
    const name = t("measure.numbered", { kind: word, number });
    if (!taken.has(name)) return name;
  }
}
