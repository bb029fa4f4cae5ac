"""Assemblies split over several STEP files: which files a file draws in, and which are not there.

A product whose shape stands elsewhere names its file in a DOCUMENT_FILE and an
APPLIED_EXTERNAL_IDENTIFICATION_ASSIGNMENT (CAx-IF Recommended Practices for External References).
Open CASCADE follows them by itself; here they are followed first, as text, because it would follow
a circle and a path that leaves the upload, takes `parts\\a.stp` for one word, and says nothing of a
child's missing children.
"""

import re
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Final

from holotable.conversion.readers.references import elsewhere, sibling
from holotable.conversion.readers.step_text import Content, decoded, entities, mapped
from holotable.errors import DamagedFile, EmptyFile, ExternalReference

STEP_SUFFIXES: Final = (".stp", ".step", ".p21")
_MOST_FILES: Final = 10_000
_STRING: Final = re.compile(rb"'((?:[^']|'')*)'")
_ENTITIES: Final = ("DOCUMENT_FILE", "APPLIED_EXTERNAL_IDENTIFICATION_ASSIGNMENT")


@dataclass(frozen=True, slots=True)
class Links:
    """What a STEP file draws in, directly and through others.

    names: every file that is there, the first one first, and what each of its names stands for.
    missing: names as the files write them, sorted.
    """

    names: dict[Path, dict[str, Path]]
    missing: tuple[str, ...]

    @property
    def children(self) -> tuple[Path, ...]:
        """All files but the first, each once."""
        return tuple(self.names)[1:]


def last_name(name: str) -> str:
    """The file name at the end of a path of any machine."""
    return PurePosixPath(name.replace("\\", "/")).name


def named_files(content: Content) -> tuple[str, ...]:
    """The names of STEP files that stand in this one as homes of shapes, each once."""
    names: dict[str, None] = {}
    for entity in _ENTITIES:
        for parameters in entities(content, entity):
            name = parameters[0] if parameters else None
            if isinstance(name, str) and name.lower().endswith(STEP_SUFFIXES):
                names[name] = None
    return tuple(names)


def follow(path: Path) -> Links:
    """Find every file that `path` draws in.

    Names count from the folder of the file they stand in, else from that of `path`; in a zip the
    only file of that name is meant wherever it lies.

    raises: DamagedFile when files draw each other in, directly or through others.
    """
    names: dict[Path, dict[str, Path]] = {}
    missing: dict[str, None] = {}
    pending = [path]
    while pending:
        file = pending.pop()
        if file in names:
            continue
        found: dict[str, Path] = {}
        for name in _named_in(file):
            child = _beside(file, name) or _beside(path, name) or elsewhere(path, last_name(name))
            if child is None:
                missing[name] = None
            else:
                found[name] = child
        names[file] = found
        pending.extend(found.values())
        if len(names) > _MOST_FILES:
            raise DamagedFile(f"The assembly is split over more than {_MOST_FILES:,} files.")
    _check_no_circle({file: tuple(of.values()) for file, of in names.items()}, path)
    return Links(names, tuple(sorted(missing)))


def stage(links: Links, into: Path) -> Path:
    """The first file, with every name in it and below it such that Open CASCADE finds the file.

    That is the file itself when every name is the path of a file below its folder. Else copies of
    the files that name others are made in `into`, with whole paths in place of names.
    """
    first = next(iter(links.names))
    if all(
        child == first.parent / name and ".." not in PurePosixPath(name).parts
        for named in links.names.values()
        for name, child in named.items()
    ):
        return first
    staged = {
        file: into / f"file-{number}.stp" if named else file.absolute()
        for number, (file, named) in enumerate(links.names.items())
    }
    for file, named in links.names.items():
        if named:
            paths = {name: _encoded(staged[child]) for name, child in named.items()}
            with mapped(file) as content:
                staged[file].write_bytes(_with_names(content[:], paths))
    return staged[first]


def _with_names(content: bytes, paths: dict[str, bytes]) -> bytes:
    def renamed(match: re.Match[bytes]) -> bytes:
        return b"'%s'" % paths.get(decoded(match[1]), match[1])

    return _STRING.sub(renamed, content)


def _encoded(path: Path) -> bytes:
    return str(path).replace("\\", "\\\\").replace("'", "''").encode()


def _named_in(file: Path) -> tuple[str, ...]:
    try:
        with mapped(file) as content:
            return named_files(content)
    except EmptyFile:
        return ()  # an empty child is refused by name when it is read


def _beside(source: Path, name: str) -> Path | None:
    """The file of this name below the source's folder, or None.

    A path that leads elsewhere (`C:\\project\\a.stp`, `../a.stp`) means the file of that last name.
    """
    for candidate in dict.fromkeys((name, last_name(name))):
        try:
            found = sibling(source, candidate)
        except ExternalReference:
            continue
        if found is not None:
            return found
    return None


def _check_no_circle(named: dict[Path, tuple[Path, ...]], start: Path) -> None:
    """Depth first with a path of its own: Python's stack would end at 1,000 files."""
    done: set[Path] = set()
    open_files: dict[Path, None] = {start: None}
    stack = [iter(named[start])]
    while stack:
        child = next(stack[-1], None)
        if child is None:
            stack.pop()
            done.add(open_files.popitem()[0])
        elif child in open_files:
            raise DamagedFile(f"The file {child.name} draws itself in, directly or through others.")
        elif child not in done:
            open_files[child] = None
            stack.append(iter(named[child]))
