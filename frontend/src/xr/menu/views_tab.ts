/** Saved views in the main panel: pictures; pressing one goes there. And the tour of changes while one compares. */

import { t } from "../../state/messages";
import { type PanelNode, button, column, row, spring, text } from "../panel/nodes";
import type { MenuHost } from "./menu_state";

const COLUMNS = 3;
const ROWS_OF_PICTURES = 3;

export function viewsTab(host: MenuHost): PanelNode {
  const { workspace, commands, state } = host;
  const tour = workspace.comparing.get()
    ? [
        row([
          button(
            "change-previous",
            t("vr.menu.previousChange"),
            () => void commands.run("compare.step", { step: -1 }),
            {
              icon: "previous",
              grow: 1,
            },
          ),
          button(
            "change-next",
            t("vr.menu.nextChange"),
            () => void commands.run("compare.step", { step: 1 }),
            {
              icon: "next",
              grow: 1,
            },
          ),
        ]),
      ]
    : [];
  const views = workspace.savedViews.get();
  if (!views) return column([...tour, text(t("vr.menu.viewsLoading"), { tone: "faint" })]);
  if (views.length === 0) return column([...tour, text(t("vr.menu.noViews"), { tone: "faint" })]);
  const shown = ROWS_OF_PICTURES - (tour.length > 0 ? 1 : 0);
  const count = Math.ceil(views.length / COLUMNS);
  const active = workspace.activeView.get()?.id;
  const line = (index: number): PanelNode =>
    row(
      Array.from({ length: COLUMNS }, (_, at) => {
        const view = views[index * COLUMNS + at];
        if (!view) return spring();
        return button(
          `view-${view.id}`,
          view.name,
          () => void commands.run("xr.view", { id: view.id }),
          {
            ...{ picture: view.thumbnail ?? "", grow: 1, selected: view.id === active },
          },
        );
      }),
    );
  return column([
    ...tour,
    {
      ...{ kind: "list", id: "views", count, shown, line, height: shown * 5.3 },
      first: Math.min(state.viewsFirst, Math.max(0, count - shown)),
      scroll: (first) => {
        state.viewsFirst = first;
        host.changed();
      },
    },
  ]);
}
