from holotable.rooms.colours import Colours, pair_of


def test_the_forty_eight_pairs_differ_and_so_do_the_first_eight_colours() -> None:
    assert len({pair_of(number) for number in range(48)}) == 48
    assert [pair_of(number)[0] for number in range(8)] == list(range(8))
    assert all(pair_of(n)[1] != pair_of(n + 1)[1] for n in range(7))


def test_the_pair_of_somebody_who_left_goes_to_a_newcomer_last() -> None:
    colours = Colours()
    first = colours.take("anna")
    colours.release("anna")
    assert colours.take("ben") != first
    assert colours.take("anna") == first


def test_more_people_than_pairs_share() -> None:
    colours = Colours()
    pairs = [colours.take(f"p{number}") for number in range(100)]
    assert len(set(pairs)) == 48


def test_whoever_returns_finds_another_pair_when_theirs_is_worn() -> None:
    colours = Colours()
    first = colours.take("anna")
    colours.release("anna")
    others = [colours.take(f"p{number}") for number in range(48)]
    assert first in others
    colours.release("p3")
    assert colours.take("anna") == others[3]
