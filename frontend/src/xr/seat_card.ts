/**
 * The card that stands beside the table when there is something to decide or to do: which comfort, the way out of the
 * safe place, a break, the next point of an alignment. What it says and what its buttons do; `seat_card_view.ts` draws it.
 */

import type { Commands } from "../state/commands";
import { COMFORT_PRESETS } from "../state/areas/seating";
import { type MessageKey, t } from "../state/messages";
import type { Workspace } from "../state/workspace";

export interface SeatCardButton {
  readonly id: string;
  readonly label: string;
  /** A second, smaller line; empty: none. */
  readonly detail: string;
  run(commands: Commands): void;
}

export interface SeatCardContent {
  /** The same card as before, for whoever placed it. */
  readonly id: "safe" | "comfort" | "align" | "break";
  readonly title: string;
  readonly line: string;
  readonly buttons: readonly SeatCardButton[];
}

/** What there is to say now; null: nothing. */
export function seatCard({ seat }: Pick<Workspace, "seat">): SeatCardContent | null {
  const state = seat.get();
  if (!state) return null;
  if (state.safe)
    return {
      id: "safe",
      title: t("seat.safe.title"),
      line: t("seat.safe.line"),
      buttons: [
        button("back", "seat.safe.back", (commands) => commands.run("xr.safePlace", { on: false })),
      ],
    };
  if (state.asking)
    return {
      id: "comfort",
      title: t("seat.comfort.title"),
      line: t("seat.comfort.line"),
      buttons: COMFORT_PRESETS.map((preset) => ({
        ...button(preset, `seat.comfort.${preset}`, (commands) =>
          commands.run("xr.comfort", { preset }),
        ),
        detail: t(`seat.comfort.${preset}.detail`),
      })),
    };
  if (state.room?.aligning) {
    const { model, room } = state.room.aligning;
    const first = model.length === 0 || (model.length === 1 && room.length === 0);
    const onModel = model.length === room.length;
    const key: MessageKey = onModel
      ? first
        ? "seat.align.model1"
        : "seat.align.model2"
      : first
        ? "seat.align.room1"
        : "seat.align.room2";
    return {
      id: "align",
      title: t("seat.align.title"),
      line: t(key),
      buttons: [
        button("cancel", "seat.align.cancel", (commands) =>
          commands.run("xr.align", { on: false }),
        ),
      ],
    };
  }
  if (state.breakDue)
    return {
      id: "break",
      title: t("seat.break.title"),
      line: t("seat.break.line"),
      buttons: [
        button("noted", "seat.break.noted", (commands) => commands.run("xr.breakSeen")),
        button("never", "seat.break.never", (commands) => {
          commands.run("xr.comfort", { change: { breakReminder: false } });
          commands.run("xr.breakSeen");
        }),
      ],
    };
  return null;
}

function button(id: string, label: MessageKey, run: (commands: Commands) => void): SeatCardButton {
  return { id, label: t(label), detail: "", run };
}
