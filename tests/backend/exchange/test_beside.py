"""Files beside a result: each has a path of its own, and what has none is named with its reason."""

from dataclasses import replace
from uuid import UUID

from result_builders import result, topic

from holotable.exchange.beside import files_in, place_files
from holotable.exchange.result import Result
from holotable.exchange.topics import Attached, Remark
from tests.result_builders import NOW


def file(number: int, name: str = "bore.png", size: int = 10, **more: str) -> Attached:
    made = Attached(UUID(int=500 + number), name, "image/png", size, f"{number:064x}")
    return replace(made, **more)


def reviewed() -> Result:
    spoken = Remark(UUID(int=7), "Yes.", "Ben", NOW, files=(file(3, "../../etc/pass wd"),))
    return result(
        drawings=(
            file(1, "Old plate.pdf", revision="B"), file(2, "Plate 王.pdf", revision="C"),
        ),
        topics=(topic(4, files=(file(4), file(5)), remarks=(spoken,)),),
    )  # fmt: skip


def test_every_file_has_a_path_of_its_own_that_any_zip_reader_takes() -> None:
    found = place_files(reviewed())
    assert found.paths == {
        "drawings/001-Plate-.pdf": f"{2:064x}",
        "drawings/002-Old-plate.pdf": f"{1:064x}",
        "attachments/ISSUE-00004/003-bore.png": f"{4:064x}",
        "attachments/ISSUE-00004/004-bore.png": f"{5:064x}",
        "attachments/ISSUE-00004/005-etc-pass-wd": f"{3:064x}",
    }
    assert found.total_bytes == 50
    assert [one.path for one in found.result.drawings] == [
        "drawings/002-Old-plate.pdf", "drawings/001-Plate-.pdf",
    ]  # fmt: skip
    assert sorted(one.path for one in files_in(found.result)) == sorted(found.paths)
    assert found.result.left_out == ()


def test_what_does_not_fit_is_named_and_what_is_smaller_still_goes_in() -> None:
    made = reviewed()
    (issue,) = made.topics
    large = replace(issue, files=(file(4, "film.mp4", 100), file(5)))
    found = place_files(replace(made, topics=(large,)), max_bytes=40)
    assert found.total_bytes == 40
    assert [one.what for one in found.result.left_out] == ["film.mp4, beside #4"]
    assert found.result.topics[0].files[0].path == ""
    few = place_files(reviewed(), max_files=2)
    assert len(few.paths) == 2
    assert len(few.result.left_out) == 3
    assert "at most 2 files" in few.result.left_out[0].why


def test_what_is_lost_is_left_out_and_said() -> None:
    found = place_files(reviewed(), gone={f"{2:064x}"})
    assert [one.what for one in found.result.left_out] == ["drawing Plate 王.pdf, revision C"]
    assert "no longer" in found.result.left_out[0].why
    assert len(found.paths) == 4
