/** The three buttons at the resting hand (UX.md §4.4): the menu, the last step back, the microphone. */

import { isSpeaking } from "../../state/areas/voicing";
import { t } from "../../state/messages";
import { type PanelNode, button, column } from "../panel/nodes";
import type { MenuHost } from "./menu_state";

/** Units: 9.2° wide at arm's length, within the ten that the eyes take in at once. */
export const QUICK = { width: 9.2, height: 15.9, distance: 0.45 } as const;
/** 4.1° of 0.45 m are 32 mm: a finger meets it. */
const TALL = 4.15;

/** open: the main panel stands somewhere. */
export function quickColumn(host: MenuHost, open: boolean, toggle: () => void): PanelNode {
  const { commands, workspace } = host;
  const voice = workspace.voice.get();
  const joined = voice.joined;
  return column(
    [
      button("menu", t("vr.menu.menu"), toggle, {
        ...{ icon: "menu", height: TALL, selected: open },
      }),
      button("undo", t("vr.menu.undo"), () => void commands.run("history.undo"), {
        ...{ icon: "undo", height: TALL, disabled: !commands.canUndo.get() },
      }),
      button("talk", t("vr.menu.talk"), () => void commands.run("voice.talk", { on: true }), {
        ...{ icon: isSpeaking(voice) ? "mic" : "micOff", height: TALL },
        ...{ disabled: !joined, selected: isSpeaking(voice) },
        release: () => void commands.run("voice.talk", { on: false }),
      }),
    ],
    { gap: 1.02 },
  );
}
