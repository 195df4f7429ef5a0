"""What is checked besides tests: the format, the lints, the documentation and its examples. Each counts as a test."""

import os
import re
import shutil
import subprocess
import time
from dataclasses import dataclass

from . import ROOT, in_ci
from .outcome import FAILED, PASSED, SKIPPED, Outcome

EXAMPLE = re.compile(r"^test (\S+ - .+) \.\.\. (ok|FAILED|ignored)$", re.MULTILINE)


@dataclass(frozen=True)
class Gate:
    name: str
    command: tuple
    # the program behind a cargo command that may not be installed
    needs: str = ""
    env: tuple = ()

    def run(self, book):
        print(self.name, flush=True)
        if self.needs and not shutil.which(self.needs):
            # without it nobody knows whether it would have passed: not good enough for CI
            state = FAILED if in_ci() else SKIPPED
            reason = f"{self.needs} is not installed; try: rustup component add clippy rustfmt"
            book.add(Outcome(self.name, state, 0, reason=reason, output=reason, timed=False))
            return
        began = time.monotonic()
        env = {**os.environ, "CARGO_TERM_COLOR": "never", **dict(self.env)}
        ended = subprocess.run(self.command, cwd=ROOT, env=env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        self._note(book, ended.returncode, ended.stdout, time.monotonic() - began)

    def _note(self, book, code, output, seconds):
        book.add(Outcome(self.name, FAILED if code else PASSED, seconds, output=output, timed=False))


class Examples(Gate):
    """The examples in the documentation: each is a test with its own name."""

    def _note(self, book, code, output, seconds):
        found = EXAMPLE.findall(output)
        for name, state in found:
            state = {"ok": PASSED, "FAILED": FAILED, "ignored": SKIPPED}[state]
            book.add(Outcome(f"example {name}", state, 0, reason="switched off in the text", output=output, timed=False))
        if code and not any(state == "FAILED" for _, state in found):
            book.add(Outcome(self.name, FAILED, seconds, output=output, timed=False))


ALL = (
    Gate("gate: format", ("cargo", "fmt", "--check"), "cargo-fmt"),
    Gate("gate: clippy", ("cargo", "clippy", "--locked", "--quiet", "--all-targets", "--", "-D", "warnings"), "cargo-clippy"),
    Gate("gate: doc", ("cargo", "doc", "--locked", "--quiet", "--no-deps", "--document-private-items"), env=(("RUSTDOCFLAGS", "-D warnings"),)),
    Examples("gate: examples", ("cargo", "test", "--locked", "--quiet", "--doc", "--", "--format", "pretty")),
)
