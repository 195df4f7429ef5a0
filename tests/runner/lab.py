"""The tests that need the real platform: one after the other on one lab, which is started for them and taken away after them.

The lab stands on a network of its own, so that faults are never staged on a lab that somebody looks at. OPSCTL_LAB_CONFIG names another lab to use as it is;
OPSCTL_TEST_NET another network than 127.0.9.
"""

import os
import subprocess
import time

from . import ROOT, in_ci, single
from .outcome import FAILED, PASSED, SKIPPED, Outcome

HOME = ROOT / "tests" / "lab"
LIMIT = 600
NOT_HERE = 2


def run(book, tests, exhaustive):
    if not tests:
        return
    given = os.environ.get("OPSCTL_LAB_CONFIG")
    net = os.environ.get("OPSCTL_TEST_NET", "127.0.9")
    if given:
        _run_all(book, tests, given, exhaustive)
    else:
        try:
            config = _up(book, tests, net)
            if config:
                # faults are staged on this lab alone: nobody else looks at it
                _run_all(book, tests, config, exhaustive, {"OPSCTL_LAB_FAULTS": "yes"})
        finally:
            _down(book, net)
    _required(book)


def _up(book, tests, net):
    """The path of the lab's configuration; None when there is no lab, after every test of it was said to be skipped."""
    began = time.monotonic()
    print("starting the lab", flush=True)
    try:
        made = subprocess.run([HOME / "up", "--net", net], cwd=ROOT, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    except OSError as error:
        _skip_all(book, tests, f"part core: {error}")
        return None
    took = time.monotonic() - began
    if made.returncode == 0:
        book.add(Outcome("lab: up", PASSED, took, timed=False))
        return made.stdout.strip().splitlines()[-1]
    words = made.stderr.strip()
    if made.returncode != NOT_HERE:
        book.add(Outcome("lab: up", FAILED, took, output=words, timed=False))
    _skip_all(book, tests, "part core: " + (words.splitlines() or ["the lab did not come up"])[0].removeprefix("lab: "))
    return None


def _down(book, net):
    if not os.path.exists(HOME / "down"):
        return
    ended = subprocess.run([HOME / "down", "--net", net], cwd=ROOT, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if ended.returncode not in (0, NOT_HERE):
        book.add(Outcome("lab: down", FAILED, 0, output=ended.stdout, timed=False))


def _run_all(book, tests, config, exhaustive, more=None):
    env = single.environment(exhaustive, {"OPSCTL_LAB_CONFIG": config, **(more or {})})
    for test in tests:
        outcome = single.run(test, env, LIMIT)
        print(f"{outcome.state:<7} {outcome.seconds:7.1f} s  {outcome.name}", flush=True)
        book.add(outcome)


def _skip_all(book, tests, reason):
    for test in tests:
        book.add(Outcome(test.name, SKIPPED, 0, reason=reason, needs_lab=True))


def _required(book):
    """In CI a part that is listed in tests/lab/required must not have been skipped; a skipped lab test that names no part counts as `core`."""
    if not in_ci():
        return
    skipped = [outcome for outcome in book.outcomes if outcome.needs_lab and outcome.state == SKIPPED]
    for part in (HOME / "required").read_text().split():
        missing = [outcome for outcome in skipped if _part(outcome.reason) == part]
        if missing:
            words = "\n".join(f"{outcome.name}: {outcome.reason}" for outcome in missing)
            book.add(Outcome(f"lab: part {part} is required here", FAILED, 0, output=words, timed=False))


def _part(reason):
    """`part redis: no such package` is of the part redis."""
    words = reason.split(maxsplit=2)
    return words[1].rstrip(":") if len(words) > 1 and words[0] == "part" else "core"
