"""A TCP proxy on loopback whose line can go dead: nothing is closed and nothing arrives.

With several targets it is the small proxy before several nodes: each connection goes to the next
one that answers.
"""

import contextlib
import random
import selectors
import socket
import threading
from collections import deque
from collections.abc import Iterator

CHUNK_BYTES = 65_536


class FaultProxy:
    """Passes bytes on until `cut`; what is open then, or begins while cut, stays dead for good."""

    def __init__(self, *target_ports: int) -> None:
        self._targets = deque(target_ports)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._lock = threading.Lock()
        self._is_cut = False
        self._is_closed = False
        self._pairs: list[_Pair] = []
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def cut(self) -> None:
        """From now on nothing arrives on either side, and nobody is told."""
        with self._lock:
            self._is_cut = True
            for pair in self._pairs:
                pair.die()

    def cut_some(self, share: float, chance: random.Random) -> None:
        """Half-open: this share of the open connections is dead for good, new ones work."""
        with self._lock:
            for pair in self._open_ones():
                if chance.random() < share:
                    pair.die()

    def reset_some(self, share: float, chance: random.Random) -> None:
        """This share of the open connections is closed in the middle of whatever they carry."""
        with self._lock:
            for pair in self._open_ones():
                if chance.random() < share:
                    pair.close()

    def _open_ones(self) -> list["_Pair"]:
        self._pairs = [pair for pair in self._pairs if not pair.is_over]
        return [pair for pair in self._pairs if pair.is_alive]

    def mend(self) -> None:
        """New connections work again."""
        with self._lock:
            self._is_cut = False

    def close(self) -> None:
        with self._lock:
            self._is_closed = True
            for pair in self._pairs:
                pair.close()
        # Wakes the thread that waits for a connection.
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            with self._lock:
                if self._is_closed:
                    client.close()
                    return
                self._targets.rotate(-1)
                pair = _Pair(client, [] if self._is_cut else list(self._targets))
                self._pairs.append(pair)


class _Pair:
    """One connection through the proxy; without a target it is dead from the beginning."""

    def __init__(self, client: socket.socket, target_ports: list[int]) -> None:
        self._client = client
        self._server: socket.socket | None = None
        self._is_dead = threading.Event()
        self.is_over = False
        if not target_ports:
            self._is_dead.set()
            return
        for target_port in target_ports:
            with contextlib.suppress(OSError):
                self._server = socket.create_connection(("127.0.0.1", target_port))
                break
        if self._server is None:
            self.close()
            return
        threading.Thread(target=self._pump, daemon=True).start()

    @property
    def is_alive(self) -> bool:
        return not self._is_dead.is_set()

    def die(self) -> None:
        self._is_dead.set()

    def close(self) -> None:
        self._is_dead.set()
        self.is_over = True
        for end in (self._client, self._server):
            if end is not None:
                with contextlib.suppress(OSError):
                    end.close()

    def _pump(self) -> None:
        assert self._server is not None, "started with a target only"
        other = {self._client: self._server, self._server: self._client}
        with selectors.DefaultSelector() as ready:
            for end in other:
                ready.register(end, selectors.EVENT_READ)
            while not self._is_dead.is_set():
                for key, _ in ready.select(timeout=0.2):
                    end = key.fileobj
                    assert isinstance(end, socket.socket), "only these were registered"
                    if not self._pass_on(end, other[end]):
                        self.close()
                        return

    def _pass_on(self, source: socket.socket, target: socket.socket) -> bool:
        """Whether the connection goes on."""
        try:
            data = source.recv(CHUNK_BYTES)
            if data and not self._is_dead.is_set():
                target.sendall(data)
        except OSError:
            return False
        return bool(data)


@contextlib.contextmanager
def fault_proxy(*target_ports: int) -> Iterator[FaultProxy]:
    """A proxy that is gone afterwards."""
    proxy = FaultProxy(*target_ports)
    try:
        yield proxy
    finally:
        proxy.close()
