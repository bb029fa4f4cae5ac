"""A scene package in words: what `holotable inspect` prints."""

import json
from pathlib import Path
from typing import Any

from holotable.errors import Invalid


def describe(folder: Path, depth: int) -> str:
    """The summary of a package: source, counts, size, levels, headset, warnings and the tree.

    depth: how many levels of the tree are printed. raises: Invalid when it is no package.
    """
    if not (folder / "manifest.json").is_file():
        raise Invalid(f"The folder {str(folder)!r} holds no manifest.json.")
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    structure = json.loads((folder / "structure.json").read_text(encoding="utf-8"))
    lines = [
        *_source(manifest),
        *_counts(manifest, structure),
        *_levels(manifest),
        *_warnings(manifest),
        *_tree(structure, depth),
    ]
    return "\n".join(lines)


def _source(manifest: dict[str, Any]) -> list[str]:
    source = manifest["source"]
    unit = source["length_unit"] or "not stated"
    axis = source["up_axis"] or "not stated"
    return [
        f"{source['name']}: {source['kind'].upper()}, {source['bytes']:,} bytes",
        f"  sha256 {source['sha256']}",
        f"  length unit {unit}, up axis {axis}",
    ]


def _counts(manifest: dict[str, Any], structure: dict[str, Any]) -> list[str]:
    counts, bounds = manifest["counts"], manifest["bounds"]
    size = [high - low for low, high in zip(bounds["min"], bounds["max"], strict=True)]
    depths: list[int] = []
    for parent in structure["parent"]:
        depths.append(0 if parent < 0 else depths[parent] + 1)
    lines = [
        f"  {counts['occurrences']:,} occurrences of {counts['parts']:,} parts in "
        f"{counts['assemblies']:,} assemblies, {max(depths, default=0)} levels deep",
        f"  {counts['triangles']:,} triangles placed, {counts['materials']:,} colours",
        f"  {size[0]:.4g} x {size[1]:.4g} x {size[2]:.4g} m (x, height, z)",
    ]
    if counts["points"]:
        spacing = manifest["points"]["levels"][0]["spacing_m"]
        lines.append(f"  {counts['points']:,} points, {spacing:.3g} m apart at the finest level")
    pmi = {name: count for name, count in manifest["pmi"].items() if count}
    if pmi:
        lines.append("  PMI: " + ", ".join(f"{count} {name}" for name, count in pmi.items()))
    return lines


def _levels(manifest: dict[str, Any]) -> list[str]:
    lines = ["levels"]
    for level in manifest["levels"]:
        lines.append(
            f"  {level['level']}: {level['triangles']:>12,} triangles {level['bytes']:>12,} bytes "
            f"{level['draw_calls']} calls {level['sub_draws']} sub-draws"
        )
    headset = manifest["headset"]
    verdict = "within" if headset["passes"] else "OVER"
    lines.append(
        f"headset: level {headset['level']} with {headset['triangles']:,} triangles is {verdict} "
        "the budget"
    )
    total = sum(file["bytes"] for file in manifest["files"].values())
    lines.append(f"files: {len(manifest['files'])}, {total:,} bytes")
    return lines


def _warnings(manifest: dict[str, Any]) -> list[str]:
    return [
        f"warning {warning['code']} ({warning['count']}): {warning['detail']}"
        for warning in manifest["warnings"]
    ]


def _tree(structure: dict[str, Any], depth: int) -> list[str]:
    lines = ["tree"]
    depths: list[int] = []
    left_out = 0
    for parent in structure["parent"]:
        depths.append(0 if parent < 0 else depths[parent] + 1)
    children: list[list[int]] = [[] for _ in depths]
    roots: list[int] = []
    for row, parent in enumerate(structure["parent"]):
        (roots if parent < 0 else children[parent]).append(row)
    pending = roots[::-1]
    while pending:
        row = pending.pop()
        if depths[row] >= depth:
            left_out += 1
        else:
            part = structure["part"][row]
            what = "" if part < 0 else f"  [{structure['parts'][part]['name']}]"
            lines.append("  " * (depths[row] + 1) + structure["name"][row] + what)
        pending += children[row][::-1]
    if left_out:
        lines.append(f"  … and {left_out:,} more below")
    return lines
