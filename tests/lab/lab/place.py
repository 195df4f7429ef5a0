"""What one lab is: its addresses, its folder, its lock and its record.

Everything of a lab lies in one folder and on one /24 of the loopback network,
so two labs never meet. A path that ends as a unix socket must stay under the
kernel's 107 bytes; HAProxy and supervisord bind a longer temporary name first,
which is why the folder's own path is held to MAX_DIR.

It must never trust a folder that somebody else made: the default one is in
/var/tmp, where every local user may write.
"""

import argparse
import contextlib
import fcntl
import json
import os
import pwd
import re
import stat
import time
from dataclasses import dataclass
from pathlib import Path

from .errors import LabError
from .say import say

ROOT = Path(__file__).resolve().parents[3]
PG_BIN = Path("/usr/lib/postgresql/15/bin")
USER = "opsctl-lab"
MAX_DIR = 64
MARK = "OPSCTL_LAB"


@dataclass(frozen=True)
class Node:
    """A database node: one address that carries etcd, Patroni, PostgreSQL and sshd."""

    name: str
    etcd: str
    zone: str
    host: int


@dataclass(frozen=True)
class Pooler:
    name: str
    host: int
    port: int
    route: str


# Three zones: a leader and a sync standby are never in the same one.
NODES = (Node("pg1", "etcd-1", "a", 1), Node("pg2", "etcd-2", "b", 2), Node("pg3", "etcd-3", "c", 3))
POOLERS = (
    Pooler("pgb-write-1", 21, 6432, "write"),
    Pooler("pgb-write-2", 22, 6432, "write"),
    Pooler("pgb-read-1", 23, 6433, "read"),
)
BALANCER, BALANCER_HOST = "hap-1", 31


class Lab:
    def __init__(self, number, folder):
        self.number = number
        self.dir = Path(folder)
        self.name = "lab" if number == 1 else f"lab-{number}"

    # --- addresses
    @property
    def net(self):
        return f"127.0.{self.number}"

    def address(self, host):
        return f"{self.net}.{host}"

    def node(self, name):
        return next(node for node in NODES if node.name == name)

    # --- folders
    etc = property(lambda self: self.dir / "etc")
    run = property(lambda self: self.dir / "run")
    log = property(lambda self: self.dir / "log")
    data = property(lambda self: self.dir / "data")
    bin = property(lambda self: self.dir / "bin")
    ssh = property(lambda self: self.dir / "ssh")
    archive = property(lambda self: self.dir / "archive")
    secrets = property(lambda self: self.dir / "secrets")
    config = property(lambda self: self.dir / "opsctl.toml")
    fault_record = property(lambda self: self.dir / "fault.json")
    record_path = property(lambda self: self.dir / "lab.json")

    def pgdata(self, node):
        return self.data / node.name / "pgdata"

    def socket_dir(self, node):
        return self.run / node.name

    # --- record: what `up` made, for the commands that come after it
    def record(self):
        try:
            return json.loads(self.record_path.read_text())
        except FileNotFoundError:
            return None
        except ValueError as error:
            raise LabError(
                "the lab's record cannot be read", self.record_path, error, f"{self.again('down')} and up again"
            ) from error

    def exists(self):
        return self.record_path.exists()

    def require(self):
        if not self.exists():
            raise LabError(
                f"there is no lab on {self.net}.0/24", self.dir, "it has no lab.json", self.again("up")
            )

    def again(self, command):
        """How to call `command` for this very lab."""
        words = [f"tests/lab/{command}"]
        if self.number != 1:
            words += ["--net", self.net]
        if self.dir != default_dir(self.number):
            words += ["--dir", str(self.dir)]
        return " ".join(words)

    # --- folder and lock
    def make_dir(self):
        """Makes the folder, or checks that root alone could have made it."""
        try:
            self.dir.mkdir(mode=0o755)
        except FileExistsError:
            found = os.lstat(self.dir)
            if not stat.S_ISDIR(found.st_mode) or found.st_uid != 0 or found.st_mode & 0o022:
                raise LabError(
                    "the lab's folder is not a folder that only root can write to",
                    self.dir,
                    "another user could replace its programs and configuration",
                    "choose another one with --dir",
                ) from None
            if not self.exists() and any(entry.name != "lock" for entry in self.dir.iterdir()):
                raise LabError(
                    "the folder is in use by something that is not a lab", self.dir,
                    "it has files but no lab.json", "choose an empty or new one with --dir",
                ) from None
        except FileNotFoundError as error:
            raise LabError("the lab's folder cannot be made", self.dir, error, "make its parent first") from error

    @contextlib.contextmanager
    def lock(self, seconds=300):
        """Excludes any other command that changes this lab; the lock file goes with the folder."""
        path = self.dir / "lock"
        deadline = time.monotonic() + seconds
        said = False
        while True:
            try:
                handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
            except FileNotFoundError:
                # Between our look and our open, a `down` removed the folder.
                if not self.dir.exists():
                    self.make_dir()
                continue
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                with contextlib.suppress(FileNotFoundError):
                    if os.fstat(handle).st_ino == os.stat(path).st_ino:
                        break
                os.close(handle)
                continue
            except BlockingIOError:
                holder = os.read(handle, 100).decode(errors="replace").strip() or "another command"
                os.close(handle)
                if not said:
                    say(f"waiting for {holder}, which has the lock of {self.dir}")
                    said = True
                if time.monotonic() > deadline:
                    raise LabError(
                        "another command of this lab did not finish", path, f"held by {holder} for {seconds} s"
                    ) from None
                time.sleep(0.2)
        try:
            os.ftruncate(handle, 0)
            os.pwrite(handle, f"pid {os.getpid()}\n".encode(), 0)
            yield
        finally:
            os.close(handle)


