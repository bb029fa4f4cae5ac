/** The live half of a viewer page: one room, entered with tickets, left on the way out. */

import { ApiError } from "../api/http";
import { TicketRefused } from "../session/connection";
import { browserEnvironment } from "../session/environment";
import { createLiveSession } from "../session/live_session";
import type { LiveTarget, Running, Stage } from "../ui/ports";
import type { Sources } from "./ports";
import { seatOf } from "./seat";

/** Refusals that asking again will not change. */
const FINAL = [401, 403, 404, 410];

/** Connects the workspace to a room. */
export function startLive(stage: Stage, target: LiveTarget, sources: Sources): Running {
  const { workspace, commands, revision } = stage;
  const { api } = sources;
  const seat = seatOf(workspace);
  const device = matchMedia("(pointer: coarse)").matches ? "tablet" : "desktop";
  const session = createLiveSession({
    workspace,
    commands,
    environment: browserEnvironment(),
    cid: clientId(),
    device,
    revisionId: revision.revisionId,
    fetchTicket: async () => {
      try {
        return target.kind === "session"
          ? await api.sessionTicket(target.sessionId, device)
          : await api.tableTicket(target.revisionId, device);
      } catch (error) {
        if (error instanceof ApiError && FINAL.includes(error.status))
          throw new TicketRefused(error.code);
        throw error;
      }
    },
    fetchFacts: async (id) => {
      const row = await api.session(id);
      return { code: row.code, joinUrl: row.join_url, startedAt: row.created_at };
    },
    pose: {
      aspect: () => seat.viewer.get()?.aspect() ?? 1,
      toPart: (occurrence, point) => seat.viewer.get()?.toPart(occurrence, point) ?? null,
      headset: (out) => seat.headset.get()?.writePose(out) ?? false,
    },
    showCamera: (pose) => seat.viewer.get()?.setCameraPose(pose, { animate: true }),
  });
  // The scene may start after the session, and shows the others from then on.
  let leaveViewer: (() => void) | null = null;
  const stopWatching = seat.viewer.subscribe((viewer) => {
    leaveViewer?.();
    leaveViewer = null;
    if (!viewer) return;
    const stops = [viewer.setPresence(session), viewer.onNavigate(() => session.pauseFollowing())];
    leaveViewer = () => stops.forEach((stop) => stop());
  });
  return {
    stop: () => {
      stopWatching();
      leaveViewer?.();
      session.stop();
    },
    debug: () => session.debug(),
  };
}

/** New for every page; `randomUUID` is missing over plain HTTP. */
function clientId(): string {
  return [...crypto.getRandomValues(new Uint8Array(16))]
    .map((byte) => byte.toString(16).padStart(2, "0"))
    .join("");
}
