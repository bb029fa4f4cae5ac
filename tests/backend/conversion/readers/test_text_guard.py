from pathlib import Path

import pytest

from holotable.conversion.readers.text_guard import (
    check_brep,
    check_ifc,
    check_iges,
    check_step,
    property_names,
)
from holotable.errors import DamagedFile, EmptyFile, TooComplex


def step(path: Path, data: str, trailer: str = "END-ISO-10303-21;\n") -> Path:
    path.write_text(
        f"ISO-10303-21;\nHEADER;\nENDSEC;\nDATA;\n{data}\nENDSEC;\n{trailer}", encoding="ascii"
    )
    return path


def test_a_sound_file_passes(tmp_path: Path) -> None:
    data = "#1=CARTESIAN_POINT('(NAN,1.)',(0.,1.,2.));#2=INFO_ITEM('it''s',(INFINITE_ITEM(1.)));"
    check_step(step(tmp_path / "a.step", data))


def test_a_file_without_its_trailer_was_cut_off(tmp_path: Path) -> None:
    with pytest.raises(DamagedFile, match="cut off"):
        check_step(step(tmp_path / "a.step", "#1=A();", trailer=""))
    with pytest.raises(DamagedFile, match="cut off"):
        check_ifc(step(tmp_path / "a.ifc", "#1=A();", trailer=""))


def test_nul_bytes_mean_overwritten_content(tmp_path: Path) -> None:
    with pytest.raises(DamagedFile, match="NUL"):
        check_step(step(tmp_path / "a.step", "#1=A('\0\0');"))
    path = tmp_path / "a.igs"
    path.write_bytes(b"\0" * 80)
    with pytest.raises(DamagedFile, match="NUL"):
        check_iges(path)


@pytest.mark.parametrize("literal", ["NAN", "nan", "-INF", "1.#IND", "+Infinity"])
def test_a_coordinate_that_is_no_number_is_refused(tmp_path: Path, literal: str) -> None:
    with pytest.raises(DamagedFile, match="not a number"):
        check_step(step(tmp_path / "a.step", f"#1=CARTESIAN_POINT('',(0.,{literal},2.));"))


def test_nesting_without_end_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DamagedFile, match="parentheses"):
        check_step(step(tmp_path / "a.step", f"#1=A({'(' * 1000}{')' * 1000});"))


def test_a_product_that_contains_itself_is_refused_however_long_the_way(tmp_path: Path) -> None:
    usage = "#{0}=NEXT_ASSEMBLY_USAGE_OCCURRENCE('#99','a','#98',#{1},#{2},$);"
    chain = [(1, 11, 12), (2, 12, 13), (3, 11, 13)]
    check_step(step(tmp_path / "a.step", "\n".join(usage.format(*link) for link in chain)))

    chain.append((4, 13, 11))

    with pytest.raises(DamagedFile, match="contains itself"):
        check_step(step(tmp_path / "b.step", "\n".join(usage.format(*link) for link in chain)))


def test_a_placement_relative_to_itself_is_refused(tmp_path: Path) -> None:
    check_ifc(step(tmp_path / "a.ifc", "#1=IFCLOCALPLACEMENT($,#9);#2=IFCLOCALPLACEMENT(#1,#9);"))
    with pytest.raises(DamagedFile, match="relative to itself"):
        check_ifc(
            step(tmp_path / "b.ifc", "#1=IFCLOCALPLACEMENT(#2,#9);#2= IFCLOCALPLACEMENT(#1,#9);")
        )


def test_iges_ends_with_its_terminate_section(tmp_path: Path) -> None:
    def line(section: str) -> str:
        return f"{'x':<72}{section}{1:>7}\n"

    whole, cut = tmp_path / "a.igs", tmp_path / "b.igs"
    whole.write_text(line("S") + line("G") + line("T"))
    cut.write_text(line("S") + line("G"))

    check_iges(whole)
    with pytest.raises(DamagedFile, match="terminate"):
        check_iges(cut)


def test_an_empty_file_is_called_empty(tmp_path: Path) -> None:
    (tmp_path / "a.step").touch()
    with pytest.raises(EmptyFile):
        check_step(tmp_path / "a.step")


def test_names_of_properties_are_found_once_each(tmp_path: Path) -> None:
    data = (
        "#1=GENERAL_PROPERTY('x','CAGE Code',$);#2=PROPERTY_DEFINITION('CAGE Code',$,#1);"
        "#3=PROPERTY_DEFINITION('Vendor''s',$,#1);#4=PROPERTY_DEFINITION('',$,#1);"
    )
    assert property_names(step(tmp_path / "a.step", data)) == ("CAGE Code", "Vendor's")


def test_an_assembly_is_counted_and_its_levels_too(tmp_path: Path) -> None:
    usage = "#{0}=NEXT_ASSEMBLY_USAGE_OCCURRENCE('a','b','',#{1},#{2},$);"
    doubling = [usage.format(n, 100 + n // 2, 101 + n // 2) for n in range(20)]  # 2^10 leaves
    check_step(step(tmp_path / "a.step", "\n".join(doubling)), 2**11)
    with pytest.raises(TooComplex, match="2,000 occurrences"):
        check_step(tmp_path / "a.step", 2_000)

    tower = [usage.format(n, 10_000 + n, 10_001 + n) for n in range(600)]
    with pytest.raises(TooComplex, match="500 levels"):
        check_step(step(tmp_path / "b.step", "\n".join(tower)))


@pytest.mark.parametrize("count", ["2000000000", "-1"])
def test_a_brep_has_no_more_surfaces_than_bytes(tmp_path: Path, count: str) -> None:
    (tmp_path / "a.brep").write_text(f"CASCADE Topology V3\nSurfaces {count}\n")
    with pytest.raises(DamagedFile, match=f"{int(count):,} Surfaces"):
        check_brep(tmp_path / "a.brep")
    (tmp_path / "a.brep").write_text("CASCADE Topology V3\nLocations 0\nSurfaces 3\n")
    check_brep(tmp_path / "a.brep")
