/** Speaking instead of typing: up to ninety seconds from the microphone, as a file beside what is said. */

import { Store } from "../state/store";

export type Voice =
  | { readonly state: "idle" }
  /** The browser asks whether it may. */
  | { readonly state: "asking" }
  | { readonly state: "recording"; readonly seconds: number }
  /** `insecure`: browsers give a microphone to HTTPS pages only. */
  | { readonly state: "refused"; readonly why: "denied" | "missing" | "insecure" | "failed" };

export const LONGEST_S = 90;
const TICK_MS = 250;
/** Small and understood by every browser that records; the first that this one writes. */
const TYPES = ["audio/webm;codecs=opus", "audio/ogg;codecs=opus", "audio/mp4"] as const;
/** Speech: half a megabyte for ninety seconds. */
const BITS_PER_SECOND = 40_000;

/** What of a browser is needed. */
export interface Microphone {
  readonly secure: boolean;
  open(): Promise<MediaStream>;
  record(stream: MediaStream): MediaRecorder;
  /** Milliseconds, counting up. */
  now(): number;
}

export const MICROPHONE: Microphone = {
  get secure() {
    // Undefined on insecure pages, whatever the types say.
    return (navigator.mediaDevices as MediaDevices | undefined) !== undefined;
  },
  open: () => navigator.mediaDevices.getUserMedia({ audio: true }),
  record: (stream) => {
    const mimeType = TYPES.find((type) => MediaRecorder.isTypeSupported(type));
    const rate = { audioBitsPerSecond: BITS_PER_SECOND };
    return new MediaRecorder(stream, mimeType === undefined ? rate : { ...rate, mimeType });
  },
  now: () => performance.now(),
};

/** One recording at a time. */
export class VoiceRecorder {
  readonly voice = new Store<Voice>({ state: "idle" });
  private readonly microphone: Microphone;
  private readonly heard: (recording: Blob, seconds: number) => void;
  private recorder: MediaRecorder | null = null;
  private stream: MediaStream | null = null;
  private ticking = 0;
  private began = 0;
  private wanted = false;

  /** heard: told of each recording that was not thrown away. */
  constructor(heard: (recording: Blob, seconds: number) => void, microphone = MICROPHONE) {
    this.heard = heard;
    this.microphone = microphone;
  }

  async start(): Promise<void> {
    if (this.recorder || this.voice.get().state === "asking") return;
    if (!this.microphone.secure) return this.voice.set({ state: "refused", why: "insecure" });
    this.voice.set({ state: "asking" });
    try {
      const stream = await this.microphone.open();
      // Left while the browser asked.
      if (this.voice.get().state !== "asking") return release(stream);
      this.stream = stream;
      this.begin(this.microphone.record(stream));
    } catch (error) {
      this.end();
      this.voice.set({ state: "refused", why: reasonOf(error) });
    }
  }

  /** Ends it; the recording is heard. */
  stop(): void {
    this.wanted = true;
    this.recorder?.stop();
  }

  /** Ends it, and nothing is kept. */
  cancel(): void {
    this.wanted = false;
    if (this.recorder) this.recorder.stop();
    else this.voice.set({ state: "idle" });
  }

  private begin(recorder: MediaRecorder): void {
    const pieces: Blob[] = [];
    this.recorder = recorder;
    this.began = this.microphone.now();
    recorder.ondataavailable = ({ data }) => {
      if (data.size > 0) pieces.push(data);
    };
    recorder.onstop = () => {
      const seconds = Math.min(LONGEST_S, (this.microphone.now() - this.began) / 1000);
      const { wanted } = this;
      this.end();
      this.voice.set({ state: "idle" });
      const [type = "audio/webm"] = recorder.mimeType.split(";");
      if (wanted && pieces.length > 0) this.heard(new Blob(pieces, { type }), seconds);
    };
    // A microphone that is unplugged ends the recording; what was said until then counts.
    this.wanted = true;
    recorder.start();
    this.voice.set({ state: "recording", seconds: 0 });
    this.ticking = window.setInterval(() => this.tick(), TICK_MS);
  }

  private tick(): void {
    const seconds = (this.microphone.now() - this.began) / 1000;
    if (seconds >= LONGEST_S) this.stop();
    else this.voice.set({ state: "recording", seconds });
  }

  private end(): void {
    clearInterval(this.ticking);
    if (this.stream) release(this.stream);
    this.stream = this.recorder = null;
  }
}

function release(stream: MediaStream): void {
  for (const track of stream.getTracks()) track.stop();
}

function reasonOf(error: unknown): "denied" | "missing" | "failed" {
  const name = error instanceof DOMException || error instanceof Error ? error.name : "";
  if (name === "NotAllowedError" || name === "SecurityError") return "denied";
  return name === "NotFoundError" ? "missing" : "failed";
}

/** `1:05` */
export function clock(seconds: number): string {
  const whole = Math.floor(seconds);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}
