"""What a bench needs besides itself: our program, a lab, a program of Debian's."""

import contextlib
import json
import os
import shutil
import subprocess

from . import ROOT, Impossible, profile
from .figure import say

LAB = ROOT / "tests" / "lab"


def build(*what):
    """Builds with the profile of the benches; gives the folder of the programs."""
    say(f"building ({profile()})")
    flags = ["--release"] if profile() == "release" else []
    built = subprocess.run(["cargo", "build", "--locked", "--quiet", *flags, *what], cwd=ROOT, stdin=subprocess.DEVNULL)
    if built.returncode != 0:
        raise Impossible("the build failed (the compiler's words are above)")
    target = os.environ.get("CARGO_TARGET_DIR", ROOT / "target")
    return ROOT / target / ("release" if flags else "debug")


def bench_program(name):
    """The Rust half of a bench, `[[bench]]` of that name in Cargo.toml."""
    say(f"building {name} ({profile()})")
    flags = ["--profile", "release" if profile() == "release" else "dev"]
    command = ["cargo", "bench", "--locked", "--no-run", "--bench", name, *flags, "--message-format", "json-render-diagnostics"]
    built = subprocess.run(command, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True)
    if built.returncode != 0:
        raise Impossible("the build failed (the compiler's words are above)")
    messages = (json.loads(line) for line in built.stdout.splitlines())
    return next(message["executable"] for message in messages if message.get("executable") and message["target"]["name"] == name)


def opsctl():
    return build() / "opsctl"


def clean(**extra):
    """An environment that names no cluster of the person who measures."""
    return {"PATH": os.environ.get("PATH", ""), "HOME": "/nonexistent", "LC_ALL": "C.UTF-8", **extra}


def lab_command(command, *arguments, check=True):
    ended = subprocess.run([LAB / command, *arguments], cwd=ROOT, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    if check and ended.returncode != 0:
        raise Impossible(f"tests/lab/{command} {' '.join(arguments)}: {ended.stderr.strip()[-600:]}")
    return ended


@contextlib.contextmanager
def lab():
    """The path of the configuration of a healthy lab: the one that OPSCTL_LAB_CONFIG names, or one of its own that goes away again."""
    given = os.environ.get("OPSCTL_LAB_CONFIG")
    if given:
        yield given
        return
    net = os.environ.get("OPSCTL_TEST_NET", "127.0.9")
    say(f"starting a lab on {net}.0/24")
    try:
        yield lab_command("up", "--net", net).stdout.strip().splitlines()[-1]
    finally:
        lab_command("down", "--net", net, check=False)


def program(name):
    """The path of a program that Debian has in a package of the same name; root gets it installed."""
    if shutil.which(name) is None and os.geteuid() == 0 and shutil.which("apt-get"):
        say(f"installing {name}")
        env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        install = ["apt-get", "-q", "-y", "-o", "DPkg::Lock::Timeout=300", "install", "--no-install-recommends", name]
        subprocess.run(install, env=env, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
    found = shutil.which(name)
    if found is None:
        raise Impossible(f"{name} is not installed; try: apt-get install {name}")
    return found
