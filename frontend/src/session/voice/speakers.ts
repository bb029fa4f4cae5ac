/**
 * Where the others are heard: each from where they stand, or all from the middle; and how loud everybody is.
 * A stream is heard only while its person's microphone is open in the room: a page that goes on sending after it
 * was muted is silent here.
 */

/** Metres and unit vectors; y up, right-handed, as everywhere. */
export interface Ear {
  readonly position: readonly [number, number, number];
  readonly forward: readonly [number, number, number];
  readonly up: readonly [number, number, number];
}

/** What voice needs of the loudspeakers. */
export interface Speakers {
  /** Somebody's sound; null: it ended. */
  put(slot: number, stream: MediaStream | null): void;
  /** Only these are heard. */
  hear(slots: ReadonlySet<number>): void;
  /** My own microphone, for its level; it is never played. */
  listenToMe(track: MediaStreamTrack | null): void;
  /** 0 to 1. */
  level(slot: number | "me"): number;
  place(slot: number, position: readonly [number, number, number]): void;
  ear(ear: Ear): void;
  spatial(on: boolean): void;
  /** Plays to another loudspeaker; false where the browser cannot. */
  output(id: string): Promise<boolean>;
  /** The browser waits for a press before it plays. */
  isSuspended(): boolean;
  /** Tries to play; to be called by a press. */
  resume(): void;
  stop(): void;
}

/** Root mean square to what is drawn: -50 dB is silence, -10 dB is loud. */
export function shownLevel(rms: number): number {
  if (rms <= 0) return 0;
  const decibels = 20 * Math.log10(rms);
  return Math.min(1, Math.max(0, (decibels + 50) / 40));
}

interface Voice {
  readonly source: MediaStreamAudioSourceNode;
  readonly gain: GainNode;
  readonly panner: PannerNode;
  readonly meter: AnalyserNode;
  /** Chromium decodes a remote stream only while an element plays it; this one is silent. */
  readonly pump: HTMLAudioElement;
}

/** The browser's own. */
export class BrowserSpeakers implements Speakers {
  private context: AudioContext | null = null;
  private readonly voices = new Map<number, Voice>();
  private heard: ReadonlySet<number> = new Set();
  private isSpatial = false;
  private sink = "";
  private mine: { source: MediaStreamAudioSourceNode; meter: AnalyserNode } | null = null;
  private readonly samples = new Float32Array(1_024);

  put(slot: number, stream: MediaStream | null): void {
    this.remove(slot);
    if (!stream) return;
    const context = this.start();
    const pump = new Audio();
    pump.muted = true;
    pump.srcObject = stream;
    void pump.play().catch(() => undefined); // a muted element may play; where not, the graph still does
    const source = context.createMediaStreamSource(stream);
    const gain = context.createGain();
    gain.gain.value = this.heard.has(slot) ? 1 : 0;
    const panner = new PannerNode(context, {
      panningModel: "HRTF",
      distanceModel: "inverse",
      refDistance: 2, // metres: at a table everybody is as loud
      rolloffFactor: 0.6,
    });
    const meter = context.createAnalyser();
    meter.fftSize = this.samples.length;
    source.connect(gain);
    source.connect(meter);
    const voice = { source, gain, panner, meter, pump };
    this.voices.set(slot, voice);
    this.route(voice);
  }

  hear(slots: ReadonlySet<number>): void {
    this.heard = slots;
    const now = this.context?.currentTime ?? 0;
    for (const [slot, { gain }] of this.voices)
      gain.gain.setTargetAtTime(slots.has(slot) ? 1 : 0, now, 0.01);
  }

  listenToMe(track: MediaStreamTrack | null): void {
    this.mine?.source.disconnect();
    this.mine = null;
    if (!track) return;
    const context = this.start();
    const source = context.createMediaStreamSource(new MediaStream([track]));
    const meter = context.createAnalyser();
    meter.fftSize = this.samples.length;
    source.connect(meter);
    this.mine = { source, meter };
  }

  level(slot: number | "me"): number {
    const meter = slot === "me" ? this.mine?.meter : this.voices.get(slot)?.meter;
    if (!meter || (slot !== "me" && !this.heard.has(slot))) return 0;
    meter.getFloatTimeDomainData(this.samples);
    let sum = 0;
    for (const sample of this.samples) sum += sample * sample;
    return shownLevel(Math.sqrt(sum / this.samples.length));
  }

  place(slot: number, [x, y, z]: readonly [number, number, number]): void {
    const panner = this.voices.get(slot)?.panner;
    if (!panner) return;
    panner.positionX.value = x;
    panner.positionY.value = y;
    panner.positionZ.value = z;
  }

  ear({ position, forward, up }: Ear): void {
    const listener = this.context?.listener;
    if (!listener?.positionX) return; // Firefox before 131 has no such parameters: mono there
    [listener.positionX.value, listener.positionY.value, listener.positionZ.value] = position;
    [listener.forwardX.value, listener.forwardY.value, listener.forwardZ.value] = forward;
    [listener.upX.value, listener.upY.value, listener.upZ.value] = up;
  }

  spatial(on: boolean): void {
    this.isSpatial = on;
    for (const voice of this.voices.values()) this.route(voice);
  }

  async output(id: string): Promise<boolean> {
    this.sink = id;
    const context = this.context;
    if (!context) return true;
    if (!("setSinkId" in context) || typeof context.setSinkId !== "function") return false;
    try {
      await (context.setSinkId as (id: string) => Promise<void>).call(context, id); // not in lib.dom yet
      return true;
    } catch {
      return false; // unplugged meanwhile: the system's choice goes on
    }
  }

  isSuspended(): boolean {
    return this.voices.size > 0 && this.context?.state === "suspended";
  }

  resume(): void {
    if (this.context?.state === "suspended") void this.context.resume();
  }

  stop(): void {
    for (const slot of [...this.voices.keys()]) this.remove(slot);
    this.listenToMe(null);
    void this.context?.close();
    this.context = null;
  }

  private start(): AudioContext {
    if (!this.context) {
      this.context = new AudioContext({ latencyHint: "interactive" });
      if (this.sink !== "") void this.output(this.sink);
    }
    return this.context;
  }

  private route({ gain, panner }: Voice): void {
    const { context } = this;
    if (!context) return;
    gain.disconnect();
    panner.disconnect();
    if (this.isSpatial) gain.connect(panner).connect(context.destination);
    else gain.connect(context.destination);
  }

  private remove(slot: number): void {
    const voice = this.voices.get(slot);
    if (!voice) return;
    this.voices.delete(slot);
    voice.source.disconnect();
    voice.gain.disconnect();
    voice.panner.disconnect();
    voice.pump.srcObject = null;
  }
}
