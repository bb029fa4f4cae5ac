/** Cutting: adding, moving and removing planes. */

import type { Commands } from "../commands";
import { t } from "../messages";
import { type Vec3, fileAxis } from "../model";
import { type Section, type Workspace, centre, diagonal } from "../workspace";

// Six planes: what the section shader takes (VIEWER.md §5).
export const MAX_SECTIONS = 6;

export function performSections(
  workspace: Workspace,
  commands: Commands,
  newId: () => string,
): void {
  const { sections, activeSection } = workspace;
  /** What a section was before its drag began. */
  const beforeDrag = new Map<string, Section>();

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
