"""`python -m holotable` is the `holotable` command."""

from holotable.cli import command

if __name__ == "__main__":
    command()
