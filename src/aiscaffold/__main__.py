"""Run the command line as a process of its own: `aiscaffold`, or `python -m aiscaffold`."""

import gc
import sys

INTERRUPTED = 130


def run() -> None:
    """Run the command line without a garbage collector, which such a short process has no use for.

    It would take 0.25 s to look through what copier imports: while it is imported, and again at the end.
    """
    gc.disable()
    try:
        # Imported here because it takes 0.1 s, in which somebody may press Ctrl-C as well.
        from aiscaffold.cli import main

        main()
    except KeyboardInterrupt:
        sys.stderr.write("aiscaffold: interrupted; nothing was left half done\n")
        sys.exit(INTERRUPTED)
    finally:
        gc.freeze()


if __name__ == "__main__":
    run()
