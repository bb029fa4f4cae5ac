/**
 * One connection to one other page, negotiated so that both sides may begin at any time (the pattern of W3C WebRTC
 * 1.0 §10.7): when two offers meet, the impolite one stands and the polite one is taken back.
 */

import type { Environment } from "../environment";
import type { VoiceSignal } from "./signals";

/** A connection that is not there after this long is not coming. */
const CONNECT_MS = 15_000;
/** A network that changed is looked at this often again before it counts as gone. */
const RESTARTS = 2;

export type PeerState = "connecting" | "connected" | "failed";

export interface PeerOptions {
  readonly environment: Environment;
  readonly connection: RTCPeerConnection;
  readonly polite: boolean;
  /** The number of this attempt. */
  readonly link: number;
  send(signal: VoiceSignal): void;
  onStream(stream: MediaStream): void;
  onState(state: PeerState): void;
}

export class Peer {
  readonly link: number;
  state: PeerState = "connecting";
  private readonly options: PeerOptions;
  private readonly connection: RTCPeerConnection;
  private sender: RTCRtpSender | null = null;
  private makingOffer = false;
  private settingAnswer = false;
  private ignoring = false;
  private restarts = 0;
  private stopped = false;
  private work: Promise<void> = Promise.resolve();
  private cancelPatience: (() => void) | null = null;

  constructor(options: PeerOptions) {
    const { connection } = options;
    this.options = options;
    this.link = options.link;
    this.connection = connection;
    connection.onnegotiationneeded = () => void this.offer();
    connection.onicecandidate = ({ candidate }) => {
      if (candidate) options.send({ kind: "candidate", link: this.link, init: candidate.toJSON() });
    };
    connection.ontrack = ({ track, streams }) => {
      options.onStream(streams[0] ?? new MediaStream([track]));
    };
    connection.onconnectionstatechange = () => this.changed();
    this.wait();
  }

  /** Sends this track from now on. Only the first time, and after `listen`, the pair negotiates. */
  sendTrack(track: MediaStreamTrack | null): void {
    if (this.stopped) return;
    if (this.sender) {
      void this.replace(this.sender, track);
      const transceiver = this.transceiver();
      if (track && transceiver && !transceiver.direction.startsWith("send"))
        transceiver.direction = "sendrecv";
    } else if (track) {
      this.sender = this.connection.addTrack(track, new MediaStream([track]));
    }
  }

  /** I may not speak: the description says so, or the room would not pass it on. */
  listen(): void {
    const transceiver = this.transceiver();
    if (!transceiver || this.stopped) return;
    this.sendTrack(null);
    if (transceiver.direction.startsWith("send")) transceiver.direction = "recvonly";
  }

  /** Takes what the other page sent; one after the other, however fast they come. */
  receive(signal: VoiceSignal): Promise<void> {
    this.work = this.work.then(() => this.take(signal)).catch((error: unknown) => this.gone(error));
    return this.work;
  }

  stop(): void {
    if (this.stopped) return;
    this.stopped = true;
    this.cancelPatience?.();
    const { connection } = this;
    connection.onnegotiationneeded = connection.onicecandidate = connection.ontrack = null;
    connection.onconnectionstatechange = null;
    connection.close();
  }

  private async offer(): Promise<void> {
    try {
      this.makingOffer = true;
      await this.connection.setLocalDescription();
      this.describe();
    } catch (error) {
      this.gone(error);
    } finally {
      this.makingOffer = false;
    }
  }

  private async take(signal: VoiceSignal): Promise<void> {
    const { connection } = this;
    if (this.stopped) return;
    if (signal.kind === "candidate") {
      try {
        await connection.addIceCandidate(signal.init);
      } catch (error) {
        if (!this.ignoring) throw error; // a candidate of an offer that was not taken
      }
      return;
    }
    const ready =
      !this.makingOffer && (connection.signalingState === "stable" || this.settingAnswer);
    this.ignoring = signal.kind === "offer" && !ready && !this.options.polite;
    if (this.ignoring) return;
    this.settingAnswer = signal.kind === "answer";
    try {
      await connection.setRemoteDescription({ type: signal.kind, sdp: signal.sdp });
    } finally {
      this.settingAnswer = false;
    }
    if (signal.kind === "offer") {
      await connection.setLocalDescription();
      this.describe();
    }
  }

  private describe(): void {
    const description = this.connection.localDescription;
    if (this.stopped || !description) return;
    const { type, sdp } = description;
    if (type === "offer" || type === "answer")
      this.options.send({ kind: type, link: this.link, sdp });
  }

  private changed(): void {
    const { connectionState } = this.connection;
    if (connectionState === "connected") {
      this.restarts = 0;
      this.cancelPatience?.();
      this.tell("connected");
    } else if (connectionState === "failed") {
      if (this.restarts >= RESTARTS) {
        this.fail();
        return;
      }
      this.restarts += 1;
      this.tell("connecting");
      this.wait();
      this.connection.restartIce();
    } else if (connectionState === "disconnected") {
      this.tell("connecting");
      this.wait();
    }
  }

  private wait(): void {
    this.cancelPatience?.();
    this.cancelPatience = this.options.environment.later(() => {
      if (this.state !== "connected") this.fail();
    }, CONNECT_MS);
  }

  /** A pair that cannot be negotiated is as good as one that cannot be reached; `retry` begins a new one. */
  private gone(error: unknown): void {
    if (this.stopped) return;
    console.warn("voice: a connection could not be negotiated", error);
    this.fail();
  }

  private fail(): void {
    this.cancelPatience?.();
    this.tell("failed");
  }

  private tell(state: PeerState): void {
    if (this.stopped || state === this.state) return;
    this.state = state;
    this.options.onState(state);
  }

  private async replace(sender: RTCRtpSender, track: MediaStreamTrack | null): Promise<void> {
    try {
      await sender.replaceTrack(track);
    } catch (error) {
      this.gone(error);
    }
  }

  private transceiver(): RTCRtpTransceiver | null {
    const { sender } = this;
    return this.connection.getTransceivers().find((each) => each.sender === sender) ?? null;
  }
}
