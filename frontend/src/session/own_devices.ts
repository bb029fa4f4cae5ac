/** My other devices in the same room: what they ask of this page, and what this page asks of them (E8). */

import type { ClientMessage } from "../protocol/messages";
import type { Commands } from "../state/commands";

export type Act = "leave_xr" | "leave_voice";

/** Does what another device of mine asked for. */
export function obey(commands: Commands, act: Act): void {
  if (act === "leave_xr") commands.run("xr.leave");
  else commands.run("voice.join", { on: false });
}

/** Asks the device of mine in this slot. */
export function tellOwn(
  { slot, act }: { readonly slot: number; readonly act: Act },
  send: (message: ClientMessage) => unknown,
): void {
  send({ t: "event", event: { kind: "own", to: slot, act } });
}
