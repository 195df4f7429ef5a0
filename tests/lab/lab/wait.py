"""Waiting for a condition, never for a time: a poll with a deadline."""

import time


def until(condition, seconds, every=0.2):
    """Polls `condition` until it is true; gives its value, or None at the deadline."""
    deadline = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() >= deadline:
            return None
        time.sleep(every)
