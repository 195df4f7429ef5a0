"""The build, once, with the dev profile; and the list of the tests that came out of it."""

import json
import subprocess
import sys
import time
from dataclasses import dataclass

from . import ROOT
from .outcome import FAILED, Outcome

COMMAND = ["cargo", "test", "--locked", "--no-run", "--message-format", "json-render-diagnostics"]


@dataclass(frozen=True)
class Test:
    """One `#[test]`: the binary it is in and its exact name there."""

    binary: str
    exact: str
    name: str
    needs_lab: bool


def tests(book):
    """Every test, or None when the build failed."""
    began = time.monotonic()
    print("building", flush=True)
    built = subprocess.run(COMMAND, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True)
    took = time.monotonic() - began
    if built.returncode != 0:
        book.add(Outcome("build", FAILED, took, output="the compiler's words are above"))
        return None
    print(f"built in {took:.1f} s", flush=True)
    found = []
    for line in built.stdout.splitlines():
        message = json.loads(line)
        if message.get("reason") == "compiler-artifact" and message.get("executable") and message["profile"]["test"]:
            found += _listed(message["executable"], message["target"]["kind"][0])
    if not found:
        sys.exit("tests/run: the build has no tests; that cannot be")
    return found


def _listed(binary, kind):
    listed = subprocess.run([binary, "--list", "--format", "terse"], cwd=ROOT, capture_output=True, text=True, check=True)
    for line in listed.stdout.splitlines():
        exact, colon, what = line.rpartition(": ")
        if colon and what == "test":
            outside = kind == "test"
            yield Test(binary, exact, exact if outside else f"opsctl::{exact}", outside and exact.startswith("lab_"))
