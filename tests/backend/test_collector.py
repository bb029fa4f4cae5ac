"""What is left behind in cycles is found while the process runs."""

import subprocess
import sys

SCRIPT = """
import gc, weakref
gc.set_threshold(100_000, 20, 100)  # as `holotable` starts
from holotable.collector import settle
import holotable.app  # what start-up makes
settle()
assert gc.get_freeze_count() > 100_000, gc.get_freeze_count()

class Connection:
    def __init__(self):
        self.handlers = [lambda: self]  # a cycle

here = [Connection() for _ in range(1_000)]
watched = weakref.ref(here[0])
while gc.get_stats()[1]['collections'] < gc.get_stats()[2]['collections'] + 3:  # it grows old
    later = [[] for _ in range(10_000)]
here.clear()
rounds = 0
while watched() is not None and rounds < 100:
    rounds += 1
    later = [[Connection()] for _ in range(10_000)]
print('found' if watched() is None else 'kept', rounds)
"""


def test_what_people_who_left_held_in_cycles_is_found_without_asking() -> None:
    ran = subprocess.run(
        [sys.executable, "-c", SCRIPT], capture_output=True, text=True, timeout=120, check=False
    )
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.startswith("found"), ran.stdout
