"""`python -m holotable` is the `holotable` command."""

import sys

from holotable.cli import main

if __name__ == "__main__":
    sys.exit(main())
