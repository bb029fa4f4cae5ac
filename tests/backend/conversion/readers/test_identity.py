import numpy as np

from holotable.conversion.readers.identity import (
    Sibling,
    is_automatic,
    path_id,
    shown_name,
    sibling_steps,
    weaker,
)
from holotable.review.scene import Floats


def at(x: float) -> Floats:
    matrix = np.eye(4)
    matrix[0, 3] = x
    return matrix


def test_names_that_programs_make_up_are_automatic_and_names_of_people_are_not() -> None:
    assert all(map(is_automatic, ["", " ", "=>[0:1:1:3]", "NAUO12", "NAUO_3", "17", "1:2"]))
    assert not any(map(is_automatic, ["V-17", "nut_1", "Bolt M8", "C01", "SOLID"]))


def test_an_occurrence_shows_its_own_name_when_that_says_more_than_the_product() -> None:
    assert shown_name("nut", "nut_1") == "nut"
    assert shown_name("nut", "nut<12>") == "nut"
    assert shown_name("nut", "") == "nut"
    assert shown_name("Gate valve", "V-17") == "V-17"
    assert shown_name("nut", "nutty") == "nutty"


def test_steps_of_siblings_with_names_do_not_depend_on_their_order() -> None:
    siblings = [Sibling("Pin", "left", at(1)), Sibling("Pin", "right", at(2))]

    forward, backward = sibling_steps(siblings), sibling_steps(siblings[::-1])

    assert forward == backward[::-1]
    assert [identity for _, identity in forward] == ["named", "named"]


def test_equal_siblings_are_ranked_by_placement_not_by_order() -> None:
    siblings = [Sibling("Bolt", f"NAUO{n}", at(x)) for n, x in enumerate((30.0, 10.0, 20.0))]
    renumbered = [Sibling("Bolt", f"NAUO{9 - n}", at(x)) for n, x in enumerate((10.0, 20.0, 30.0))]

    steps = sibling_steps(siblings)

    assert [steps[1], steps[2], steps[0]] == sibling_steps(renumbered)
    assert {identity for _, identity in steps} == {"ranked"}
    assert len(set(steps)) == 3


def test_noise_far_below_a_micrometre_does_not_change_the_rank() -> None:
    exact = [Sibling("Bolt", "", at(0.0)), Sibling("Bolt", "", at(5.0))]
    noisy = [Sibling("Bolt", "", at(-1e-9)), Sibling("Bolt", "", at(5.0 + 1e-9))]

    assert sibling_steps(exact) == sibling_steps(noisy)


def test_a_path_is_as_weak_as_its_weakest_step() -> None:
    assert weaker("named", "named") == "named"
    assert weaker("ranked", "named") == "ranked"
    assert weaker("named", "ranked") == "ranked"


def test_the_id_of_a_path_is_constant_over_time() -> None:
    assert str(path_id(("Top", "Sub"))) == "c0ca6f2d-e083-5b37-a77d-63fcc66ad015"
    assert path_id(("Top", "Sub")) != path_id(("Top\x1eSub",))
