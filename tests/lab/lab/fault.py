"""`fault`: stages a fault by name, lists them, and clears whatever is staged.

Each fault is a file in tests/lab/faults (what it is, and what opsctl must and
may find) and a function in `staging`. The file's keys:
- what: one sentence;
- exit: the exit code of `opsctl status` while the fault is there (3: critical);
- must, may: rules that have to, and rules that can, have a finding; any other is a false alarm;
- subject: whom the findings are about;
- settle: how long the picture needs after `fault` returns (absent: nothing);
- window: how long the picture then holds (absent: until it is cleared);
- [later]: when, exit, must, may of the picture that comes after the window.

Clearing is one general procedure, not one for each fault: helpers end, stopped
processes go on, what does not run is started, paused pools resume, and the lab
must be healthy again. So it also clears a fault that was staged only half.
"""

import contextlib
import json
import signal
import time
import tomllib

from . import files, health, place, procs, sql, staging, status, wait
from .errors import LabError
from .place import POOLERS, ROOT
from .say import say
from .servers import patroni, pgbouncer
from .supervisor import Supervisor

FOLDER = ROOT / "tests/lab/faults"
TEXT = """Stages a fault on a healthy lab and returns when it is there.

  fault NAME    stage it; `--also` on top of another one
  fault list    all faults, and which are staged
  fault clear   undo all, and wait until the lab is healthy"""

# seconds
CALM_WITHIN = 15


def main(arguments):
    parser = place.parser("fault", TEXT)
    parser.add_argument("name", metavar="NAME|list|clear")
    parser.add_argument("--also", action="store_true", help="stage it although another fault is staged")
    given = parser.parse_args(arguments)
    lab = place.of(given)
    known = catalogue()
    if given.name == "list":
        return show(lab, known)
    place.must_be_root()
    lab.require()
    if given.name != "clear" and given.name not in known:
        raise LabError(f"there is no fault {given.name!r}", why="the faults are: " + ", ".join(known), code=2)
    with lab.lock():
        if given.name == "clear":
            undo(lab)
        else:
            stage(lab, given.name, known[given.name], given.also)
    return 0


def catalogue():
    """Name -> content of its file; a fault without a function, or the reverse, is a bug."""
    found = {path.stem: tomllib.loads(path.read_text()) for path in sorted(FOLDER.glob("*.toml"))}
    odd = set(found) ^ set(staging.load())
    if odd:
        raise LabError(f"these faults lack their file or their function: {', '.join(sorted(odd))}", FOLDER)
    return found


def show(lab, known):
    active = {fault["name"] for fault in status.staged(lab)}
    for name, fault in known.items():
        print(f"{'*' if name in active else ' '} {name:<16} {fault['what']}")
    return 0


def stage(lab, name, fault, also):
    before = status.staged(lab)
    if name in (done["name"] for done in before):
        say(f"{name} is already staged")
        return
    if before and not also:
        raise LabError(
            f"{before[-1]['name']} is already staged", lab.dir,
            attempt=f"{lab.again('fault clear')}, or add --also to have both",
        )
    # a server of a busy machine may be late for one look
    if not before and not wait.until(lambda: not health.problems(lab), CALM_WITHIN) and (found := health.problems(lab)):
        raise LabError("the lab is not healthy, so no fault can be staged", lab.dir, found[0], lab.again("up"))
    entry = {"name": name, "what": fault["what"], "at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())}
    # Noted before it is done: a stager that dies half-way leaves something to clear.
    _note(lab, [*before, entry])
    entry["subject"] = staging.load()[name](lab, staging.scene(lab))
    _note(lab, [*before, entry])
    say(f"{name} is staged: {entry['subject']}")


def undo(lab):
    """Undoes every fault and waits until the lab is healthy."""
    supervisor = Supervisor(lab)
    if not supervisor.alive():
        raise LabError("the lab's supervisord does not run", lab.log / "supervisord.log", attempt=lab.again("up"))
    names = ", ".join(fault["name"] for fault in status.staged(lab))
    say(f"clearing {names}" if names else "no fault is on record; making sure of it")
    procs.send(procs.helpers(lab), signal.SIGKILL)
    procs.resume_all(lab)
    flag = patroni.archive_flag(lab)
    archive_failed = flag.exists()
    flag.unlink(missing_ok=True)
    health.start_stopped(lab)
    for pooler in POOLERS:
        _resume(lab, pooler)
    health.reach(lab)
    _end_sessions(lab)
    if archive_failed:
        _archive_again(lab)
    lab.fault_record.unlink(missing_ok=True)
    say(f"{lab.name} is healthy")


def _resume(lab, pooler):
    """RESUME of a database that is not paused is an error, hence the look first."""
    if not wait.until(lambda: _answers(lab, pooler), 10):
        return
    with contextlib.suppress(sql.SqlError):
        for row in pgbouncer.rows(lab, pooler, "SHOW DATABASES"):
            if row["paused"] == "1":
                pgbouncer.console(lab, pooler, f"RESUME {row['name']}")


def _answers(lab, pooler):
    with contextlib.suppress(sql.SqlError):
        return pgbouncer.rows(lab, pooler, "SHOW DATABASES")
    return None


def _end_sessions(lab):
    """A backend that waits for a lock or a standby does not see that its client is gone."""
    leader = staging.scene(lab).leader
    text = "select count(pg_terminate_backend(pid)) from pg_stat_activity where application_name like 'lab-%'"
    if not wait.until(lambda: sql.on_node(lab, leader, text) == "0", 10, 0.1):
        raise LabError("sessions of the fault do not end", f"PostgreSQL of {leader.name}")


def _archive_again(lab):
    """A failed archiver tries again after 60 s, or when a segment is finished."""
    leader = staging.scene(lab).leader
    patroni.switch_wal(lab, leader)
    done = "select last_archived_time > last_failed_time from pg_stat_archiver"
    if not wait.until(lambda: sql.on_node(lab, leader, done) == "t", 75):
        raise LabError("the archiver does not recover", f"{lab.log}/{leader.name}/postgresql.log")


def _note(lab, faults):
    files.write(lab.fault_record, json.dumps(faults, indent=1) + "\n")
