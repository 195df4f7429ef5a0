"""Servers of other versions than the lab's, for `--exhaustive`: every major of PostgreSQL, newer PgBouncer and HAProxy.

Each script prints as its last line the file that its tests read; the variable names it to them. They are fetched, so a run without a way to the package
sources says which part is missing instead of passing by.
"""

import contextlib
import subprocess
import time

from . import ROOT
from .outcome import FAILED, PASSED, Outcome

LIMIT = 900
# script, the word that ends it, the variable of its tests, and what the names of its tests begin with
ALL = (
    ("postgres-majors", "stop", "OPSCTL_TEST_PG_MAJORS", "postgres_majors"),
    ("newer-poolers", "down", "OPSCTL_TEST_NEWER_POOLERS", "newer_poolers"),
)


@contextlib.contextmanager
def running(book, tests, exhaustive):
    """The variables for the tests; the servers run until the block ends."""
    wanted = [part for part in ALL if exhaustive and any(test.exact.startswith(part[3]) for test in tests)]
    variables = {}
    try:
        for script, _, variable, _ in wanted:
            path = _up(book, script)
            if path:
                variables[variable] = path
        yield variables
    finally:
        for script, end, _, _ in wanted:
            subprocess.run([ROOT / "tests" / "lab" / script, end], cwd=ROOT, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def _up(book, script):
    print(f"starting {script}", flush=True)
    began = time.monotonic()
    command = [ROOT / "tests" / "lab" / script, "up"]
    try:
        made = subprocess.run(command, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, timeout=LIMIT)
    except subprocess.TimeoutExpired:
        book.add(Outcome(f"{script}: up", FAILED, LIMIT, output=f"not up after {LIMIT} s", timed=False))
        return None
    took = time.monotonic() - began
    state = FAILED if made.returncode else PASSED
    book.add(Outcome(f"{script}: up", state, took, output=made.stderr, timed=False))
    return made.stdout.strip().splitlines()[-1] if state == PASSED else None
