"""What a hostile USD file may not do, and that what belongs to the upload is still composed."""

import zipfile
from pathlib import Path

import numpy as np
import pytest
from mesh_files import OPTIONS, check, placed_triangles, silent, warning_codes
from usd_files import layer, mesh, write_usda, write_usdc, write_usdz, xform

from holotable.conversion import archive
from holotable.conversion.options import ConvertOptions
from holotable.conversion.readers.usd import read_usd
from holotable.errors import (
    ArchiveProblem,
    ConversionProblem,
    DamagedFile,
    ExternalReference,
    MissingFiles,
    TooComplex,
)
from holotable.review.scene import Scene


def read(path: Path, options: ConvertOptions = OPTIONS) -> Scene:
    scene = read_usd(path, options, silent)
    check(scene)
    return scene


OUTSIDE = ["/etc/hostname", "../secret.usda", "sub/../../secret.usda", "http://127.0.0.1:9/x.usd",
           "file:///etc/hostname", "C:/secret.usda", "..\\secret.usda", "anon:0x1:x.usda",
           "../secret.usdz[root.usda]"]  # fmt: skip


@pytest.mark.parametrize("outside", OUTSIDE)
@pytest.mark.parametrize("arc", ["references", "payload", "subLayers", "variant"])
def test_a_layer_outside_the_upload_is_refused(tmp_path: Path, outside: str, arc: str) -> None:
    write_usda(tmp_path / "secret.usda", mesh())
    write_usdz(tmp_path / "secret.usdz", {"root.usda": layer(mesh()).encode()})
    (tmp_path / "in").mkdir()
    body, stage = mesh("Mine"), "metersPerUnit = 1"
    if arc == "subLayers":
        stage += f"\nsubLayers = [@{outside}@]"
    elif arc == "variant":
        body += (
            'def "A" (\nvariants = {\nstring v = "no"\n}\nprepend variantSets = "v"\n)\n{\n'
            f'variantSet "v" = {{\n"no" {{\n}}\n"x" (references = @{outside}@) {{\n}}\n}}\n}}\n'
        )
    else:
        body += f'def "A" ({arc} = @{outside}@)\n{{\n}}\n'
    with pytest.raises(ExternalReference):
        read(write_usda(tmp_path / "in" / "a.usda", body, stage))


def test_a_link_out_of_the_upload_is_refused(tmp_path: Path) -> None:
    write_usda(tmp_path / "secret.usda", mesh())
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "link.usda").symlink_to(tmp_path / "secret.usda")
    with pytest.raises(ExternalReference):
        read(write_usda(tmp_path / "in" / "a.usda", 'def "A" (references = @link.usda@)\n{\n}\n'))


def test_nothing_is_looked_for_where_the_process_happens_to_stand(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "in").mkdir()
    write_usda(tmp_path / "near.usda", mesh(), 'defaultPrim = "Cube"')
    monkeypatch.chdir(tmp_path)
    path = write_usda(tmp_path / "in" / "a.usda", 'def "A" (references = @near.usda@)\n{\n}\n')
    with pytest.raises(MissingFiles):
        read(path)


def test_a_step_upwards_within_the_upload_is_followed(tmp_path: Path) -> None:
    for folder in ("scenes", "parts"):
        (tmp_path / folder).mkdir()
    write_usda(tmp_path / "parts" / "cube.usda", mesh(), 'defaultPrim = "Cube"')
    write_usda(
        tmp_path / "scenes" / "b.usda", 'def "B" (references = @../parts/cube.usda@)\n{\n}\n',
        'defaultPrim = "B"',
    )  # fmt: skip
    body = 'def "A" (references = @scenes/b.usda@)\n{\n}\n'
    assert placed_triangles(read(write_usda(tmp_path / "a.usda", body))) == 12


def test_clips_expressions_and_foreign_layers_are_left_out_with_a_warning(tmp_path: Path) -> None:
    (tmp_path / "shape.obj").write_text("v 0 0 0\n")
    body = mesh(
        metadata="clips = {\ndictionary default = {\nasset[] assetPaths = [@/etc/hostname@]\n"
        'string primPath = "/Cube"\n}\n}'
    )
    body += 'def "A" (references = @`"${SECRET}"`@)\n{\n}\n'
    body += 'def "B" (references = @shape.obj@)\n{\n}\n'
    stage = 'expressionVariables = {\nstring SECRET = "/etc/hostname"\n}'
    scene = read(write_usda(tmp_path / "a.usda", body, stage))
    assert warning_codes(scene) == {
        "value_clips_ignored", "expressions_ignored", "layer_ignored",
    }  # fmt: skip


def doubling(levels: int) -> str:
    """A tree of references with 2^levels leaves."""
    body = xform("L0", mesh())
    for level in range(1, levels):
        two = "".join(xform(f"c{n}", "", None, f"references = </L{level - 1}>") for n in range(2))
        body += xform(f"L{level}", two)
    return body


def test_references_that_multiply_are_counted_before_they_are_composed(tmp_path: Path) -> None:
    with pytest.raises(TooComplex, match="composes"):
        read(write_usda(tmp_path / "a.usda", doubling(24)))


