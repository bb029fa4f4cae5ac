/** What one can ask of the boards in a headset. */

import { readTextScale } from "../areas/panels_in_room";
import { t } from "../messages";
import { type Commanding, type NoArgs, bool, define, nothing, number } from "./define";

export interface RoomPanelsArgs {
  /** Letters from 0.8 to 1.6 of their usual size. */
  "xr.textScale": { share: number };
  /** The main panel; without `on` it is turned over. */
  "xr.menu": { on?: boolean };
  /** A board with what somebody sees; again: away with it. */
  "xr.watch": { slot: number | null };
  /** Through the portal that somebody opened. */
  "xr.join": NoArgs;
}

export const ROOM_PANELS_COMMANDS: Commanding<RoomPanelsArgs> = {
  "xr.textScale": define(t("command.xr.textScale"), "personal", (raw) => ({
    share: readTextScale(number(raw["share"], "share")),
  })),
  "xr.menu": define(t("command.xr.menu"), "personal", (raw) =>
    raw["on"] === undefined ? {} : { on: bool(raw["on"], "on") },
  ),
  "xr.watch": define(t("command.xr.watch"), "personal", (raw) => ({
    slot: raw["slot"] === null ? null : number(raw["slot"], "slot"),
  })),
  "xr.join": define(t("command.xr.join"), "personal", nothing),
};
