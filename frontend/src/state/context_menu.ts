/**
 * What can be done with what is under the pointer: lines as data. An area adds its own by one line in `LINES`;
 * a line shows when somebody performs its command and `when` agrees.
 */

import type { MenuAt } from "./areas/navigating";
import type { CommandId, Commands } from "./commands";
import type { MessageKey } from "./messages";
import { RangeSet } from "./ranges";
import { ghostOthers } from "./layer_verbs";
import { isCutting, toggleUncut } from "./verbs";
import type { Workspace } from "./workspace";

/** What a line is about. */
export interface MenuSubject {
  readonly workspace: Workspace;
  readonly commands: Commands;
  readonly at: MenuAt;
  /** The selection when the pointer is on it, else the part under the pointer; empty over nothing. */
  readonly ranges: RangeSet;
}

export interface MenuLine {
  readonly id: string;
  readonly label: MessageKey;
  readonly command: CommandId;
  /** Lines of one group stand together. */
  readonly group: "part" | "selection" | "here" | "everything";
  /** Whose keys are shown beside it: an id of `shortcuts.ts`. */
  readonly shortcut?: string;
  when?(subject: MenuSubject): boolean;
  run(subject: MenuSubject): void;
}

const onPart = ({ ranges }: MenuSubject): boolean => !ranges.isEmpty;

/** Selects what the line is about, so that one sees what it did. */
function selected(subject: MenuSubject): void {
  const { commands, ranges, workspace } = subject;
  if (!workspace.selection.get().equals(ranges))
    commands.run("selection.set", { ranges, mode: "replace" });
}

/** The parts of another revision that the menu is about: its selection when the pointer is on it. */
function layerOf({ at, workspace }: MenuSubject): { revision: string; ranges: RangeSet } | null {
  if (!at.layer) return null;
  const { revisionId: revision, occurrence } = at.layer;
  const chosen = workspace.layerSelection.get();
  const within = chosen?.revisionId === revision && chosen.ranges.has(occurrence);
  return { revision, ranges: within ? chosen.ranges : RangeSet.of(occurrence) };
}

/** A verb for parts of another revision. */
function layerLine(
  id: string,
  label: MessageKey,
  command: "layer.fit" | "layer.hideParts" | "layer.isolateParts",
  shortcut: string,
): MenuLine {
  return {
    id: `layer-${id}`,
    label,
    command,
    group: "part",
    shortcut,
    when: (subject) => layerOf(subject) !== null,
    run: (subject) => {
      const parts = layerOf(subject);
      if (parts) subject.commands.run(command, parts);
    },
  };
}

/** A click of a tool at the place of the menu. */
function pressWith(tool: "section" | "measure"): MenuLine["run"] {
  return ({ commands, at }) => {
    commands.run("tool.set", { tool });
    commands.run("pick.press", { at: at.place });
  };
}

