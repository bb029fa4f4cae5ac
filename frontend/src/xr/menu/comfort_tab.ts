/** How one moves and how large everything is, in the main panel. */

import { COMFORT_LIMITS, COMFORT_PRESETS, TURNS } from "../../state/areas/seating";
import { TEXT_SCALES } from "../../state/areas/panels_in_room";
import { formatNumber, t } from "../../state/messages";
import { type PanelNode, button, column, row, spring, text } from "../panel/nodes";
import type { MenuHost } from "./menu_state";

const LABEL = 6;

export function comfortTab({ workspace, commands }: MenuHost): PanelNode {
  const comfort = workspace.comfort.get();
  const seat = workspace.seat.get();
  const textScale = workspace.textScale.get();
  const named = (label: string, nodes: readonly PanelNode[]): PanelNode =>
    row([text(label, { width: LABEL }), ...nodes]);
  const { blink_ms: blink } = COMFORT_LIMITS;
  return column([
    row(
      COMFORT_PRESETS.map((preset) =>
        button(
          `preset-${preset}`,
          t(`vr.menu.preset.${preset}`),
          () => void commands.run("xr.comfort", { preset }),
          {
            ...{ grow: 1, selected: comfort.preset === preset },
          },
        ),
      ),
    ),
    named(
      t("vr.menu.turn"),
      TURNS.map((turn) =>
        button(
          `turn-${turn}`,
          turn === "smooth" ? t("vr.menu.smooth") : `${turn}°`,
          () => void commands.run("xr.comfort", { change: { turn } }),
          { grow: turn === "smooth" ? 2 : 1, selected: comfort.turn === turn },
        ),
      ),
    ),
    named(
      t("vr.menu.vignette"),
      [0, 1, 2, 3].map((vignette) =>
        button(
          `vignette-${vignette}`,
          vignette === 0 ? t("vr.menu.off") : formatNumber(vignette),
          () => void commands.run("xr.comfort", { change: { vignette } }),
          { grow: 1, selected: comfort.vignette === vignette },
        ),
      ),
    ),
    named(t("vr.menu.blink"), [
      {
        ...{ kind: "slider", id: "blink", name: t("vr.menu.blink"), grow: 1 },
        value: (comfort.blink_ms - blink.least) / (blink.most - blink.least),
        change: (value, done) => {
          if (!done) return;
          const blink_ms = Math.round((blink.least + value * (blink.most - blink.least)) / 10) * 10;
          commands.run("xr.comfort", { change: { blink_ms } });
        },
      },
      text(t("vr.menu.ms", { count: comfort.blink_ms }), { width: 3.4, align: "right" }),
    ]),
    named(
      t("vr.menu.textScale"),
      TEXT_SCALES.map((share) =>
        button(
          `text-${share}`,
          t("vr.menu.percent", { share: Math.round(share * 100) }),
          () => void commands.run("xr.textScale", { share }),
          {
            ...{ grow: 1, selected: Math.abs(textScale - share) < 0.01 },
          },
        ),
      ),
    ),
    named(t("vr.menu.move"), [
      button(
        "smoothMove",
        t("vr.menu.smoothMove"),
        () => void commands.run("xr.comfort", { change: { smoothMove: !comfort.smoothMove } }),
        {
          ...{ grow: 1, selected: comfort.smoothMove },
        },
      ),
      button(
        "seated",
        t("vr.menu.seated"),
        () => void commands.run("xr.seated", { on: !(seat?.seated ?? false) }),
        {
          ...{ icon: "seat", grow: 1, selected: seat?.seated ?? false },
        },
      ),
    ]),
    named(t("vr.menu.scale"), [
      button(
        "scale-table",
        t("vr.menu.scale.table"),
        () => void commands.run("xr.scale", { mode: "table" }),
        {
          ...{ grow: 1, selected: seat?.mode === "table" },
        },
      ),
      button("scale-one", "1:1", () => void commands.run("xr.scale", { mode: "one_to_one" }), {
        ...{ grow: 1, selected: seat?.mode === "one_to_one" },
      }),
      button(
        "scale-miniature",
        t("vr.menu.scale.miniature"),
        () => void commands.run("xr.scale", { mode: "miniature" }),
        {
          ...{ grow: 1, selected: seat?.mode === "miniature" },
        },
      ),
    ]),
    row([
      button("recentre", t("vr.menu.recentre"), () => void commands.run("xr.recentre"), {
        ...{ icon: "recentre", grow: 1 },
      }),
      button("safe", t("vr.menu.safe"), () => void commands.run("xr.safePlace"), {
        ...{ icon: "safe", grow: 1, selected: seat?.safe ?? false },
      }),
      button("leave", t("vr.leave"), () => void commands.run("xr.leave"), {
        icon: "leave",
        grow: 1,
      }),
    ]),
    spring(),
  ]);
}