def default_dir(number):
    return Path(f"/var/tmp/opsctl-lab-{number}")


def uid():
    """The lab's own system user; None while no lab was ever made on this machine."""
    try:
        return pwd.getpwnam(USER).pw_uid
    except KeyError:
        return None


def parser(command, text):
    """The arguments that every command takes."""
    made = argparse.ArgumentParser(
        prog=f"tests/lab/{command}", description=text, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    made.add_argument("--net", metavar="127.0.N", help="the lab's loopback network, N from 1 to 254 (default 127.0.1)")
    made.add_argument("--dir", metavar="D", help="the lab's folder (default /var/tmp/opsctl-lab-N)")
    return made


def of(arguments):
    """The lab that the arguments name."""
    number = None
    if arguments.net is not None:
        match = re.fullmatch(r"127\.0\.(\d{1,3})", arguments.net)
        if not match or not 1 <= int(match[1]) <= 254:
            raise LabError(f"--net {arguments.net} is not 127.0.N with N from 1 to 254", code=2)
        number = int(match[1])
    if arguments.dir is None:
        number = number or 1
        folder = default_dir(number)
    else:
        folder = Path(os.path.abspath(arguments.dir))
        if not re.fullmatch(r"[A-Za-z0-9._/-]+", str(folder)):
            raise LabError(f"--dir {folder} has a character outside A-Z a-z 0-9 . _ / -", code=2)
        if len(str(folder)) > MAX_DIR:
            raise LabError(
                f"--dir {folder} is longer than {MAX_DIR} characters",
                why="the paths of unix sockets in it would pass the system's limit of 107 bytes",
                code=2,
            )
        known = Lab(0, folder).record()
        if known and number is None:
            number = known["number"]
        number = number or 1
        if known and known["number"] != number:
            raise LabError(f"the lab in {folder} is on 127.0.{known['number']}, not on {arguments.net}", code=2)
    return Lab(number, folder)


def must_be_root():
    if os.geteuid() != 0:
        raise LabError(
            "the lab must be run by root",
            why="it listens on port 22 of its own addresses and runs the servers as another user",
            attempt="become root (sudo, su or a container) and run the same command",
            code=2,
        )
