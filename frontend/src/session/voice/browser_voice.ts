/** Voice with the browser's own parts: what `main` plugs into a live session. */

import type { Environment } from "../environment";
import type { LinkEvents, VoiceLink } from "./link";
import { Mesh } from "./mesh";
import { type Media, Microphone } from "./microphone";
import { encodeSignal } from "./signals";
import { BrowserSpeakers } from "./speakers";
import type { Json } from "../../protocol/messages";
import type { VoiceAccess, VoiceOptions } from "./voice";

/** How voice reaches the server and this device's memory. */
export interface VoicePorts {
  fetchAccess(sessionId: string): Promise<VoiceAccess>;
  readonly kept: VoiceOptions["kept"];
}

/** The parts of a Voice that are the browser's. signal: sends to one participant. */
export function browserVoice(
  ports: VoicePorts,
  environment: Environment,
  signal: (to: number, data: Json) => void,
): Omit<VoiceOptions, "workspace" | "commands" | "environment" | "people"> {
  // Missing on pages that are not secure, whatever the types say.
  const media = (navigator as { mediaDevices?: Media }).mediaDevices ?? null;
  return {
    speakers: new BrowserSpeakers(),
    kept: ports.kept,
    fetchAccess: (sessionId) => ports.fetchAccess(sessionId),
    microphone: (onLost) => new Microphone(media, onLost),
    link: async (access, mySlot, events): Promise<VoiceLink> =>
      access.sfu ? sfu(access.sfu, events) : mesh(access, mySlot, events, environment, signal),
  };
}

async function sfu(
  access: NonNullable<VoiceAccess["sfu"]>,
  events: LinkEvents,
): Promise<VoiceLink> {
  const { Sfu } = await import("./sfu");
  return Sfu.enter(access, events);
}

function mesh(
  access: VoiceAccess,
  mySlot: number,
  events: LinkEvents,
  environment: Environment,
  signal: (to: number, data: Json) => void,
): VoiceLink {
  return new Mesh({
    environment,
    events,
    mySlot,
    connect: () =>
      new RTCPeerConnection({
        iceServers: access.ice_servers.map(({ urls, username, credential }) => ({
          urls: [...urls],
          ...(username === null ? {} : { username }),
          ...(credential === null ? {} : { credential }),
        })),
      }),
    send: (to, one) => signal(to, encodeSignal(one)),
  });
}
