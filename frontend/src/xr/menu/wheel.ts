/** What a trigger that is held on a part offers (UX.md §4.5): the verbs for it, around the place that is pointed at. */

import { SELECTION_LEVELS } from "../../state/areas/selecting";
import { t } from "../../state/messages";
import type { RangeSet } from "../../state/ranges";
import { toggleGhost, toggleShown } from "../../state/verbs";
import type { Vec3 } from "../../state/model";
import { type PanelNode, button } from "../panel/nodes";
import type { MenuHost } from "./menu_state";

/** Units: nine verbs on an ellipse, half a degree and more between any two. */
export const WHEEL = { width: 29.8, height: 22.8 } as const;
const SIZE = { width: 6.4, height: 3.4 } as const;

/** What the wheel is about. */
export interface WheelSubject {
  readonly occurrence: number;
  readonly ranges: RangeSet;
  /** Of the surface that was pointed at: unit, and absolute metres along it. */
  readonly normal: Vec3;
  readonly offset_m: number;
}

export function wheel(host: MenuHost, { ranges, normal, offset_m }: WheelSubject): PanelNode {
  const { commands, workspace } = host;
  const level = workspace.selectionLevel.get();
  const next = SELECTION_LEVELS[(SELECTION_LEVELS.indexOf(level) + 1) % SELECTION_LEVELS.length];
  const done = (act: () => void) => (): void => {
    act();
    host.close();
  };
  const size = SIZE;
  return {
    kind: "ring",
    children: [
      button(
        "wheel-level",
        t("vr.menu.level", { level: t(`level.${level}`) }),
        () => {
          if (next) commands.run("selection.level", { level: next });
        },
        { ...size, icon: "level", label: t(`level.${level}`) },
      ),
      button(
        "wheel-hide",
        t("vr.menu.hide"),
        done(() => toggleShown(commands, workspace, ranges)),
        {
          ...{ ...size, icon: "hidden" },
        },
      ),
      button(
        "wheel-isolate",
        t("vr.menu.isolate"),
        done(() => void commands.run("visibility.isolate", { ranges })),
        {
          ...{ ...size, icon: "isolate" },
        },
      ),
      button(
        "wheel-ghost",
        t("vr.menu.ghost"),
        done(() => toggleGhost(commands, workspace, ranges)),
        {
          ...{ ...size, icon: "ghost" },
        },
      ),
      button(
        "wheel-all",
        t("vr.menu.showAll"),
        done(() => void commands.run("visibility.showAll")),
        {
          ...{ ...size, icon: "all" },
        },
      ),
      button(
        "wheel-issue",
        t("vr.tool.pin"),
        done(() => void commands.run("xr.tool", { tool: "pin" })),
        {
          ...{ ...size, icon: "issue" },
        },
      ),
      button(
        "wheel-measure",
        t("vr.tool.caliper"),
        done(() => void commands.run("xr.tool", { tool: "caliper" })),
        {
          ...{ ...size, icon: "measure" },
        },
      ),
      button(
        "wheel-section",
        t("vr.menu.sectionHere"),
        done(() => void commands.run("section.add", { normal, offset_m })),
        {
          ...{ ...size, icon: "section" },
        },
      ),
      button("wheel-close", t("vr.menu.close"), () => host.close(), { ...size, icon: "close" }),
    ],
  };
}
