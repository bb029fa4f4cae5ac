/** The model's tree in the main panel: seven rows, what can be done with what is selected, and a search. */

import { SELECTION_LEVELS } from "../../state/areas/selecting";
import { t } from "../../state/messages";
import type { RangeSet } from "../../state/ranges";
import { shareOf } from "../../state/tree";
import { toggleGhost, toggleShown } from "../../state/verbs";
import { type PanelNode, button, column, row, spring, text } from "../panel/nodes";
import { TARGET } from "../panel/sizes";
import { keyboard } from "./keyboard";
import { type MenuHost, ROWS, subject } from "./menu_state";

const INDENT = 0.8;
/** Deeper rows are not indented further: their names need the room. */
const DEEPEST = 6;
/** Rows beside the letters. */
const ROWS_TYPING = 2;

export function modelTab(host: MenuHost): PanelNode {
  const { state, workspace } = host;
  const tree = state.tree(workspace.structure.get());
  if (!tree) return text(t("vr.menu.noModel"), { tone: "faint" });
  const found = state.results();
  const count = found?.length ?? tree.lines.length;
  const shown = state.typing ? ROWS_TYPING : ROWS;
  const list: PanelNode = {
    kind: "list",
    id: "tree",
    ...{ count, shown, first: Math.min(state.treeFirst, Math.max(0, count - shown)) },
    line: (index) => (found ? resultRow(host, found[index] ?? -1) : treeRow(host, index)),
    scroll: (first) => {
      state.treeFirst = first;
      host.changed();
    },
  };
  const none = found?.length === 0 ? [text(t("vr.menu.nothingFound"), { tone: "faint" })] : [];
  return column([
    verbs(host),
    ...none,
    ...(none.length > 0 ? [] : [list]),
    ...(state.typing ? [keyboard(host)] : []),
  ]);
}

function verbs(host: MenuHost): PanelNode {
  const { commands, state, workspace } = host;
  const ranges = subject(host);
  const disabled = ranges.isEmpty;
  const level = workspace.selectionLevel.get();
  const next = SELECTION_LEVELS[(SELECTION_LEVELS.indexOf(level) + 1) % SELECTION_LEVELS.length];
  return row([
    button(
      "search",
      state.query === "" ? t("vr.menu.search") : state.query,
      () => {
        state.typing = !state.typing;
        host.changed();
      },
      { icon: "search", grow: 1, align: "left", selected: state.typing },
    ),
    button(
      "level",
      t("vr.menu.level", { level: t(`level.${level}`) }),
      () => void (next && commands.run("selection.level", { level: next })),
      { icon: "level", label: t(`level.${level}`), width: 6.4 },
    ),
    button("hide", t("vr.menu.hide"), () => toggleShown(commands, workspace, ranges), {
      ...{ icon: "hidden", label: null, width: 2, disabled },
    }),
    button(
      "isolate",
      t("vr.menu.isolate"),
      () => void commands.run("visibility.isolate", { ranges }),
      { icon: "isolate", label: null, width: 2, disabled },
    ),
    button("ghost", t("vr.menu.ghost"), () => toggleGhost(commands, workspace, ranges), {
      ...{ icon: "ghost", label: null, width: 2, disabled },
    }),
    button("showAll", t("vr.menu.showAll"), () => void commands.run("visibility.showAll"), {
      ...{ icon: "all", label: null, width: 2 },
    }),
  ]);
}

function treeRow(host: MenuHost, index: number): PanelNode {
  const { state, workspace, commands } = host;
  const tree = state.tree(workspace.structure.get());
  const line = tree?.lines.at(index);
  if (!tree || !line) return spring();
  const { hierarchy } = tree;
  const { node } = line;
  const name = hierarchy.name(node);
  const ranges = hierarchy.ranges(node);
  const gone = shareOf(hierarchy, node, workspace.hidden.get()) === "all";
  const indent = Math.min(DEEPEST, line.depth) * INDENT;
  return row(
    [
      { kind: "rule", colour: null, width: indent, height: 0 },
      line.hasChildren
        ? button(
            `fold-${node}`,
            t(line.expanded ? "vr.menu.fold" : "vr.menu.unfold", { name }),
            () => {
              state.toggle(node);
              host.changed();
            },
            { icon: line.expanded ? "open" : "closed", label: null, quiet: true },
          )
        : { kind: "rule", colour: null, width: TARGET, height: 0 },
      button(
        `row-${node}`,
        name,
        () => void commands.run("selection.set", { ranges, mode: "replace" }),
        {
          ...{ align: "left", grow: 1, quiet: true, tone: gone ? "faint" : "text" },
          selected: shareOf(hierarchy, node, workspace.selection.get()) === "all",
        },
      ),
      button(
        `eye-${node}`,
        t(gone ? "vr.menu.showOne" : "vr.menu.hideOne", { name }),
        () => toggleShown(commands, workspace, ranges),
        { icon: gone ? "hidden" : "shown", label: null, quiet: true, width: 2 },
      ),
    ],
    { gap: 0.56 },
  );
}

function resultRow({ workspace, commands }: MenuHost, line: number): PanelNode {
  const structure = workspace.structure.get();
  if (!structure || line < 0) return spring();
  const ranges: RangeSet = structure.occurrencesUnder(line);
  return button(
    `found-${line}`,
    structure.name(line),
    () => void commands.run("selection.set", { ranges, mode: "replace" }),
    {
      ...{ align: "left", quiet: true },
      selected: !ranges.isEmpty && workspace.selection.get().contains(ranges),
    },
  );
}
