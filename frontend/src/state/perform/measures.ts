/** Measurements: adding, changing and removing; what needs the picture is registered by the tool. */

import type { Measurement, ReadingChoice } from "../areas/measuring";
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
  const restore = (before: readonly Measurement[]): void => {
    measures.set(before);
    const active = activeMeasure.get();
    if (!before.some(({ id }) => id === active)) activeMeasure.set(null);
  };

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
    if (before.locked && (reading !== undefined || wanted.anchors !== undefined)) {
      workspace.announce(t("measure.isLocked", { name: before.name }));
      return undefined;
    }
    if (preview) {
      if (!beforeDrag.has(id)) beforeDrag.set(id, before);
      put(after);
      return undefined;
    }
    const start = beforeDrag.get(id) ?? before;
    beforeDrag.delete(id);
    put(after);
    return { undo: () => put(start), redo: () => put(after) };
  });

  commands.register("measure.remove", ({ id }) => {
    const before = measures.get();
    const measure = before.find((each) => each.id === id);
    if (!measure) return undefined;
    if (measure.locked) {
      workspace.announce(t("measure.isLocked", { name: measure.name }));
      return undefined;
    }
    drop(id);
    return { undo: () => restore(before), redo: () => drop(id) };
  });

  commands.register("measure.clear", () => {
    const before = measures.get();
    const kept = before.filter(({ locked }) => locked);
    if (kept.length === before.length) return undefined;
    restore(kept);
    return { undo: () => restore(before), redo: () => restore(kept) };
  });

  commands.register("measure.showAll", ({ shown }) => {
    const before = measures.get();
    if (before.every((measure) => measure.shown === shown)) return undefined;
    const after = before.map((measure) => ({ ...measure, shown }));
    measures.set(after);
    return { undo: () => measures.set(before), redo: () => measures.set(after) };
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
