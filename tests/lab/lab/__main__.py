"""Entry: `python3 -m lab COMMAND ...`; the files beside the package call it."""

import importlib
import os
import signal
import sys

from .errors import LabError

COMMANDS = ("up", "down", "status", "fault", "load")


def _interrupt(*_):
    raise KeyboardInterrupt


def main():
    if len(sys.argv) < 2 or sys.argv[1] not in COMMANDS:
        print(f"usage: python3 -m lab {{{','.join(COMMANDS)}}} ...", file=sys.stderr)
        return 2
    # A termination request ends a command the way Ctrl-C does: through its own clean-up.
    signal.signal(signal.SIGTERM, _interrupt)
    os.umask(0o022)
    command = importlib.import_module(f".{sys.argv[1]}", __package__)
    try:
        return command.main(sys.argv[2:])
    except LabError as error:
        print(error.text(), file=sys.stderr)
        return error.code
    except KeyboardInterrupt:
        print("lab: interrupted", file=sys.stderr)
        return 130
    except BrokenPipeError:
        return 141


sys.exit(main())
