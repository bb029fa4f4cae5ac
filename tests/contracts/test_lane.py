"""What every lane must do, below ASGI and as plain ASGI, over a real socket byte by byte."""

import asyncio
import json
import random
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from live_builders import LANES, serving

from holotable.rooms.lane import BINARY, TEXT, AsgiLane, Frame, RoomProtocol, open_lane

CONT, CLOSE, PING, PONG = 0, 8, 9, 10


class Echo:
    """Answers each text with its length and the pose that came before it."""

    def __init__(self, lane: Any) -> None:
        self.lane = lane
        self.poses: list[bytes] = []
        self.texts: list[str] = []

    def on_text(self, text: str) -> None:
        self.texts.append(text)
        pose = self.poses[-1].hex() if self.poses else None
        answer = {"n": len(self.texts), "size": len(text), "pose": pose}
        self.lane.write(Frame(TEXT, json.dumps(answer).encode()))

    def on_pose(self, pose: bytes) -> None:
        self.poses.append(pose)

    def farewell(self) -> Frame:
        return Frame(TEXT, b'"bye"')


class App:
    """The least application: accepts, runs the lane, remembers how it ended."""

    def __init__(self) -> None:
        self.echoes: list[Echo] = []
        self.codes: list[int] = []
        self.ended = asyncio.Event()
        self.listens = asyncio.Event()
        self.listens.set()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        assert scope["type"] == "websocket"
        await receive()
        await send({"type": "websocket.accept"})
        await asyncio.sleep(0.01)  # frames arrive before anybody listens
        await self.listens.wait()
        lane = open_lane(scope["extensions"], receive, send)
        echo = Echo(lane)
        self.echoes.append(echo)
        self.codes.append(await lane.run(echo))
        self.ended.set()


