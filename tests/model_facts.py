"""The facts of SOURCES.md beside the shared models: what independent readers measured of each."""

import ast
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

MODELS = Path(__file__).resolve().parents[2] / "shared" / "models"


@dataclass(frozen=True)
class Facts:
    """One file's section."""

    name: str
    lines: tuple[str, ...]

    def number(self, *labels: str) -> float | None:
        """The number behind the first label that the section has."""
        for label in labels:
            for line in self.lines:
                found = re.match(rf"{re.escape(label)} (-?[\d.]+(?:e[-+]?\d+)?)\b", line)
                if found:
                    return float(found[1])
        return None

    def literal(self, label: str) -> Any:
        """The Python literal behind a label, None when there is no such line."""
        for line in self.lines:
            found = re.match(rf"{re.escape(label)}:? (?:\([^)]*\) )?([\[{{].*)$", line)
            if found:
                return ast.literal_eval(found[1])
        return None


def facts() -> dict[str, Facts]:
    """Every file that is a model of its own, by name."""
    text = (MODELS / "SOURCES.md").read_text(encoding="utf-8").split("## bad/")[0]
    sections = re.split(r"^## ", text, flags=re.M)[1:]
    found = {}
    for section in sections:
        name, *rest = section.strip().splitlines()
        lines = tuple(line.removeprefix("- ") for line in rest)
        if not any(line.startswith("side file") for line in lines):
            found[name.strip()] = Facts(name.strip(), lines)
    return found
