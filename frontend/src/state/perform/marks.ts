/** Markup: marks come and go by undoable steps; drawing on the view freezes it on a sheet. */

import type { Sheet, SheetMark } from "../areas/marking";
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

  commands.register("mark.tool", ({ tool }) => {
    pendingText.set(null);
    workspace.markTool.set(tool);
  });
  commands.register("mark.colour", ({ colour }) => workspace.markColour.set(colour));

  commands.register("mark.draw", (args): Inverse => {
    pendingText.set(null);
    const mark: SheetMark = { id: newId(), text: "", width: 3, ...args };
    const open = sheets.get().find(({ id }) => id === openSheet.get());
    if (!open) {
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
    const before = [sheets.get(), modelMarks.get()] as const;
    const worded = <Mark extends { readonly id: string; readonly text: string }>(
      mark: Mark,
    ): Mark => (mark.id === id ? { ...mark, text } : mark);
    sheets.update((all) => all.map((sheet) => ({ ...sheet, marks: sheet.marks.map(worded) })));
    modelMarks.update((all) => all.map(worded));
    return () => {
      sheets.set(before[0]);
      modelMarks.set(before[1]);
    };
  });

  commands.register("mark.remove", ({ id }) => {
    const sheet = sheets.get().find(({ marks }) => marks.some((mark) => mark.id === id));
    const onModel = modelMarks.get();
    if (sheet) {
      const remove = (): void => change(sheet.id, (marks) => marks.filter((m) => m.id !== id));
      remove();
      return { undo: () => change(sheet.id, () => sheet.marks), redo: remove };
    }
    if (!onModel.some((mark) => mark.id === id)) return undefined;
    modelMarks.set(onModel.filter((mark) => mark.id !== id));
    return () => modelMarks.set(onModel);
  });

  commands.register("mark.clear", () => {
    const before = { sheets: sheets.get(), marks: modelMarks.get(), open: openSheet.get() };
    if (before.sheets.length + before.marks.length === 0) return undefined;
    openSheet.set(null);
    sheets.set([]);
    modelMarks.set([]);
    return () => {
      sheets.set(before.sheets);
      modelMarks.set(before.marks);
      const open = before.sheets.find(({ id }) => id === before.open);
      if (open) show(workspace, open);
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
    if (!before || name === "" || name === before.name) return undefined;
    putSheet({ ...before, name });
    return () => putSheet(before);
  });

  commands.register("sheet.remove", ({ id }) => {
    const before = sheets.get();
    const open = openSheet.get();
    if (!before.some((sheet) => sheet.id === id)) return undefined;
    dropSheet(id);
    return () => {
      sheets.set(before);
      const again = before.find((sheet) => sheet.id === open);
      if (again) show(workspace, again);
    };
  });
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

/** Whether two poses show the same picture. */
export function samePose(a: CameraPose, b: CameraPose): boolean {
  const scale = Math.hypot(
    a.position[0] - a.target[0],
    a.position[1] - a.target[1],
    a.position[2] - a.target[2],
  );
  const near = (x: readonly number[], y: readonly number[], within: number): boolean =>
    x.every((value, i) => Math.abs(value - (y[i] ?? 0)) <= within);
  return (
    near(a.position, b.position, scale * 1e-5) &&
    near(a.target, b.target, scale * 1e-5) &&
    near(a.up, b.up, 1e-5) &&
    Math.abs((a.ortho_height_m ?? 0) - (b.ortho_height_m ?? 0)) <= scale * 1e-5
  );
}
