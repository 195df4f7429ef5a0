"""Patroni and PostgreSQL 15: three members in synchronous mode.

What the real servers taught, and this file therefore does:
- its configuration is JSON, which is YAML: no quoting to get wrong;
- ttl 20, loop_wait 2, retry_timeout 5: Patroni wants ttl >= loop_wait + 2 * retry_timeout, and 20 is its least ttl;
- a base backup asks for a fast checkpoint: the default one is spread over 90 s, and both replicas wait for it;
- PostgreSQL logs through its own collector: Patroni's output ends with Patroni,
  and a fault kills Patroni while PostgreSQL lives on;
- dynamic shared memory lies in the data folder (`mmap`), so that a killed server
  leaves nothing in /dev/shm;
- the first start logs a `watchprefix failed` and, for each replica, two
  "replication slot does not exist": both are normal;
- Patroni resumes a paused WAL replay within one loop, so a pause cannot keep a
  replica lagging.
"""

import json

from .. import files, secret, sql, venv, web
from ..place import NODES, PG_BIN
from ..supervisor import Program

REST_USER = "ops"


def program(node):
    return f"patroni-{node.name}"


def programs(lab):
    return [
        Program(
            program(node), [str(venv.PYTHON), "-m", "patroni", str(lab.etc / f"patroni-{node.name}.yml")],
            listens=[(lab.address(node.host), 8008), (lab.address(node.host), 5432)], wave=2,
        )
        for node in NODES
    ]


def write(lab):
    for node in NODES:
        files.folder(lab.socket_dir(node), 0o755, owned=True)
        files.folder(lab.log / node.name, 0o755, owned=True)
        text = json.dumps(_config(lab, node), indent=1)
        files.write(lab.etc / f"patroni-{node.name}.yml", text, 0o600, owned=True)
    files.write(lab.etc / "roles.sql", _roles(lab), 0o600, owned=True)
    files.write(lab.bin / "post-init", _POST_INIT.format(bin=PG_BIN, roles=lab.etc / "roles.sql"), 0o755)
    files.write(lab.bin / "archive", _ARCHIVE.format(flag=archive_flag(lab), archive=lab.archive), 0o755)


def archive_flag(lab):
    """While this file is there, archiving fails."""
    return lab.run / "archive-fails"


def cluster(lab):
    """The first /cluster that answers."""
    for node in NODES:
        answer = web.call(lab.address(node.host), 8008, "/cluster")
        if answer and answer.status == 200 and answer.json():
            return answer.json()
    return None


def member(lab, node):
    """The member's own word about itself, or None."""
    answer = web.call(lab.address(node.host), 8008, "/patroni")
    return answer.json() if answer else None


def post(lab, node, path, body, seconds=5.0):
    """A changing call, with the credential that Patroni asks for."""
    user = (REST_USER, secret.read(lab, "patroni_rest"))
    return web.call(lab.address(node.host), 8008, path, "POST", body, user, seconds)


def switch_wal(lab, leader):
    """Finishes a WAL segment, which wakes the archiver; an empty segment would not be finished."""
    sql.on_node(lab, leader, "select pg_create_restore_point('lab'); select pg_switch_wal()")


def _config(lab, node):
    address = lab.address(node.host)
    login = {
        name: {"username": role, "password": secret.read(lab, kept)}
        for name, role, kept in (
            ("superuser", "postgres", "superuser"),
            ("replication", "replicator", "replicator"),
            ("rewind", "rewind", "rewind"),
        )
    }
    return {
        "scope": lab.name,
        "name": node.name,
        "restapi": {
            "listen": f"{address}:8008",
            "connect_address": f"{address}:8008",
            "authentication": {"username": REST_USER, "password": secret.read(lab, "patroni_rest")},
        },
        "etcd3": {"hosts": [f"{lab.address(other.host)}:2379" for other in NODES]},
        "bootstrap": {
            "dcs": {
                "ttl": 20,
                "loop_wait": 2,
                "retry_timeout": 5,
                "maximum_lag_on_failover": 1048576,
                "synchronous_mode": True,
                "postgresql": {
                    "use_pg_rewind": True,
                    "parameters": {
                        "wal_log_hints": "on",
                        "shared_buffers": "32MB",
                        "max_connections": 100,
                        "max_worker_processes": 8,
                        "max_wal_size": "256MB",
                        "wal_keep_size": "64MB",
                        "max_slot_wal_keep_size": "1GB",
                        "dynamic_shared_memory_type": "mmap",
                        "password_encryption": "scram-sha-256",
                        "archive_mode": "on",
                        "archive_command": f"{lab.bin}/archive %p %f",
                    },
                },
            },
            "initdb": ["data-checksums", {"encoding": "UTF8"}, {"locale": "C.UTF-8"}],
            "post_init": str(lab.bin / "post-init"),
        },
        "postgresql": {
            "listen": f"{address}:5432",
            "connect_address": f"{address}:5432",
            "data_dir": str(lab.pgdata(node)),
            "bin_dir": str(PG_BIN),
            "pgpass": str(lab.data / node.name / "pgpass"),
            "authentication": login,
            "basebackup": [{"checkpoint": "fast"}],
            "pg_hba": [
                "local all all scram-sha-256",
                "host all all 127.0.0.0/8 scram-sha-256",
                "host replication replicator 127.0.0.0/8 scram-sha-256",
            ],
            "parameters": {
                "unix_socket_directories": str(lab.socket_dir(node)),
                "logging_collector": "on",
                "log_directory": str(lab.log / node.name),
                "log_filename": "postgresql.log",
                "log_file_mode": "0644",
                "log_rotation_age": 0,
                "log_rotation_size": 0,
                "log_line_prefix": "%m [%p] %q%u@%d/%a ",
                "log_lock_waits": "on",
            },
        },
    }


def _roles(lab):
    known = secret.verifiers(lab)
    return f"""-- Run once, when the cluster is made. Verifiers only: no password reaches a server's log.
CREATE ROLE app LOGIN PASSWORD '{known["app"]}';
CREATE DATABASE appdb OWNER app;
CREATE ROLE opsctl_read LOGIN PASSWORD '{known["opsctl_read"]}' IN ROLE pg_monitor;
CREATE ROLE opsctl_write LOGIN PASSWORD '{known["opsctl_write"]}' IN ROLE pg_monitor, pg_signal_backend;
CREATE ROLE nobody_read LOGIN PASSWORD '{known["nobody_read"]}';
"""



_POST_INIT = """#!/bin/sh
# Patroni runs this once, on the first leader, with the connection string as $1.
exec {bin}/psql -X -q -v ON_ERROR_STOP=1 -d "$1" -f {roles}
"""

# Keeps the newest segments only: the archive proves that archiving works, it is no backup.
_ARCHIVE = """#!/bin/sh
# archive_command: archive PATH NAME. Fails while the flag file of the fault is there.
if [ -e {flag} ]; then
    echo "archive: refused by {flag}" >&2
    exit 1
fi
set -e
cp "$1" "{archive}/.$2.$$"
mv "{archive}/.$2.$$" "{archive}/$2"
cd {archive}
ls -1t | tail -n +9 | while read -r old; do rm -f "$old"; done
"""
