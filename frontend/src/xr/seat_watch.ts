/** Looks after whoever is inside: names what is not as wished, and after thirty minutes that it was thirty minutes. */

import type { SeatTrouble } from "../state/areas/seating";
import { refusals } from "./device_session";
import type { Seat, Tick } from "./seat";
import { TroubleWatch } from "./trouble_watch";

const BREAK_AFTER_MS = 30 * 60_000;

export class SeatWatch {
  private readonly seat: Seat;
  private readonly trouble = new TroubleWatch();
  private enteredMs: number | null = null;

  constructor(seat: Seat) {
    this.seat = seat;
  }

  /** Somebody came in, or left. */
  reset(): void {
    this.trouble.reset();
    this.enteredMs = null;
  }

  /** Each frame. headSeen: its place is known; floorKnown: the browser says where the floor is. */
  look({ nowMs, frame: { session } }: Tick, headSeen: boolean, floorKnown: boolean): void {
    const { seat } = this;
    const { kind = "vr", troubles = [] } = seat.state ?? {};
    const found = this.trouble.read({
      nowMs,
      connection: seat.viewer.workspace.connection.get().kind,
      asleep: session.visibilityState !== "visible",
      headSeen,
      hands: [...seat.hands.values()].filter(({ tracked }) => tracked).length,
      refused: refused(kind, session, floorKnown),
    });
    if (found.join() !== troubles.join()) seat.tell({ troubles: found });
    this.enteredMs ??= nowMs;
    if (nowMs - this.enteredMs < BREAK_AFTER_MS || !seat.comfort.breakReminder) return;
    this.enteredMs = nowMs; // and again after as long
    seat.tell({ breakDue: true });
  }
}

function refused(
  kind: "vr" | "ar",
  { enabledFeatures }: XRSession,
  floorKnown: boolean,
): readonly SeatTrouble[] {
  const found = refusals(kind, enabledFeatures);
  return floorKnown || found.includes("noFloor") ? found : ["noFloor", ...found];
}
