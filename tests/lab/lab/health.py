"""The one meaning of "healthy", shared by up, status and `fault clear`."""

import time

from . import parts, wait
from .errors import LabError
from .say import say
from .supervisor import Supervisor

DEADLINE = 150
HEAL_EVERY = 10


def problems(lab):
    """Why the lab is not healthy; empty when it is."""
    supervisor = Supervisor(lab)
    if not supervisor.alive():
        return [f"supervisord does not run (log {lab.log}/supervisord.log)"]
    found = [
        f"{name} is {state.lower()} (log {lab.log}/{name}.log)"
        for name, (state, _) in supervisor.states().items()
        if state != "RUNNING"
    ]
    for part in parts.of(lab.record()):
        found += part.problems(lab)
    return found


def reach(lab, seconds=DEADLINE):
    """Waits until the lab is healthy; says what is missing as it changes, and heals what Patroni alone does not."""
    last = None
    begun = healed = time.monotonic()

    def look():
        nonlocal last, healed
        reach.found = problems(lab)
        now = time.monotonic()
        if reach.found and now - healed > HEAL_EVERY:
            healed = now
            start_stopped(lab)
            for part in parts.of(lab.record()):
                part.heal(lab, now - begun)
        if reach.found and reach.found[0] != last:
            last = reach.found[0]
            more = len(reach.found) - 1
            say(f"not yet: {last}" + (f", and {more} more" if more else ""))
        return not reach.found

    if not wait.until(look, seconds, 0.25):
        raise LabError(
            f"the lab is not healthy after {seconds} s", lab.dir, "\n       ".join(reach.found),
            f"read the logs named above; then {lab.again('up')}, or {lab.again('down')} to begin anew",
        )


def start_stopped(lab):
    """Starts again whatever has ended."""
    supervisor = Supervisor(lab)
    for name, (state, _) in supervisor.states().items():
        if state in ("EXITED", "FATAL", "STOPPED"):
            supervisor.start(name)
