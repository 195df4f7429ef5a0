"""etcd: three members, configured by flags alone.

The heartbeat is slower than etcd's default: three members share two cores with
everything else here, and a compiler at work must not cost a leader election.

An etcd that is told to stop hands over its leadership first, so the last
members take seconds; the lab kills them instead.
"""

import platform

from .. import web
from ..place import NODES
from ..supervisor import Program


def url(lab, node, port=2379):
    return f"http://{lab.address(node.host)}:{port}"


def programs(lab):
    members = ",".join(f"{node.etcd}={url(lab, node, 2380)}" for node in NODES)
    # etcd 3.4 refuses any machine but amd64 unless it is told its name.
    other = {} if platform.machine() == "x86_64" else {"ETCD_UNSUPPORTED_ARCH": _arch()}
    return [
        Program(
            node.etcd,
            ["/usr/bin/etcd", "--name", node.etcd, "--data-dir", str(lab.data / node.name / "etcd"),
             "--listen-client-urls", url(lab, node), "--advertise-client-urls", url(lab, node),
             "--listen-peer-urls", url(lab, node, 2380), "--initial-advertise-peer-urls", url(lab, node, 2380),
             "--initial-cluster", members, "--initial-cluster-state", "new",
             "--initial-cluster-token", lab.name, "--quota-backend-bytes", "67108864",
             "--heartbeat-interval", "200", "--election-timeout", "2000", "--logger", "zap"],
            environment=other,
            listens=[(lab.address(node.host), 2379), (lab.address(node.host), 2380)],
            # Patroni that finds no etcd sleeps 5 s before it looks again.
            ready=lambda node=node: healthy(lab, node),
            stop_seconds=10,
        )
        for node in NODES
    ]


def healthy(lab, node):
    answer = web.call(lab.address(node.host), 2379, "/health")
    # The value is the string "true".
    return bool(answer and (answer.json() or {}).get("health") == "true")


def _arch():
    return {"aarch64": "arm64"}.get(platform.machine(), platform.machine())
