"""`down`: ends every process of the lab and takes its folder away.

Without --keep it is as quick as a power cut: PostgreSQL is told to shut down
at once (so that it gives its shared memory back), the others are killed. With
--keep everything stops in order. Either way it ends only when /proc shows no
process of the lab; the shared Python environment and the packages stay.

It must never remove a folder that is not a lab's.
"""

import contextlib
import os
import shutil
import signal
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from . import place, procs
from .errors import LabError
from .place import NODES
from .say import say
from .supervisor import Supervisor

TEXT = "Ends every process of the lab and removes its folder (the shared Python environment stays)."


def main(arguments):
    parser = place.parser("down", TEXT)
    parser.add_argument("--keep", action="store_true", help="stop in order and keep the folder with its data")
    given = parser.parse_args(arguments)
    lab = place.of(given)
    place.must_be_root()
    if not lab.dir.exists():
        if procs.of(lab):
            end_all(lab)
        say(f"there is no lab in {lab.dir}")
        return 0
    # A folder with nothing but a lock is what an `up` leaves that was stopped in its first moment.
    if any(entry.name != "lock" for entry in lab.dir.iterdir()):
        lab.require()
    with lab.lock():
        if given.keep and lab.exists():
            stop(lab)
        end_all(lab)
        if not given.keep:
            remove(lab)
    say(f"{lab.name} is down" + (f"; its data is kept in {lab.dir}" if given.keep else ""))
    return 0


def stop(lab):
    """Stops the servers in order: Patroni (and with it PostgreSQL) first, all members at once."""
    procs.send(procs.helpers(lab), signal.SIGKILL)
    procs.resume_all(lab)
    supervisor = Supervisor(lab)
    if not supervisor.alive():
        return
    names = list(supervisor.states())
    first = [name for name in names if name.startswith("patroni-")]
    with ThreadPoolExecutor(max(len(first), 1)) as pool:
        list(pool.map(lambda name: Supervisor(lab).stop(name), first))
    if (lab.fault_record).exists():
        lab.fault_record.unlink()


def end_all(lab):
    """Ends whatever of the lab still runs; raises when something does not go."""
    shared = _shared_memory(lab)
    servers = {pid for node in NODES for pid in procs.of_postgres(lab, node)}
    heads = {pid for pid in servers if _parent(pid) not in servers}
    procs.send(procs.of(lab) - servers, signal.SIGKILL)
    procs.send(servers, signal.SIGCONT)
    procs.send(heads, signal.SIGQUIT)
    # A postmaster gives its children 5 s, and an archiver at work uses them up; what it would free we free below.
    procs.gone(lambda: procs.of(lab), 2)

    def again():
        left = procs.of(lab)
        procs.send(left, signal.SIGKILL)
        return left

    if not procs.gone(again, 10):
        left = ", ".join(f"{pid} ({procs.title(pid)[:60]})" for pid in sorted(procs.of(lab)))
        raise LabError("these processes of the lab do not end", why=left, attempt="look at them with ps and dmesg")
    _free_shared_memory(shared)
    for line in sorted(Path("/proc/mounts").read_text().splitlines(), reverse=True):
        where = line.split()[1]
        if where.startswith(f"{lab.dir}/"):
            subprocess.run(["umount", where], check=True)


def empty(lab):
    """Removes everything in the folder but its lock."""
    for entry in lab.dir.iterdir():
        if entry.name == "lock":
            continue
        if entry.is_dir() and not entry.is_symlink():
            shutil.rmtree(entry)
        else:
            entry.unlink()


def remove(lab):
    """Removes the folder of a lab; the caller has its lock."""
    empty(lab)
    (lab.dir / "lock").unlink()
    try:
        lab.dir.rmdir()
    except OSError:
        # The next `up` came in between: the folder is its own now.
        say(f"{lab.dir} is already in use again")


def _parent(pid):
    with contextlib.suppress(OSError, ValueError):
        return procs.stat(pid)[1]
    return 0


def _shared_memory(lab):
    """The System V segments of the lab's PostgreSQL servers; a killed one leaves its own behind."""
    found = set()
    for node in NODES:
        with contextlib.suppress(OSError, IndexError, ValueError):
            found.add(int((lab.pgdata(node) / "postmaster.pid").read_text().splitlines()[6].split()[1]))
    return found


def _free_shared_memory(segments):
    owner = place.uid()
    with contextlib.suppress(OSError):
        for line in Path("/proc/sysvipc/shm").read_text().splitlines()[1:]:
            # key shmid perms size cpid lpid nattch uid ...
            fields = line.split()
            if int(fields[1]) in segments and fields[6] == "0" and int(fields[7]) == owner:
                subprocess.run(["ipcrm", "-m", fields[1]], env={**os.environ, "LC_ALL": "C"}, check=False)
