from pathlib import Path

import pytest

from holotable.conversion.readers.step_text import decoded, entities, header, is_utf8, mapped
from holotable.errors import EmptyFile


@pytest.mark.parametrize(
    ("literal", "text"),
    [
        (b"plain", "plain"),
        (b"it''s", "it's"),
        (rb"Geh\X2\00E4\X0\use", "Gehäuse"),
        (rb"\X2\65E5672C\X0\ \X4\0001F600\X0\ ", "日本 😀 "),
        (rb"\X2\D83DDE00\X0\ ", "😀 "),
        (rb"\X\C9cole", "École"),
        (rb"\S\drger", "ärger"),
        (rb"\PE\\S\P", "а"),  # ISO 8859-5, Cyrillic
        (rb"C:\\models\\a.stp", r"C:\models\a.stp"),
        ("Öse".encode(), "Öse"),
        ("Öse".encode("latin-1"), "Öse"),
        (b"broken\n over lines", "broken over lines"),
        (rb"\X2\00E", "\\X2\\00E"),  # cut off: as it stands
    ],
)
def test_strings_are_decoded_as_part_21_writes_them(literal: bytes, text: str) -> None:
    assert decoded(literal) == text


def test_the_header_says_who_wrote_the_file_and_when() -> None:
    content = (
        b"ISO-10303-21;\nHEADER;\n/* FILE_NAME('no') */\n"
        b"FILE_DESCRIPTION(('An assembly','of two'),'2;1');\n"
        b"FILE_NAME(/* name */ 'a''s.stp','2026-01-01T00:00:00',('Ann'),('','Works'),\n"
        b"  'Kernel 1','CAD (2), beta','unknown');\n"
        b"FILE_SCHEMA(('AP242_MIM_LF { 1 0 10303 442 }'));\nENDSEC;\nDATA;\n"
        b"#1=PRODUCT('FILE_NAME(''x'')','','',());\nENDSEC;\nEND-ISO-10303-21;\n"
    )

    assert header(content) == {
        "description": "An assembly, of two",
        "implementation_level": "2;1",
        "name": "a's.stp",
        "time_stamp": "2026-01-01T00:00:00",
        "author": "Ann",
        "organisation": "Works",
        "preprocessor": "Kernel 1",
        "originating_system": "CAD (2), beta",
        "schema": "AP242_MIM_LF",
    }


def test_a_file_without_a_header_says_nothing() -> None:
    assert header(b"ISO-10303-21;\nDATA;\n") == {}


def test_entities_are_found_by_their_whole_name() -> None:
    content = (
        b"#1=PROPERTY_DEFINITION_REPRESENTATION(#2,#3);\n#2 = PROPERTY_DEFINITION (\n 'a', $, #1);"
        b"#3=(GENERAL_PROPERTY('b',('c',#5,('d')),.T.)PROPERTY_DEFINITION('e'));"
        b"#4=MY_PROPERTY_DEFINITION('f');\nPROPERTY_DEFINITION('cut off"
    )

    assert list(entities(content, "PROPERTY_DEFINITION")) == [["a", None, None], ["e"]]
    assert list(entities(content, "GENERAL_PROPERTY")) == [["b", ["c", None, ["d"]], None]]


def test_a_string_longer_than_the_first_look_is_read_whole() -> None:
    long = b"x)" * 700

    assert list(entities(b"#1=A('%s','y');" % long, "A")) == [[long.decode(), "y"]]


def test_utf8_is_told_from_older_code_pages_across_pieces() -> None:
    assert is_utf8(b"plain")
    assert is_utf8("ä".encode() * 600_000 + b"x")  # a piece ends inside a letter
    assert is_utf8(b"x" + "ä".encode() * 600_000)
    assert not is_utf8(b"x" * 3_000_000 + "ä".encode("latin-1") + b"x")


def test_an_empty_file_is_called_empty(tmp_path: Path) -> None:
    path = tmp_path / "a.step"
    path.touch()

    with pytest.raises(EmptyFile):
        mapped(path)
