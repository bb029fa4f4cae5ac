/** Cutting: adding, moving and removing planes and the box, and sparing parts. */

import { BOX, MAX_SECTIONS } from "../areas/sectioning";
import type { Commands, Inverse } from "../commands";
import { t } from "../messages";
import { fileAxis } from "../model";
import { dot, negated } from "../planes";
import { RangeSet } from "../ranges";
import { type Section, type SectionBox, type Workspace, centre, diagonal } from "../workspace";

export { MAX_SECTIONS };
/** The key of the box in a room, and while it is dragged. */
export const BOX_KEY = "section-box";

export function performSections(
  workspace: Workspace,
  commands: Commands,
  newId: () => string,
): void {
  const { sections, sectionBox, activeSection, uncut } = workspace;
  /** What a section was before its drag began. */
  const beforeDrag = new Map<string, Section>();
  /** Sections that came with the drag which is going on. */
  const fresh = new Set<string>();
  let boxBeforeDrag: { readonly box: SectionBox | null } | null = null;

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
  /** Puts sections back where they were, among those that others added since. */
  const putBack = (removed: readonly Section[]): void =>
    sections.update((now) => [
      ...removed,
      ...now.filter(({ id }) => !removed.some((old) => old.id === id)),
    ]);
  const place = (id: string, to: number): void =>
    sections.update((all) => {
      const moved = all.find((section) => section.id === id);
      if (!moved) return all;
      const rest = all.filter((section) => section !== moved);
      return [...rest.slice(0, to), moved, ...rest.slice(to)];
    });

  commands.register("section.add", ({ axis, normal, offset_m, name, preview }) => {
    if (sections.get().length >= MAX_SECTIONS) {
      workspace.announce(t("section.limit", { count: MAX_SECTIONS }));
      return undefined;
    }
    const manifest = workspace.manifest.get();
    // What is nearer to the home view's camera, which looks from +x, +y and +z, goes, so that the cut is seen. The y of a
    // file whose z is up leads away from that camera.
    const along = fileAxis(axis ?? "x", manifest?.source ?? null);
    const direction = normal ?? (dot(along, [1, 1, 1]) > 0 ? negated(along) : along);
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
    if (preview) {
      fresh.add(section.id);
      return undefined;
    }
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
    if (fresh.delete(id)) {
      const again = (): void => {
        put(after);
        activeSection.set(id);
      };
      return { undo: () => drop(id), redo: again };
    }
    if (JSON.stringify(start) === JSON.stringify(after)) return undefined;
    return { undo: () => put(start), redo: () => put(after) };
  });

  commands.register("section.remove", ({ id }) => {
    const before = sections.get();
    const at = before.findIndex((candidate) => candidate.id === id);
    const section = before[at];
    if (!section) return undefined;
    drop(id);
    return {
      undo: () => {
        put(section);
        place(id, at);
      },
      redo: () => drop(id),
    };
  });

  commands.register("section.reorder", ({ id, to }) => {
    const from = sections.get().findIndex((section) => section.id === id);
    const target = Math.max(0, Math.min(sections.get().length - 1, Math.round(to)));
    if (from < 0 || from === target) return undefined;
    place(id, target);
    return { undo: () => place(id, from), redo: () => place(id, target) };
  });

  commands.register("section.clear", ({ only }) => {
    const removed = sections.get();
    const box = only ? null : sectionBox.get();
    const spared = only ? RangeSet.empty : uncut.get();
    if (removed.length === 0 && !box && spared.isEmpty) return undefined;
    const clear = (): void => {
      removed.forEach(({ id }) => drop(id));
      if (box) sectionBox.set(null);
      uncut.update((now) => now.minus(spared));
      if (!only) activeSection.set(null);
    };
    clear();
    return {
      undo: () => {
        putBack(removed);
        if (box) sectionBox.set(box);
        uncut.update((now) => now.union(spared));
      },
      redo: clear,
    };
  });

  commands.register("section.activate", ({ id }) => activeSection.set(id));

  commands.register("section.box", ({ box, preview }) => {
    if (workspace.holds.get().has(BOX_KEY)) return undefined;
    const before = sectionBox.get();
    if (preview) {
      boxBeforeDrag ??= { box: before };
      workspace.dragging.set(BOX_KEY);
      sectionBox.set(box);
      return undefined;
    }
    const start = boxBeforeDrag ? boxBeforeDrag.box : before;
    boxBeforeDrag = null;
    if (workspace.dragging.get() === BOX_KEY) workspace.dragging.set(null);
    return putBox(workspace, box, start);
  });

  commands.register("section.uncut", ({ ranges, mode }) => {
    const before = uncut.get();
    const after =
      mode === "set" ? ranges : mode === "add" ? before.union(ranges) : before.minus(ranges);
    const [added, taken] = [after.minus(before), before.minus(after)];
    if (added.isEmpty && taken.isEmpty) return undefined;
    const change = (more: RangeSet, less: RangeSet): void =>
      uncut.update((now) => now.union(more).minus(less));
    change(added, taken);
    return { undo: () => change(taken, added), redo: () => change(added, taken) };
  });

  commands.register("section.pick", ({ pick }) => {
    workspace.sectionPoints.set([]);
    workspace.sectionPick.set(pick);
    commands.run("tool.set", { tool: "section" });
  });
}

/** Sets the box and makes it the one with the gizmo; the way back brings `before`. */
export function putBox(
  workspace: Workspace,
  box: SectionBox | null,
  before: SectionBox | null = workspace.sectionBox.get(),
): Inverse | undefined {
  const show = (wanted: SectionBox | null): void => {
    const { sectionBox, activeSection, sections } = workspace;
    if (wanted && !sectionBox.get()) activeSection.set(BOX);
    sectionBox.set(wanted);
    if (!wanted && activeSection.get() === BOX)
      activeSection.set(sections.get().at(-1)?.id ?? null);
  };
  show(box);
  if (JSON.stringify(before) === JSON.stringify(box)) return undefined;
  return { undo: () => show(before), redo: () => show(box) };
}

/** A step for moving a section: about a hundredth of the model, rounded to 1, 2 or 5 in decades; metres. */
export function sectionStep(workspace: Workspace): number {
  const manifest = workspace.manifest.get();
  const span = manifest ? diagonal(manifest.bounds) / 100 : 0.001;
  const decade = 10 ** Math.floor(Math.log10(span));
  const lead = span / decade;
  return decade * (lead >= 5 ? 5 : lead >= 2 ? 2 : 1);
}
