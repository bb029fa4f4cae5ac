/** Performs every command that is a change of the workspace alone; the scene, the session and XR register the rest. */

import type { Commands, Inverse } from "./commands";
import { type Vec3, fileAxis } from "./model";
import { t } from "./messages";
import { RangeSet } from "./ranges";
import type { Store } from "./store";
import { type Section, type Workspace, centre, diagonal } from "./workspace";

// Six planes: what the section shader takes (VIEWER.md §5).
export const MAX_SECTIONS = 6;

/** Registers the performers. `newId` makes ids that nobody else in the room makes. */
export function performOnWorkspace(
  workspace: Workspace,
  commands: Commands,
  newId: () => string,
): void {
  performSelection(workspace, commands);
  performVisibility(workspace, commands);
  performSections(workspace, commands, newId);
  performMeasures(workspace, commands, newId);
  performPersonal(workspace, commands);
  commands.register("escape", () => {
    descend(workspace, commands);
  });
}

function performSelection(workspace: Workspace, commands: Commands): void {
  const { selection } = workspace;
  commands.register("selection.set", ({ ranges, mode }) => {
    const current = selection.get();
    const next = {
      replace: (): RangeSet => ranges,
      add: (): RangeSet => current.union(ranges),
      remove: (): RangeSet => current.minus(ranges),
      toggle: (): RangeSet =>
        current.contains(ranges) ? current.minus(ranges) : current.union(ranges),
    }[mode]();
    if (!next.equals(current)) selection.set(next);
  });
  commands.register("selection.clear", () => selection.set(RangeSet.empty));
  commands.register("selection.parent", () => {
    const structure = workspace.structure.get();
    const first = selection.get().first;
    if (!structure || first === null) return;
    // The nearest ancestor that holds more than what is selected already.
    let row = structure.rowOfOccurrence(first);
    while (row >= 0) {
      const under = structure.occurrencesUnder(row);
      if (under.size > selection.get().size && under.contains(selection.get())) {
        selection.set(under);
        return;
      }
      row = structure.parent(row);
    }
  });
  commands.register("selection.identical", () => {
    const structure = workspace.structure.get();
    const first = selection.get().first;
    if (structure && first !== null) selection.set(structure.identical(first));
  });
}

/** A way back that restores only what this step changed, so that another person's later change stays. */
function change(
  store: Store<RangeSet>,
  added: RangeSet,
  removed: RangeSet,
): { undo(): void; redo(): void } {
  return {
    undo: () => store.update((now) => now.minus(added).union(removed)),
    redo: () => store.update((now) => now.union(added).minus(removed)),
  };
}

function performVisibility(workspace: Workspace, commands: Commands): void {
  const { hidden, isolated, ghosted, selection } = workspace;

  const setHidden = (next: RangeSet, isolation: boolean): Inverse | undefined => {
    const before = hidden.get();
    const wasIsolated = isolated.get();
    if (next.equals(before) && isolation === wasIsolated) return undefined;
    const way = change(hidden, next.minus(before), before.minus(next));
    // isolated first: whoever watches `hidden` then reads the pair as it belongs together.
    isolated.set(isolation);
    hidden.set(next);
    return {
      undo: () => {
        isolated.set(wasIsolated);
        way.undo();
      },
      redo: () => {
        isolated.set(isolation);
        way.redo();
      },
    };
  };

  commands.register("visibility.hide", ({ ranges }) => {
    if (selection.get().meets(ranges)) selection.set(selection.get().minus(ranges));
    return setHidden(hidden.get().union(ranges), isolated.get());
  });
  commands.register("visibility.show", ({ ranges }) => {
    const next = hidden.get().minus(ranges);
    return setHidden(next, isolated.get() && !next.isEmpty);
  });
  commands.register("visibility.isolate", ({ ranges }) => {
    const structure = workspace.structure.get();
    if (!structure || ranges.isEmpty) return undefined;
    return setHidden(ranges.invert(structure.occurrenceCount), true);
  });
  commands.register("visibility.showAll", () => setHidden(RangeSet.empty, false));
  commands.register("visibility.ghost", ({ ranges }) => {
    const before = ghosted.get();
    if (ranges.equals(before)) return undefined;
    ghosted.set(ranges);
    return change(ghosted, ranges.minus(before), before.minus(ranges));
  });
}

