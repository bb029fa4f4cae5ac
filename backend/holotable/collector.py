"""Python's garbage collector in a process that serves for months.

Starting wants few collections (`cli.command`); serving wants what connections, requests and
sessions leave behind to be found. What start-up made stays until the end, so it is set aside:
300,000 objects less in every full collection, which then takes milliseconds. Left as it was at
start, a full collection came after 200 million objects: in a meeting of a hundred who come and go
the process grew by 2 MB a minute.
"""

import gc
from typing import Final

# New objects before a young collection; young before a middle one; middle before a full one:
# a full one after some 125,000 that outlived the others. A young one looks at 5,000: 0.3 ms.
THRESHOLDS: Final = (5_000, 5, 5)


def settle() -> None:
    """Set aside what start-up made and collect often from now on; call once, when it is made."""
    gc.collect()
    gc.freeze()
    gc.collect()  # a full one waits until a quarter is new: a quarter of nothing, after this
    gc.set_threshold(*THRESHOLDS)
