/** The microphone: asked for when it is opened for the first time, never before, and let go when it is muted. */

import type { AudioDevice, VoiceProblem } from "../../state/areas/voicing";

/** The part of `navigator.mediaDevices` that is used; null where the page is not secure. */
export type Media = Pick<MediaDevices, "getUserMedia" | "enumerateDevices"> &
  Pick<EventTarget, "addEventListener" | "removeEventListener">;

/** The microphone could not be opened. */
export class MicrophoneProblem extends Error {
  readonly why: VoiceProblem;

  constructor(why: VoiceProblem) {
    super(`no microphone: ${why}`);
    this.why = why;
  }
}

export class Microphone {
  private readonly media: Media | null;
  private readonly onLost: () => void;
  private track: MediaStreamTrack | null = null;
  private device = "";

  /** onLost: it was unplugged, or its permission taken back. */
  constructor(media: Media | null, onLost: () => void) {
    this.media = media;
    this.onLost = onLost;
  }

  /** Captures from now on; raises MicrophoneProblem. Echo and noise are taken out by the browser. */
  async open(device: string): Promise<MediaStreamTrack> {
    if (this.track && this.device === device) {
      this.track.enabled = true;
      return this.track;
    }
    this.close();
    if (!this.media) throw new MicrophoneProblem("insecure");
    let stream: MediaStream;
    try {
      stream = await this.media.getUserMedia({
        audio: {
          ...(device === "" ? {} : { deviceId: { exact: device } }),
          echoCancellation: true,
          noiseSuppression: true,
          autoGainControl: true,
        },
      });
    } catch (error) {
      throw new MicrophoneProblem(reasonOf(error));
    }
    const [track] = stream.getAudioTracks();
    if (!track) throw new MicrophoneProblem("noDevice");
    this.track = track;
    this.device = device;
    track.onended = () => {
      if (this.track !== track) return;
      this.track = null;
      this.onLost();
    };
    return track;
  }

  /** Keeps the device for the next word: a key that was let go is often held again. */
  rest(): void {
    if (this.track) this.track.enabled = false;
  }

  /** Lets the device go: the browser shows that nothing is captured. */
  close(): void {
    const { track } = this;
    this.track = null;
    track?.stop();
  }

  /** Microphones and loudspeakers; without names before the first permission. */
  async devices(): Promise<{ inputs: AudioDevice[]; outputs: AudioDevice[] }> {
    const all = (await this.media?.enumerateDevices()) ?? [];
    const of = (kind: MediaDeviceKind): AudioDevice[] =>
      all
        .filter((each) => each.kind === kind && each.deviceId !== "" && each.label !== "")
        .map(({ deviceId, label }) => ({ id: deviceId, label }));
    return { inputs: of("audioinput"), outputs: of("audiooutput") };
  }

  /** Calls back when something was plugged in or out; returns the way to stop. */
  watch(callback: () => void): () => void {
    this.media?.addEventListener("devicechange", callback);
    return () => this.media?.removeEventListener("devicechange", callback);
  }
}

/** W3C Media Capture §10.2: why getUserMedia refused. */
function reasonOf(error: unknown): VoiceProblem {
  switch (error instanceof Error ? error.name : "") {
    case "NotFoundError":
    case "OverconstrainedError":
      return "noDevice";
    case "NotReadableError":
    case "AbortError":
      return "busy";
    default:
      return "blocked";
  }
}
