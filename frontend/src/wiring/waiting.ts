/** The door of a session, plugged into the page: asks with the code and the name, and tells where it stands. */

import { ApiError } from "../api/http";
import { browserEnvironment } from "../session/environment";
import { Waiting } from "../session/waiting";
import type { DoorEntry, DoorState, Running } from "../ui/ports";
import type { Sources } from "./ports";

/** Refusals that asking again will not change. */
const FINAL = [401, 403, 404, 410, 422];

/** Waits until somebody inside says yes or no. */
export function waitAtDoor(
  { sessionId, code, name }: DoorEntry,
  onState: (state: DoorState) => void,
  { api }: Sources,
): Running {
  return new Waiting({
    environment: browserEnvironment(),
    knock: async () => {
      const answer = await api.join({
        session_id: sessionId,
        ...(code === null ? {} : { code }),
        ...(name === null ? {} : { name }),
      });
      return !answer.needs_name && answer.waiting ? answer.ticket : null;
    },
    finalCode: (error) =>
      error instanceof ApiError && FINAL.includes(error.status) ? error.code : null,
    onState,
  });
}
