"""Rows of uploads that resume: one writer, an offset that only pieces move, an end."""

from datetime import timedelta

import pytest
from builders import Caller, Clock, Project, add_tus_upload

from holotable.store.database import Database
from holotable.store.exchange_tables import TusUpload
from holotable.store.queries import tus as rows
from holotable.store.queries.tus import Piece

A, B = Piece(0, 4, "a" * 64), Piece(4, 3, "b" * 64)


@pytest.fixture
async def upload(database: Database, clock: Clock, project: Project, owner: Caller) -> TusUpload:
    return await add_tus_upload(database, clock, project, owner.principal)


async def test_only_the_newest_writer_moves_the_offset_and_only_from_where_it_stands(
    database: Database, clock: Clock, upload: TusUpload
) -> None:
    later = clock() + timedelta(days=2)
    async with database.transaction() as session:
        assert await rows.claim(session, upload.id, 3) is None
        old = await rows.claim(session, upload.id, 0)
        new = await rows.claim(session, upload.id, 0)
        assert old is not None
        assert new is not None
        assert not await rows.append(session, upload.id, old, [A], later)
        assert await rows.append(session, upload.id, new, [A, B], later)
        assert not await rows.append(session, upload.id, new, [A], later)
    async with database.transaction() as session:
        row = await session.get_one(TusUpload, upload.id)
        assert (row.offset, row.expires_at) == (7, later)
        assert await rows.pieces_of(session, upload.id) == [A, B]
        await rows.settle(session, upload.id)
        assert not await rows.append(session, upload.id, new, [Piece(7, 1, "c" * 64)], later)


async def test_what_expired_is_found_ended_once_and_forgotten_when_tidy(
    database: Database, clock: Clock, upload: TusUpload
) -> None:
    async with database.transaction() as session:
        fence = await rows.claim(session, upload.id, 0)
        assert fence is not None
        await rows.append(session, upload.id, fence, [A], clock())
        assert await rows.open_ones(session, upload.created_by) == 1
    clock.advance(seconds=1)
    async with database.transaction() as session:
        assert list(await rows.expired(session, clock())) == [upload.id]
        assert await rows.end(session, upload.id, "ended")
        assert not await rows.end(session, upload.id, "done")
        assert await rows.open_ones(session, upload.created_by) == 0
        assert list(await rows.with_leftovers(session)) == [upload.id]
        await rows.forget(session, clock())
        assert await session.get(TusUpload, upload.id) is not None  # it still has pieces
        await rows.forget_pieces(session, upload.id)
        await rows.forget(session, clock())
    async with database.transaction() as session:
        assert await session.get(TusUpload, upload.id) is None
