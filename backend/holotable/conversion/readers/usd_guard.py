"""The layers of a USD scene, each checked before usd-core composes them.

usd-core opens whatever an asset path names: another user's file, a device, a package in a package
(CONVERSION.md §3). So every layer is opened here first, by itself, the paths in it are resolved
within the upload's folder by our own rules, and what does not belong is taken out of the layer in
memory. What is left composes from layers that are open already.
"""

import os
import posixpath
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, TypeAlias

from holotable.conversion.archive import shown
from holotable.conversion.readers.assembly import Assembly
from holotable.conversion.readers.expansion import expanded_count
from holotable.conversion.readers.references import MAX_SIDE_FILE_BYTES
from holotable.conversion.readers.usd_layers import (
    EXTENSIONS,
    ZIP,
    head_of,
    is_outside,
    open_layer,
    unpack,
    words_of,
)
from holotable.conversion.readers.usd_library import Tf, Usd
from holotable.errors import (
    DamagedFile,
    ExternalReference,
    MissingFiles,
    TooComplex,
)

Layer: TypeAlias = Any  # Sdf.Layer: the library has no types
Stage: TypeAlias = Any  # Usd.Stage
_Region: TypeAlias = tuple[tuple[str, ...], str]  # identifiers of a layer stack, path of a prim

_MAX_LAYERS: Final = 4096
_MAX_MISSING: Final = 1000
_MAX_DEPTH: Final = 256
_MAX_COMPOSED: Final = 2_000_000  # prims; composing one costs 5 to 20 µs and 350 bytes
_MAX_PACKAGES: Final = 256
# Members of a prim that add other prims to it, or open files when a value is asked for.
_COMPOSING: Final = frozenset(
    {"references", "payload", "inheritPaths", "specializes", "variantSetNames", "clips"}
)


