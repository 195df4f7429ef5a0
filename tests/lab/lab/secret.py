"""Passwords: random for each lab, one file each, 0600, no trailing newline.

PostgreSQL and PgBouncer get the same SCRAM verifier and never the password, so
no server's log can contain it. One verifier for both is what lets PgBouncer log
in to PostgreSQL with the keys it learns from its own client.
"""

import base64
import hashlib
import hmac
import json
import os
import secrets

from . import files

# Who has a password: `rest` is Patroni's REST API, the others are PostgreSQL's roles.
NAMES = ("superuser", "replicator", "rewind", "app", "opsctl_read", "opsctl_write", "nobody_read", "patroni_rest")
POOLED = ("app", "opsctl_read", "opsctl_write", "nobody_read")


def ensure(lab):
    """Makes what is missing and gives its names; a password that is there stays."""
    files.folder(lab.secrets, 0o700)
    made = [name for name in NAMES if not path(lab, name).exists()]
    for name in made:
        files.write(path(lab, name), secrets.token_urlsafe(24), 0o600)
    if made:
        (lab.etc / "verifiers.json").unlink(missing_ok=True)
    return made


def path(lab, name):
    return lab.secrets / name


def read(lab, name):
    return path(lab, name).read_text()


def verifiers(lab):
    """SCRAM verifiers by role; kept, because each new one would differ by its salt."""
    kept = lab.etc / "verifiers.json"
    if not kept.exists():
        made = {name: scram(read(lab, name)) for name in POOLED}
        files.write(kept, json.dumps(made, indent=1), 0o600)
    return json.loads(kept.read_text())


def scram(password, iterations=4096):
    """SCRAM-SHA-256 verifier as PostgreSQL stores it (RFC 5803)."""
    salt = os.urandom(16)
    salted = hashlib.pbkdf2_hmac("sha256", password.encode(), salt, iterations)
    stored = hashlib.sha256(hmac.digest(salted, b"Client Key", "sha256")).digest()
    server = hmac.digest(salted, b"Server Key", "sha256")
    salt, stored, server = (base64.b64encode(part).decode() for part in (salt, stored, server))
    return f"SCRAM-SHA-256${iterations}:{salt}${stored}:{server}"
