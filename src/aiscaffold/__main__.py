"""Run the command line as a process of its own: `aiscaffold`, or `python -m aiscaffold`."""

import gc

from aiscaffold.cli import main


def run() -> None:
    """Run the command line without a garbage collector, which such a short process has no use for.

    It would take 0.25 s to look through what copier imports: while it is imported, and again at the end.
    """
    gc.disable()
    try:
        main()
    finally:
        gc.freeze()


if __name__ == "__main__":
    run()
