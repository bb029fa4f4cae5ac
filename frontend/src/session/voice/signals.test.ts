import { expect, test } from "vitest";
import { decodeSignal, encodeSignal, type VoiceSignal } from "./signals";

test.each<VoiceSignal>([
  { kind: "offer", link: 0, sdp: "v=0" },
  { kind: "answer", link: 3, sdp: "v=0" },
  {
    kind: "candidate",
    link: 1,
    init: { candidate: "candidate:1", sdpMid: "0", sdpMLineIndex: 0, usernameFragment: "Xy" },
  },
  {
    kind: "candidate",
    link: 1,
    init: { candidate: "", sdpMid: null, sdpMLineIndex: null, usernameFragment: null },
  },
])("a signal comes out as it went in: %o", (signal) => {
  expect(decodeSignal(encodeSignal(signal))).toEqual(signal);
});

test.each([
  null,
  "v=0",
  { kind: "offer", link: 0 },
  { kind: "offer", sdp: "v=0" },
  { kind: "candidate", link: 0 },
  { kind: "later", link: 0, sdp: "v=0" },
])("what is no signal is nothing: %o", (data) => {
  expect(decodeSignal(data)).toBeNull();
});
