"""PgBouncer: a write pool of two processes and a read pool of one, transaction pooling.

They connect to the balancer, never to PostgreSQL. `server_login_retry` is 1: with
the default of 15 s a switchover of 2.5 s costs the clients 15.
The user list holds SCRAM verifiers; see `secret`.
"""

import csv
import io

from .. import files, secret, sql
from ..place import BALANCER_HOST, POOLERS
from ..supervisor import Program

USERS = ("app", "opsctl_read", "opsctl_write")


def programs(lab):
    return [
        Program(
            pooler.name, ["/usr/sbin/pgbouncer", str(lab.etc / f"{pooler.name}.ini")],
            listens=[(lab.address(pooler.host), pooler.port)], stop_seconds=5,
        )
        for pooler in POOLERS
    ]


def write(lab):
    known = secret.verifiers(lab)
    users = lab.etc / "userlist.txt"
    files.write(users, "".join(f'"{name}" "{known[name]}"\n' for name in USERS), 0o600, owned=True)
    for pooler in POOLERS:
        port = 5432 if pooler.route == "write" else 5433
        text = f"""; {pooler.name}: the {pooler.route} pool
[databases]
appdb = host={lab.address(BALANCER_HOST)} port={port} dbname=appdb

[pgbouncer]
listen_addr = {lab.address(pooler.host)}
listen_port = {pooler.port}
unix_socket_dir =
auth_type = scram-sha-256
auth_file = {users}
stats_users = opsctl_read
admin_users = opsctl_write
pool_mode = transaction
default_pool_size = 20
max_client_conn = 2000
server_login_retry = 1
server_check_delay = 10
ignore_startup_parameters = extra_float_digits
"""
        files.write(lab.etc / f"{pooler.name}.ini", text, 0o600, owned=True)


def answers(lab, pooler):
    """`select 1` through the pool; None when it answered, else why not."""
    try:
        sql.run(lab, lab.address(pooler.host), pooler.port, "select 1", user="app", database="appdb", seconds=2.5)
    except sql.SqlError as error:
        return str(error)
    return None


def console(lab, pooler, command, seconds=5.0):
    """A command of the admin console; the simple protocol, one statement, as it demands."""
    return sql.run(
        lab, lab.address(pooler.host), pooler.port, command, user="opsctl_write", database="pgbouncer", seconds=seconds
    )


def rows(lab, pooler, command):
    """The rows of a SHOW, by column name: versions add and move columns."""
    text = sql.run(
        lab, lab.address(pooler.host), pooler.port, command, user="opsctl_write", database="pgbouncer", table=True
    )
    return list(csv.DictReader(io.StringIO(text)))
