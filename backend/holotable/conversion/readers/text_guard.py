"""Cheap checks of the text formats before a parser sees them.

Open CASCADE and IfcOpenShell load half a file without an error and die by SIGSEGV on NaN, on a
part that contains itself and on a placement relative to itself (CONVERSION: bad inputs). What a
scan at memory speed can see becomes a named error here; the sandbox is for the rest.
"""

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from holotable.conversion.readers.step_text import Content, entities, mapped
from holotable.errors import DamagedFile, TooComplex

_TRAILER: Final = b"END-ISO-10303-21"
_NOT_A_NUMBER: Final = re.compile(
    rb"[(,]\s*[+-]?(?:NAN|INF|INFINITY|\d\.#(?:IND|INF|QNAN|SNAN)\w*)\s*[,)]", re.IGNORECASE
)
_NOT_A_NUMBER_HINTS: Final = (b"NAN", b"NaN", b"nan", b"INF", b"Inf", b"inf", b"#IND", b"#QNAN")
_USAGE: Final = b"NEXT_ASSEMBLY_USAGE_OCCURRENCE"
_PLACEMENT: Final = re.compile(rb"#(\d+)\s*=\s*IFCLOCALPLACEMENT\s*\(\s*#(\d+)", re.IGNORECASE)
_LONGEST_NUMBER: Final = 32  # bytes around a hint in which the whole number stands
_STRING: Final = re.compile(rb"'(?:[^']|'')*'")
_REFERENCE: Final = re.compile(rb"#(\d+)")
# 64: the deepest legal nesting seen in real files is 7; 2 million crash the parser's recursion.
_DEEPEST_PARENTHESES: Final = b"(" * 64
_DEEPEST_ASSEMBLY: Final = 500  # Open CASCADE descends by recursion: 5,000 levels end its stack
_BREP_COUNT: Final = re.compile(
    rb"^(Locations|Curve2ds|Curves|Polygon3D|PolygonOnTriangulations|Surfaces|Triangulations"
    rb"|TShapes) (-?\d+)",
    re.MULTILINE,
)


def check_step(path: Path, max_occurrences: int = 500_000) -> None:
    """Refuse a STEP file that is cut off, overwritten, not finite, or contains itself.

    max_occurrences: of products in this file; Open CASCADE would visit all 2**38 of a small file.
    """
    with mapped(path) as content:
        _check_exchange_structure(content)
        _check_finite(content)
        if content.find(_DEEPEST_PARENTHESES) >= 0:
            raise DamagedFile("The STEP file nests parentheses deeper than any valid one does.")
        _check_assemblies(content, max_occurrences)


def check_ifc(path: Path) -> None:
    """Refuse an IFC file that is cut off, overwritten, or places something relative to itself."""
    with mapped(path) as content:
        _check_exchange_structure(content)
        if content.find(_DEEPEST_PARENTHESES) >= 0:
            raise DamagedFile("The IFC file nests parentheses deeper than any valid one does.")
        relative_to = {int(m[1]): int(m[2]) for m in _PLACEMENT.finditer(content)}
    looping = node_on_cycle({node: [parent] for node, parent in relative_to.items()})
    if looping is not None:
        raise DamagedFile(
            f"The placement #{looping} is relative to itself, directly or through others.",
            entity=looping,
        )


def check_iges(path: Path) -> None:
    """Refuse an IGES file without its terminate section (IGES 5.3 §2.2.4.6) or with NUL bytes."""
    with mapped(path) as content:
        if content.find(b"\0") >= 0:
            raise DamagedFile("The IGES file contains NUL bytes: part of it was overwritten.")
        tail = content[max(0, len(content) - 4096) :]
    lines = [line for line in tail.replace(b"\r", b"\n").split(b"\n") if line.strip()]
    if not any(line[72:73] == b"T" for line in lines[-3:]):
        raise DamagedFile("The IGES file ends before its terminate section: it was cut off.")


def check_brep(path: Path) -> None:
    """Refuse a text BREP file that states more of anything than it has bytes."""
    with mapped(path) as content:
        for match in _BREP_COUNT.finditer(content):
            if not 0 <= int(match[2]) <= len(content):
                kind = match[1].decode("ascii")
                raise DamagedFile(
                    f"The BREP file states {int(match[2]):,} {kind}, which it has not."
                )


