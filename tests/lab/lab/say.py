"""Progress for a person, on stderr: stdout belongs to results alone."""

import sys
import time

_started = time.monotonic()


def say(text):
    print(f"lab: {time.monotonic() - _started:6.1f} s  {text}", file=sys.stderr, flush=True)
