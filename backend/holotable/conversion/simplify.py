"""Fewer triangles for the same shape: meshoptimizer 1.3 as WebAssembly under wasmtime.

npm ships the simplifier only as WebAssembly, and no wheel carries it natively; under wasmtime it
was measured level with the native build (2.0 M triangles: 1.39 against 1.37 CPU s). The module is
unpacked by tests/samples/extract_simplifier.py; its licence lies beside it.
"""

import contextlib
import hashlib
import tempfile
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

import numpy as np
import wasmtime
from numpy.typing import NDArray

from holotable.errors import OutOfMemory
from holotable.review.scene import Floats32, Indices

WASM: Final = Path(__file__).with_name("meshopt_simplifier.wasm")

# meshoptimizer.h: meshopt_SimplifyLockBorder, meshopt_SimplifyPrune, meshopt_SimplifyPermissive,
# meshopt_SimplifyVertex_Protect
LOCK_BORDER: Final = 1
PRUNE: Final = 8
PERMISSIVE: Final = 32
PROTECT: Final = 2

# 0.5 per normal component, as gltfpack and the library's README use for unit normals.
NORMAL_WEIGHTS: Final = np.full(3, 0.5, np.float32)

# A WebAssembly memory never shrinks: after a mesh that needed more, the next call starts afresh.
KEEP_MEMORY_BYTES: Final = 256 * 1024**2
ARENA_BYTES: Final = 1024**2


@dataclass(frozen=True, slots=True)
class Simplified:
    """Triangles over the same vertices, and how far they stray.

    triangles: (m, 3) indices into the vertices given. error: distance over the mesh's extent.
    """

    triangles: Indices
    error: float


class Simplifier:
    """One WebAssembly instance with its memory; not shared between threads."""

    def __init__(self) -> None:
        self._start()

    def _start(self) -> None:
        engine, module = _compiled()
        self._store = wasmtime.Store(engine)
        exports = wasmtime.Instance(self._store, module, []).exports(self._store)
        memory = exports["memory"]
        assert isinstance(memory, wasmtime.Memory)
        self._memory = memory
        self._exports = exports
        self._call("__wasm_call_ctors")
        start = self._call("sbrk", ARENA_BYTES)
        self.arena = range(start, start + ARENA_BYTES)

    def grow_arena(self, end: int) -> None:
        """Make the arena reach at least to this address. raises: OutOfMemory."""
        if end <= self.arena.stop:
            return
        more = max(end - self.arena.stop, ARENA_BYTES)
        address = self._call("sbrk", more)
        if address == 0xFFFFFFFF:
            raise OutOfMemory("Simplification needed more memory than the limit.")
        assert address == self.arena.stop, "the module kept memory of an earlier call"
        self.arena = range(self.arena.start, self.arena.stop + more)

    def simplify(
        self,
        triangles: Indices,
        positions: Floats32,
        normals: Floats32,
        target_triangles: int,
        max_error: float,
        protected: NDArray[np.bool_] | None = None,
        prune: bool = False,
        lock_border: bool = False,
    ) -> Simplified:
        """Collapse edges until `target_triangles` or `max_error` is reached.

        Vertices at one position count as one (so face seams of a B-rep do not stop it), and the
        error weighs normals too. max_error: over the mesh's extent. protected: (n,) vertices whose
        attribute seam must stay, for example where two materials meet. prune: drop loose pieces
        smaller than the error. lock_border: what only one triangle ends at stays as it is.
        """
        lock = None if protected is None else protected.astype(np.uint8) * PROTECT
        options = PERMISSIVE | (PRUNE if prune else 0) | (LOCK_BORDER if lock_border else 0)
        with _Scratch(self) as scratch:
            error, target = scratch.reserve(4), scratch.reserve(triangles.nbytes)
            arguments = (
                target,
                scratch.put(triangles),
                triangles.size,
                scratch.put(positions),
                len(positions),
                12,
                scratch.put(normals),
                12,
                scratch.put(NORMAL_WEIGHTS),
                3,
                0 if lock is None else scratch.put(lock),
                min(target_triangles * 3, triangles.size),
                max_error,
                options,
                error,
            )
            return self._simplified("meshopt_simplifyWithAttributes", arguments, target, error)

    def simplify_sloppily(
        self, triangles: Indices, positions: Floats32, target_triangles: int, max_error: float
    ) -> Simplified:
        """Cluster vertices on a grid: always reaches the target, ignores topology and seams."""
        with _Scratch(self) as scratch:
            error, target = scratch.reserve(4), scratch.reserve(triangles.nbytes)
            arguments = (
                target,
                scratch.put(triangles),
                triangles.size,
                scratch.put(positions),
                len(positions),
                12,
                0,
                min(target_triangles * 3, triangles.size),
                max_error,
                error,
            )
            return self._simplified("meshopt_simplifySloppy", arguments, target, error)

    def position_remap(self, positions: Floats32) -> Indices:
        """For each vertex the first vertex at exactly the same position; (n,)."""
        with _Scratch(self) as scratch:
            target = scratch.reserve(len(positions) * 4)
            self._call(
                "meshopt_generatePositionRemap", target, scratch.put(positions), len(positions), 12
            )
            return self._numbers(target, len(positions))

    def _simplified(
        self, name: str, arguments: tuple[int | float, ...], target: int, error: int
    ) -> Simplified:
        count = self._call(name, *arguments)
        triangles = self._numbers(target, count).reshape(-1, 3)
        return Simplified(triangles, float(self._numbers(error, 1).view(np.float32)[0]))

    def _numbers(self, address: int, count: int) -> Indices:
        """A copy of `count` 32 bit numbers at `address`."""
        raw = self.memory_bytes()[address : address + count * 4]
        return raw.copy().view(np.uint32)

    def _call(self, name: str, *arguments: int | float) -> int:
        function = self._exports[name]
        assert isinstance(function, wasmtime.Func)
        try:
            result = function(self._store, *arguments)
        except wasmtime.Trap as trap:
            # The only trap of this module: malloc beyond what memory.grow allows.
            raise OutOfMemory("Simplification needed more memory than the limit.") from trap
        return int(result) & 0xFFFFFFFF if result is not None else 0

    def memory_bytes(self) -> NDArray[np.uint8]:
        """The whole linear memory, writable; stale after any call that may grow it."""
        return np.frombuffer(
            memoryview(self._memory.get_buffer_ptr(self._store)).cast("B"), np.uint8
        )