/** In the order shown. */
export const LINES: readonly MenuLine[] = [
  {
    id: "fit",
    label: "menu.fit",
    command: "camera.fit",
    group: "part",
    shortcut: "fit",
    when: onPart,
    run: ({ commands, ranges }) => void commands.run("camera.fit", { ranges }),
  },
  {
    id: "hide",
    label: "menu.hide",
    command: "visibility.hide",
    group: "part",
    shortcut: "hide",
    when: onPart,
    run: ({ commands, ranges }) => void commands.run("visibility.hide", { ranges }),
  },
  {
    id: "isolate",
    label: "menu.isolate",
    command: "visibility.isolate",
    group: "part",
    shortcut: "isolate",
    when: onPart,
    run: ({ commands, ranges }) => void commands.run("visibility.isolate", { ranges }),
  },
  {
    id: "ghost",
    label: "menu.ghost",
    command: "visibility.ghost",
    group: "part",
    shortcut: "ghost",
    when: onPart,
    run: (subject) => {
      selected(subject);
      ghostOthers(subject.commands, subject.workspace);
    },
  },
  layerLine("fit", "menu.fit", "layer.fit", "fit"),
  layerLine("hide", "menu.hide", "layer.hideParts", "hide"),
  layerLine("isolate", "menu.isolate", "layer.isolateParts", "isolate"),
  {
    id: "layer-ghost",
    label: "menu.ghost",
    command: "layer.ghostParts",
    group: "part",
    shortcut: "ghost",
    when: (subject) => layerOf(subject) !== null,
    run: (subject) => {
      const parts = layerOf(subject);
      if (!parts) return;
      subject.commands.run("layer.select", { ...parts, mode: "replace" });
      ghostOthers(subject.commands, subject.workspace);
    },
  },
  {
    id: "identical",
    label: "menu.identical",
    command: "selection.identical",
    group: "selection",
    shortcut: "identical",
    when: onPart,
    run: (subject) => {
      selected(subject);
      subject.commands.run("selection.identical");
    },
  },
  {
    id: "parent",
    label: "menu.parent",
    command: "selection.parent",
    group: "selection",
    shortcut: "parent",
    when: onPart,
    run: (subject) => {
      selected(subject);
      subject.commands.run("selection.parent");
    },
  },
  {
    id: "face",
    label: "menu.face",
    command: "camera.lookAtFace",
    group: "here",
    shortcut: "lookAtFace",
    when: ({ at }) => at.under !== null,
    run: ({ commands, workspace, at }) => {
      const origin = workspace.manifest.get()?.origin ?? [0, 0, 0];
      if (!at.under) return;
      const { point, normal } = at.under;
      commands.run("camera.lookAtFace", {
        point: [point[0] - origin[0], point[1] - origin[1], point[2] - origin[2]],
        normal,
      });
    },
  },
  {
    id: "section",
    label: "menu.section",
    command: "section.add",
    group: "here",
    when: ({ at }) => at.under !== null,
    run: pressWith("section"),
  },
  {
    id: "spare",
    label: "section.dontCut",
    command: "section.uncut",
    group: "part",
    when: ({ ranges, workspace }) =>
      !ranges.isEmpty && isCutting(workspace) && !workspace.uncut.get().contains(ranges),
    run: ({ commands, workspace, ranges }) => toggleUncut(commands, workspace, ranges),
  },
  {
    id: "cut-again",
    label: "section.cutAgain",
    command: "section.uncut",
    group: "part",
    when: ({ ranges, workspace }) => !ranges.isEmpty && workspace.uncut.get().contains(ranges),
    run: ({ commands, workspace, ranges }) => toggleUncut(commands, workspace, ranges),
  },
  {
    id: "measure",
    label: "menu.measure",
    command: "measure.add",
    group: "here",
    when: ({ at }) => at.under !== null,
    run: pressWith("measure"),
  },
  {
    id: "previous",
    label: "menu.previous",
    command: "camera.previous",
    group: "everything",
    shortcut: "previousView",
    when: ({ workspace }) => workspace.poseHistory.get().at > 0,
    run: ({ commands }) => void commands.run("camera.previous"),
  },
  {
    id: "fit-all",
    label: "menu.fitAll",
    command: "camera.fitAll",
    group: "everything",
    shortcut: "fitAll",
    run: ({ commands }) => void commands.run("camera.fitAll"),
  },
  {
    id: "show-all",
    label: "menu.showAll",
    command: "visibility.showAll",
    group: "everything",
    shortcut: "showAll",
    when: ({ workspace }) => !workspace.hidden.get().isEmpty,
    run: ({ commands }) => void commands.run("visibility.showAll"),
  },
  {
    id: "copy-link",
    label: "menu.copyLink",
    command: "view.copyLink",
    group: "everything",
    shortcut: "copyLink",
    run: ({ commands }) => void commands.run("view.copyLink"),
  },
];

/** The lines for a place, in groups. */
export function menuLines(subject: MenuSubject): readonly (readonly MenuLine[])[] {
  const fitting = LINES.filter(
    ({ command, when }) => subject.commands.has(command) && (when?.(subject) ?? true),
  );
  const groups = [...new Set(LINES.map(({ group }) => group))];
  return groups
    .map((group) => fitting.filter((one) => one.group === group))
    .filter((lines) => lines.length > 0);
}

/** What a menu at a place is about. */
export function subjectOf(workspace: Workspace, commands: Commands, at: MenuAt): MenuSubject {
  const selection = workspace.selection.get();
  const ranges =
    at.under === null
      ? RangeSet.empty
      : selection.has(at.under.occurrence)
        ? selection
        : RangeSet.of(at.under.occurrence);
  return { workspace, commands, at, ranges };
}
