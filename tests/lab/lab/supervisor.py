"""The lab's own supervisord: keeps the servers as its children, restarts none of them.

A fault has to stay until it is cleared, so nothing restarts by itself. This
instance has its own configuration and socket in the lab's folder and is never
the system's one.
"""

import contextlib
import http.client
import os
import socket
import subprocess
import xmlrpc.client
from dataclasses import dataclass, field

from . import files, place, procs, wait
from .errors import LabError


@dataclass
class Program:
    """One server process: what runs, as whom, and where it answers."""

    name: str
    command: list
    user: str = place.USER
    environment: dict = field(default_factory=dict)
    listens: list = field(default_factory=list)  # (address, port)
    wave: int = 1  # programs of wave 2 start when those of wave 1 are ready
    ready: object = None  # a function, or None when nothing waits for it
    stop_seconds: int = 60


def socket_path(lab):
    return lab.run / "supervisor.sock"


def configure(lab, programs):
    """The text of supervisord's configuration."""
    shared = ",".join(f'{key}="{value}"' for key, value in procs.environment(lab).items())
    lines = [
        "[supervisord]",
        f"logfile={lab.log}/supervisord.log", f"pidfile={lab.run}/supervisord.pid", f"childlogdir={lab.log}",
        "logfile_maxbytes=5MB", "logfile_backups=1", "user=root", "umask=022", "minfds=8192",
        f"directory={lab.dir}", f"environment={shared}", f"identifier={lab.name}", "",
        "[unix_http_server]", f"file={socket_path(lab)}", "chmod=0700", "",
        "[rpcinterface:supervisor]",
        "supervisor.rpcinterface_factory=supervisor.rpcinterface:make_main_rpcinterface", "",
        "[supervisorctl]", f"serverurl=unix://{socket_path(lab)}", "",
    ]
    for program in programs:
        own = {"HOME": str(lab.dir), "USER": program.user, **program.environment}
        lines += [
            f"[program:{program.name}]",
            "command=" + " ".join(program.command),
            f"user={program.user}",
            "environment=" + ",".join(f'{key}="{value}"' for key, value in own.items()),
            # autostart is off too: `up` starts them in their order.
            "autostart=false", "autorestart=false", "startsecs=0", "startretries=0",
            f"stopwaitsecs={program.stop_seconds}", "redirect_stderr=true",
            f"stdout_logfile={lab.log}/{program.name}.log", "stdout_logfile_maxbytes=10MB",
            "stdout_logfile_backups=1", "",
        ]
    return "\n".join(lines)


class _Connection(http.client.HTTPConnection):
    def __init__(self, path):
        super().__init__("localhost", timeout=75)
        self.path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(str(self.path))


class _Transport(xmlrpc.client.Transport):
    def __init__(self, path):
        super().__init__()
        self.path = path

    def make_connection(self, host):
        return _Connection(self.path)


class Supervisor:
    def __init__(self, lab):
        self.lab = lab
        self._rpc = xmlrpc.client.ServerProxy("http://lab", transport=_Transport(socket_path(lab))).supervisor

    def call(self, name, *arguments):
        try:
            return getattr(self._rpc, name)(*arguments)
        except (OSError, http.client.HTTPException) as error:
            raise LabError(
                "the lab's supervisord does not answer", socket_path(self.lab), error, self.lab.again("up")
            ) from error

    def alive(self):
        try:
            return self._rpc.getState()["statename"] == "RUNNING"
        except (OSError, http.client.HTTPException, xmlrpc.client.Error):
            return False

    def begin(self, text):
        """Starts supervisord with this configuration, as a daemon."""
        config = self.lab.etc / "supervisord.conf"
        files.write(config, text, 0o600)
        done = subprocess.run(
            ["/usr/bin/supervisord", "-c", str(config)], stdin=subprocess.DEVNULL, capture_output=True, text=True,
            env=procs.environment(self.lab), cwd="/",
        )
        if done.returncode != 0 or not wait.until(self.alive, 10, 0.05):
            raise LabError(
                "supervisord did not start", self.lab.log / "supervisord.log", (done.stderr + done.stdout).strip()
            )

    def states(self):
        """Name -> (state, pid)."""
        return {info["name"]: (info["statename"], info["pid"]) for info in self.call("getAllProcessInfo")}

    def pid(self, name):
        state, pid = self.states()[name]
        return pid if state == "RUNNING" else None

    def start(self, name):
        """Starts a program; one that runs already is left as it is."""
        try:
            self.call("startProcess", name, False)
        except xmlrpc.client.Fault as fault:
            if "ALREADY_STARTED" not in fault.faultString:
                raise LabError(
                    f"{name} could not be started", self.lab.log / f"{name}.log", fault.faultString
                ) from fault

    def stop(self, name):
        """Asks a program to stop and waits until it has."""
        with contextlib.suppress(xmlrpc.client.Fault):
            self.call("stopProcess", name, True)

    def kill(self, name):
        """SIGKILL, and nothing brings it back."""
        with contextlib.suppress(xmlrpc.client.Fault):
            self.call("signalProcess", name, "KILL")

    def daemon_pid(self):
        with contextlib.suppress(OSError, ValueError):
            pid = int((self.lab.run / "supervisord.pid").read_text())
            os.kill(pid, 0)
            return pid
        return None
