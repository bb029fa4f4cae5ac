"""What a signal may be; which of them are passed on is told in test_voice_desk.py."""

import json
from typing import Any

import pytest

from holotable.rooms.protocol import Malformed, SigMessage, parse
from holotable.rooms.voice import MAX_CANDIDATE_BYTES, MAX_SDP_BYTES, sends_audio

AUDIO = "v=0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111\r\n"


def said(**signal: Any) -> Any:
    return parse(json.dumps({"t": "sig", "to": 1, "d": {"link": 0} | signal}))


def test_v2_descriptions_and_candidates_within_their_sizes_are_signals() -> None:
    full = AUDIO + "x" * (MAX_SDP_BYTES - len(AUDIO))
    assert isinstance(said(kind="offer", sdp=full), SigMessage)
    assert isinstance(said(kind="answer", sdp=AUDIO), SigMessage)
    assert isinstance(said(kind="candidate", candidate="c" * MAX_CANDIDATE_BYTES), SigMessage)
    assert isinstance(said(kind="candidate", candidate="", sdp_mid=None), SigMessage)


@pytest.mark.parametrize(
    "signal",
    [
        {"kind": "offer", "sdp": AUDIO + "x" * (MAX_SDP_BYTES + 1 - len(AUDIO))},
        {"kind": "offer", "sdp": AUDIO + "ä" * (MAX_SDP_BYTES // 2)},
        {"kind": "offer", "sdp": "v=0\r\n"},
        {"kind": "offer", "sdp": AUDIO + "m=video 9 UDP/TLS/RTP/SAVPF 96\r\n"},
        {"kind": "offer", "sdp": AUDIO + "m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\n"},
        {"kind": "answer"},
        {"kind": "rollback", "sdp": AUDIO},
        {"kind": "candidate", "candidate": "c" * (MAX_CANDIDATE_BYTES + 1)},
        {"kind": "candidate", "candidate": "x", "link": -1},
        {"kind": "candidate", "candidate": "x", "note": "more"},
    ],
)
def test_v2_anything_else_is_malformed(signal: Any) -> None:
    assert isinstance(said(**signal), Malformed)


@pytest.mark.parametrize(
    ("sdp", "sends"),
    [
        (AUDIO, True),  # RFC 8866: sendrecv unless it says else
        (AUDIO + "a=sendrecv\r\n", True),
        (AUDIO + "a=sendonly\r\n", True),
        (AUDIO + "a=recvonly\r\n", False),
        (AUDIO + "a=inactive\r\n", False),
        ("v=0\r\na=recvonly\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111\r\n", False),
        (AUDIO + "a=recvonly\r\n" + AUDIO.removeprefix("v=0\r\n"), True),
    ],
)
def test_whether_a_description_sends(sdp: str, sends: bool) -> None:
    assert sends_audio(sdp) is sends
