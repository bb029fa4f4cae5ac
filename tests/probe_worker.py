"""`holotable worker` with the misbehaving converter; run by tests as a process of its own."""

import asyncio
import logging

from converting import PROBE

from holotable.settings import Settings
from holotable.worker import run_worker

if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO)
    asyncio.run(
        run_worker(
            Settings(), slots=1, converter=PROBE, started=lambda: print("started", flush=True)
        )
    )
