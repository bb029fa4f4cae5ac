/** Records a microphone with the browser's MediaRecorder, in whatever container it has. */

import type { Take } from "./voice_tape";
import { withDuration } from "./webm_duration";

/** Chromium and Firefox; Firefox of old; Safari. */
const TYPES = ["audio/webm;codecs=opus", "audio/ogg;codecs=opus", "audio/mp4"];
/** Speech; an hour is 14 MB. */
const BITS_PER_SECOND = 32_000;

/** Starts at once; null where the browser cannot record. */
export function recordMicrophone(track: MediaStreamTrack): Take | null {
  if (typeof MediaRecorder === "undefined") return null;
  const mimeType = TYPES.find((type) => MediaRecorder.isTypeSupported(type));
  if (mimeType === undefined) return null;
  const recorder = new MediaRecorder(new MediaStream([track]), {
    mimeType,
    audioBitsPerSecond: BITS_PER_SECOND,
  });
  const parts: Blob[] = [];
  const asked = performance.now();
  let began = asked;
  const over = new Promise<Blob>((resolve) => {
    recorder.onstart = () => (began = performance.now());
    recorder.ondataavailable = ({ data }) => parts.push(data);
    recorder.onstop = () => resolve(new Blob(parts));
    recorder.onerror = () => resolve(new Blob());
  });
  recorder.start();
  return {
    lateMs: () => began - asked,
    stop: async () => {
      const ended = performance.now();
      if (recorder.state !== "inactive") recorder.stop(); // a track that ended has stopped it
      const bytes = new Uint8Array(await (await over).arrayBuffer());
      return new Blob([withDuration(bytes, ended - began)]);
    },
  };
}