class Raw:
    """A client that sends the bytes it is told to and reads whole frames."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer

    async def send(self, data: bytes) -> None:
        self.writer.write(data)
        await self.writer.drain()

    async def frame(self) -> tuple[int, bytes]:
        async with asyncio.timeout(30):
            first, size = await self.reader.readexactly(2)
            assert first & 0x70 == 0, "no extension was agreed on"
            assert size & 0x80 == 0, "servers do not mask"
            if size == 126:
                (size,) = struct.unpack("!H", await self.reader.readexactly(2))
            elif size == 127:
                (size,) = struct.unpack("!Q", await self.reader.readexactly(8))
            return first & 15, await self.reader.readexactly(size)

    async def answer(self) -> Any:
        """The next text, as JSON."""
        while True:
            opcode, payload = await self.frame()
            if opcode == TEXT:
                return json.loads(payload)

    async def close_code(self) -> int:
        """The code of the close frame that must come next, pongs aside."""
        while True:
            opcode, payload = await self.frame()
            if opcode == CLOSE:
                return int.from_bytes(payload[:2], "big")


def masked(
    opcode: int, payload: bytes, *, final: bool = True, mask: bytes = b"\x1f\x02\xa3\x44"
) -> bytes:
    """A frame of a client (RFC 6455 §5.2)."""
    size = len(payload)
    head = bytes(((0x80 if final else 0) | opcode,))
    if size < 126:
        head += bytes((0x80 | size,))
    elif size < 65_536:
        head += bytes((0x80 | 126,)) + size.to_bytes(2, "big")
    else:
        head += bytes((0x80 | 127,)) + size.to_bytes(8, "big")
    return head + mask + bytes(byte ^ mask[i % 4] for i, byte in enumerate(payload))


@pytest.fixture(params=LANES)
def lane(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def app() -> App:
    return App()


@asynccontextmanager
async def connection(address: str) -> AsyncIterator[Raw]:
    host, port = address.split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    writer.write(
        f"GET / HTTP/1.1\r\nHost: {address}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n".encode()
    )
    head = await reader.readuntil(b"\r\n\r\n")
    assert b" 101 " in head.split(b"\r\n")[0]
    try:
        yield Raw(reader, writer)
    finally:
        writer.close()
        await asyncio.gather(writer.wait_closed(), return_exceptions=True)


@pytest.fixture
async def raw(app: App, lane: str) -> AsyncIterator[Raw]:
    async with serving(app, lane) as address, connection(address) as raw:
        yield raw


async def test_the_lane_below_asgi_is_used_where_the_server_offers_it(
    app: App, lane: str, raw: Raw
) -> None:
    await raw.send(masked(TEXT, b"hello"))
    await raw.answer()
    wanted = RoomProtocol if lane == "below_asgi" else AsgiLane
    assert type(app.echoes[0].lane) is wanted


def frames(chance: random.Random, count: int) -> tuple[bytes, int, list[bytes]]:
    """Random traffic: poses, texts whole or in fragments, pings between; its texts and poses."""
    data = bytearray()
    texts = 0
    poses: list[bytes] = []
    for _ in range(count):
        mask = chance.randbytes(4)
        match chance.randrange(6):
            case 0 | 1 | 2:
                pose = chance.randbytes(chance.choice((0, 1, 24, 56, 125, 126, 200, 256)))
                poses.append(pose)
                data += masked(BINARY, pose, mask=mask)
            case 3:
                size = chance.choice((1, 100, 125, 126, 127, 1_000, 20_000))
                data += masked(TEXT, b"x" * size, mask=mask)
                texts += 1
            case 4:
                data += masked(PING, chance.randbytes(chance.randrange(20)), mask=mask)
            case _:  # a fragmented text with a ping in between (RFC 6455 §5.4)
                data += masked(TEXT, b"frag", final=False, mask=mask)
                for _ in range(chance.randrange(3)):
                    data += masked(PING, b"between", mask=mask)
                    data += masked(CONT, "größe".encode(), final=False, mask=mask)
                data += masked(CONT, b"end", mask=mask)
                texts += 1
    return bytes(data), texts, poses


@pytest.mark.parametrize("seed", range(4))
async def test_w1_however_the_bytes_are_cut_every_frame_is_understood_in_order(
    app: App, raw: Raw, seed: int
) -> None:
    chance = random.Random(seed)
    data, texts, poses = frames(chance, 1_500)
    last = poses[-1]
    data += masked(BINARY, last) + masked(TEXT, b"last")
    poses.append(last)

    async def send_in_pieces() -> None:
        start = 0
        while start < len(data):
            size = chance.choice((1, 2, 3, 5, 7, 13, 60, 700, 9_000))
            await raw.send(data[start : start + size])
            start += size
            if chance.random() < 0.05:
                await asyncio.sleep(0)

    sending = asyncio.create_task(send_in_pieces())
    answers = [await raw.answer() for _ in range(texts + 1)]
    await sending
    assert [answer["n"] for answer in answers] == list(range(1, texts + 2))
    assert app.echoes[0].poses == poses
    assert answers[-1]["pose"] == last.hex()
    assert app.codes == []


async def test_w1_what_arrives_before_the_room_is_loaded_is_heard_in_order(
    app: App, raw: Raw
) -> None:
    await raw.send(b"".join(masked(TEXT, b"x" * size) for size in range(1, 40)))
    assert [(await raw.answer())["size"] for _ in range(39)] == list(range(1, 40))


async def test_l8_a_pose_over_256_bytes_closes_with_1009(app: App, raw: Raw) -> None:
    await raw.send(masked(TEXT, b"first"))
    await raw.answer()
    await raw.send(masked(BINARY, b"p" * 257))
    assert await raw.close_code() == 1009
    assert app.echoes[0].poses == []


async def test_l8_a_pose_in_fragments_is_bounded_as_a_whole(app: App, raw: Raw) -> None:
    await raw.send(masked(TEXT, b"first"))
    await raw.answer()
    part = b"p" * 100
    await raw.send(masked(BINARY, part, final=False) + masked(CONT, part))
    await raw.send(masked(TEXT, b"second"))
    assert (await raw.answer())["pose"] == (part * 2).hex()
    await raw.send(masked(BINARY, part, final=False) + masked(CONT, part, final=False))
    await raw.send(masked(CONT, part))
    assert await raw.close_code() == 1009


@pytest.mark.parametrize("size", [65_537, 70_000, 10_000_000])
async def test_r2_a_text_over_64_kib_closes_with_1009(app: App, raw: Raw, size: int) -> None:
    await raw.send(masked(TEXT, b"first"))
    await raw.answer()
    await raw.send(masked(TEXT, b"x" * size)[:100_000])
    assert await raw.close_code() == 1009


async def test_r2_a_text_in_fragments_is_bounded_as_a_whole(app: App, raw: Raw) -> None:
    await raw.send(masked(TEXT, b"first"))
    await raw.answer()
    part = b"x" * 30_000
    await raw.send(masked(TEXT, part, final=False) + masked(CONT, part, final=False))
    await raw.send(masked(CONT, part))
    assert await raw.close_code() == 1009


async def test_a_text_of_64_kib_is_heard(app: App, raw: Raw) -> None:
    await raw.send(masked(TEXT, b"x" * 65_535))
    assert (await raw.answer())["size"] == 65_535


@pytest.mark.parametrize("cut", [1, 5, 7, 1_000, 40_000])
async def test_a_frame_that_is_half_there_when_the_room_begins_to_listen_is_heard_whole(
    app: App, raw: Raw, cut: int
) -> None:
    app.listens.clear()
    message = masked(TEXT, b"x" * 65_000)
    await raw.send(masked(BINARY, b"pose") + masked(TEXT, b"first") + message[:cut])
    await asyncio.sleep(0.1)
    app.listens.set()
    assert (await raw.answer()) == {"n": 1, "size": 5, "pose": b"pose".hex()}
    await raw.send(message[cut:] + masked(TEXT, b"last"))
    assert [(await raw.answer())["size"] for _ in range(2)] == [65_000, 4]


@pytest.mark.parametrize(
    ("data", "codes"),
    [
        (b"\x82\x04pose", (1002, 1009)),  # unmasked
        (masked(TEXT, b"\xff\xfe"), (1007,)),
        (bytes((0xC2,)) + masked(BINARY, b"pose")[1:], (1002,)),  # a bit of no agreed extension
        (masked(CONT, b"x"), (1002,)),
        (masked(3, b"x"), (1002,)),
    ],
    ids=["unmasked", "not UTF-8", "reserved bit", "continues nothing", "unknown opcode"],
)
async def test_broken_frames_end_the_connection(
    app: App, raw: Raw, data: bytes, codes: tuple[int, ...]
) -> None:
    await raw.send(masked(TEXT, b"first"))
    await raw.answer()
    await raw.send(data)
    assert await raw.close_code() in codes
    assert len(app.echoes[0].texts) == 1


async def test_the_close_code_of_the_participant_arrives(app: App, raw: Raw) -> None:
    await raw.send(masked(TEXT, b"first"))
    await raw.answer()
    await raw.send(masked(CLOSE, (1000).to_bytes(2, "big")))
    async with asyncio.timeout(30):
        await app.ended.wait()
    assert app.codes == [1000]


async def test_a_vanished_participant_is_told_from_one_who_left(app: App, raw: Raw) -> None:
    await raw.send(masked(TEXT, b"first"))
    await raw.answer()
    raw.writer.transport.abort()
    async with asyncio.timeout(30):
        await app.ended.wait()
    assert app.codes[0] != 1000


async def test_closing_sends_what_was_queued_first(app: App, raw: Raw) -> None:
    await raw.send(masked(TEXT, b"first"))
    await raw.answer()
    lane = app.echoes[0].lane
    lane.write(Frame(TEXT, b'"one"'))
    lane.write(Frame(BINARY, b"two"))
    lane.close(4403, "removed")
    lane.write(Frame(TEXT, b'"never"'))
    assert await raw.frame() == (TEXT, b'"one"')
    assert await raw.frame() == (BINARY, b"two")
    assert await raw.frame() == (CLOSE, (4403).to_bytes(2, "big") + b"removed")
    async with asyncio.timeout(30):
        await app.ended.wait()


async def test_aborting_ends_at_once(app: App, raw: Raw) -> None:
    await raw.send(masked(TEXT, b"first"))
    await raw.answer()
    lane = app.echoes[0].lane
    lane.abort()
    async with asyncio.timeout(30):
        await app.ended.wait()
    lane.write(Frame(TEXT, b'"late"'))
    lane.close(1000, "late")
    lane.abort()


async def test_w7_a_stuck_participant_is_seen_by_its_backlog_and_costs_the_others_nothing(
    app: App, lane: str
) -> None:
    async with (
        serving(app, lane) as address,
        connection(address) as stuck,
        connection(address) as reader,
    ):
        for client in (stuck, reader):
            await client.send(masked(TEXT, b"first"))
            await client.answer()
        stuck.reader._transport.pause_reading()  # type: ignore[attr-defined]  # stops reading
        lanes = [echo.lane for echo in app.echoes]
        frame = Frame(BINARY, b"p" * 20_000)
        sent = 0
        for _ in range(2_000):
            for one in lanes:
                if one.unsent_bytes() <= 32 * 1024:
                    one.write(frame)
                    sent += one is lanes[1]
            await asyncio.sleep(0)
            if lanes[0].unsent_bytes() > 32 * 1024 and sent >= 200:
                break
        assert lanes[0].unsent_bytes() > 32 * 1024
        for _ in range(200):
            assert await reader.frame() == (BINARY, frame.payload)
        lanes[0].abort()


async def test_a_protocol_ping_shows_that_somebody_is_there_even_when_the_page_sleeps(
    app: App, lane: str, raw: Raw
) -> None:
    if lane == "plain_asgi":
        return  # ASGI has no pings: the server's own must do
    await raw.send(masked(TEXT, b"first"))
    await raw.answer()
    heard = app.echoes[0].lane.heard_at
    app.echoes[0].lane.ping()
    assert await raw.frame() == (PING, b"")
    await raw.send(masked(PONG, b"") + masked(TEXT, b"second"))
    await raw.answer()
    assert app.echoes[0].lane.heard_at > heard
