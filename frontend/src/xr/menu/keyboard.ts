/** Letters for a ray: the last resort after speaking (UX.md §4.8). */

import { currentLanguage, t } from "../../state/messages";
import { type PanelNode, button, column, row } from "../panel/nodes";
import type { MenuHost } from "./menu_state";

const KEYS: readonly string[] = ["1234567890", "qwertyuiop", "asdfghjkl-", "zxcvbnm._"];
const GERMAN: readonly string[] = ["1234567890", "qwertzuiop", "asdfghjklö", "yxcvbnmäü"];

export function keyboard(host: MenuHost): PanelNode {
  const { state, dictation } = host;
  const type = (query: string): void => {
    state.type(query);
    host.changed();
  };
  const rows = currentLanguage() === "de" ? GERMAN : KEYS;
  return column([
    ...rows.map((keys) =>
      row(
        [...keys].map((key) =>
          button(`key-${key}`, key, () => type(state.query + key), { grow: 1 }),
        ),
      ),
    ),
    row([
      ...(dictation
        ? [
            button(
              "speak",
              t(state.listening ? "vr.menu.listening" : "vr.menu.speak"),
              () => {
                state.listening = true;
                host.changed();
                dictation.start(type, () => {
                  state.listening = false;
                  host.changed();
                });
              },
              { icon: "mic", grow: 2, selected: state.listening },
            ),
          ]
        : []),
      button("space", t("vr.menu.space"), () => type(`${state.query} `), { grow: 2 }),
      button("erase", t("vr.menu.erase"), () => type([...state.query].slice(0, -1).join("")), {
        ...{ icon: "erase", label: null, grow: 1 },
      }),
      button("clear", t("vr.menu.clear"), () => type(""), { grow: 2 }),
    ]),
  ]);
}
