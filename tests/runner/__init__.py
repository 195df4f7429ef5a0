"""What `tests/run` does, one idea a file.

Every test is run as a process of its own: that gives each a true duration, a deadline and a clean state, with plain `#[test]` functions and a stable
toolchain. It must never run a lab test beside another, and never stage a fault on a lab that somebody else started.
"""

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def in_ci():
    return os.environ.get("CI", "").lower() in ("1", "true", "yes")
