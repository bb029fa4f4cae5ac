/** Tools in the main panel, large enough to be met without aiming for long. */

import { HAND_TOOLS, type HandTool } from "../../state/areas/hand_tools";
import type { CommandId } from "../../state/commands";
import { type MessageKey, t } from "../../state/messages";
import type { IconName } from "../panel/icons";
import { type PanelNode, button, column, row, spring, text } from "../panel/nodes";
import type { MenuHost } from "./menu_state";

const COLUMNS = 4;
const TALL = 3.3;
/** Beside each other, one line each. */
const LOW = 2;

const ICONS: Readonly<Record<HandTool, IconName>> = {
  select: "select",
  hide: "hidden",
  isolate: "isolate",
  ghost: "ghost",
  knife: "section",
  box: "box",
  caliper: "measure",
  pin: "issue",
  pen: "draw",
  photo: "view",
  explode: "explode",
  compare: "compare",
};

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
  const inHand = workspace.handTool.get();
  const able: Readonly<Record<string, boolean>> = {
    "history.undo": commands.canUndo.get(),
    "history.redo": commands.canRedo.get(),
  };
  const tools = HAND_TOOLS.map((tool) =>
    button(`tool-${tool}`, t(`vr.tool.${tool}`), () => void commands.run("xr.tool", { tool }), {
      ...{ icon: ICONS[tool], grow: 1, height: TALL, selected: inHand === tool },
    }),
  );
  const rows: PanelNode[] = [];
  for (let at = 0; at < tools.length; at += COLUMNS)
    rows.push(row(tools.slice(at, at + COLUMNS), { height: TALL }));
  const explode = workspace.explode.get();
  return column([
    ...rows,
    row(
      DEEDS.map(([id, icon, key, command]) =>
        button(id, t(key), () => void commands.run(command), {
          ...{ icon, grow: 1, height: LOW, disabled: able[command] === false },
        }),
      ),
      { height: LOW },
    ),
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
