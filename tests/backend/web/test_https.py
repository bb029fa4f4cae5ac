"""What a page is told of https: only what helps whoever asks."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from builders import Clock
from fastapi import FastAPI
from httpx import ASGITransport, AsyncClient

from holotable.app import create_app
from holotable.settings import Settings
from holotable.web.context import HttpsDoor

LAN = ("https://192.168.1.5:8443", "https://review.local:8443")


def door() -> HttpsDoor:
    return HttpsDoor(
        port=8443, addresses=LAN, fingerprint="AA:BB", authority_fingerprint="CC:DD",
        names=frozenset({"192.168.1.5", "review.local", "localhost", "127.0.0.1"}),
        authority_pem=b"-----BEGIN CERTIFICATE-----\n",
    )  # fmt: skip


@asynccontextmanager
async def asking(
    app: FastAPI, base_url: str, peer: str = "192.168.1.77"
) -> AsyncIterator[AsyncClient]:
    async with AsyncClient(
        transport=ASGITransport(app, client=(peer, 1)), base_url=base_url
    ) as client:
        yield client


@pytest.fixture
def with_door(settings: Settings, clock: Clock) -> FastAPI:
    return create_app(settings, clock=clock, https=door())


async def test_another_desk_is_told_the_name_it_used_and_no_other_address(
    with_door: FastAPI,
) -> None:
    async with asking(with_door, "http://review.local:8080") as desk:
        told = (await desk.get("/api/v1/https")).json()
    assert told == {
        "secure": False, "origin": LAN[1], "addresses": [LAN[1]], "fingerprint": "AA:BB",
        "authority_fingerprint": "CC:DD",
    }  # fmt: skip
    async with asking(with_door, "http://other.example:8080") as desk:
        told = (await desk.get("/api/v1/https")).json()
    assert (told["origin"], told["addresses"]) == (None, [])


async def test_this_machine_is_told_an_address_that_a_headset_finds(with_door: FastAPI) -> None:
    async with asking(with_door, "http://localhost:8080", "127.0.0.1") as desk:
        told = (await desk.get("/api/v1/https")).json()
        assert (told["origin"], told["addresses"]) == (LAN[0], list(LAN))
        crt = await desk.get("/api/v1/https/authority.crt")
    assert crt.headers["content-type"] == "application/x-x509-ca-cert"
    assert crt.content == door().authority_pem


async def test_a_proxy_s_address_is_told_without_fingerprints(
    settings: Settings, clock: Clock
) -> None:
    behind = settings.model_copy(update={"public_url": "https://review.example.org"})
    app = create_app(behind, clock=clock)
    async with asking(app, "http://review.example.org") as desk:
        told = (await desk.get("/api/v1/https")).json()
        assert (told["secure"], told["origin"]) == (True, "https://review.example.org")
        assert told["fingerprint"] is None
        assert (await desk.get("/api/v1/https/authority.crt")).status_code == 404


async def test_without_https_nothing_is_promised(settings: Settings, clock: Clock) -> None:
    app = create_app(settings, clock=clock)
    async with asking(app, "http://192.168.1.5:8080") as desk:
        told = (await desk.get("/api/v1/https")).json()
    assert (told["secure"], told["origin"], told["addresses"]) == (False, None, [])
    async with asking(app, "https://review.example.org") as desk:
        told = (await desk.get("/api/v1/https")).json()
    assert (told["secure"], told["origin"]) == (True, "https://review.example.org")
