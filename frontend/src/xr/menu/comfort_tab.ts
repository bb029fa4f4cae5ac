/** How one moves and how large everything is, in the main panel. */

import { COMFORT_LIMITS, COMFORT_PRESETS, TURNS } from "../../state/areas/seating";
import { TEXT_SCALES } from "../../state/areas/panels_in_room";
import { formatNumber, t } from "../../state/messages";
import { type PanelNode, button, column, row, spring, text } from "../panel/nodes";
import type { MenuHost } from "./menu_state";

const LABEL = 6;

export function comfortTab(host: MenuHost): PanelNode {
  const { state, changed } = host;
  return column([
    row(
      (["moving", "seeing"] as const).map((page) =>
        button(
          `page-${page}`,
          t(`vr.menu.page.${page}`),
          () => {
            state.comfortPage = page;
            changed();
          },
          { grow: 1, selected: state.comfortPage === page },
        ),
      ),
    ),
    { kind: "rule", colour: "edge", height: 0.06 },
    ...(state.comfortPage === "moving" ? moving(host) : seeing(host)),
    spring(),
  ]);
}

const named = (label: string, nodes: readonly PanelNode[]): PanelNode =>
  row([text(label, { width: LABEL }), ...nodes]);

function moving({ workspace, commands }: MenuHost): readonly PanelNode[] {
  const comfort = workspace.comfort.get();
  const seat = workspace.seat.get();
  const { blink_ms: blink } = COMFORT_LIMITS;
  return [
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
  ];
}

function seeing({ workspace, commands }: MenuHost): readonly PanelNode[] {
  const comfort = workspace.comfort.get();
  const seat = workspace.seat.get();
  const textScale = workspace.textScale.get();
  const [frameTimes, detail] = [workspace.frameTimes.get(), workspace.autoDetail.get()];
  const buttons = seat?.buttons ?? false;
  const { breakReminder, personalSpace } = comfort;
  return [
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
    text(t("vr.menu.textScale")),
    // Without a label beside them: large letters need the width.
    row(
      TEXT_SCALES.map((share) => {
        const percent = Math.round(share * 100);
        return button(
          `text-${share}`,
          t("vr.menu.percent", { share: percent }),
          () => void commands.run("xr.textScale", { share }),
          { label: String(percent), grow: 1, selected: Math.abs(textScale - share) < 0.01 },
        );
      }),
    ),
    named(t("vr.menu.picture"), [
      button(
        "hud",
        t("vr.menu.frameTimes"),
        () => void commands.run("xr.hud", { on: !frameTimes }),
        {
          ...{ icon: "gauge", grow: 1, selected: frameTimes },
        },
      ),
      button(
        "detail",
        t("vr.menu.autoDetail"),
        () => void commands.run("xr.detail", { auto: !detail }),
        { grow: 1, selected: detail },
      ),
    ]),
    named(t("vr.menu.help"), [
      button(
        "buttons",
        t("vr.menu.showButtons"),
        () => void commands.run("xr.showButtons", { on: !buttons }),
        { icon: "buttons", grow: 1, selected: buttons },
      ),
      button(
        "break",
        t("vr.menu.breakReminder"),
        () => void commands.run("xr.comfort", { change: { breakReminder: !breakReminder } }),
        { grow: 1, selected: breakReminder },
      ),
    ]),
    named(t("vr.menu.others"), [
      button(
        "personalSpace",
        t("vr.menu.personalSpace"),
        () => void commands.run("xr.comfort", { change: { personalSpace: !personalSpace } }),
        { grow: 1, selected: personalSpace },
      ),
    ]),
  ];
}
