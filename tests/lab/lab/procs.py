"""The processes of one lab, found in /proc: the only list that cannot be wrong.

A process is the lab's when it carries the lab's mark in its environment, or
runs as the lab's user inside the lab's folder, or descends from such a one.
(PostgreSQL overwrites its environment with its title, hence the second rule;
a login over ssh has a new environment, hence the third. sshd overwrites its own
too and runs as root in `/`: it is known by the configuration in its title.)

It must never end a process by its name or by a word in its arguments: a
person's `tail -f` of a log of the lab is not the lab's.
"""

import contextlib
import os
import signal
import subprocess
from pathlib import Path

from . import place, wait

SSHD = "/usr/sbin/sshd"


def environment(lab, **more):
    """A clean environment with the lab's mark: nothing of the caller's gets in.

    A stray PGPASSWORD alone makes every replica of Patroni fail to authenticate
    and rewind in an endless loop.
    """
    return {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C.UTF-8", place.MARK: str(lab.dir), **more}


def of(lab):
    """Pids of all living processes of the lab."""
    mark = f"{place.MARK}={lab.dir}".encode()
    owner, folder = place.uid(), str(lab.dir)
    found, parents = set(), {}
    for pid in _pids():
        with contextlib.suppress(OSError, ValueError):
            state, parent = stat(pid)
            if state in "ZX":
                continue
            parents[pid] = parent
            if mark in Path(f"/proc/{pid}/environ").read_bytes().split(b"\0"):
                found.add(pid)
            elif os.readlink(f"/proc/{pid}/exe") == SSHD:
                if f" -f {lab.etc}/" in title(pid):
                    found.add(pid)
            elif os.stat(f"/proc/{pid}").st_uid == owner:
                where = os.readlink(f"/proc/{pid}/cwd").removesuffix(" (deleted)")
                if where == folder or where.startswith(folder + "/"):
                    found.add(pid)
    for pid in parents:
        line, above = [], pid
        while above in parents and above not in found:
            line.append(above)
            above = parents[above]
        if above in found:
            found.update(line)
    return found - _own_line()


def of_postgres(lab, node):
    """Pids of the node's PostgreSQL, its postmaster and all its children."""
    owner, folder = place.uid(), str(lab.pgdata(node))
    found = set()
    for pid in _pids():
        with contextlib.suppress(OSError, ValueError):
            if stat(pid)[0] in "ZX" or os.stat(f"/proc/{pid}").st_uid != owner:
                continue
            if os.readlink(f"/proc/{pid}/cwd").removesuffix(" (deleted)") == folder:
                found.add(pid)
    return found


def helpers(lab):
    """Pids of the processes that hold a fault in place."""
    found = set()
    for pid in of(lab):
        with contextlib.suppress(OSError):
            if b"OPSCTL_LAB_HELPER=1" in Path(f"/proc/{pid}/environ").read_bytes().split(b"\0"):
                found.add(pid)
    return found


def helper(lab, name, words, **more):
    """Starts a process that holds a fault; it has its own session, a log, and must bound itself."""
    with open(lab.log / f"helper-{name}.log", "ab") as log:
        child = subprocess.Popen(
            words, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True, cwd="/",
            env=environment(lab, OPSCTL_LAB_HELPER="1", **more),
        )
    return child.pid


def title(pid):
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace").strip()
    return ""


def stat(pid):
    """State letter and parent of a process."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return fields[0], int(fields[1])


def send(pids, number):
    for pid in pids:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, number)


def gone(find, seconds):
    return wait.until(lambda: not find(), seconds, 0.05)


def resume_all(lab):
    """Lets every stopped process of the lab run again."""
    stopped = []
    for pid in of(lab):
        with contextlib.suppress(OSError, ValueError):
            if stat(pid)[0] in "Tt":
                stopped.append(pid)
    send(stopped, signal.SIGCONT)
    return stopped


def _pids():
    return [int(entry) for entry in os.listdir("/proc") if entry.isdigit()]


def _own_line():
    line, pid = set(), os.getpid()
    while pid > 1:
        line.add(pid)
        pid = stat(pid)[1]
    return line