function performSections(workspace: Workspace, commands: Commands, newId: () => string): void {
  const { sections, activeSection } = workspace;
  /** What a section was before its drag began. */
  const beforeDrag = new Map<string, Section>();
  let explodeBeforeDrag: number | null = null;

  const put = (section: Section): void =>
    sections.update((all) =>
      all.some(({ id }) => id === section.id)
        ? all.map((old) => (old.id === section.id ? section : old))
        : [...all, section],
    );
  const drop = (id: string): void => {
    sections.update((all) => all.filter((section) => section.id !== id));
    if (activeSection.get() === id) activeSection.set(sections.get().at(-1)?.id ?? null);
  };

  commands.register("section.add", ({ axis, normal, offset_m, name }) => {
    if (sections.get().length >= MAX_SECTIONS) {
      workspace.announce(t("section.limit", { count: MAX_SECTIONS }));
      return undefined;
    }
    const manifest = workspace.manifest.get();
    // Against the axis: what is nearer to the home view's camera goes, so that the cut is seen.
    const direction = normal ?? negated(fileAxis(axis ?? "x", manifest?.source ?? null));
    const middle = manifest ? centre(manifest.bounds) : ([0, 0, 0] as const);
    const section: Section = {
      id: newId(),
      name:
        name ??
        t("section.name", { axis: axis ? axis.toUpperCase() : String(sections.get().length + 1) }),
      normal: direction,
      offset_m: offset_m ?? dot(direction, middle),
      enabled: true,
      cap: true,
    };
    const add = (): void => {
      put(section);
      activeSection.set(section.id);
    };
    add();
    return { undo: () => drop(section.id), redo: add };
  });

  commands.register("section.update", ({ id, change: wanted, preview }) => {
    const before = sections.get().find((section) => section.id === id);
    if (!before || workspace.holds.get().has(`section/${id}`)) return undefined;
    const after = { ...before, ...wanted };
    if (preview) {
      if (!beforeDrag.has(id)) beforeDrag.set(id, before);
      workspace.dragging.set(`section/${id}`);
      put(after);
      return undefined;
    }
    const start = beforeDrag.get(id) ?? before;
    beforeDrag.delete(id);
    // The drag ends before the last value lands, so that a watcher takes that value for the result.
    if (workspace.dragging.get() === `section/${id}`) workspace.dragging.set(null);
    put(after);
    return { undo: () => put(start), redo: () => put(after) };
  });

  commands.register("section.remove", ({ id }) => {
    const section = sections.get().find((candidate) => candidate.id === id);
    if (!section) return undefined;
    drop(id);
    return { undo: () => put(section), redo: () => drop(id) };
  });

  commands.register("section.clear", () => {
    const removed = sections.get();
    if (removed.length === 0) return undefined;
    const clear = (): void => removed.forEach(({ id }) => drop(id));
    clear();
    return { undo: () => removed.forEach(put), redo: clear };
  });

  commands.register("section.activate", ({ id }) => activeSection.set(id));

  commands.register("explode.set", ({ amount, preview }) => {
    const { explode } = workspace;
    if (workspace.holds.get().has("explode")) return undefined;
    if (preview) {
      explodeBeforeDrag ??= explode.get();
      workspace.dragging.set("explode");
      explode.set(amount);
      return undefined;
    }
    const start = explodeBeforeDrag ?? explode.get();
    explodeBeforeDrag = null;
    if (workspace.dragging.get() === "explode") workspace.dragging.set(null);
    explode.set(amount);
    if (start === amount) return undefined;
    return { undo: () => explode.set(start), redo: () => explode.set(amount) };
  });
}

function performMeasures(workspace: Workspace, commands: Commands, newId: () => string): void {
  const { measures, pendingMeasure } = workspace;
  commands.register("measure.add", (args) => {
    const measure = { id: newId(), ...args };
    const add = (): void => measures.update((all) => [...all, measure]);
    pendingMeasure.set(null);
    add();
    return {
      undo: () => measures.update((all) => all.filter(({ id }) => id !== measure.id)),
      redo: add,
    };
  });
  commands.register("measure.remove", ({ id }) => {
    const before = measures.get();
    if (!before.some((measure) => measure.id === id)) return undefined;
    measures.set(before.filter((measure) => measure.id !== id));
    return () => measures.set(before);
  });
  commands.register("measure.clear", () => {
    const before = measures.get();
    if (before.length === 0) return undefined;
    measures.set([]);
    return () => measures.set(before);
  });
}

function performPersonal(workspace: Workspace, commands: Commands): void {
  commands.register("tool.set", ({ tool }) => {
    workspace.pendingMeasure.set(null);
    workspace.tool.set(tool);
  });
  commands.register("display.edges", ({ on }) =>
    workspace.display.update((display) => ({ ...display, edges: on ?? !display.edges })),
  );
  commands.register("display.pmi", ({ on }) =>
    workspace.display.update((display) => ({ ...display, pmi: on ?? !display.pmi })),
  );
  commands.register("camera.projection", ({ projection }) =>
    workspace.display.update((display) => ({
      ...display,
      projection:
        projection ?? (display.projection === "perspective" ? "orthographic" : "perspective"),
    })),
  );
  commands.register("unit.set", ({ unit }) => workspace.unit.set(unit));
  commands.register("theme.set", ({ theme }) => workspace.theme.set(theme));
}

/** The Esc ladder (UX.md §2.3): following, point in progress, tool, selection, isolation, nothing. */
function descend(workspace: Workspace, commands: Commands): void {
  if (workspace.pendingMeasure.get()) workspace.pendingMeasure.set(null);
  else if (workspace.following.get()) commands.run("session.follow", { slot: null });
  else if (workspace.tool.get() !== "select") commands.run("tool.set", { tool: "select" });
  else if (!workspace.selection.get().isEmpty) commands.run("selection.clear");
  else if (workspace.isolated.get()) commands.run("visibility.showAll");
}

function dot(a: Vec3, b: Vec3): number {
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

function negated(a: Vec3): Vec3 {
  // 0 - x, since -0 would be written as such.
  return [0 - a[0], 0 - a[1], 0 - a[2]];
}

/** A step for moving a section: about a hundredth of the model, rounded to 1, 2 or 5 in decades; metres. */
export function sectionStep(workspace: Workspace): number {
  const manifest = workspace.manifest.get();
  const span = manifest ? diagonal(manifest.bounds) / 100 : 0.001;
  const decade = 10 ** Math.floor(Math.log10(span));
  const lead = span / decade;
  return decade * (lead >= 5 ? 5 : lead >= 2 ? 2 : 1);
}
