/** Putting revisions on the table, taking them away, moving them. */

import { MOST_LAYERS, type TableLayer } from "../areas/table";
import type { Commands } from "../commands";
import { t } from "../messages";
import type { Workspace } from "../workspace";

export function performTable(workspace: Workspace, commands: Commands): void {
  const { layers, placing } = workspace;
  const beforeDrag = new Map<string, TableLayer>();

  const put = (layer: TableLayer): void =>
    layers.update((all) =>
      all.some(({ revisionId }) => revisionId === layer.revisionId)
        ? all.map((old) => (old.revisionId === layer.revisionId ? layer : old))
        : [...all, layer],
    );
  const drop = (revision: string): void => {
    if (placing.get()?.revisionId === revision) placing.set(null);
    layers.update((all) => all.filter(({ revisionId }) => revisionId !== revision));
  };
  const find = (revision: string): TableLayer | undefined =>
    layers.get().find(({ revisionId }) => revisionId === revision);

  commands.register("layer.add", ({ revision, transform = null }) => {
    if (revision === workspace.revision.get()?.revisionId || find(revision)) {
      workspace.announce(t("table.already"));
      return undefined;
    }
    if (layers.get().length >= MOST_LAYERS) {
      workspace.announce(t("table.limit", { count: MOST_LAYERS }));
      return undefined;
    }
    const layer: TableLayer = { revisionId: revision, visible: true, ghosted: false, transform };
    const add = (): void => put(layer);
    add();
    return { undo: () => drop(revision), redo: add };
  });

  commands.register("layer.remove", ({ revision }) => {
    const before = layers.get();
    if (!find(revision)) return undefined;
    drop(revision);
    return { undo: () => layers.set(before), redo: () => drop(revision) };
  });

  commands.register("layer.update", ({ revision, change, preview }) => {
    const before = find(revision);
    if (!before || workspace.holds.get().has("layers")) return undefined;
    const after = { ...before, ...change };
    if (preview) {
      if (!beforeDrag.has(revision)) beforeDrag.set(revision, before);
      workspace.dragging.set("layers");
      put(after);
      return undefined;
    }
    const start = beforeDrag.get(revision) ?? before;
    beforeDrag.delete(revision);
    if (workspace.dragging.get() === "layers") workspace.dragging.set(null);
    put(after);
    if (JSON.stringify(start) === JSON.stringify(after)) return undefined;
    return { undo: () => put(start), redo: () => put(after) };
  });

  commands.register("layer.place", ({ revision, by = "drag" }) => {
    workspace.placingPoints.set(0);
    const ready = revision !== null && find(revision) !== undefined;
    placing.set(ready ? { revisionId: revision, by } : null);
    commands.run("tool.set", { tool: ready ? "place" : "select" });
  });
}
