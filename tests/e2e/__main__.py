"""The browser tests, and once more, one at a time, those few that failed while two shared the machine.

A software renderer beside another one takes seconds for a picture; what fails then and not alone is named in the
output, so that it is looked at. More than `MOST_AGAIN` failures, or one that fails again, fail the run.
"""

import re
import subprocess
import sys

MOST_AGAIN = 6
FAILED = re.compile(r"^(?:FAILED|ERROR) (tests/.+?)(?: - .*)?$", re.MULTILINE)


def run(arguments: list[str]) -> tuple[int, str]:
    """pytest's exit code and what it printed, which is shown as it comes."""
    command = [sys.executable, "-m", "pytest", "-q", "-m", "e2e", *arguments]
    printed = b""
    with subprocess.Popen(command, stdout=subprocess.PIPE, bufsize=0) as running:
        assert running.stdout is not None
        while chunk := running.stdout.read(4096):
            sys.stdout.buffer.write(chunk)
            sys.stdout.flush()
            printed += chunk
    return running.returncode, printed.decode(errors="replace")


def main(workers: str, arguments: list[str]) -> int:
    code, printed = run(["-n", workers, "--dist", "loadfile", "tests/e2e", *arguments])
    failed = list(dict.fromkeys(FAILED.findall(printed)))
    if code != 1 or not 0 < len(failed) <= MOST_AGAIN:
        return code
    print(f"\nOnce more, one at a time: {len(failed)} that failed beside others.", flush=True)
    code, _ = run([*failed, *arguments])
    if code == 0:
        print("Passed alone only; look at why: " + ", ".join(failed), flush=True)
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2:]))
