"""SQL through psql: the lab has no PostgreSQL driver of its own.

Passwords go through a passfile, statements through stdin. Every call has a
deadline on this side: a commit that waits for a synchronous standby is bounded
by no timeout of the server.
"""

import subprocess

from . import procs
from .errors import LabError
from .place import PG_BIN


class SqlError(LabError):
    """psql's own words, or that it did not answer in time."""


def environment(lab, address, port, user, database):
    return procs.environment(
        lab, PGHOST=address, PGPORT=str(port), PGUSER=user, PGDATABASE=database, PGCONNECT_TIMEOUT="2",
        PGPASSFILE=str(lab.etc / "pgpass"), PGAPPNAME="opsctl-lab", PGSSLMODE="disable",
    )


def run(lab, address, port, text, user="postgres", database="postgres", seconds=3.0, table=False):
    """The bare output of `text`, or with `table` CSV with a header; SqlError when it fails or takes too long."""
    try:
        done = subprocess.run(
            [PG_BIN / "psql", "-Xq", "--csv" if table else "-At", "-v", "ON_ERROR_STOP=1"], input=text,
            capture_output=True, text=True, timeout=seconds, cwd="/",
            env=environment(lab, address, port, user, database),
        )
    except subprocess.TimeoutExpired:
        raise SqlError(f"no answer from {address}:{port} within {seconds} s") from None
    if done.returncode != 0:
        reason = " ".join(done.stderr.split())
        raise SqlError(f"{address}:{port}: {reason}")
    return done.stdout.strip()


def ask(lab, address, port, text, **more):
    """Like run, but None instead of an error."""
    try:
        return run(lab, address, port, text, **more)
    except SqlError:
        return None


def on_node(lab, node, text, **more):
    return run(lab, lab.address(node.host), 5432, text, **more)
