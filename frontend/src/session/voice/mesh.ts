/**
 * Everybody who speaks is connected to everybody who listens. Two who never opened a microphone need no connection:
 * whoever opens theirs begins, and the connection stays for the next word.
 */

import type { Environment } from "../environment";
import type { LinkEvents, LinkState, Talker, VoiceLink } from "./link";
import { Peer } from "./peer";
import { type VoiceSignal, decodeSignal } from "./signals";
import type { Json } from "../../protocol/messages";

export interface MeshOptions {
  readonly environment: Environment;
  readonly events: LinkEvents;
  readonly mySlot: number;
  /** Makes a connection with the room's servers. */
  connect(): RTCPeerConnection;
  send(to: number, signal: VoiceSignal): void;
}

export class Mesh implements VoiceLink {
  private readonly options: MeshOptions;
  private readonly peers = new Map<number, Peer>();
  /** Slot → the newest attempt. */
  private readonly links = new Map<number, number>();
  private talkers: readonly Talker[] = [];
  private track: MediaStreamTrack | null = null;
  private may = true;
  private told: LinkState = "idle";

  constructor(options: MeshOptions) {
    this.options = options;
  }

  send(track: MediaStreamTrack | null): void {
    this.track = track;
    for (const peer of this.peers.values()) peer.sendTrack(track);
    this.meet();
  }

  allow(speak: boolean): void {
    if (speak === this.may) return;
    this.may = speak;
    if (!speak) for (const peer of this.peers.values()) peer.listen();
  }

  others(talkers: readonly Talker[]): void {
    this.talkers = talkers;
    const here = new Set(talkers.map(({ slot }) => slot));
    for (const slot of [...this.peers.keys()]) if (!here.has(slot)) this.drop(slot);
    this.meet();
    this.tell();
  }

  /** Signalling of somebody's page. */
  receive(from: number, data: Json): void {
    const signal = decodeSignal(data);
    if (!signal) return;
    const peer = this.peerFor(from, signal);
    if (peer) void peer.receive(signal);
  }

  retry(): void {
    for (const [slot, peer] of [...this.peers]) {
      if (peer.state !== "failed") continue;
      this.drop(slot);
      this.open(slot, (this.links.get(slot) ?? 0) + 1).sendTrack(this.track);
    }
    this.meet();
    this.tell();
  }

  stop(): void {
    for (const slot of [...this.peers.keys()]) this.drop(slot);
  }

  /** Plain numbers for tests. */
  debug(): Readonly<Record<string, string>> {
    return Object.fromEntries([...this.peers].map(([slot, { state }]) => [slot, state]));
  }

  /** Connects to everybody who is to hear me. */
  private meet(): void {
    if (!this.track) return;
    for (const { slot } of this.talkers) {
      if (this.peers.has(slot)) continue;
      this.open(slot, (this.links.get(slot) ?? 0) + 1).sendTrack(this.track);
    }
  }

  /** The connection a signal belongs to: an offer of a newer attempt begins one. */
  private peerFor(from: number, signal: VoiceSignal): Peer | null {
    const peer = this.peers.get(from) ?? null;
    if (peer?.link === signal.link) return peer;
    if (signal.kind !== "offer" || signal.link <= (peer?.link ?? -1)) return null;
    if (peer) this.drop(from);
    const begun = this.open(from, signal.link);
    if (this.track) void begun.receive(signal).then(() => begun.sendTrack(this.track));
    else void begun.receive(signal);
    return null;
  }

  private open(slot: number, link: number): Peer {
    const { options } = this;
    this.links.set(slot, link);
    const peer = new Peer({
      environment: options.environment,
      connection: options.connect(),
      polite: options.mySlot > slot,
      link,
      send: (signal) => options.send(slot, signal),
      onStream: (stream) => options.events.onStream(slot, stream),
      onState: () => this.tell(),
    });
    this.peers.set(slot, peer);
    this.tell();
    return peer;
  }

  private drop(slot: number): void {
    this.peers.get(slot)?.stop();
    if (this.peers.delete(slot)) this.options.events.onStream(slot, null);
  }

  private tell(): void {
    const states = [...this.peers.values()].map(({ state }) => state);
    const now: LinkState = states.includes("failed")
      ? "failed"
      : states.includes("connecting")
        ? "connecting"
        : states.length > 0
          ? "connected"
          : "idle";
    if (now === this.told) return;
    this.told = now;
    this.options.events.onState(now);
  }
}
