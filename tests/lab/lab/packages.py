"""Debian's packages: installs the missing ones and disturbs nothing else.

A server's package starts its own daemon, creates its own cluster and enables
itself for the next boot. All three are prevented, for newly installed packages
only and for the time of the installation only:
- policy-rc.d answers 101 ("do not start"); the machine's own one comes back after;
- `create_main_cluster = false`, so PostgreSQL's package makes no cluster; a cluster
  that is already there is not touched, and the file gets its old content back;
- what a new package enabled is disabled again.

When every package is there it does not run apt at all.
"""

import contextlib
import fcntl
import os
import subprocess
from pathlib import Path

from .errors import LabError
from .say import say

POLICY = Path("/usr/sbin/policy-rc.d")
KEPT_POLICY = Path("/usr/sbin/policy-rc.d.before-opsctl-lab")
CREATECLUSTER = Path("/etc/postgresql-common/createcluster.conf")
# What these packages would start at the next boot.
SERVICES = {
    "etcd-server": ["etcd"],
    "haproxy": ["haproxy"],
    "pgbouncer": ["pgbouncer"],
    "supervisor": ["supervisor"],
    "openssh-server": ["ssh"],
    "postgresql-15": ["postgresql"],
}


@contextlib.contextmanager
def machine_lock(name):
    """Excludes other labs of this machine from what labs share (packages, the venv)."""
    path = f"/run/opsctl-lab-{name}.lock"
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say(f"waiting for another lab that has {path}")
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def missing(names):
    """Those of `names` that dpkg does not call installed."""
    asked = subprocess.run(
        ["dpkg-query", "-W", "-f", "${Package} ${db:Status-Status}\n", *names],
        capture_output=True, text=True, env=_environment(),
    )
    there = {line.split()[0] for line in asked.stdout.splitlines() if line.endswith(" installed")}
    return [name for name in names if name not in there]


def install(names):
    """Makes sure that all of `names` are installed."""
    if not missing(names):
        return
    with machine_lock("packages"):
        wanted = missing(names)
        if not wanted:
            return
        say(f"installing {' '.join(wanted)}")
        if _apt("update").returncode != 0:
            say("apt-get update failed; trying with the lists that are there")
        with _nothing_starts():
            # Its configuration file must be there before the server's package looks at it.
            if "postgresql-15" in wanted:
                _must(["postgresql-common"])
                with _no_main_cluster():
                    _must(wanted)
            else:
                _must(wanted)
        for name in wanted:
            for service in SERVICES.get(name, []):
                # Fails harmlessly where no init system was ever set up.
                subprocess.run(["update-rc.d", service, "disable"], capture_output=True, env=_environment())


def _must(names):
    done = _apt("install", "--no-install-recommends", *names)
    if done.returncode != 0:
        tail = "\n       ".join((done.stdout + done.stderr).strip().splitlines()[-12:])
        raise LabError(
            f"apt-get could not install {' '.join(names)}", why=tail, attempt="apt-get update, then the same command"
        )


def _apt(*words):
    return subprocess.run(
        ["apt-get", "-q", "-y", "-o", "DPkg::Lock::Timeout=300", "-o", "Dpkg::Use-Pty=0",
         "-o", "Dpkg::Options::=--force-confdef", "-o", "Dpkg::Options::=--force-confold", *words],
        stdin=subprocess.DEVNULL, capture_output=True, text=True,
        env={**_environment(), "DEBIAN_FRONTEND": "noninteractive"},
    )


def _environment():
    return {**os.environ, "LC_ALL": "C.UTF-8"}


@contextlib.contextmanager
def _nothing_starts():
    # An installation that was killed left its policy behind: the kept one is the machine's own.
    if not os.path.lexists(KEPT_POLICY) and os.path.lexists(POLICY) and not _ours(POLICY):
        POLICY.rename(KEPT_POLICY)
    POLICY.write_text("#!/bin/sh\n# opsctl lab: only while packages are installed\nexit 101\n")
    POLICY.chmod(0o755)
    try:
        yield
    finally:
        if os.path.lexists(KEPT_POLICY):
            KEPT_POLICY.rename(POLICY)
        else:
            POLICY.unlink(missing_ok=True)


def _ours(path):
    try:
        return "opsctl lab" in path.read_text()
    except OSError:
        return False


@contextlib.contextmanager
def _no_main_cluster():
    before = CREATECLUSTER.read_text() if CREATECLUSTER.exists() else None
    kept = [line for line in (before or "").splitlines() if not line.strip().startswith("create_main_cluster")]
    CREATECLUSTER.parent.mkdir(exist_ok=True)
    CREATECLUSTER.write_text("\n".join([*kept, "create_main_cluster = false", ""]))
    try:
        yield
    finally:
        if before is None:
            CREATECLUSTER.unlink(missing_ok=True)
        else:
            CREATECLUSTER.write_text(before)
