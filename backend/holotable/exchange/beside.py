"""Files beside a review's result: which go into its packet, under which names, and which do not.

Drawings of the reviewed revision come first, then those that issues stand on, then the files of
issues by their numbers. What does not fit is named in the packet and in its reports.
"""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from holotable.exchange.result import LeftOut, Result
from holotable.exchange.topics import Attached, Remark, Topic

MAX_BYTES: Final = 128 << 20  # of all of them together
MAX_FILES: Final = 500  # a packet has at most a thousand members
_SAFE: Final = re.compile(r"[^A-Za-z0-9._+-]+")


@dataclass(frozen=True, slots=True)
class Beside:
    """What goes along. result: with the paths, and what is left out.  paths: path → SHA-256."""

    result: Result
    paths: Mapping[str, str]
    total_bytes: int


def place_files(
    result: Result,
    *,
    gone: Collection[str] = (),
    max_bytes: int = MAX_BYTES,
    max_files: int = MAX_FILES,
) -> Beside:
    """Give each file its path in the packet, as far as they fit. gone: SHA-256 of lost content."""
    placing = _Placing(gone, max_bytes, max_files)
    reviewed = result.revision.label
    drawings = {
        one.id: placing.place(one, "drawings", f"drawing {one.name}, revision {one.revision}")
        for one in sorted(result.drawings, key=lambda one: one.revision != reviewed)
    }
    topics = tuple(placing.topic(one) for one in result.topics)
    return Beside(
        replace(
            result,
            drawings=tuple(drawings[one.id] for one in result.drawings),
            topics=topics,
            left_out=(*result.left_out, *placing.left_out),
        ),
        placing.paths,
        placing.total_bytes,
    )


def files_in(result: Result) -> Iterator[Attached]:
    """Every drawing and file that has a place in the packet."""
    for one in result.drawings:
        if one.path:
            yield one
    for topic in result.topics:
        yield from (one for one in topic.files if one.path)
        for remark in topic.remarks:
            yield from (one for one in remark.files if one.path)


@dataclass(slots=True)
class _Placing:
    """One packet being filled."""

    gone: Collection[str]
    max_bytes: int
    max_files: int
    paths: dict[str, str] = field(default_factory=dict)
    left_out: list[LeftOut] = field(default_factory=list)
    total_bytes: int = 0

    def topic(self, topic: Topic) -> Topic:
        return replace(
            topic,
            files=self._files(topic.files, topic),
            remarks=tuple(self._remark(one, topic) for one in topic.remarks),
        )

    def _remark(self, remark: Remark, topic: Topic) -> Remark:
        return replace(remark, files=self._files(remark.files, topic))

    def _files(self, files: tuple[Attached, ...], topic: Topic) -> tuple[Attached, ...]:
        folder = f"attachments/{topic.server_id}"
        return tuple(
            self.place(one, folder, f"{one.name}, beside #{topic.number}") for one in files
        )

    def place(self, file: Attached, folder: str, what: str) -> Attached:
        """The file with its path; without one, and said so, when it does not fit."""
        why = self._refusal(file)
        if why:
            self.left_out.append(LeftOut(what, why))
            return file
        # Numbered: two files of one name are two files; zips name in ASCII (container.py).
        name = _SAFE.sub("-", file.name).strip("-.")[-80:] or "file"
        path = f"{folder}/{len(self.paths) + 1:03d}-{name}"
        self.paths[path] = file.sha256
        self.total_bytes += file.bytes
        return replace(file, path=path)

    def _refusal(self, file: Attached) -> str:
        if file.sha256 in self.gone:
            return "Its content is no longer in the store."
        if len(self.paths) >= self.max_files:
            return f"A packet holds at most {self.max_files} files beside issues and drawings."
        if self.total_bytes + file.bytes > self.max_bytes:
            size = f"{file.bytes / 2**20:.1f} MB"
            return f"It has {size}; together they would be more than {self.max_bytes >> 20} MB."
        return ""
