/** Tools in the main panel, large enough to be met without aiming for long. */

import type { CommandId } from "../../state/commands";
import { type MessageKey, t } from "../../state/messages";
import type { ToolName } from "../../state/workspace";
import type { IconName } from "../panel/icons";
import { type PanelNode, button, column, row, spring, text } from "../panel/nodes";
import type { MenuHost } from "./menu_state";

const COLUMNS = 4;
const TALL = 4;

const TOOLS: readonly (readonly [ToolName, IconName, MessageKey])[] = [
  ["select", "select", "vr.menu.tool.select"],
  ["section", "section", "vr.menu.tool.section"],
  ["measure", "measure", "vr.menu.tool.measure"],
  ["draw", "draw", "vr.menu.tool.draw"],
  ["pin", "issue", "vr.menu.tool.pin"],
];

const DEEDS: readonly (readonly [
  string,
  IconName,
  MessageKey,
  CommandId & ("history.undo" | "history.redo" | "visibility.showAll"),
])[] = [
  ["undo", "undo", "vr.menu.undo", "history.undo"],
  ["redo", "redo", "vr.menu.redo", "history.redo"],
  ["showAll", "all", "vr.menu.showAll", "visibility.showAll"],
];

export function toolsTab(host: MenuHost): PanelNode {
  const { workspace, commands } = host;
  const tool = workspace.tool.get();
  const able: Readonly<Record<string, boolean>> = {
    "history.undo": commands.canUndo.get(),
    "history.redo": commands.canRedo.get(),
  };
  const buttons: PanelNode[] = [
    ...TOOLS.map(([name, icon, key]) =>
      button(`tool-${name}`, t(key), () => void commands.run("tool.set", { tool: name }), {
        ...{ icon, grow: 1, height: TALL, selected: tool === name },
      }),
    ),
    ...DEEDS.map(([id, icon, key, command]) =>
      button(id, t(key), () => void commands.run(command), {
        ...{ icon, grow: 1, height: TALL, disabled: able[command] === false },
      }),
    ),
  ];
  const rows: PanelNode[] = [];
  for (let at = 0; at < buttons.length; at += COLUMNS)
    rows.push(row(buttons.slice(at, at + COLUMNS), { height: TALL }));
  const explode = workspace.explode.get();
  return column([
    ...rows,
    row([
      text(t("vr.menu.explode"), { width: 6 }),
      {
        ...{ kind: "slider", id: "explode", name: t("vr.menu.explode"), value: explode, grow: 1 },
        change: (value, done) =>
          void commands.run(
            "explode.set",
            done ? { amount: value } : { amount: value, preview: true },
          ),
      },
    ]),
    spring(),
  ]);
}