@pytest.mark.parametrize("arc", ["inherits", "specializes", "references"])
def test_other_arcs_and_targets_behind_arcs_multiply_as_well(tmp_path: Path, arc: str) -> None:
    body = xform("L0", mesh())
    for level in range(1, 26):
        # Each copies a child of the level below which is itself a copy.
        target = "/L0" if level == 1 else f"/L{level - 1}"
        two = "".join(xform(f"c{n}", "", None, f"{arc} = <{target}>") for n in range(2))
        body += xform(f"L{level}", two)
    with pytest.raises(TooComplex, match="composes"):
        read(write_usda(tmp_path / "a.usda", body))


def test_layers_that_contain_each_other_are_refused(tmp_path: Path) -> None:
    write_usda(tmp_path / "b.usda", 'def "B" (references = @a.usda@</A>)\n{\n}\n')
    with pytest.raises(DamagedFile, match="contains itself"):
        read(write_usda(tmp_path / "a.usda", 'def "A" (references = @b.usda@</B>)\n{\n}\n'))


def test_a_reference_into_a_copy_is_no_circle(tmp_path: Path) -> None:
    write_usda(tmp_path / "lib.usda", xform("Lib", mesh()))
    inner = 'def "Copy" (references = </A/Cube>)\n{\n}\n'
    scene = read(
        write_usda(tmp_path / "a.usda", xform("A", inner, None, "references = @lib.usda@</Lib>"))
    )
    assert len(scene.parts) == 1
    assert placed_triangles(scene) == 24


def test_a_tree_without_end_is_refused(tmp_path: Path) -> None:
    with pytest.raises(TooComplex, match="levels"):
        read(write_usda(tmp_path / "a.usda", 'def "a"\n{\n' * 400 + mesh() + "}\n" * 400))


def test_faces_that_were_never_written_are_refused(tmp_path: Path) -> None:
    body = mesh().replace("int[] faceVertexCounts = [4,", "int[] faceVertexCounts = [1000000000,")
    with pytest.raises(DamagedFile, match="corners"):
        read(write_usda(tmp_path / "a.usda", body))


def test_a_name_without_a_known_ending_does_not_matter(tmp_path: Path) -> None:
    assert placed_triangles(read(write_usda(tmp_path / "upload", mesh()))) == 12
    assert placed_triangles(read(write_usdc(tmp_path / "a.dat", mesh()))) == 12


PACKAGED = {
    "root.usda": layer('def "A" (references = @parts/cube.usda@</Cube>)\n{\n}\n').encode(),
    "parts/cube.usda": layer(mesh()).encode(),
}


def test_a_package_is_composed_of_its_own_entries(tmp_path: Path) -> None:
    assert placed_triangles(read(write_usdz(tmp_path / "a.usdz", PACKAGED))) == 12


def test_a_package_may_hold_packages(tmp_path: Path) -> None:
    inner = write_usdz(tmp_path / "inner.usdz", PACKAGED)
    root = (
        'def "A" (references = @inner.usdz@</A>)\n{\n}\n'
        'def "B" (references = @inner.usdz[parts/cube.usda]@</Cube>)\n{\n}\n'
    )
    outer = {"root.usda": layer(root).encode(), "inner.usdz": inner.read_bytes()}
    scene = read(write_usdz(tmp_path / "a.usdz", outer))
    assert placed_triangles(scene) == 24
    assert len(scene.parts) == 1


def test_a_package_does_not_refer_to_its_neighbours(tmp_path: Path) -> None:
    write_usda(tmp_path / "near.usda", mesh())
    root = layer('def "A" (references = @../near.usda@</Cube>)\n{\n}\n')
    with pytest.raises(ExternalReference):
        read(write_usdz(tmp_path / "a.usdz", {"root.usda": root.encode()}))


def test_an_archive_is_read_from_the_scene_that_no_other_refers_to(tmp_path: Path) -> None:
    def zipped(entries: dict[str, str]) -> Path:
        path = tmp_path / "a.zip"
        with zipfile.ZipFile(path, "w") as made:
            for name, text in entries.items():
                made.writestr(name, text)
        return path

    refers = layer('def "A" (references = @parts/cube.usda@</Cube>)\n{\n}\n')
    entries = {"parts/cube.usda": layer(mesh()), "all.usda": refers}
    main = archive.unpack(zipped(entries), tmp_path / "one", OPTIONS)
    assert main.name == "all.usda"
    assert placed_triangles(read(main)) == 12
    unused = {**entries, "parts/unused.usda": layer(mesh())}
    assert archive.unpack(zipped(unused), tmp_path / "two", OPTIONS).name == "all.usda"
    twice = {**entries, "other.usda": refers}
    with pytest.raises(ArchiveProblem, match="several models"):
        archive.unpack(zipped(twice), tmp_path / "three", OPTIONS)


def test_damaged_bytes_of_a_text_layer_end_in_a_named_problem(tmp_path: Path) -> None:
    content = bytearray(layer(xform("World", mesh(), (1, 2, 3))).encode())
    random = np.random.default_rng(7)
    path = tmp_path / "a.usda"
    for _ in range(60):
        damaged = bytearray(content)
        for at in random.integers(10, len(content), 3):
            damaged[at] = random.integers(32, 127)
        path.write_bytes(damaged)
        try:
            read(path)
        except ConversionProblem:
            continue
