"""Faults of Patroni members and their PostgreSQL.

- A leader is dead only when Patroni, the postmaster and the postmaster's children
  are killed: any of them left alive writes, restarts or keeps the lock.
- Patroni killed alone leaves a writable PostgreSQL behind, and after the ttl a
  second one is promoted.
- A replica is kept lagging by stopping its WAL receiver: a paused replay is
  resumed by Patroni within one loop. After wal_sender_timeout (60 s) the leader
  drops the connection, and the replica is no longer in pg_stat_replication; Patroni
  goes on calling it streaming.
- A frozen PostgreSQL freezes its Patroni too, so the member's key expires after
  the ttl and the leader chooses another sync standby: a stall by a frozen sync
  standby ends by itself, after 19 to 24 s here.
- A leader that cannot finish its shutdown refuses sessions but keeps the lock, and
  its /primary still answers 200: HAProxy goes on routing writes to it.
"""

import os
import signal
import sys
from pathlib import Path

from .. import procs, sql, web
from ..place import NODES
from ..servers import patroni
from ..supervisor import Supervisor
from . import HELPER_SECONDS, expect, fault
from .sessions import client, prepare_table


@fault("leader-kill9")
def leader_kill9(lab, scene):
    return f"{_kill(lab, scene.leader)}, the leader"


@fault("sync-kill9")
def sync_kill9(lab, scene):
    return f"{_kill(lab, scene.sync)}, the sync standby"


@fault("async-kill9")
def async_kill9(lab, scene):
    return f"{_kill(lab, scene.replica)}, the asynchronous replica"


@fault("zone-kill")
def zone_kill(lab, scene):
    # etcd first: what the members then see is what the loss of the zone shows them
    Supervisor(lab).kill(scene.leader.etcd)
    return f"zone {scene.leader.zone}: {_kill(lab, scene.leader)}, the leader, and {scene.leader.etcd}"


def _kill(lab, node):
    """Patroni, the postmaster and all of its children; gives the name of the member."""
    Supervisor(lab).kill(patroni.program(node))

    def dead():
        pids = procs.of_postgres(lab, node)
        procs.send(pids, signal.SIGKILL)
        return not pids and Supervisor(lab).pid(patroni.program(node)) is None

    expect(dead, 10, f"processes of {node.name} outlive SIGKILL")
    return node.name


@fault("replica-stop")
def replica_stop(lab, scene):
    Supervisor(lab).stop(patroni.program(scene.replica))
    expect(lambda: not procs.of_postgres(lab, scene.replica), 30, f"PostgreSQL of {scene.replica.name} still runs")
    return f"{scene.replica.name}, the asynchronous replica"


@fault("sync-freeze")
def sync_freeze(lab, scene):
    prepare_table(lab, scene.leader, "lab_probe (at timestamptz)")
    # The postmaster first, or it would replace what stops; then again for children born in between.
    for _ in range(2):
        procs.send(sorted(procs.of_postgres(lab, scene.sync)), signal.SIGSTOP)
    for number in (1, 2):
        client(lab, f"writer-{number}", scene.leader, "insert into lab_probe values (now());")
    waiting = "select count(*) from pg_stat_activity where wait_event = 'SyncRep'"
    expect(
        lambda: int(sql.on_node(lab, scene.leader, waiting)) >= 2, 10, f"no writer waits for {scene.sync.name}"
    )
    return f"{scene.sync.name}, the sync standby; writers on {scene.leader.name}"


@fault("patroni-kill")
def patroni_kill(lab, scene):
    Supervisor(lab).kill(patroni.program(scene.leader))

    def two():
        answers = [
            sql.ask(lab, lab.address(node.host), 5432, "select pg_is_in_recovery()", seconds=2) for node in NODES
        ]
        return answers.count("f") >= 2

    expect(two, 60, "no second PostgreSQL became writable")
    return f"{scene.leader.name}, the former leader, is still writable"


@fault("replica-lag")
def replica_lag(lab, scene):
    prepare_table(lab, scene.leader, "lab_fill (id int, filler text)")
    receiver = sql.on_node(lab, scene.replica, "select pid from pg_stat_wal_receiver")
    procs.send([int(receiver)], signal.SIGSTOP)
    fill = "truncate lab_fill; insert into lab_fill select g, repeat(md5(g::text), 32) from generate_series(1, 32000) g"
    sql.on_node(lab, scene.leader, fill, user="app", database="appdb", seconds=30)
    behind = (
        "select coalesce(max(pg_wal_lsn_diff(pg_current_wal_lsn(), replay_lsn)), 0)::bigint from pg_stat_replication "
        f"where application_name = '{scene.replica.name}'"
    )
    lag = expect(
        lambda: (lag := int(sql.on_node(lab, scene.leader, behind))) > 16 << 20 and lag, 10,
        f"{scene.replica.name} does not lag",
    )
    return f"{scene.replica.name}, the asynchronous replica, {lag >> 20} MiB behind"


@fault("api-starve")
def api_starve(lab, scene):
    address = lab.address(scene.replica.host)
    holder = Path(__file__).with_name("silent.py")
    procs.helper(lab, "silent", [sys.executable, "-B", str(holder), address, "8008", "5", str(HELPER_SECONDS)])
    expect(lambda: web.call(address, 8008, "/liveness", seconds=1) is None, 10, "Patroni still answers")
    return f"Patroni's REST API of {scene.replica.name}"


@fault("slow-shutdown")
def slow_shutdown(lab, scene):
    client(lab, "stuck", scene.leader, f"select pg_sleep({HELPER_SECONDS});")
    find = "select pid from pg_stat_activity where application_name = 'lab-stuck' and wait_event = 'PgSleep'"
    pid = expect(lambda: sql.on_node(lab, scene.leader, find), 5, "the stuck session did not begin")
    os.kill(int(pid), signal.SIGSTOP)
    # Patroni answers only when it is over; the request goes on without us.
    body = {"leader": scene.leader.name, "candidate": scene.sync.name}
    patroni.post(lab, scene.leader, "/switchover", body, seconds=1)
    expect(
        lambda: (patroni.member(lab, scene.leader) or {}).get("state") == "stopping", 20,
        f"{scene.leader.name} does not shut down",
    )
    return f"{scene.leader.name}, the leader, kept by backend {pid}; {scene.sync.name} is to take over"
