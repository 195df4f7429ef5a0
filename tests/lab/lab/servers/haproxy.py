"""HAProxy: writes to whom Patroni calls primary, reads to those it calls replicas.

One process without a master, so that a kill of it is a kill of all of it.
For the first second it shows every server UP that it has not checked yet, so a
write backend with two or three UP right after its start is not a split brain.
The checks open six short connections a second to Patroni's REST API.
"""

import csv
import io

from .. import files, web
from ..place import BALANCER, BALANCER_HOST, NODES
from ..supervisor import Program

WRITE, READ = "pg_write", "pg_read"


def socket_path(lab):
    return lab.run / f"{BALANCER}.sock"


def programs(lab):
    address = lab.address(BALANCER_HOST)
    return [
        Program(
            BALANCER, ["/usr/sbin/haproxy", "-db", "-f", str(lab.etc / f"{BALANCER}.cfg")],
            listens=[(address, 5432), (address, 5433), (address, 7000)], stop_seconds=5,
        )
    ]


def write(lab):
    address = lab.address(BALANCER_HOST)

    def backend(name, path):
        servers = "\n".join(
            f"    server {node.name} {lab.address(node.host)}:5432 check port 8008" for node in NODES
        )
        return f"""backend {name}
    balance leastconn
    option httpchk OPTIONS {path}
    http-check expect status 200
    default-server inter 1s fall 2 rise 1 on-marked-down shutdown-sessions
{servers}
"""

    text = f"""# {BALANCER} of {lab.name}
global
    maxconn 2000
    nbthread 1
    stats socket {socket_path(lab)} mode 600 level admin
    stats timeout 30s
    log stdout format raw local0 notice

defaults
    mode tcp
    log global
    timeout connect 2s
    timeout client 30m
    timeout server 30m
    timeout check 900ms

frontend writes
    bind {address}:5432
    default_backend {WRITE}

frontend reads
    bind {address}:5433
    default_backend {READ}

{backend(WRITE, "/primary")}
{backend(READ, "/replica")}
frontend stats
    mode http
    bind {address}:7000
    timeout client 10s
    stats enable
    stats uri /
    stats refresh 5s
"""
    files.write(lab.etc / f"{BALANCER}.cfg", text, 0o600, owned=True)


def up_servers(lab):
    """Backend -> names of its servers that are UP; None when HAProxy does not answer."""
    answer = web.call(lab.address(BALANCER_HOST), 7000, "/;csv")
    if not answer or answer.status != 200:
        return None
    found = {WRITE: [], READ: []}
    for row in csv.DictReader(io.StringIO(answer.body.removeprefix("# "))):
        if row["pxname"] in found and row["svname"] not in ("FRONTEND", "BACKEND"):
            if row["status"].startswith("UP"):
                found[row["pxname"]].append(row["svname"])
    return found
