"""Patroni's own Python environment, shared by all labs of the machine.

It is made in a folder beside its final name and renamed when complete, so a
half-made one is never used. A venv writes its own path into its scripts, so
that path is corrected before the rename.

It is made with Debian's Python by absolute path: any other Python in PATH may
lack what Patroni needs and may be gone tomorrow.
"""

import os
import shutil
import subprocess
from pathlib import Path

from .errors import LabError
from .packages import machine_lock
from .place import ROOT
from .say import say

PATRONI = "4.1.5"
VENV = Path(f"/var/tmp/opsctl-lab-venv-{PATRONI}")
PYTHON = VENV / "bin/python3"
REQUIREMENTS = ROOT / "tests/lab/requirements.txt"


def ensure():
    """Makes the venv if it is not there."""
    if _usable():
        return
    with machine_lock("venv"):
        if _usable():
            return
        say(f"making the Python environment of Patroni {PATRONI} in {VENV}")
        scratch = VENV.with_name(f"{VENV.name}.{os.getpid()}.new")
        try:
            _run(["/usr/bin/python3", "-m", "venv", str(scratch)], "made")
            # The wheel package first: one dependency still has no pyproject.toml.
            _run([f"{scratch}/bin/python3", "-m", "pip", "install", "-q", "--no-compile",
                  "--disable-pip-version-check", "wheel"], "given the package wheel")
            _run([f"{scratch}/bin/python3", "-m", "pip", "install", "-q", "--disable-pip-version-check",
                  "-r", str(REQUIREMENTS)], "filled from " + str(REQUIREMENTS))
            for script in (scratch / "bin").iterdir():
                if script.is_file() and not script.is_symlink():
                    script.write_bytes(script.read_bytes().replace(bytes(scratch), bytes(VENV)))
            if os.path.lexists(VENV):
                shutil.rmtree(VENV)
            scratch.rename(VENV)
        finally:
            shutil.rmtree(scratch, ignore_errors=True)


def _usable():
    try:
        found = os.lstat(VENV)
    except FileNotFoundError:
        return False
    if found.st_uid != 0 or found.st_mode & 0o022:
        raise LabError(
            "the shared Python environment belongs to somebody else", VENV,
            "another user could replace the programs that root runs", "remove it and run up again",
        )
    return (VENV / "bin/patroni").exists() and PYTHON.exists()


def _run(words, what):
    environment = {key: value for key, value in os.environ.items() if not key.startswith("PYTHON")}
    done = subprocess.run(words, stdin=subprocess.DEVNULL, capture_output=True, text=True, env=environment)
    if done.returncode != 0:
        tail = "\n       ".join((done.stdout + done.stderr).strip().splitlines()[-12:])
        raise LabError(f"the Python environment could not be {what}", VENV, tail)
