"""Open sockets by the login they came with: when a login ends, so do they."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final
from uuid import UUID

from sqlalchemy.exc import SQLAlchemyError

from holotable.rooms.lane import TEXT, Frame, Lane
from holotable.rooms.protocol import CLOSE_FORBIDDEN, Bye, encode
from holotable.store.database import Database
from holotable.store.queries import devices as rows

log = logging.getLogger("holotable.web")

SIGNED_OUT: Final = Bye(t="bye", reason="signed_out", retry_after_ms=None)


class OpenSockets:
    """The sockets of this process. Tokens have no login: their sockets are not listed."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._by_login: dict[UUID, set[Lane]] = {}

    @contextmanager
    def listed(self, login_id: UUID | None, lane: Lane) -> Iterator[None]:
        """Count a socket to its login while it is open."""
        if login_id is None:
            yield
            return
        self._by_login.setdefault(login_id, set()).add(lane)
        try:
            yield
        finally:
            lanes = self._by_login[login_id]
            lanes.discard(lane)
            if not lanes:
                del self._by_login[login_id]

    async def look(self) -> None:
        """Close every socket whose login is gone; the hub calls it whenever it looks at rights."""
        asked = set(self._by_login)
        if not asked:
            return
        try:
            async with self._database.transaction() as transaction:
                living = await rows.living_logins(transaction, asked)
        except (SQLAlchemyError, OSError):
            log.exception("sockets of ended logins are not closed yet")
            return
        for login_id in asked - living:
            for lane in list(self._by_login.get(login_id, ())):
                lane.write(Frame(TEXT, encode(SIGNED_OUT)))
                lane.close(CLOSE_FORBIDDEN, "signed_out")
