"""`up --open`: builds opsctl in the project's root and puts it in this command's place."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from . import packages
from .errors import LabError
from .place import ROOT
from .say import say


def check():
    """Fails early when opsctl cannot be built here."""
    if not shutil.which("cargo"):
        found = re.search(r'^rust-version\s*=\s*"([^"]+)"', (ROOT / "Cargo.toml").read_text(), re.MULTILINE)
        version = found[1] if found else "stable"
        raise LabError(
            "cargo was not found, so opsctl cannot be built", "PATH",
            attempt=f"install rustup, then `rustup toolchain install {version}`, and run this again", code=2,
        )


def opsctl(lab):
    """Never returns."""
    packages.install(["gcc", "libc6-dev"])
    say("building opsctl")
    if subprocess.run(["cargo", "build", "--locked"], cwd=ROOT, stdout=sys.stderr).returncode != 0:
        raise LabError("opsctl could not be built", ROOT, "cargo's own words are above")
    target = Path(ROOT, os.environ.get("CARGO_TARGET_DIR") or "target")
    words = [str(target / "debug/opsctl"), "--config", str(lab.config)]
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        words.append("status")
    sys.stdout.flush()
    os.execv(words[0], words)
