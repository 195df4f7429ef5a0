"""`up`: makes the lab, or heals it, and ends only when it is healthy.

Its order: packages, the shared Python environment, the files, supervisord, the
servers, health, opsctl's configuration. Each step does nothing when its result
is already there. A lab whose configuration would now be another one (a newer
checkout, other parts) is made anew: it is a lab, its data is nobody's.

An `up` that is interrupted while it makes a new lab, or finds a port taken, takes
it away again; one that fails later leaves it, because its logs tell why.
"""

import errno
import json
import shutil
import socket

from . import config, down, fault, files, health, launch, packages, parts, place, procs, secret, user, venv, wait
from .errors import LabError
from .say import say
from .supervisor import Supervisor, configure

BASE_PACKAGES = ("supervisor", "python3-venv", "postgresql-client-15")
FREE = 2 << 30
TEXT = """Starts the lab, or heals it; ends when it is healthy.
The last line printed is the path of an opsctl configuration for it."""


class PortTaken(LabError):
    """Something else has an address of the lab; nothing was started yet."""


def main(arguments):
    parser = place.parser("up", TEXT + "\n\nparts:\n" + "".join(
        f"  {name:<10} {part.WHAT}\n" for name, part in parts.REGISTRY.items()))
    parser.add_argument("--with", dest="with_", action="append", metavar="PART,..", help="parts to add")
    parser.add_argument("--without", action="append", metavar="PART,..", help="parts to leave out")
    parser.add_argument("--open", action="store_true", help="then build opsctl and open it on the lab")
    given = parser.parse_args(arguments)
    lab = place.of(given)
    chosen = parts.chosen(given.with_, given.without)
    place.must_be_root()
    if given.open:
        launch.check()
    up(lab, chosen)
    if given.open:
        launch.opsctl(lab)
    print(lab.config, flush=True)
    return 0


def up(lab, chosen):
    packages.install([*BASE_PACKAGES, *(name for part in chosen for name in part.PACKAGES)])
    user.ensure()
    venv.ensure()
    lab.make_dir()
    with lab.lock():
        record = lab.record()
        fresh = not (record and record["complete"])
        try:
            _prepare(lab, chosen, record)
            _start(lab, [program for part in chosen for program in part.programs(lab)])
            if lab.fault_record.exists():
                fault.undo(lab)
            else:
                health.reach(lab)
        except (KeyboardInterrupt, PortTaken):
            if fresh:
                say("taking the unfinished lab away")
                down.end_all(lab)
                down.remove(lab)
            raise
        config.write(lab, chosen)
        _record(lab, chosen, True)
        say(f"{lab.name} is healthy")


def _prepare(lab, chosen, record):
    """Writes every file; a lab that cannot be healed by that begins from nothing."""
    fresh = record is None
    if record and not record["complete"]:
        say("the last `up` did not finish: beginning anew")
        _wipe(lab)
        fresh = True
    if fresh:
        free = shutil.disk_usage(lab.dir).free
        if free < FREE:
            raise LabError(
                f"only {free >> 20} MiB are free for the lab", lab.dir, f"it needs {FREE >> 20} MiB",
                "free some space, or choose another folder with --dir",
            )
    changed = _write(lab, chosen, fresh)
    if changed and not fresh:
        say(f"the lab was made differently ({changed}): making it anew")
        _wipe(lab)
        _write(lab, chosen, True)


def _write(lab, chosen, fresh):
    """Writes the files; gives the first reason why the servers must begin anew."""
    if fresh:
        _record(lab, chosen, False)
    for folder, mode in ((lab.etc, 0o755), (lab.bin, 0o755), (lab.data, 0o755)):
        files.folder(folder, mode)
    for folder in (lab.run, lab.log):
        files.folder(folder, 0o755, owned=True)
    made = secret.ensure(lab)
    files.replaced.clear()
    for part in chosen:
        part.write(lab)
    files.write(lab.etc / "supervisord.conf", _supervisord(lab, chosen), 0o600)
    if made:
        return f"new secret {made[0]}"
    return str(files.replaced[0]) if files.replaced else None


def _supervisord(lab, chosen):
    return configure(lab, [program for part in chosen for program in part.programs(lab)])


def _record(lab, chosen, complete):
    record = {"number": lab.number, "name": lab.name, "parts": [part.NAME for part in chosen], "complete": complete}
    files.write(lab.record_path, json.dumps(record) + "\n")


def _wipe(lab):
    down.end_all(lab)
    down.empty(lab)


def _start(lab, programs):
    """supervisord, then what does not run, wave by wave."""
    supervisor = Supervisor(lab)
    if not supervisor.alive():
        # Without their supervisor nobody could stop or watch what is left of an earlier one.
        if procs.of(lab):
            say("ending processes of the lab that nobody supervises")
            down.end_all(lab)
        _ports_free(programs)
        supervisor.begin((lab.etc / "supervisord.conf").read_text())
        say("supervisord runs")
    for wave in sorted({program.wave for program in programs}):
        mine = [program for program in programs if program.wave == wave]
        states = supervisor.states()
        todo = [program for program in mine if states[program.name][0] != "RUNNING"]
        for program in todo:
            supervisor.start(program.name)
        if todo:
            say("started " + " ".join(program.name for program in todo))
            ready = [program.ready for program in todo if program.ready]
            wait.until(lambda ready=ready: all(check() for check in ready), 20, 0.1)


def _ports_free(programs):
    for program in programs:
        for address, port in program.listens:
            with socket.socket() as probe:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                try:
                    probe.bind((address, port))
                    probe.listen(1)
                except OSError as error:
                    why = {errno.EADDRINUSE: "something else listens there, or on that port of every address"}
                    raise PortTaken(
                        f"{program.name} cannot listen on {address}:{port}",
                        why=why.get(error.errno, str(error)),
                        attempt="stop it (`ss -ltnp` names it), or choose another network with --net 127.0.N",
                    ) from error
