"""What a whole process costs, with everything it started and waited for."""

import os
import statistics
import subprocess
import time
from dataclasses import dataclass

from . import ROOT, Impossible

TIMES = 7


@dataclass(frozen=True)
class Cost:
    wall: float  # seconds
    cpu: float  # seconds, user and system
    memory: float  # MiB, the largest resident set
    output: bytes


def cost(command, env=None, good=(0,)):
    """Runs `command`; its exit code has to be one of `good`."""
    began = time.perf_counter()
    process = subprocess.Popen([str(word) for word in command], cwd=ROOT, env=env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    # small outputs: both pipes take them without a reader on the other side
    output = process.stdout.read()
    errors = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.perf_counter() - began
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in good:
        raise Impossible(f"{command[0]} ended with {process.returncode}: {errors.decode(errors='replace').strip()[-600:]}")
    return Cost(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, output)


def in_turn(*runs, times=TIMES):
    """Calls each of `runs` in turn, `times` times, after one round that is not counted; gives the list of costs of each."""
    for run in runs:
        run()
    costs = [[] for _ in runs]
    for _ in range(times):
        for run, kept in zip(runs, costs):
            kept.append(run())
    return costs


def median(costs, what):
    return statistics.median(getattr(one, what) for one in costs)