def property_names(path: Path, limit: int = 1000) -> tuple[str, ...]:
    """The names of the user-defined properties that a STEP file mentions, each once.

    limit: how many different names; a file with more uses names as values.
    """
    names: dict[str, None] = {}
    with mapped(path) as content:
        for entity, place in (("PROPERTY_DEFINITION", 0), ("GENERAL_PROPERTY", 1)):
            for parameters in entities(content, entity):
                name = parameters[place] if len(parameters) > place else None
                if isinstance(name, str):
                    names[name] = None
                if len(names) >= limit:
                    break
    names.pop("", None)
    return tuple(names)


def _check_exchange_structure(content: Content) -> None:
    """ISO 10303-21 §5.1: the exchange structure ends with END-ISO-10303-21."""
    if content.rfind(_TRAILER) < 0:
        raise DamagedFile("The file ends before END-ISO-10303-21: it was cut off.")
    at = content.find(b"\0")
    if at >= 0:
        raise DamagedFile(
            "The file contains NUL bytes: part of it was overwritten.", byte_offset=at
        )


def _check_finite(content: Content) -> None:
    for hint in _NOT_A_NUMBER_HINTS:
        at = content.find(hint)
        while at >= 0:
            first = max(at - _LONGEST_NUMBER, 0)
            for match in _NOT_A_NUMBER.finditer(content[first : at + _LONGEST_NUMBER]):
                place = first + match.start()
                start = content.rfind(b";", 0, place) + 1
                if content[start:place].count(b"'") % 2 == 0:  # odd: inside a string
                    raise DamagedFile(
                        "The file contains a coordinate that is not a number.", byte_offset=place
                    )
            at = content.find(hint, at + 1)


def _check_assemblies(content: Content, max_occurrences: int) -> None:
    children: defaultdict[int, list[int]] = defaultdict(list)
    at = content.find(_USAGE)
    while at >= 0:
        end = content.find(b";", at)
        references = _REFERENCE.findall(_STRING.sub(b"", content[at:end]))
        if len(references) >= 2:
            children[int(references[0])].append(int(references[1]))
        at = content.find(_USAGE, at + len(_USAGE))
    ordered, looping = _in_order(children)
    if looping is not None:
        raise DamagedFile(
            f"The product definition #{looping} contains itself, directly or through others.",
            entity=looping,
        )
    held = {target for targets in children.values() for target in targets}
    uses = dict.fromkeys(ordered, 0) | dict.fromkeys(children.keys() - held, 1)
    levels = dict.fromkeys(ordered, 1)
    for node in ordered:
        for target in children.get(node, ()):
            uses[target] += uses[node]
            levels[target] = max(levels[target], levels[node] + 1)
    if sum(uses.values()) > max_occurrences:
        raise TooComplex(
            f"The model has more than {max_occurrences:,} occurrences.", limit=max_occurrences
        )
    if max(levels.values(), default=0) > _DEEPEST_ASSEMBLY:
        raise TooComplex(f"The assembly nests more than {_DEEPEST_ASSEMBLY} levels deep.")


def node_on_cycle(edges: Mapping[int, Sequence[int]]) -> int | None:
    """Some node from which following edges comes back to it, or None."""
    return _in_order(edges)[1]


def _in_order(edges: Mapping[int, Sequence[int]]) -> tuple[list[int], int | None]:
    """Nodes before those they lead to, by removing leaves (Kahn 1962), and a node on a cycle."""
    incoming: defaultdict[int, int] = defaultdict(int)
    for targets in edges.values():
        for target in targets:
            incoming[target] += 1
    free = [node for node in edges if incoming[node] == 0]
    ordered: list[int] = []
    nodes = set(edges) | set(incoming)
    while free:
        node = free.pop()
        ordered.append(node)
        for target in edges.get(node, ()):
            incoming[target] -= 1
            if incoming[target] == 0:
                free.append(target)
    if len(ordered) == len(nodes):
        return ordered, None
    return ordered, next(node for node in sorted(nodes) if incoming[node] > 0 and node in edges)
