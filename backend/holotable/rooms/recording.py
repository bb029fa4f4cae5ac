"""Whether a room is recorded, who started it and who goes on in it: pure.

The room asks it what a message means; what is stored of a recording is `tape` and `recorder`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from holotable.rooms.effects import (
    Effect,
    EndRecording,
    ForgetVoice,
    KeepRecording,
    RecordingFacts,
    Send,
    Slot,
)
from holotable.rooms.members import nak
from holotable.rooms.protocol import (
    Consent,
    ConsentMessage,
    EndReason,
    RecordingNews,
    RecordingShown,
    RecordMessage,
)
from holotable.rooms.reasons import Reason

NewId: TypeAlias = Callable[[], str]


@dataclass(frozen=True, slots=True)
class Speaker:
    """Who sends a message about recording."""

    slot: Slot
    principal_id: str
    name: str
    may_record: bool


class RecordingDesk:
    """The recording that goes on in one room, if any."""

    def __init__(self, going_on: RecordingFacts | None, new_id: NewId | None) -> None:
        """new_id: names recordings; None: this room is never recorded."""
        self.facts = going_on
        self._new_id = new_id
        self._agreed: set[str] = set() if going_on is None else {going_on.principal_id}

    def receive(
        self,
        speaker: Speaker,
        message: RecordMessage | ConsentMessage,
        seq: int,
        at: str,
        everyone: tuple[Slot, ...],
    ) -> list[Effect]:
        """What must happen, in order. seq: number of the log's last operation."""
        match message:
            case ConsentMessage(recording=recording, agrees=agrees):
                if self.facts is None or self.facts.id != recording:
                    return []
                return self._consent(speaker.principal_id, agrees, everyone)
            case RecordMessage(on=on):
                refused = self._refused(speaker)
                if refused is not None:
                    return [nak(speaker.slot, None, "forbidden", refused)]
                if on:
                    return self._start(speaker, seq, at, everyone)
                return self.stop("stopped", seq, at, everyone)

    def stop(
        self, reason: EndReason, seq: int, at: str, everyone: tuple[Slot, ...]
    ) -> list[Effect]:
        """End the recording that goes on; nothing when there is none."""
        if self.facts is None:
            return []
        ended = EndRecording(self.facts.id, seq, at, reason)
        self.facts = None
        self._agreed = set()
        news = RecordingNews(t="recording", recording=None, reason=reason)
        return [ended, *([Send(everyone, news)] if everyone else [])]

    def agreed(self, principal_id: str) -> bool:
        """Whether this person goes on in the recording that goes on (REC4)."""
        return principal_id in self._agreed

    def shown(self) -> RecordingShown | None:
        """The recording as everybody sees it."""
        facts = self.facts
        if facts is None:
            return None
        return RecordingShown(
            id=facts.id,
            by=facts.name,
            principal_id=facts.principal_id,
            started_at=facts.started_at,
            agreed=sorted(self._agreed),
        )

    def _consent(self, principal_id: str, agrees: bool, everyone: tuple[Slot, ...]) -> list[Effect]:
        """What somebody says last counts, from now on (REC11); a no takes their voice back."""
        assert self.facts is not None, "who is not recorded is not asked"
        if agrees == (principal_id in self._agreed):
            return []
        if agrees:
            self._agreed.add(principal_id)
        else:
            self._agreed.remove(principal_id)
        news = Send(everyone, Consent(t="consent", principal_id=principal_id, agrees=agrees))
        return [news] if agrees else [ForgetVoice(self.facts.id, principal_id), news]

    def _refused(self, speaker: Speaker) -> Reason | None:
        if self._new_id is None:
            return Reason.NO_RECORDINGS
        return None if speaker.may_record else Reason.RECORDS

    def _start(
        self, speaker: Speaker, seq: int, at: str, everyone: tuple[Slot, ...]
    ) -> list[Effect]:
        if self.facts is not None:  # two pressed at once: there is one recording
            shown = RecordingNews(t="recording", recording=self.shown(), reason=None)
            return [Send((speaker.slot,), shown)]
        assert self._new_id is not None, "who has none is refused"
        self.facts = RecordingFacts(self._new_id(), speaker.principal_id, speaker.name, at, seq)
        self._agreed = {speaker.principal_id}
        news = RecordingNews(t="recording", recording=self.shown(), reason=None)
        return [KeepRecording(self.facts), Send(everyone, news)]


def no_meeting(slot: Slot) -> Send:
    """What a table answers (A3)."""
    return nak(slot, None, "start_a_session", Reason.TABLE)
