"""The tests that need the real platform: on two labs side by side, one test after the other on each; both are started for them and taken away after them.

A test waits most of its time for servers to notice, so two labs take half the time on two cores. They stand on networks of their own, so that faults are
never staged on a lab that somebody looks at. OPSCTL_LAB_CONFIG names one lab to use as it is; OPSCTL_TEST_NET the networks, 127.0.9,127.0.10 where it is
not set.
"""

import os
import queue
import subprocess
import threading
import time

from . import ROOT, in_ci, single
from .outcome import FAILED, PASSED, SKIPPED, Outcome

HOME = ROOT / "tests" / "lab"
LIMIT = 600
NOT_HERE = 2
# fewer tests are done before a second lab stands
WORTH_A_SECOND = 4


def run(book, tests, exhaustive):
    if not tests:
        return
    given = os.environ.get("OPSCTL_LAB_CONFIG")
    if given:
        _run_all(book, _waiting(tests), given, exhaustive)
    else:
        nets = os.environ.get("OPSCTL_TEST_NET", "127.0.9,127.0.10").split(",")
        _side_by_side(book, tests, nets if len(tests) > WORTH_A_SECOND else nets[:1], exhaustive)
    _required(book)


def _side_by_side(book, tests, nets, exhaustive):
    try:
        # one after the other: what has to be installed is installed by the first
        configs = [config for config in [_up(book, net) for net in nets] if config]
        waiting = _waiting(tests)
        # faults are staged on these labs alone: nobody else looks at them
        work = [threading.Thread(target=_run_all, args=(book, waiting, config, exhaustive, {"OPSCTL_LAB_FAULTS": "yes"})) for config in configs]
        for one in work:
            one.start()
        for one in work:
            one.join()
        if not configs:
            reason = next((outcome.reason for outcome in book.outcomes if outcome.name.startswith("lab: up")), "the lab did not come up")
            _skip_all(book, tests, reason)
    finally:
        for net in nets:
            _down(book, net)


def _waiting(tests):
    """Faults first: they take longest, and the short ones fill what is left at the end."""
    waiting = queue.SimpleQueue()
    for test in sorted(tests, key=lambda test: "lab_faults" not in test.name):
        waiting.put(test)
    return waiting


def _up(book, net):
    """The path of the lab's configuration; None when there is no lab, and why stands in the book."""
    began = time.monotonic()
    print(f"starting a lab on {net}.0/24", flush=True)
    try:
        made = subprocess.run([HOME / "up", "--net", net], cwd=ROOT, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    except OSError as error:
        book.add(Outcome(f"lab: up {net}", SKIPPED, 0, reason=f"part core: {error}", timed=False))
        return None
    took = time.monotonic() - began
    if made.returncode == 0:
        book.add(Outcome(f"lab: up {net}", PASSED, took, timed=False))
        return made.stdout.strip().splitlines()[-1]
    words = made.stderr.strip()
    reason = "part core: " + (words.splitlines() or ["the lab did not come up"])[0].removeprefix("lab: ")
    state = SKIPPED if made.returncode == NOT_HERE else FAILED
    book.add(Outcome(f"lab: up {net}", state, took, reason=reason, output=words, timed=False))
    return None


def _down(book, net):
    if not os.path.exists(HOME / "down"):
        return
    ended = subprocess.run([HOME / "down", "--net", net], cwd=ROOT, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if ended.returncode not in (0, NOT_HERE):
        book.add(Outcome("lab: down", FAILED, 0, output=ended.stdout, timed=False))


def _run_all(book, tests, config, exhaustive, more=None):
    env = single.environment(exhaustive, {"OPSCTL_LAB_CONFIG": config, **(more or {})})
    while True:
        try:
            test = tests.get_nowait()
        except queue.Empty:
            return
        try:
            outcome = single.run(test, env, LIMIT)
        except Exception as error:  # a test that is lost in a thread would be missing from the counts
            outcome = Outcome(test.name, FAILED, 0, output=f"could not be run: {error!r}", needs_lab=True)
        print(f"{outcome.state:<7} {outcome.seconds:7.1f} s  {outcome.name}", flush=True)
        book.add(outcome)


def _skip_all(book, tests, reason):
    for test in tests:
        book.add(Outcome(test.name, SKIPPED, 0, reason=reason, needs_lab=True))


def _required(book):
    """In CI a part that is listed in tests/lab/required must not have been skipped; a skipped lab test that names no part counts as `core`."""
    if not in_ci():
        return
    # what waits for --exhaustive was not skipped for want of a lab
    lacks = lambda outcome: outcome.needs_lab and outcome.state == SKIPPED and "--exhaustive" not in outcome.reason
    skipped = [outcome for outcome in book.outcomes if lacks(outcome)]
    for part in (HOME / "required").read_text().split():
        missing = [outcome for outcome in skipped if _part(outcome.reason) == part]
        if missing:
            words = "\n".join(f"{outcome.name}: {outcome.reason}" for outcome in missing)
            book.add(Outcome(f"lab: part {part} is required here", FAILED, 0, output=words, timed=False))


def _part(reason):
    """`part redis: no such package` is of the part redis."""
    words = reason.split(maxsplit=2)
    return words[1].rstrip(":") if len(words) > 1 and words[0] == "part" else "core"
