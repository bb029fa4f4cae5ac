/** Plays a recording on a viewer page: reads it over REST, then feeds the workspace instead of a room. */

import type { OpMessage, Held } from "../protocol/messages";
import { readChunk } from "../session/chunk";
import { startVoices } from "./replay_voices";
import { browserEnvironment } from "../session/environment";
import { createReplay } from "../session/replay";
import { timelineOf } from "../session/timeline";
import { t } from "../state/messages";
import type { LiveTarget, Running, Stage } from "../ui/ports";
import { sitDown } from "./live";
import type { Sources } from "./ports";
import { seatOf } from "./seat";

type ReplayTarget = Extract<LiveTarget, { kind: "replay" }>;

/** Reads all operations at once: a meeting has some thousands; presence comes chunk by chunk. */
export async function startReplay(
  stage: Stage,
  target: ReplayTarget,
  sources: Sources,
): Promise<Running> {
  const { workspace, commands } = stage;
  const { api } = sources;
  const [manifest, operations, afar, voices] = await Promise.all([
    api.recordingManifest(target.recordingId),
    api.recordedOperations(target.recordingId),
    api.recordingTimeline(target.recordingId),
    api.recordedVoices(target.recordingId),
  ]);
  const seat = seatOf(workspace);
  const { recording } = manifest;
  // The server gives them as a room's hello and its messages do; shared vectors pin those.
  const recordedOperations = operations.map(({ ms, op }) => ({
    ms,
    op: op as unknown as OpMessage,
  }));
  const sounding = startVoices(stage, api, recording.id, voices);
  const replay = createReplay({
    voices: sounding,
    workspace,
    commands,
    environment: browserEnvironment(),
    recorded: {
      id: recording.id,
      sessionId: recording.session_id,
      name: recording.session_name,
      revisionId: recording.revision_id,
      durationMs: recording.duration_ms,
      firstSeq: recording.first_seq,
      state: manifest.state as Record<string, Held>,
      operations: recordedOperations,
      interrupted: recording.ended_reason === "interrupted",
      timeline: timelineOf(
        recordedOperations,
        {
          lanes: afar.people.map(({ principal_id, ...lane }) => ({
            ...lane,
            principalId: principal_id,
          })),
          active: afar.active,
          gaps: afar.gaps,
          marks: target.marks,
        },
        recording.duration_ms,
      ),
      chunks: manifest.chunks.map(({ number, from_ms }) => ({ number, fromMs: from_ms })),
    },
    atMs: target.atMs,
    fetchChunk: async (number) => readChunk(await api.recordingChunk(target.recordingId, number)),
    aspect: () => seat.viewer.get()?.aspect() ?? 1,
    showCamera: (pose) => {
      // As in a live session: nobody in a headset is moved.
      if (workspace.xr.get().kind === "active") return;
      seat.viewer.get()?.setCameraPose(pose, { animate: true });
    },
    onFailure: () => workspace.announce(t("replay.damaged"), { assertive: true }),
  });
  const getUp = sitDown(seat, replay);
  return {
    stop: () => {
      getUp();
      replay.stop();
      sounding.stop();
    },
    debug: () => replay.debug(),
  };
}
