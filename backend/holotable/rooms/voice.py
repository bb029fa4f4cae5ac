"""Signalling between two pages in voice, and what the operator chose; `voice_desk.py` decides.

The sound itself goes between the pages, or through an SFU, never through a room. Descriptions and
candidates are those of W3C WebRTC 1.0 §4 and RFC 8829.
"""

from dataclasses import dataclass
from typing import Annotated, Final, Literal, TypeAlias

from pydantic import AfterValidator, Field

from holotable.rooms.values import Strict

VoiceMode: TypeAlias = Literal["off", "mesh", "sfu"]
VoiceState: TypeAlias = Literal["muted", "open"]

MAX_SDP_BYTES: Final = 16_384  # an audio offer of Chromium is about 3 kB
MAX_CANDIDATE_BYTES: Final = 1_024  # one is about 150 bytes
SIGNAL_RATE: Final = 50.0  # signals per second and participant
SIGNAL_BURST: Final = 400.0  # to 23 others at once: an offer and some candidates each
MESH_OPEN: Final = 6  # open microphones in a mesh: five streams up and five down, 0.3 Mbit/s
MESH_PEOPLE: Final = 24  # in the voice of a mesh: an open microphone sends to each of them


def _short_enough(limit_bytes: int) -> AfterValidator:
    def check(text: str) -> str:
        if len(text.encode("utf-8", "surrogatepass")) > limit_bytes:
            raise ValueError(f"must be at most {limit_bytes} bytes")
        return text

    return AfterValidator(check)


def _audio_only(sdp: str) -> str:
    medias = [line for line in sdp.splitlines() if line.startswith("m=")]
    if not medias or not all(line.startswith("m=audio ") for line in medias):
        raise ValueError("must describe audio and nothing else")
    return sdp


class Description(Strict):
    """An offer or an answer. link: counts the attempts of a pair, so that old ones are known."""

    kind: Literal["offer", "answer"]
    link: Annotated[int, Field(ge=0, le=2**31)]
    sdp: Annotated[str, _short_enough(MAX_SDP_BYTES), AfterValidator(_audio_only)]


class Candidate(Strict):
    """One address by which a page may be reached (RTCIceCandidateInit)."""

    kind: Literal["candidate"]
    link: Annotated[int, Field(ge=0, le=2**31)]
    candidate: Annotated[str, _short_enough(MAX_CANDIDATE_BYTES)]
    sdp_mid: Annotated[str, Field(max_length=64)] | None = None
    sdp_m_line_index: Annotated[int, Field(ge=0, le=64)] | None = None
    username_fragment: Annotated[str, Field(max_length=256)] | None = None


Signal: TypeAlias = Annotated[Description | Candidate, Field(discriminator="kind")]


def sends_audio(sdp: str) -> bool:
    """Whether a description offers to send sound (RFC 8866 §6.7: sendrecv unless it says else)."""
    session: str | None = None
    directions: list[str | None] = []
    for line in sdp.splitlines():
        if line.startswith("m="):
            directions.append(session)
        elif line.removeprefix("a=") in ("sendrecv", "sendonly", "recvonly", "inactive"):
            if directions:
                directions[-1] = line.removeprefix("a=")
            else:
                session = line.removeprefix("a=")
    return any(direction not in ("recvonly", "inactive") for direction in directions)


@dataclass(frozen=True, slots=True)
class VoicePolicy:
    """What the operator configured. open_limit, people_limit: of a mesh alone."""

    mode: VoiceMode = "mesh"
    open_limit: int = MESH_OPEN
    people_limit: int = MESH_PEOPLE
