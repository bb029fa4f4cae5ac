/** What is not as wished in the headset, from what is known right now: named, in the order of their weight. */

import type { SeatTrouble } from "../state/areas/seating";
import type { ConnectionState } from "../state/workspace";

/** A head that is not seen for a moment is no news, milliseconds. */
const UNSEEN_MS = 400;

export interface Circumstances {
  readonly nowMs: number;
  readonly connection: ConnectionState["kind"];
  /** The session's picture is shown to nobody right now. */
  readonly asleep: boolean;
  readonly headSeen: boolean;
  /** How many hands or controllers are seen. */
  readonly hands: number;
  /** Asked for and refused. */
  readonly refused: readonly SeatTrouble[];
}

export class TroubleWatch {
  private seenMs: number | null = null;

  /** Each frame. What was refused is told only while it matters: bare hands, where there are no controllers. */
  read(now: Circumstances): SeatTrouble[] {
    if (now.headSeen || this.seenMs === null) this.seenMs = now.nowMs;
    const troubles: SeatTrouble[] = [];
    if (now.asleep) troubles.push("asleep");
    if (now.nowMs - this.seenMs > UNSEEN_MS) troubles.push("tracking");
    if (now.connection === "reconnecting" || now.connection === "offline")
      troubles.push(now.connection);
    for (const each of now.refused) if (each !== "noHands" || now.hands === 0) troubles.push(each);
    if (now.hands === 0) troubles.push("noController");
    return troubles;
  }

  reset(): void {
    this.seenMs = null;
  }
}
