"""Faults of etcd. Killed, not stopped: an etcd that is told to stop first hands over its leadership.

Without etcd Patroni demotes its own leader when it cannot renew the lock; the
fault is staged when that has happened and nothing is writable: about 9 s.

The two faults of more than one look different through Patroni. With no etcd at all /cluster gives
nothing. With one etcd left, without quorum, /cluster goes on answering 200 with
the healthy cluster of before, leader and sync standby included, while every
member calls itself a replica and HAProxy has no server for writes and three for reads.
"""

from .. import sql
from ..place import NODES
from ..servers import etcd
from ..supervisor import Supervisor
from . import expect, fault


@fault("etcd-one")
def etcd_one(lab, scene):
    # the one beside the leader: nothing but the store is hit
    node = scene.leader
    Supervisor(lab).kill(node.etcd)
    expect(lambda: not etcd.healthy(lab, node), 20, f"{node.etcd} still calls itself healthy")
    return node.etcd


@fault("etcd-down")
def etcd_down(lab, _scene):
    return _kill(lab, NODES)


@fault("etcd-no-quorum")
def etcd_no_quorum(lab, _scene):
    return _kill(lab, NODES[1:])


def _kill(lab, nodes):
    for node in nodes:
        Supervisor(lab).kill(node.etcd)
    expect(lambda: not any(etcd.healthy(lab, node) for node in NODES), 20, "an etcd still calls itself healthy")

    def read_only():
        text = "select pg_is_in_recovery()"
        # Every one answers: a leader on its way down has not settled yet.
        return [sql.ask(lab, lab.address(node.host), 5432, text) for node in NODES] == ["t", "t", "t"]

    expect(read_only, 60, "PostgreSQL did not become read-only everywhere")
    return ", ".join(node.etcd for node in nodes)
