"""sshd: one for each database node, on port 22 of the node's own address.

Own host keys, one authorised key that the lab makes, no password. StrictModes
is off: it walks up to /var/tmp, which everybody may write to, and would refuse.
PAM is off: it needs pieces that a container lacks.
"""

import os
import socket
import subprocess
from pathlib import Path

from .. import files, place
from ..errors import LabError
from ..place import NODES
from ..supervisor import Program


def programs(lab):
    return [
        Program(
            f"sshd-{node.name}", ["/usr/sbin/sshd", "-D", "-e", "-f", str(lab.etc / f"sshd-{node.name}.conf")],
            user="root", listens=[(lab.address(node.host), 22)], stop_seconds=5,
        )
        for node in NODES
    ]


def write(lab):
    # The privilege separation folder, which only the system's own start-up would make.
    Path("/run/sshd").mkdir(mode=0o755, exist_ok=True)
    files.folder(lab.ssh, 0o755)
    _key(lab.ssh / "id_ed25519", "opsctl-lab")
    public = (lab.ssh / "id_ed25519.pub").read_text()
    files.write(lab.ssh / "authorized_keys", public, 0o644)
    known = ""
    for node in NODES:
        address = lab.address(node.host)
        host_key = lab.ssh / f"host-{node.name}"
        _key(host_key, node.name)
        known += f"{address},{node.name} {' '.join(host_key.with_suffix('.pub').read_text().split()[:2])}\n"
        text = f"""# sshd of {node.name}
ListenAddress {address}:22
HostKey {host_key}
PidFile {lab.run}/sshd-{node.name}.pid
AuthorizedKeysFile {lab.ssh}/authorized_keys
AllowUsers root {place.USER}
PermitRootLogin prohibit-password
PasswordAuthentication no
KbdInteractiveAuthentication no
StrictModes no
UsePAM no
PrintMotd no
Subsystem sftp internal-sftp
"""
        files.write(lab.etc / f"sshd-{node.name}.conf", text, 0o644)
    files.write(lab.ssh / "known_hosts", known, 0o644)
    hosts = "".join(f"Host {node.name}\n    HostName {lab.address(node.host)}\n" for node in NODES)
    files.write(
        lab.ssh / "config",
        f"{hosts}Host *\n    User {place.USER}\n    IdentityFile {lab.ssh}/id_ed25519\n    IdentitiesOnly yes\n"
        f"    UserKnownHostsFile {lab.ssh}/known_hosts\n    StrictHostKeyChecking yes\n",
        0o644,
    )


def answers(lab, node):
    """True when the server greets."""
    try:
        with socket.create_connection((lab.address(node.host), 22), 1) as connection:
            connection.settimeout(1)
            return connection.recv(4) == b"SSH-"
    except OSError:
        return False


def _key(path, comment):
    if path.exists():
        return
    done = subprocess.run(
        ["/usr/bin/ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", comment, "-f", str(path)],
        capture_output=True, text=True, stdin=subprocess.DEVNULL,
    )
    if done.returncode != 0:
        raise LabError("an ssh key could not be made", path, done.stderr.strip())
    os.chmod(path, 0o600)
