from holotable.rooms.metronome import LONGEST_REST_S, Metronome

PERIOD_S = 0.03


def test_rounds_begin_at_an_even_rate() -> None:
    metronome = Metronome(PERIOD_S, 10.0)
    now, began = 10.0, []
    for _ in range(4):
        now += metronome.wait_s(now, now + 0.005) + 0.005
        began.append(now)
    assert [round(one - began[0], 6) for one in began] == [0.0, 0.03, 0.06, 0.09]


def test_l9_rounds_that_take_long_leave_half_of_the_time_to_those_who_send() -> None:
    metronome = Metronome(PERIOD_S, 10.0)
    now = 10.0
    for _ in range(5):
        wait = metronome.wait_s(now, now + 0.04)
        assert round(wait, 6) == 0.04
        now += 0.04 + wait
    wait = metronome.wait_s(now, now + 0.002)  # and at the old rate when there is less to do
    assert round(0.002 + wait, 6) == PERIOD_S


def test_after_a_stall_nothing_is_caught_up() -> None:
    metronome = Metronome(PERIOD_S, 10.0)
    wait = metronome.wait_s(10.0, 15.0)
    assert round(wait, 6) == LONGEST_REST_S
    wait = metronome.wait_s(15.0 + wait, 15.001 + wait)
    assert round(wait, 6) == round(PERIOD_S - 0.001, 6)
