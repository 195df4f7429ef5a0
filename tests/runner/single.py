"""Runs one test as a process: `BINARY --exact NAME`, with a deadline, without standard input.

A test that cannot run here prints `SKIPPED name: reason` and returns; a line that begins with `report: ` is shown at the end of the run.
"""

import contextlib
import os
import re
import signal
import subprocess
import time

from . import ROOT
from .outcome import FAILED, PASSED, SKIPPED, Outcome

# What a person's shell may say about clusters of theirs; no test may see it.
FOREIGN = re.compile(r"^(PG[A-Z]|PATRONI|ETCDCTL_|OPSCTL_|PGBOUNCER|NO_COLOR$|CLICOLOR|COLUMNS$|LINES$|XDG_|LC_|LANG)")
SKIP = re.compile(r"^(?:test \S+ \.\.\. )?SKIPPED (\S+): (.+)$", re.MULTILINE)
REPORT = re.compile(r"^(?:test \S+ \.\.\. )?report: (.*)$", re.MULTILINE)


def environment(exhaustive, extra=None):
    made = {key: value for key, value in os.environ.items() if not FOREIGN.match(key)}
    made.update(CARGO_MANIFEST_DIR=str(ROOT), CARGO="cargo", INSTA_UPDATE="no", INSTA_WORKSPACE_ROOT=str(ROOT), RUST_BACKTRACE="0", LC_ALL="C.UTF-8")
    if exhaustive:
        made.update(OPSCTL_EXHAUSTIVE="1", PROPTEST_CASES="4096")
    made.update(extra or {})
    return made


def run(test, env, limit):
    """The outcome of `test`; ends it, with all it started in its session, after `limit` seconds."""
    began = time.monotonic()
    process = subprocess.Popen(
        [test.binary, "--exact", test.exact, "--nocapture", "--test-threads", "1"],
        cwd=ROOT, env=env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        start_new_session=True,
    )
    late = False
    try:
        output, _ = process.communicate(timeout=limit)
    except subprocess.TimeoutExpired:
        late = True
    finally:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
    if late:
        output, _ = process.communicate()
    return _judge(test, process.returncode, output.decode(errors="replace"), time.monotonic() - began, limit if late else None)


def _judge(test, code, output, seconds, limit):
    made = Outcome(test.name, FAILED, seconds, output=output, needs_lab=test.needs_lab)
    made.reports = REPORT.findall(output)
    if limit is not None:
        made.output += f"\nended after {limit} s: its deadline"
    elif code == 0 and "test result: ok. 1 passed;" in output:
        skipped = SKIP.search(output)
        made.state = SKIPPED if skipped else PASSED
        made.reason = skipped[2].strip() if skipped else ""
    elif code == 0:
        made.output += "\nthe binary ended well and ran no such test"
    elif code < 0:
        made.output += f"\nended by signal {-code}"
    return made