class _Scratch:
    """Memory of one call, out of an arena that the simplifier keeps for the next.

    The module's own memory lies above the arena and is given back when a call returns. Asking the
    module for each array instead took two thirds of the time of 500 small parts.
    """

    def __init__(self, simplifier: Simplifier) -> None:
        self._simplifier = simplifier
        self._next = 0

    def __enter__(self) -> "_Scratch":
        self._next = self._simplifier.arena.start
        return self

    def __exit__(self, *_: object) -> None:
        if self._simplifier.memory_bytes().nbytes > KEEP_MEMORY_BYTES:
            self._simplifier._start()

    def reserve(self, size: int) -> int:
        """The address of `size` bytes, on a multiple of 16."""
        address = self._next
        self._next += (size + 15) // 16 * 16
        self._simplifier.grow_arena(self._next)
        return address

    def put(self, array: NDArray[np.generic]) -> int:
        """The address of a copy of `array`."""
        flat = np.ascontiguousarray(array).view(np.uint8).reshape(-1)
        address = self.reserve(flat.nbytes)
        self._simplifier.memory_bytes()[address : address + flat.nbytes] = flat
        return address


def prepare_to_fork() -> None:
    """Compile now, so that a warm parent hands the module to every child it forks."""
    _compiled()


@cache
def _compiled() -> tuple[wasmtime.Engine, wasmtime.Module]:
    """The compiled module, once per process."""
    config = wasmtime.Config()
    config.memory_reservation = 0  # the default 4 GiB of addresses would not fit RLIMIT_AS
    config.memory_guard_size = 0
    config.memory_reservation_for_growth = 0
    config.parallel_compilation = False  # a thread pool would not survive fork
    engine = wasmtime.Engine(config)
    return engine, _module(engine, WASM.read_bytes(), WASM.parent / "__pycache__")


def _module(engine: wasmtime.Engine, code: bytes, folder: Path) -> wasmtime.Module:
    """The module as machine code, kept from an earlier process or compiled (0.05 s) and kept.

    folder: Python's own for compiled code, so who may write there may change what runs anyhow.
    The runtime refuses what another version of it, other settings or another processor made.
    """
    kept = folder / f"meshopt_simplifier-{hashlib.sha256(code).hexdigest()[:16]}.cwasm"
    try:
        return wasmtime.Module.deserialize(engine, kept.read_bytes())
    except (OSError, wasmtime.WasmtimeError):
        module = wasmtime.Module(engine, code)
    with contextlib.suppress(OSError):  # a read-only installation compiles each time
        with tempfile.NamedTemporaryFile(dir=folder, delete=False) as file:
            file.write(module.serialize())
        Path(file.name).replace(kept)
    return module