@dataclass(slots=True)
class Guard:
    """Opens the layers of one upload.

    folder: the upload's; scratch: an empty folder of ours, where packages are unpacked.
    """

    folder: Path
    scratch: Path
    assembly: Assembly
    _layers: dict[str, Layer] = field(default_factory=dict)
    _arcs: dict[str, dict[str, str | None]] = field(default_factory=dict)  # as named → identifier
    _packages: dict[Path, tuple[Path, Path]] = field(default_factory=dict)
    _missing: dict[str, None] = field(default_factory=dict)

    def open(self, path: Path) -> Stage:
        """The composed scene of a .usd, .usda, .usdc or .usdz file.

        raises: DamagedFile, ExternalReference, TooComplex, ArchiveProblem, MissingFiles.
        """
        folder, root = self.folder, Path(os.path.abspath(path))  # noqa: PTH100  # no links followed
        if head_of(path).startswith(ZIP):
            folder, root = self._unpacked(path)
        elif path.suffix.lower() not in EXTENSIONS:
            root = self.scratch / "root.usd"  # the library goes by names; .usd looks inside
            root.symlink_to(os.path.abspath(path))  # noqa: PTH100
        waiting = [(str(root), folder)]
        while waiting:
            identifier, folder = waiting.pop()
            if identifier in self._layers:
                continue
            if len(self._layers) >= _MAX_LAYERS:
                raise TooComplex(f"The scene is spread over more than {_MAX_LAYERS:,} layers.")
            self._layers[identifier] = layer = open_layer(identifier)
            waiting += self._checked_arcs(layer, identifier, folder)
        self._check_amount(str(root))
        try:
            stage = Usd.Stage.Open(self._layers[str(root)], None, Usd.Stage.LoadAll)
        except Tf.ErrorException as cause:
            raise DamagedFile(f"The USD scene cannot be composed: {words_of(cause)}") from cause
        for problem in stage.GetCompositionErrors():
            self.assembly.warn(
                "composition_incomplete", f"The scene does not come together: {words_of(problem)}"
            )
        return stage

    def missing(self) -> MissingFiles | None:
        """The refusal of a scene that has nothing to show without what was not uploaded."""
        if not self._missing:
            return None
        names = list(self._missing)
        return MissingFiles(
            f"The scene is in {', '.join(map(shown, names[:10]))}, which was not uploaded.",
            files=names,
        )

    def side_file(self, asset: Any, lost: str) -> bytes | None:
        """The content of a file that only adds looks, or None and a warning that names it.

        asset: the Sdf.AssetPath of an attribute. lost: what is missing without it.
        """
        named, found = str(asset.path), str(asset.resolvedPath)
        name = shown(posixpath.basename(named.replace("\\", "/")) or named)
        if not found:
            if is_outside(named):
                self.assembly.warn("external_reference", f"{name} lies outside the upload; {lost}.")
            else:
                self.assembly.warn(
                    "missing_file", f"{name} was not uploaded; {lost}.", file=_relative(named)
                )
            return None
        path = Path(found)
        if not any(_is_within(path, folder, resolve=True) for folder in self._folders()):
            self.assembly.warn("external_reference", f"{name} lies outside the upload; {lost}.")
            return None
        if path.stat().st_size > MAX_SIDE_FILE_BYTES or not path.is_file():
            self.assembly.warn("file_ignored", f"{name} is too large; {lost}.")
            return None
        return path.read_bytes()

    def _folders(self) -> list[Path]:
        return [self.folder, *(folder for folder, _ in self._packages.values())]

    def _checked_arcs(
        self, layer: Layer, identifier: str, folder: Path
    ) -> Iterator[tuple[str, Path]]:
        """The layers this one is composed with; those that may not be opened are taken out."""
        arcs = self._arcs.setdefault(identifier, {"": identifier})
        for named in layer.GetCompositionAssetDependencies():
            if not named:
                continue
            target = self._resolved(named, Path(identifier).parent, folder)
            if target is None:
                layer.UpdateCompositionAssetDependency(named, "")
                continue
            path, inside = target
            arcs[named] = str(path)
            if posixpath.normpath(posixpath.join(posixpath.dirname(identifier), named)) != str(
                path
            ):
                # Where the library itself would look last, or a package of ours.
                layer.UpdateCompositionAssetDependency(named, str(path))
                arcs[str(path)] = str(path)
            yield str(path), inside

    def _resolved(self, named: str, beside: Path, folder: Path) -> tuple[Path, Path] | None:
        """The file an asset path names and the folder it may refer to; None when it has none.

        raises: ExternalReference when it points outside the upload.
        """
        if named.startswith("`"):
            self.assembly.warn("expressions_ignored", "A layer named by an expression is not read.")
            return None
        outer, _, inner = named.partition("[")
        outer = outer.partition(":SDF_FORMAT_ARGS:")[0].replace("\\", "/")
        if is_outside(outer):
            raise _outside(named)
        places = [beside / outer]
        if not outer.startswith((".", "..")):
            places.append(folder / outer)  # a "search path", looked for at the root as well
        paths = [Path(os.path.normpath(place)) for place in places]
        if not any(_is_within(path, folder) for path in paths):
            raise _outside(named)
        path = next((p for p in paths if _is_within(p, folder) and p.is_file()), None)
        if path is None:
            self._miss(os.path.relpath(paths[0], folder))
            return None
        if not _is_within(path, folder, resolve=True):
            raise _outside(named)
        if head_of(path).startswith(ZIP):
            package, root = self._unpacked(path)
            if not inner:
                return root, package
            return self._resolved(inner.removesuffix("]"), package, package)
        if path.suffix.lower() not in EXTENSIONS:
            self.assembly.warn(
                "layer_ignored",
                f"{shown(path.name)} is no USD file; what it adds is not shown.",
            )
            return None
        return path, folder

    def _miss(self, name: str) -> None:
        self._missing[name] = None
        if len(self._missing) > _MAX_MISSING:
            raise MissingFiles(files=list(self._missing)[:_MAX_MISSING])
        self.assembly.warn(
            "missing_file",
            f"{shown(name)} was not uploaded; what it holds is not shown.",
            file=name,
        )

    def _unpacked(self, path: Path) -> tuple[Path, Path]:
        """The folder a USDZ package was unpacked into and its root layer (USDZ specification)."""
        if path not in self._packages:
            if len(self._packages) >= _MAX_PACKAGES:
                raise TooComplex(f"The scene holds more than {_MAX_PACKAGES} packages.")
            into = self.scratch / str(len(self._packages))
            self._packages[path] = (into, unpack(path, into, self.assembly.options))
        return self._packages[path]

    def _check_amount(self, root: str) -> None:
        """Refuse references that multiply before they are expanded."""
        shared: list[_Region] = []
        regions: dict[_Region, tuple[int, list[_Region]]] = {}

        def region(key: _Region) -> tuple[int, list[_Region]]:
            if key not in regions:
                regions[key] = self._region(key, shared)
            return regions[key]

        def expanded(roots: list[_Region]) -> int:
            return expanded_count(roots, lambda key: region(key)[1], lambda key: region(key)[0])

        total = expanded([(self._stack(root), "/")])
        total += expanded(list(dict.fromkeys(shared)))
        if total > _MAX_COMPOSED:
            raise TooComplex(
                f"The scene composes to {total:,} prims or more; at most {_MAX_COMPOSED:,} are"
                " accepted.",
                prims=min(total, 2**53),
                limit=_MAX_COMPOSED,
            )

    def _stack(self, identifier: str) -> tuple[str, ...]:
        """A layer and its sublayers, each once."""
        stack: dict[str, None] = {}
        waiting = [identifier]
        while waiting:
            one = waiting.pop()
            if one not in stack and one in self._layers:
                stack[one] = None
                arcs = self._arcs[one]
                waiting += [arcs.get(str(named)) or "" for named in self._layers[one].subLayerPaths]
        return tuple(stack)

    def _region(self, key: _Region, shared: list[_Region]) -> tuple[int, list[_Region]]:
        """Prims that stand below a path in its own layers, and what they are composed with."""
        stack, path = key
        count = 0
        targets: list[_Region] = []
        for identifier in stack:
            layer = self._layers[identifier]
            spec = layer.pseudoRoot if path == "/" else layer.GetPrimAtPath(path)
            if not spec:
                continue
            waiting = [(spec, 0)]
            while waiting:
                spec, depth = waiting.pop()
                count += 1
                if depth > _MAX_DEPTH:
                    raise TooComplex(f"The scene nests more than {_MAX_DEPTH} levels deep.")
                keys = spec.ListInfoKeys()
                if not _COMPOSING.isdisjoint(keys):
                    if "clips" in keys:
                        spec.ClearInfo("clips")  # would open files when a value is asked for
                        self.assembly.warn("value_clips_ignored", "Value clips are not read.")
                    found = self._targets(spec, keys, identifier, stack)
                    (shared if "instanceable" in keys and spec.instanceable else targets).extend(
                        found
                    )
                    if "variantSetNames" in keys:
                        waiting += [
                            (variant.primSpec, depth + 1)
                            for name in spec.variantSets.keys()  # noqa: SIM118  # a view, not a dict
                            for variant in spec.variantSets[name].variantList
                        ]
                waiting += [(child, depth + 1) for child in spec.nameChildren]
        return count, targets

    def _targets(
        self, spec: Any, keys: list[str], identifier: str, stack: tuple[str, ...]
    ) -> list[_Region]:
        """What the arcs of one prim lead to."""
        found: list[_Region] = []
        arcs = self._arcs[identifier]
        for name, proxy in (("references", "referenceList"), ("payload", "payloadList")):
            if name not in keys:
                continue
            for item in getattr(spec, proxy).GetAddedOrExplicitItems():
                named = str(item.assetPath)
                other = arcs.get(named)
                if other is None:
                    continue
                layers = self._stack(other) if named else stack
                where = str(item.primPath) or _default_prim(self._layers[other])
                found += self._located(layers, where, 0)
        for name, proxy in (
            ("inheritPaths", "inheritPathList"),
            ("specializes", "specializesList"),
        ):
            if name in keys:
                for item in getattr(spec, proxy).GetAddedOrExplicitItems():
                    found += self._located(stack, str(item), 0)
        return found

    def _located(self, stack: tuple[str, ...], path: str, steps: int) -> list[_Region]:
        """Where a path stands: in these layers, or behind the arcs of a prim above it."""
        if not path or steps > 16:
            return []
        if any(self._layers[one].GetPrimAtPath(path) for one in stack):
            return [(stack, path)]
        above, _, rest = path.rpartition("/")
        while above:
            specs = [(one, self._layers[one].GetPrimAtPath(above)) for one in stack]
            found = [
                located
                for one, spec in specs
                if spec
                for layers, target in self._targets(spec, spec.ListInfoKeys(), one, stack)
                for located in self._located(layers, f"{target}/{rest}", steps + 1)
            ]
            if found or any(spec for _, spec in specs):
                return found
            above, _, name = above.rpartition("/")
            rest = f"{name}/{rest}"
        return []


def _default_prim(layer: Layer) -> str:
    name = str(layer.defaultPrim or "")
    return name if not name or name.startswith("/") else f"/{name}"


def _is_within(path: Path, folder: Path, *, resolve: bool = False) -> bool:
    if resolve:
        return path.resolve().is_relative_to(folder.resolve())
    return Path(os.path.normpath(path)).is_relative_to(folder)


def _relative(named: str) -> str:
    return posixpath.normpath(named.replace("\\", "/").partition("[")[0]).lstrip("./")


def _outside(named: str) -> ExternalReference:
    return ExternalReference(
        f"The file refers to {shown(named)!r}, which lies outside the upload.", name=shown(named)
    )
