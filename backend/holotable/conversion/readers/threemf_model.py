"""The model parts of a 3MF package as a stream: nothing of the XML is kept but its numbers.

py-lib3mf 2.3.1 was the choice until laughs.3mf, 1.3 kB of components that double 38 times: it had
not come back after 90 s, before any limit of ours could act. Sources: 3MF core 1.3, materials and
properties 1.2, production 1.2. Tests hold this against py-lib3mf.
"""

from array import array
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Final, TypeAlias
from xml.parsers import expat

import numpy as np

from holotable.conversion.archive import shown
from holotable.conversion.readers.colours import OWN_COLOUR, pack_hex
from holotable.conversion.readers.xml_guard import watch_document_type
from holotable.errors import DamagedFile, TooComplex
from holotable.review.scene import Floats

Key: TypeAlias = tuple[str, str]  # part of the package, id in it
Attributes: TypeAlias = dict[str, str]

_MAX_DEPTH: Final = 64
_NO_PROPERTY: Final = -1
# tilestyle → wrap mode of a glTF sampler; "none" shows nothing beyond the picture, as clamping does
# where the picture's border is plain.
_TILES: Final = {"wrap": 10497, "mirror": 33648, "clamp": 33071, "none": 33071}


@dataclass(slots=True)
class Use:
    """A component or build item: an object and where it stands."""

    target: Key
    transform: Floats  # (4, 4) column vectors
    part_number: str = ""
    uuid: str = ""


@dataclass(slots=True)
class Object:
    """One object: a mesh or an assembly of components."""

    name: str
    part_number: str
    kind: str
    property_group: str
    property_index: int
    points: "array[float]" = field(default_factory=lambda: array("d"))
    corners: "array[int]" = field(default_factory=lambda: array("q"))
    groups: "array[int]" = field(default_factory=lambda: array("q"))  # per triangle, see `pids`
    properties: "array[int]" = field(default_factory=lambda: array("q"))  # 3 per triangle
    components: list[Use] = field(default_factory=list)


@dataclass(slots=True)
class Group:
    """A list of properties that triangles point into.

    colours: packed. texture, coordinates: of a texture group. layers, mixes: of multi-properties
        (groups, and for each entry an index into each) and composites (base group, indices).
    """

    kind: str
    colours: list[int] = field(default_factory=list)
    texture: str = ""
    coordinates: list[tuple[float, float]] = field(default_factory=list)
    layers: list[str] = field(default_factory=list)
    mixes: list[list[int]] = field(default_factory=list)
    finish: str = ""  # of display properties, one for each entry


@dataclass(slots=True)
class Model:
    """One .model part."""

    path: str
    unit: str = "millimeter"
    objects: dict[str, Object] = field(default_factory=dict)
    groups: dict[str, Group] = field(default_factory=dict)
    textures: dict[str, str] = field(default_factory=dict)
    samplers: dict[str, dict[str, int]] = field(default_factory=dict)  # glTF's words
    finishes: dict[str, list[tuple[float, float]]] = field(default_factory=dict)  # metal, roughness
    items: list[Use] = field(default_factory=list)
    metadata: dict[str, str] = field(default_factory=dict)
    pids: list[str] = field(default_factory=list)  # groups that triangles name, by number
    left_out: set[str] = field(default_factory=set)
    namespaces: dict[str, str] = field(default_factory=dict)
    required: list[str] = field(default_factory=list)


def read_model(chunks: Iterable[bytes], path: str, max_triangles: int) -> Model:
    """Read one .model part of a package, given piece by piece."""
    reader = _Reader(Model(path), max_triangles)
    parser = expat.ParserCreate()
    parser.ordered_attributes = True
    parser.buffer_text = True
    watch_document_type(parser)
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.text
    try:
        for chunk in chunks:
            parser.Parse(chunk, False)
        parser.Parse(b"", True)
    except expat.ExpatError as cause:
        raise DamagedFile(f"{shown(path)} is not well-formed XML.") from cause
    except (ValueError, OverflowError, IndexError) as cause:
        raise DamagedFile(f"{shown(path)} holds something that is no number.") from cause
    except LookupError as cause:
        raise DamagedFile(f"{shown(path)} is written in an unknown encoding.") from cause
    return reader.model


