"""The numbered operations of a room: its state, its window for resuming, its memory of senders.

Pure: what the store knew when the room opened comes in as `Past`, later operations by `append`.
"""

from collections import deque
from typing import Final

from holotable.rooms.effects import Past
from holotable.rooms.protocol import Held, Op, value_bytes

LOG_WINDOW: Final = 4_096  # operations kept in memory; an older `since` gets a snapshot (J3)
LOG_WINDOW_BYTES: Final = 8 * 1024 * 1024  # of their values, so that 60 kB values cannot pile up
CHAT_KEPT: Final = 200


class Log:
    """Everything that was numbered, as far as memory holds it."""

    def __init__(self, past: Past) -> None:
        self.epoch = past.epoch
        self.seq = past.seq  # number of the last operation; only grows (O1)
        self.state: dict[str, Held] = dict(past.state)
        self.chat: deque[Op] = deque(past.chat, maxlen=CHAT_KEPT)
        self._recent: deque[tuple[Op, int]] = deque()  # with the size of each value, bytes
        self._recent_bytes = 0
        self._seen: dict[tuple[str, int], int] = {}  # (cid, cseq) -> seq, of what is recent
        self._clients: dict[str, tuple[str, int]] = dict(past.clients)
        for op in past.recent:
            self._remember(op)

    def append(self, op: Op) -> None:
        """Apply the next operation; its number must be `seq` + 1."""
        assert op["seq"] == self.seq + 1, "the room numbers without gaps"
        self.seq = op["seq"]
        apply(self.state, op)
        if op["kind"] == "chat":
            self.chat.append(op)
        self._remember(op)

    def since(self, seq: int) -> list[Op] | None:
        """Exactly the operations after number `seq`; None when memory does not reach back."""
        if not self._first() - 1 <= seq <= self.seq:
            return None
        missed = self.seq - seq
        if missed == 0:
            return []
        return [op for op, _ in list(self._recent)[-missed:]]

    def owner_of(self, cid: str) -> str | None:
        """The principal that used this client id first; None: nobody yet."""
        client = self._clients.get(cid)
        return client[0] if client else None

    def find(self, cid: str, cseq: int) -> Op | None:
        """The operation a client sent under this number, if it is recent."""
        seq = self._seen.get((cid, cseq))
        return None if seq is None else self._recent[seq - self._first()][0]

    def may_be_older(self, cid: str, cseq: int) -> bool:
        """Whether the operation may stand in the store beyond what memory holds."""
        client = self._clients.get(cid)
        return client is not None and cseq <= client[1]

    def _first(self) -> int:
        return self._recent[0][0]["seq"] if self._recent else self.seq + 1

    def _remember(self, op: Op) -> None:
        """Keep an operation for whoever resumes, and forget the oldest beyond the window."""
        size = value_bytes(op["value"])
        self._recent.append((op, size))
        self._recent_bytes += size
        self._seen[op["cid"], op["cseq"]] = op["seq"]
        self._clients.setdefault(op["cid"], (op["by"]["principal_id"], 0))
        while len(self._recent) > LOG_WINDOW or self._recent_bytes > LOG_WINDOW_BYTES:
            old, old_size = self._recent.popleft()
            self._recent_bytes -= old_size
            del self._seen[old["cid"], old["cseq"]]
            owner, horizon = self._clients[old["cid"]]
            self._clients[old["cid"]] = (owner, max(horizon, old["cseq"]))


def apply(state: dict[str, Held], op: Op) -> None:
    """Change `state` as one stored operation says; chat changes nothing."""
    match op["kind"]:
        case "set" if op["value"] is None:
            state.pop(op["key"], None)
        case "set":
            state[op["key"]] = Held(value=op["value"], seq=op["seq"], by=op["by"])
        case "clear":
            for key in [key for key in state if key.startswith(op["key"])]:
                del state[key]
        case _:
            pass
