"""Posting to an address that somebody typed, without becoming their way into our network.

The name is resolved once, the addresses are judged, and the connection goes to the judged one: a
second resolution could answer otherwise (DNS rebinding). Redirects are answers like any other, no
proxy of the environment is asked, and time and bytes are bounded. Blocking, for a thread of the
courier's. Source: OWASP, Server Side Request Forgery Prevention Cheat Sheet, case 2.
"""

import contextlib
import http.client
import ipaddress
import socket
import ssl
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Literal, TypeAlias
from urllib.parse import SplitResult, urlsplit

from holotable.errors import WebhookAddressInvalid, WebhookTargetRefused

Address: TypeAlias = ipaddress.IPv4Address | ipaddress.IPv6Address
Network: TypeAlias = ipaddress.IPv4Network | ipaddress.IPv6Network
Trouble: TypeAlias = Literal[
    "target_refused", "name_unknown", "unreachable", "tls_failed", "timed_out", "answer_unreadable"
]
Resolve: TypeAlias = Callable[[str, int], Sequence[str]]

MAX_URL: Final = 2000
_EXCERPT_BYTES: Final = 2048  # of an answer; nobody needs more to see what it says
_NAT64: Final = ipaddress.ip_network("64:ff9b::/96")  # RFC 6052
_LOCAL_NAMES: Final = ("localhost", ".localhost", ".local", ".internal")


@dataclass(frozen=True, slots=True)
class Answered:
    """The other side said something. text: the beginning of it."""

    status: int
    text: str
    duration_ms: int


@dataclass(frozen=True, slots=True)
class Unanswered:
    """It did not."""

    trouble: Trouble
    duration_ms: int


Outcome: TypeAlias = Answered | Unanswered


@dataclass(frozen=True, slots=True)
class Outside:
    """What may be reached, and how long it may take.

    allowed: networks that are reached although they are private. ca_file: PEM, trusted besides.
    """

    allowed: tuple[Network, ...] = ()
    timeout_s: float = 10.0
    ca_file: str | None = None
    resolve: Resolve = field(default=lambda host, port: _resolved(host, port))


def parse_networks(text: str) -> tuple[Network, ...]:
    """Networks and addresses, separated by commas. raises: ValueError, naming the odd one."""
    return tuple(ipaddress.ip_network(one.strip()) for one in text.split(",") if one.strip())


def check_url(url: str, allowed: Sequence[Network]) -> None:
    """Refuse what can never be posted to, without asking anybody for a name.

    raises: WebhookAddressInvalid; WebhookTargetRefused for addresses and names of this network.
    """
    parts = _parts(url)
    host = parts.hostname or ""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        local = host.rstrip(".").lower()
        if local.endswith(_LOCAL_NAMES) and not allowed:
            raise WebhookTargetRefused(pointer="/url") from None
        return
    if not may_reach(address, allowed):
        raise WebhookTargetRefused(pointer="/url")


def may_reach(address: Address, allowed: Sequence[Network]) -> bool:
    """Whether an address is public, or of a network that the operator allows.

    Addresses that wrap another one (RFC 4291 §2.5.5.2, 6to4, Teredo, NAT64) are judged by it.
    """
    if any(address in network for network in allowed):
        return True
    if isinstance(address, ipaddress.IPv6Address):
        wrapped = address.ipv4_mapped or address.sixtofour
        if address in _NAT64:
            wrapped = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        if wrapped is not None:
            return may_reach(wrapped, allowed)
        if address.teredo is not None:
            return False
    return address.is_global and not address.is_multicast


def post(outside: Outside, url: str, headers: Mapping[str, str], body: bytes) -> Outcome:
    """Post once."""
    started = time.monotonic()
    trouble: Trouble

    def spent_ms() -> int:
        return round((time.monotonic() - started) * 1000)

    try:
        parts = _parts(url)
        address = _judged(outside, parts)
        status, text = _exchange(outside, parts, address, headers, body)
        return Answered(status, text, spent_ms())
    except (WebhookAddressInvalid, WebhookTargetRefused):
        trouble = "target_refused"
    except socket.gaierror:
        trouble = "name_unknown"
    except ssl.SSLError:
        trouble = "tls_failed"
    except TimeoutError:
        trouble = "timed_out"
    except OSError:
        trouble = "unreachable"
    except (http.client.HTTPException, ValueError):
        trouble = "answer_unreadable"
    if time.monotonic() - started >= outside.timeout_s and trouble != "target_refused":
        trouble = "timed_out"  # the watch closed the socket, and that looks like any fault
    return Unanswered(trouble, spent_ms())


def _parts(url: str) -> SplitResult:
    """raises: WebhookAddressInvalid."""
    try:
        parts = urlsplit(url)
        port = parts.port
        host = (parts.hostname or "").encode("idna")
    except ValueError as error:
        raise WebhookAddressInvalid(pointer="/url") from error
    plain = url.isascii() and url.isprintable() and " " not in url and len(url) <= MAX_URL
    whole = parts.scheme in ("http", "https") and host and port != 0
    if not plain or not whole or "@" in parts.netloc or parts.fragment:
        raise WebhookAddressInvalid(pointer="/url")
    return parts


def _port(parts: SplitResult) -> int:
    return parts.port or (443 if parts.scheme == "https" else 80)


def _judged(outside: Outside, parts: SplitResult) -> str:
    """The address to connect to. raises: WebhookTargetRefused, socket.gaierror."""
    for found in outside.resolve(parts.hostname or "", _port(parts)):
        if may_reach(ipaddress.ip_address(found.partition("%")[0]), outside.allowed):
            return found
    raise WebhookTargetRefused()


def _resolved(host: str, port: int) -> list[str]:
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(one[4][0]) for one in found]


class _Pinned(http.client.HTTPConnection):
    """A connection to an address, in the name of a host."""

    def __init__(self, outside: Outside, parts: SplitResult, address: str) -> None:
        super().__init__(parts.hostname or "", _port(parts), timeout=outside.timeout_s)
        self._outside, self._parts, self._address = outside, parts, address

    def connect(self) -> None:
        """Connect to the judged address; TLS names and checks the host."""
        self.sock = socket.create_connection((self._address, self.port), self.timeout)
        if self._parts.scheme == "https":
            context = ssl.create_default_context(cafile=self._outside.ca_file)
            if self._outside.ca_file is not None:
                context.load_default_certs()
            self.sock = context.wrap_socket(self.sock, server_hostname=self.host)


def _exchange(
    outside: Outside, parts: SplitResult, address: str, headers: Mapping[str, str], body: bytes
) -> tuple[int, str]:
    """Status and beginning of the answer, within the time of all of it."""
    connection = _Pinned(outside, parts, address)
    # Timeouts of a socket hold for each read: a byte every nine seconds would go on for hours.
    watch = threading.Timer(outside.timeout_s, _hang_up, (connection,))
    watch.daemon = True
    watch.start()
    try:
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        shown = {"Host": parts.netloc, "Connection": "close", **headers}
        connection.request("POST", target, body, shown)
        answer = connection.getresponse()
        text = answer.read(_EXCERPT_BYTES).decode("utf-8", "replace")
        return answer.status, text.replace("\0", "")
    finally:
        watch.cancel()
        connection.close()


def _hang_up(connection: http.client.HTTPConnection) -> None:
    held = connection.sock
    if held is not None:
        with contextlib.suppress(OSError):  # closed by the other side in this moment
            held.shutdown(socket.SHUT_RDWR)
