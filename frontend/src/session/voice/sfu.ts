/**
 * Voice through a LiveKit server: everybody sends once, the server sends it on. This module and the library behind
 * it are fetched only where the operator configured one. Not tried against a live server here: docs/VOICE.md.
 */

import {
  Room,
  RoomEvent,
  Track,
  type LocalTrackPublication,
  type RemoteTrack,
} from "livekit-client";
import type { LinkEvents, Talker, VoiceLink } from "./link";

export class Sfu implements VoiceLink {
  private readonly room = new Room({ adaptiveStream: false, dynacast: false });
  private readonly events: LinkEvents;
  private readonly sounds = new Map<string, RemoteTrack>();
  private readonly slots = new Map<string, number>();
  private published: LocalTrackPublication | null = null;
  private work: Promise<void> = Promise.resolve();
  private wanted: MediaStreamTrack | null = null;
  private stopped = false;

  /** Enters the room that the token names; raises when it cannot. */
  static async enter(
    access: { readonly url: string; readonly token: string },
    events: LinkEvents,
  ): Promise<Sfu> {
    const sfu = new Sfu(events);
    events.onState("connecting");
    await sfu.room.connect(access.url, access.token, { autoSubscribe: true });
    events.onState("connected");
    return sfu;
  }

  private constructor(events: LinkEvents) {
    this.events = events;
    this.room
      .on(RoomEvent.TrackSubscribed, (track, _, { identity }) => {
        if (track.kind !== Track.Kind.Audio) return;
        this.sounds.set(identity, track);
        this.tell(identity);
      })
      .on(RoomEvent.TrackUnsubscribed, (_track, _, { identity }) => {
        this.sounds.delete(identity);
        this.tell(identity);
      })
      .on(RoomEvent.ParticipantPermissionsChanged, (_before, participant) => {
        // The host let me speak again: what was refused a moment ago is taken now.
        if (participant === this.room.localParticipant && participant.permissions?.canPublish)
          this.send(this.wanted);
      })
      .on(RoomEvent.Reconnecting, () => events.onState("connecting"))
      .on(RoomEvent.Reconnected, () => events.onState("connected"))
      .on(RoomEvent.Disconnected, () => {
        if (!this.stopped) events.onState("failed");
      });
  }

  send(track: MediaStreamTrack | null): void {
    this.wanted = track;
    this.work = this.work
      .then(() => this.publish())
      .catch((error: unknown) => {
        console.warn("voice: the SFU did not take the microphone", error);
        this.events.onState("failed");
      });
  }

  allow(speak: boolean): void {
    if (!speak) this.send(null); // the token says the same to the server
  }

  others(talkers: readonly Talker[]): void {
    const before = new Set(this.slots.keys());
    for (const { principalId, slot } of talkers) {
      before.delete(principalId);
      if (this.slots.get(principalId) === slot) continue;
      this.slots.set(principalId, slot);
      this.tell(principalId);
    }
    for (const gone of before) {
      const slot = this.slots.get(gone);
      this.slots.delete(gone);
      if (slot !== undefined) this.events.onStream(slot, null);
    }
  }

  retry(): void {
    this.send(this.wanted);
  }

  stop(): void {
    this.stopped = true;
    void this.room.disconnect();
  }

  private async publish(): Promise<void> {
    const { localParticipant } = this.room;
    const sent = this.published?.track;
    const isOut = sent !== undefined && localParticipant.trackPublications.has(sent.sid ?? "");
    if (this.stopped || (isOut && sent.mediaStreamTrack === this.wanted)) return;
    // Muted by the host a moment ago: the server says when it takes me again.
    if (this.wanted && localParticipant.permissions?.canPublish === false) return;
    const old = this.published?.track;
    this.published = null;
    if (old && isOut) await localParticipant.unpublishTrack(old, false);
    if (this.wanted)
      this.published = await localParticipant.publishTrack(this.wanted, {
        source: Track.Source.Microphone,
      });
  }

  private tell(identity: string): void {
    const slot = this.slots.get(identity);
    if (slot === undefined) return;
    const track = this.sounds.get(identity)?.mediaStreamTrack;
    this.events.onStream(slot, track ? new MediaStream([track]) : null);
  }
}