class _Reader:
    """Handlers of the XML parser; the hot ones, vertex and triangle, come first."""

    def __init__(self, model: Model, max_triangles: int) -> None:
        self.model = model
        self._max_triangles = max_triangles
        self._triangles = 0
        self._object: Object | None = None
        self._group: Group | None = None
        self._pid_numbers: dict[str, int] = {}
        self._finishes: list[tuple[float, float]] = []
        self._depth = 0
        self._metadata = ""
        self._text: list[str] = []
        self._starts: dict[str, Callable[[Attributes], None]] = {
            "model": self._model,
            "metadata": self._begin_metadata,
            "object": self._begin_object,
            "component": self._component,
            "item": self._item,
            "basematerials": lambda a: self._begin_group("basematerials", a),
            "colorgroup": lambda a: self._begin_group("colorgroup", a),
            "texture2dgroup": lambda a: self._begin_group("texture2dgroup", a),
            "compositematerials": lambda a: self._begin_group("compositematerials", a),
            "multiproperties": lambda a: self._begin_group("multiproperties", a),
            "base": lambda a: self._colour(a.get("displaycolor", "")),
            "color": lambda a: self._colour(a.get("color", "")),
            "tex2coord": self._coordinate,
            "composite": self._composite,
            "multi": self._multi,
            "texture2d": self._texture,
            "pbmetallicdisplayproperties": self._begin_finishes,
            "pbmetallic": self._finish,
            "beamlattice": lambda _: self.model.left_out.add("beams"),
            "slicestack": lambda _: self.model.left_out.add("slices"),
            "volumetricstack": lambda _: self.model.left_out.add("volumes"),
        }

    def start(self, name: str, values: list[str]) -> None:
        """Begin an element; values are its attributes, name and value in turn."""
        self._depth += 1
        if self._depth > _MAX_DEPTH:
            raise DamagedFile("The XML of the 3MF nests too deeply.")
        local = name.rpartition(":")[2]
        if local == "vertex" and self._object is not None:
            if values[0:5:2] == ["x", "y", "z"]:
                self._object.points.extend((float(values[1]), float(values[3]), float(values[5])))
                return
            given = dict(zip(values[::2], values[1::2], strict=True))
            self._object.points.extend(float(given.get(axis, "nan")) for axis in "xyz")
        elif local == "triangle" and self._object is not None:
            self._triangle(self._object, values)
        else:
            begin = self._starts.get(local)
            if begin is not None:
                pairs = zip(values[::2], values[1::2], strict=True)
                if local == "model":
                    begin(dict(pairs))
                else:
                    begin({key.rpartition(":")[2]: value for key, value in pairs})

    def end(self, name: str) -> None:
        """End an element."""
        self._depth -= 1
        local = name.rpartition(":")[2]
        if local == "object":
            self._object = None
        elif local in ("basematerials", "colorgroup", "texture2dgroup", "multiproperties"):
            self._group = None
        elif local == "metadata" and self._metadata:
            if len(self.model.metadata) < 64:
                self.model.metadata[self._metadata] = "".join(self._text)[:1000]
            self._metadata = ""

    def text(self, data: str) -> None:
        """Text between elements matters in metadata only."""
        if self._metadata and len(self._text) < 64:
            self._text.append(data)

    def _triangle(self, target: Object, values: list[str]) -> None:
        self._triangles += 1
        if self._triangles > self._max_triangles:
            raise TooComplex(
                f"The model has more than {self._max_triangles:,} triangles.",
                limit=self._max_triangles,
            )
        if len(values) == 6 and values[0:5:2] == ["v1", "v2", "v3"]:
            target.corners.extend((int(values[1]), int(values[3]), int(values[5])))
            target.groups.append(_NO_PROPERTY)
            target.properties.extend((0, 0, 0))
            return
        given = dict(zip(values[::2], values[1::2], strict=True))
        target.corners.extend(int(given.get(key, "-1")) for key in ("v1", "v2", "v3"))
        first = given.get("p1")
        if first is None:
            target.groups.append(_NO_PROPERTY)
            target.properties.extend((0, 0, 0))
            return
        pid = given.get("pid") or target.property_group
        if pid not in self._pid_numbers:
            self._pid_numbers[pid] = len(self.model.pids)
            self.model.pids.append(pid)
        target.groups.append(self._pid_numbers[pid])
        target.properties.extend(
            (int(first), int(given.get("p2", first)), int(given.get("p3", first)))
        )

    def _model(self, given: Attributes) -> None:
        self.model.unit = given.get("unit", "millimeter")
        self.model.required = given.get("requiredextensions", "").split()
        self.model.namespaces = {
            key.partition(":")[2]: value for key, value in given.items() if key.startswith("xmlns:")
        }

    def _begin_metadata(self, given: Attributes) -> None:
        self._metadata = given.get("name", "")
        self._text = []

    def _begin_object(self, given: Attributes) -> None:
        number = given.get("id", "")
        if not number or number in self.model.objects:
            raise DamagedFile("Two objects of the 3MF have the same id.")
        self._object = Object(
            name=given.get("name", ""),
            part_number=given.get("partnumber", ""),
            kind=given.get("type", "model"),
            property_group=given.get("pid", ""),
            property_index=int(given.get("pindex", "0")),
        )
        self.model.objects[number] = self._object

    def _use(self, given: Attributes) -> Use:
        path = given.get("path", "").lstrip("/") or self.model.path
        return Use(
            (path, given.get("objectid", "")),
            _matrix(given.get("transform", "")),
            given.get("partnumber", ""),
            given.get("UUID", ""),
        )

    def _component(self, given: Attributes) -> None:
        if self._object is not None:
            self._object.components.append(self._use(given))

    def _item(self, given: Attributes) -> None:
        self.model.items.append(self._use(given))

    def _begin_group(self, kind: str, given: Attributes) -> None:
        self._group = Group(
            kind, texture=given.get("texid", ""), finish=given.get("displaypropertiesid", "")
        )
        if kind == "multiproperties":
            self._group.layers = given.get("pids", "").split()
        elif kind == "compositematerials":
            self._group.layers = [given.get("matid", "")]
        self.model.groups[given.get("id", "")] = self._group

    def _colour(self, text: str) -> None:
        if self._group is not None:
            colour = pack_hex(text)
            self._group.colours.append(OWN_COLOUR if colour is None else colour)

    def _coordinate(self, given: Attributes) -> None:
        if self._group is not None:
            self._group.coordinates.append((float(given.get("u", 0)), float(given.get("v", 0))))

    def _composite(self, given: Attributes) -> None:
        """The base with the largest share stands for a mixture."""
        if self._group is not None:
            shares = [float(word) for word in given.get("values", "").split()]
            self._group.mixes.append([shares.index(max(shares)) if shares else 0])

    def _multi(self, given: Attributes) -> None:
        if self._group is not None:
            self._group.mixes.append([int(word) for word in given.get("pindices", "").split()])

    def _texture(self, given: Attributes) -> None:
        number = given.get("id", "")
        self.model.textures[number] = given.get("path", "").lstrip("/")
        sampler = {
            f"wrap{side}": _TILES[style]
            for side, name in (("S", "tilestyleu"), ("T", "tilestylev"))
            if (style := given.get(name, "")) in _TILES
        }
        if given.get("filter") == "nearest":
            sampler["magFilter"] = 9728
        self.model.samplers[number] = sampler

    def _begin_finishes(self, given: Attributes) -> None:
        self._finishes = self.model.finishes.setdefault(given.get("id", ""), [])

    def _finish(self, given: Attributes) -> None:
        self._finishes.append(
            (float(given.get("metallicness", 0)), float(given.get("roughness", 1)))
        )


def _matrix(text: str) -> Floats:
    """(4, 4) for column vectors from the twelve numbers of a row-vector matrix (core §3.3)."""
    if not text.strip():
        return np.eye(4)
    values = [float(word) for word in text.split()]
    if len(values) != 12:
        raise DamagedFile("A transform of the 3MF does not have twelve numbers.")
    matrix = np.eye(4)
    matrix[:3] = np.array(values).reshape(4, 3).T
    return matrix
