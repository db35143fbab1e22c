"""Run the command line as `python -m aiscaffold`."""

from aiscaffold.cli import main

if __name__ == "__main__":
    main()
