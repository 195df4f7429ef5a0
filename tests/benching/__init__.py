"""What the benches share: the form of a figure, measuring in turn, the lab, the release build.

A bench is an executable in tests/bench.d that prints one JSON line for each figure. Ours and the peer do the same work, in turn, in the same run; a figure
is the median of five runs or more. It must never compare with a number that was measured at another time.
"""

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BENCHES = ROOT / "tests" / "bench.d"


class Impossible(Exception):
    """The bench cannot be run here; the text says what is missing and what to try."""


def profile():
    """`release`, or what OPSCTL_BENCH_PROFILE says: for work on a bench, never for a figure that is told to anybody."""
    return os.environ.get("OPSCTL_BENCH_PROFILE", "release")
