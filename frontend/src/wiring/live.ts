/** The live half of a viewer page: one room, entered with tickets, left on the way out. */

import { ApiError } from "../api/http";
import { type TicketLike, TicketRefused } from "../session/connection";
import { browserEnvironment } from "../session/environment";
import { createLiveSession } from "../session/live_session";
import { browserVoice } from "../session/voice/browser_voice";
import { shelf } from "../shelf";
import { headsetName } from "../state/headset_names";
import { voiceTapePorts } from "./voice_tape";
import type { Presence } from "../state/presence";
import { toldKey } from "../ui/workspace/told";
import type { LiveTarget, Running, Stage } from "../ui/ports";
import type { Sources } from "./ports";
import { type Seat, seatOf } from "./seat";

/** Refusals that asking again will not change. */
const FINAL = [401, 403, 404, 410];

/** A room; recordings are played by `replay.ts`. */
type RoomTarget = Exclude<LiveTarget, { kind: "replay" }>;

/** Connects the workspace to a room. */
export function startLive(stage: Stage, target: RoomTarget, sources: Sources): Running {
  const { workspace, commands, revision } = stage;
  const { api } = sources;
  const seat = seatOf(workspace);
  const worn = headsetName(navigator.userAgent);
  const device = worn ? "headset" : matchMedia("(pointer: coarse)").matches ? "tablet" : "desktop";
  const session = createLiveSession({
    workspace,
    commands,
    environment: browserEnvironment(),
    cid: clientId(),
    device,
    deviceName: worn,
    revisionId: revision.revisionId,
    fetchTicket: async (signal) => {
      try {
        return target.kind === "session"
          ? seated(await api.sessionTicket(target.sessionId, device, signal), target)
          : await api.tableTicket(target.revisionId, device, signal);
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
    wasToldOfRecording: (id) => shelf("sessionStorage").getItem(toldKey(id)) !== null,
    voiceTape: voiceTapePorts(api),
    voice: (signal) =>
      browserVoice(
        { fetchAccess: (id) => api.sessionVoice(id), kept: shelf("localStorage") },
        browserEnvironment(),
        signal,
      ),
    pose: {
      aspect: () => seat.viewer.get()?.aspect() ?? 1,
      toPart: (occurrence, point) => seat.viewer.get()?.toPart(occurrence, point) ?? null,
      laser: () => workspace.laser.get(),
      headset: (out) => seat.headset.get()?.writePose(out) ?? false,
    },
    showCamera: (pose) => {
      // In a headset nobody is moved by what others ask, and the desk's view waits as it was.
      if (workspace.xr.get().kind === "active") return;
      seat.viewer.get()?.setCameraPose(pose, { animate: true });
    },
  });
  // UX.md §3.5: a double press points, while I present.
  const getUp = sitDown(seat, session, () => {
    const me = workspace.people.get().find(({ mine }) => mine);
    if (me?.principal_id === workspace.conduct.get().presenter) commands.run("session.ping");
  });
  return {
    stop: () => {
      getUp();
      session.stop();
    },
    debug: () => session.debug(),
  };
}

/** Who chose to watch sits on the balcony. */
function seated(ticket: TicketLike, { watch }: { readonly watch?: boolean }): TicketLike {
  return watch === true ? { ...ticket, seat: "balcony" } : ticket;
}

/** Shows the others in the scene, which may start after the session. Returns the way out. */
export function sitDown(
  seat: Seat,
  others: Presence & { pauseFollowing(): void },
  onDoublePress: () => void = () => undefined,
): () => void {
  let leaveViewer: (() => void) | null = null;
  const stopWatching = seat.viewer.subscribe((viewer) => {
    leaveViewer?.();
    leaveViewer = null;
    if (!viewer) return;
    viewer.canvas.addEventListener("dblclick", onDoublePress);
    const stops = [
      viewer.setPresence(others),
      viewer.onNavigate(() => others.pauseFollowing()),
      () => viewer.canvas.removeEventListener("dblclick", onDoublePress),
    ];
    leaveViewer = () => stops.forEach((stop) => stop());
  });
  return () => {
    stopWatching();
    leaveViewer?.();
  };
}

/** New for every page; `randomUUID` is missing over plain HTTP. */
function clientId(): string {
  return [...crypto.getRandomValues(new Uint8Array(16))]
    .map((byte) => byte.toString(16).padStart(2, "0"))
    .join("");
}
