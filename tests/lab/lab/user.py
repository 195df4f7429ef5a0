"""The lab's own system user: PostgreSQL and PgBouncer refuse to run as root.

It is not `postgres`, so nothing of the lab can be mistaken for, or touch, a
cluster that the machine already has.
"""

import subprocess

from . import place
from .errors import LabError


def ensure():
    if place.uid() is not None:
        return
    # A password of `*` cannot be typed and, unlike the default `!`, does not lock the account for ssh.
    done = subprocess.run(
        ["/usr/sbin/useradd", "--system", "--user-group", "--no-create-home", "--home-dir", "/",
         "--shell", "/bin/bash", "--password", "*", place.USER],
        capture_output=True, text=True,
    )
    if place.uid() is None:
        raise LabError(f"the system user {place.USER} could not be made", why=done.stderr.strip())
