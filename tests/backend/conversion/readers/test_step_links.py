from pathlib import Path

import pytest
from cad_files import box, nested_assembly, read, write_whole

from holotable.conversion.readers.references import within
from holotable.conversion.readers.step_links import follow, named_files, stage
from holotable.errors import DamagedFile
from holotable.sample.step_file import StepFile


def naming(path: Path, *names: str) -> Path:
    """A file that names others as the homes of shapes."""
    path.parent.mkdir(parents=True, exist_ok=True)
    rows = "".join(f"#{n}=DOCUMENT_FILE('{name}','',$,#9,'',$);" for n, name in enumerate(names))
    path.write_text(f"ISO-10303-21;DATA;{rows}ENDSEC;END-ISO-10303-21;")
    return path


def test_only_step_files_count_as_homes_of_shapes() -> None:
    content = (
        b"#1=DOCUMENT_FILE('a.stp','',$,#9,'',$);#2=DOCUMENT_FILE('drawing.pdf','',$,#9,'',$);"
        b"#3=APPLIED_EXTERNAL_IDENTIFICATION_ASSIGNMENT('B.STEP',#1,#2,(#1));"
    )

    assert named_files(content) == ("a.stp", "B.STEP")


def test_children_of_children_are_followed_and_every_missing_one_is_named(tmp_path: Path) -> None:
    main = naming(tmp_path / "main.stp", "sub.stp", "gone.stp")
    sub = naming(tmp_path / "sub.stp", "parts/leaf.stp", "parts/lost.stp")
    leaf = naming(tmp_path / "parts" / "leaf.stp")

    links = follow(main)

    assert links.children == (sub, leaf)
    assert links.missing == ("gone.stp", "parts/lost.stp")
    assert stage(links, tmp_path / "unused") == main


def test_files_that_draw_each_other_in_are_refused(tmp_path: Path) -> None:
    main = naming(tmp_path / "main.stp", "sub.stp")
    naming(tmp_path / "sub.stp", "leaf.stp")
    naming(tmp_path / "leaf.stp", "sub.stp")

    with pytest.raises(DamagedFile, match=r"sub\.stp draws itself in"):
        follow(main)


def test_a_file_used_twice_is_no_circle(tmp_path: Path) -> None:
    main = naming(tmp_path / "main.stp", "a.stp", "b.stp")
    naming(tmp_path / "a.stp", "c.stp")
    naming(tmp_path / "b.stp", "c.stp")
    naming(tmp_path / "c.stp")

    assert len(follow(main).children) == 3


@pytest.mark.parametrize(
    "name", [r"parts\\part.stp", r"C:\\work\\Part.STP", "../part.stp", "/work/part.stp", "PART.stp"]
)
def test_a_path_of_another_machine_means_the_file_of_that_name(tmp_path: Path, name: str) -> None:
    upload = tmp_path / "upload"
    upload.mkdir()
    (tmp_path / "part.stp").write_text("outside the upload")
    main = naming(upload / "main.stp", name)
    part = naming(upload / "part.stp")
    into = tmp_path / "staged"
    into.mkdir()

    links = follow(main)
    staged = stage(links, into)

    assert links.children == (part,)
    assert staged.parent == into
    assert f"'{part}'" in staged.read_text()


def test_an_assembly_in_several_files_is_one_scene(tmp_path: Path) -> None:
    split, whole = tmp_path / "split", tmp_path / "whole"
    split.mkdir()
    whole.mkdir()
    write_whole(nested_assembly(), split / "main.step", split=True)
    write_whole(nested_assembly(), whole / "main.step")

    apart, together = read(split / "main.step"), read(whole / "main.step")

    assert apart.warnings == ()
    assert sorted(path.name for path in split.iterdir()) == ["Block.stp", "Pin.stp", "main.step"]
    assert [node.parent for node in apart.nodes] == [node.parent for node in together.nodes]
    assert [part.volume_m3 for part in apart.parts] == pytest.approx(
        [part.volume_m3 for part in together.parts]
    )
    assert [node.part for node in apart.nodes].count(0) > 1  # shared, not copied


def test_files_of_an_archive_may_lie_in_folders_that_no_name_says(tmp_path: Path) -> None:
    write_whole(nested_assembly(), tmp_path / "top.stp", split=True)
    (tmp_path / "parts" / "small").mkdir(parents=True)
    (tmp_path / "Block.stp").rename(tmp_path / "parts" / "Block.stp")
    (tmp_path / "Pin.stp").rename(tmp_path / "parts" / "small" / "Pin.stp")

    assert follow(tmp_path / "top.stp").missing == ("Block.stp", "Pin.stp")
    with within(tmp_path):
        links = follow(tmp_path / "top.stp")
        scene = read(tmp_path / "top.stp")

    assert links.missing == ()
    assert {child.name for child in links.children} == {"Block.stp", "Pin.stp"}
    assert not scene.warnings
    assert sorted(part.name for part in scene.parts) == ["Block", "Pin"]
    assert all(part.closed for part in scene.parts)


def test_a_child_may_be_an_assembly_of_further_files_under_other_names(tmp_path: Path) -> None:
    write_whole(nested_assembly(), tmp_path / "main.step", split=True)
    inner = StepFile()
    root = inner.assembly("Block assembly")
    inner.place(root, inner.part("Half", box(5, 20, 30)), None, "left")
    (tmp_path / "below").mkdir()
    write_whole(inner, tmp_path / "below" / "Block.stp", split=True)
    (tmp_path / "Block.stp").write_text(
        (tmp_path / "below" / "Block.stp").read_text().replace("Half.stp", r"BELOW\\half.stp")
    )
    (tmp_path / "below" / "Block.stp").unlink()

    scene = read(tmp_path / "main.step")

    assert scene.warnings == ()
    half = next(part for part in scene.parts if part.name == "Half")
    assert half.volume_m3 == pytest.approx(3000e-9)
    assert sum(node.part is not None for node in scene.nodes) == 7
