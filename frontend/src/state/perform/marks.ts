/** Markup: marks come and go by undoable steps; drawing on the view freezes it on a sheet. */

import type { Sheet, SheetMark } from "../areas/marking";
import { changeRefusal, markupKey } from "../areas/owning";
import type { Commands, Inverse } from "../commands";
import { t } from "../messages";
import type { CameraPose, Workspace } from "../workspace";

export function performMarks(workspace: Workspace, commands: Commands, newId: () => string): void {
  const { sheets, openSheet, modelMarks, pendingText } = workspace;

  const putSheet = (sheet: Sheet): void =>
    sheets.update((all) =>
      all.some(({ id }) => id === sheet.id)
        ? all.map((old) => (old.id === sheet.id ? sheet : old))
        : [...all, sheet],
    );
  const dropSheet = (id: string): void => {
    if (openSheet.get() === id) openSheet.set(null);
    sheets.update((all) => all.filter((sheet) => sheet.id !== id));
  };
  const change = (id: string, marks: (before: readonly SheetMark[]) => readonly SheetMark[]) =>
    sheets.update((all) =>
      all.map((sheet) => (sheet.id === id ? { ...sheet, marks: marks(sheet.marks) } : sheet)),
    );

  const sheetOf = (markId: string): Sheet | undefined =>
    sheets.get().find(({ marks }) => marks.some(({ id }) => id === markId));
  /** Somebody else's drawing is not mine to change; said. */
  const refuses = (id: string, name: string): boolean => {
    const owner = changeRefusal(workspace, markupKey(id));
    if (owner !== null) workspace.announce(t("refused.owned", { name, owner }));
    return owner !== null;
  };

  commands.register("mark.tool", ({ tool }) => {
    pendingText.set(null);
    workspace.markTool.set(tool);
  });
  commands.register("mark.colour", ({ colour }) => workspace.markColour.set(colour));

  commands.register("mark.draw", (args): Inverse => {
    pendingText.set(null);
    const mark: SheetMark = { id: newId(), text: "", width: 3, ...args };
    const open = sheets.get().find(({ id }) => id === openSheet.get());
    // On somebody else's drawing a sheet of mine is laid, over the same view.
    if (!open || changeRefusal(workspace, markupKey(open.id)) !== null) {
      const sheet: Sheet = {
        id: newId(),
        name: t("sheet.name", { number: sheets.get().length + 1 }),
        camera: workspace.camera.get(),
        marks: [mark],
      };
      const add = (): void => {
        putSheet(sheet);
        show(workspace, sheet);
      };
      add();
      return { undo: () => dropSheet(sheet.id), redo: add };
    }
    const add = (): void => change(open.id, (marks) => [...marks, mark]);
    add();
    return {
      undo: () => change(open.id, (marks) => marks.filter(({ id }) => id !== mark.id)),
      redo: add,
    };
  });

  commands.register("mark.place", (args): Inverse => {
    pendingText.set(null);
    const mark = { id: newId(), text: "", ...args };
    const add = (): void => modelMarks.update((all) => [...all, mark]);
    add();
    return {
      undo: () => modelMarks.update((all) => all.filter(({ id }) => id !== mark.id)),
      redo: add,
    };
  });

  commands.register("mark.text", ({ id, text }) => {
    const sheet = sheetOf(id);
    const onModel = modelMarks.get().find((mark) => mark.id === id);
    const was = sheet?.marks.find((mark) => mark.id === id) ?? onModel;
    if (!was || refuses(sheet?.id ?? id, sheet?.name ?? was.text)) return undefined;
    const word = (words: string): void => {
      const worded = <Mark extends { readonly id: string }>(mark: Mark): Mark =>
        mark.id === id ? { ...mark, text: words } : mark;
      // Only the list it is in: the others' lists are others' work.
      if (sheet) change(sheet.id, (marks) => marks.map(worded));
      else modelMarks.update((all) => all.map(worded));
    };
    word(text);
    return { undo: () => word(was.text), redo: () => word(text) };
  });

  commands.register("mark.remove", ({ id }) => {
    const sheet = sheetOf(id);
    const onModel = modelMarks.get().find((mark) => mark.id === id);
    if (!sheet && !onModel) return undefined;
    if (refuses(sheet?.id ?? id, sheet?.name ?? t("mark.one"))) return undefined;
    if (sheet) {
      const gone = sheet.marks.filter((mark) => mark.id === id);
      const remove = (): void => change(sheet.id, (marks) => marks.filter((m) => m.id !== id));
      remove();
      return { undo: () => change(sheet.id, (marks) => withThese(marks, gone)), redo: remove };
    }
    const remove = (): void => modelMarks.update((all) => all.filter((mark) => mark.id !== id));
    remove();
    return {
      undo: () => modelMarks.update((all) => withThese(all, onModel ? [onModel] : [])),
      redo: remove,
    };
  });

  commands.register("mark.clear", () => {
    const isMine = ({ id }: { readonly id: string }): boolean =>
      changeRefusal(workspace, markupKey(id)) === null;
    const gone = {
      sheets: sheets.get().filter(isMine),
      marks: modelMarks.get().filter(isMine),
      open: openSheet.get(),
    };
    if (gone.sheets.length + gone.marks.length === 0) return undefined;
    const clear = (): void => {
      openSheet.set(null);
      sheets.update((all) => without(all, gone.sheets));
      modelMarks.update((all) => without(all, gone.marks));
    };
    clear();
    return {
      undo: () => {
        sheets.update((all) => withThese(all, gone.sheets));
        modelMarks.update((all) => withThese(all, gone.marks));
        const open = gone.sheets.find(({ id }) => id === gone.open);
        if (open) show(workspace, open);
      },
      redo: clear,
    };
  });

  commands.register("sheet.open", ({ id }) => {
    pendingText.set(null);
    const sheet = sheets.get().find((candidate) => candidate.id === id);
    if (sheet) show(workspace, sheet);
    else openSheet.set(null);
  });

  commands.register("sheet.rename", ({ id, name }) => {
    const before = sheets.get().find((sheet) => sheet.id === id);
    if (!before || name === "" || name === before.name || refuses(id, before.name))
      return undefined;
    const rename = (next: string): void =>
      sheets.update((all) =>
        all.map((sheet) => (sheet.id === id ? { ...sheet, name: next } : sheet)),
      );
    rename(name);
    return { undo: () => rename(before.name), redo: () => rename(name) };
  });

  commands.register("sheet.remove", ({ id }) => {
    const gone = sheets.get().find((sheet) => sheet.id === id);
    const wasOpen = openSheet.get() === id;
    if (!gone || refuses(id, gone.name)) return undefined;
    dropSheet(id);
    return {
      undo: () => {
        sheets.update((all) => withThese(all, [gone]));
        if (wasOpen) show(workspace, gone);
      },
      redo: () => dropSheet(id),
    };
  });
}

type Named = { readonly id: string };

/** The list with these back in it; what came since stays. */
function withThese<T extends Named>(list: readonly T[], back: readonly T[]): readonly T[] {
  return [...list, ...back.filter(({ id }) => !list.some((one) => one.id === id))];
}

function without<T extends Named>(list: readonly T[], gone: readonly T[]): readonly T[] {
  return list.filter(({ id }) => !gone.some((one) => one.id === id));
}

/** The camera goes where the sheet was drawn, and stays. */
function show(workspace: Workspace, sheet: Sheet): void {
  workspace.openSheet.set(null);
  const projection = sheet.camera.ortho_height_m === null ? "perspective" : "orthographic";
  workspace.display.update((display) =>
    display.projection === projection ? display : { ...display, projection },
  );
  workspace.camera.set(sheet.camera);
  workspace.openSheet.set(sheet.id);
}
