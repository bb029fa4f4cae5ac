/** The main panel as it stands in the room (UX.md §4.4): a header, five tabs and what is on the chosen one. */

import { isSpeaking } from "../../state/areas/voicing";
import { t } from "../../state/messages";
import type { IconName } from "../panel/icons";
import { type PanelNode, button, column, row, text } from "../panel/nodes";
import { recTag } from "../wrist_panel";
import { comfortTab } from "./comfort_tab";
import { type MenuHost, TABS, type Tab } from "./menu_state";
import { modelTab } from "./model_tab";
import { peopleTab } from "./people_tab";
import { toolsTab } from "./tools_tab";
import { viewsTab } from "./views_tab";

const ICONS: Readonly<Record<Tab, IconName>> = {
  tools: "tools",
  model: "model",
  people: "people",
  views: "view",
  comfort: "comfort",
};
const CONTENT: Readonly<Record<Tab, (host: MenuHost) => PanelNode>> = {
  tools: toolsTab,
  model: modelTab,
  people: peopleTab,
  views: viewsTab,
  comfort: comfortTab,
};
const HEAD = 1.9;
const TAB = 2.6 - 0.02; // below which an icon stands beside its word

/** ratio: "1:20"; nowMs: Unix milliseconds. */
export function mainPanel(host: MenuHost, ratio: string, nowMs: number): PanelNode {
  const { state, workspace } = host;
  const side = 5.6 + 3.4 * (workspace.textScale.get() - 1);
  return column(
    [
      header(host, ratio, nowMs),
      { kind: "rule", colour: "edge", height: 0.06 },
      row(
        [
          column(
            TABS.map((tab) =>
              button(
                `tab-${tab}`,
                t(`vr.menu.tab.${tab}`),
                () => {
                  state.tab = tab;
                  host.changed();
                },
                {
                  ...{ icon: ICONS[tab], align: "left" },
                  height: TAB,
                  selected: state.tab === tab,
                },
              ),
            ),
            { width: Math.max(4.8, side) },
          ),
          column([CONTENT[state.tab](host)], { grow: 1 }),
        ],
        { gap: 0.8, grow: 1 },
      ),
    ],
    { gap: 0.45 },
  );
}

function header(host: MenuHost, ratio: string, nowMs: number): PanelNode {
  const { workspace, commands } = host;
  const revision = workspace.revision.get();
  const rec = recTag(workspace, nowMs);
  const voice = workspace.voice.get();
  return row(
    [
      text(revision ? `${revision.assetName} · ${revision.label}` : "", {
        style: "title",
        grow: 1,
      }),
      text(ratio, { style: "number" }),
      ...(rec ? [text(`● ${rec}`, { style: "body", tone: "danger" })] : []),
      ...(voice.joined
        ? [
            button(
              "mic",
              t("command.voice.microphone"),
              () => void commands.run("voice.microphone"),
              {
                ...{ icon: isSpeaking(voice) ? "mic" : "micOff", label: null, width: 2 },
                ...{ height: 1.8, selected: isSpeaking(voice) },
              },
            ),
          ]
        : []),
      button("close", t("vr.menu.close"), () => host.close(), {
        ...{ icon: "close", label: null, width: 2, height: 1.8 },
      }),
    ],
    { height: HEAD },
  );
}
