/** Signalling as it crosses the room (rooms/voice.py): descriptions and candidates of one attempt of a pair. */

import type { Json } from "../../protocol/messages";

/** link: counts the attempts of a pair, so that what belongs to an old one is known. */
export type VoiceSignal =
  | { readonly kind: "offer" | "answer"; readonly link: number; readonly sdp: string }
  | { readonly kind: "candidate"; readonly link: number; readonly init: RTCIceCandidateInit };

/** As JSON for the room; null for what needs not be sent. */
export function encodeSignal(signal: VoiceSignal): Json {
  if (signal.kind !== "candidate") return { ...signal };
  const { candidate, sdpMid, sdpMLineIndex, usernameFragment } = signal.init;
  return {
    kind: "candidate",
    link: signal.link,
    candidate: candidate ?? "",
    sdp_mid: sdpMid ?? null,
    sdp_m_line_index: sdpMLineIndex ?? null,
    username_fragment: usernameFragment ?? null,
  };
}

/** Reads what somebody sent; null when it is no signal. The room has checked it, another version may know more. */
export function decodeSignal(data: Json): VoiceSignal | null {
  if (typeof data !== "object" || data === null || !("kind" in data)) return null;
  const { kind, link } = data;
  if (typeof link !== "number") return null;
  if (kind === "offer" || kind === "answer")
    return typeof data["sdp"] === "string" ? { kind, link, sdp: data["sdp"] } : null;
  const { candidate, sdp_mid, sdp_m_line_index, username_fragment } = data;
  if (kind !== "candidate" || typeof candidate !== "string") return null;
  return {
    kind,
    link,
    init: {
      candidate,
      sdpMid: typeof sdp_mid === "string" ? sdp_mid : null,
      sdpMLineIndex: typeof sdp_m_line_index === "number" ? sdp_m_line_index : null,
      usernameFragment: typeof username_fragment === "string" ? username_fragment : null,
    },
  };
}
