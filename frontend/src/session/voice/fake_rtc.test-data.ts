/** Connections without a network: they keep the rules of offers and answers, and tests say what the network does. */

type State = "new" | "connecting" | "connected" | "disconnected" | "failed" | "closed";

export class FakeTransceiver {
  direction: RTCRtpTransceiverDirection;
  readonly sender: { track: MediaStreamTrack | null; replaceTrack(track: unknown): Promise<void> };

  constructor(direction: RTCRtpTransceiverDirection, track: MediaStreamTrack | null) {
    this.direction = direction;
    this.sender = {
      track,
      replaceTrack: (next) => {
        this.sender.track = next as MediaStreamTrack | null; // a test's own track
        return Promise.resolve();
      },
    };
  }
}

export class FakeConnection {
  onnegotiationneeded: (() => void) | null = null;
  onicecandidate: ((event: { candidate: { toJSON(): object } | null }) => void) | null = null;
  ontrack: ((event: object) => void) | null = null;
  onconnectionstatechange: (() => void) | null = null;
  signalingState = "stable";
  connectionState: State = "new";
  localDescription: { type: string; sdp: string } | null = null;
  remote: { type: string; sdp: string } | null = null;
  readonly candidates: object[] = [];
  readonly transceivers: FakeTransceiver[] = [];
  restarts = 0;
  rollbacks = 0;
  private made = 0;

  addTrack(track: MediaStreamTrack): object {
    const transceiver = new FakeTransceiver("sendrecv", track);
    this.transceivers.push(transceiver);
    queueMicrotask(() => this.onnegotiationneeded?.());
    return transceiver.sender;
  }

  getTransceivers(): FakeTransceiver[] {
    return this.transceivers;
  }

  async setLocalDescription(): Promise<void> {
    await Promise.resolve();
    const type = this.signalingState === "have-remote-offer" ? "answer" : "offer";
    this.made += 1;
    this.localDescription = { type, sdp: `${type} ${this.made}` };
    this.signalingState = type === "offer" ? "have-local-offer" : "stable";
  }

  async setRemoteDescription(description: { type: string; sdp: string }): Promise<void> {
    await Promise.resolve();
    if (description.type === "answer" && this.signalingState !== "have-local-offer")
      throw new Error(`an answer in ${this.signalingState}`);
    if (description.type === "offer" && this.signalingState === "have-local-offer")
      this.rollbacks += 1;
    this.remote = description;
    this.signalingState = description.type === "offer" ? "have-remote-offer" : "stable";
  }

  addIceCandidate(candidate: object): Promise<void> {
    if (!this.remote) return Promise.reject(new Error("no remote description"));
    this.candidates.push(candidate);
    return Promise.resolve();
  }

  restartIce(): void {
    this.restarts += 1;
    this.onnegotiationneeded?.();
  }

  close(): void {
    this.connectionState = "closed";
  }

  /** The network changed. */
  becomes(state: State): void {
    this.connectionState = state;
    this.onconnectionstatechange?.();
  }
}

/** As the browser's type. */
export function asConnection(fake: FakeConnection): RTCPeerConnection {
  return fake as unknown as RTCPeerConnection; // only what Peer uses
}

/** A track that is nothing but itself. */
export function fakeTrack(): MediaStreamTrack {
  return { enabled: true, stop: () => undefined } as unknown as MediaStreamTrack;
}

/** Until everything that was promised is done. */
export async function promisesKept(): Promise<void> {
  for (let turn = 0; turn < 50; turn += 1) await Promise.resolve();
}
