"""The tests that need nothing but this machine: in parallel, as many at once as there are processors."""

import os
import time
from concurrent.futures import ThreadPoolExecutor

from . import single, versions

LIMIT, EXHAUSTIVE_LIMIT = 300, 1800


def run(book, tests, exhaustive):
    if not tests:
        return
    with versions.running(book, tests, exhaustive) as more:
        _run_all(book, tests, exhaustive, single.environment(exhaustive, more))


def _run_all(book, tests, exhaustive, env):
    limit = EXHAUSTIVE_LIMIT if exhaustive else LIMIT
    began = time.monotonic()
    pool = ThreadPoolExecutor(len(os.sched_getaffinity(0)))
    try:
        # a module that builds a whole tree takes longest: it begins first, so that nobody waits for it at the end
        order = sorted(tests, key=lambda test: not test.exact.startswith("fixture_"))
        for outcome in pool.map(lambda test: single.run(test, env, limit), order):
            book.add(outcome)
    finally:
        pool.shutdown(cancel_futures=True)
    print(f"{len(tests)} hermetic tests in {time.monotonic() - began:.1f} s", flush=True)
