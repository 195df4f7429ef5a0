"""Faults of the poolers, the balancer and the archive.

PgBouncer's PAUSE is a state of its process: it outlives the console that set it.
A client that waits for a paused pool is sent away after 120 s, so the waiting
one comes again.
"""

from .. import procs, sql
from ..place import BALANCER, PG_BIN, POOLERS
from ..servers import patroni, pgbouncer
from ..supervisor import Supervisor
from . import HELPER_SECONDS, expect, fault


@fault("pooler-pause")
def pooler_pause(lab, _scene):
    pooler = POOLERS[0]
    pgbouncer.console(lab, pooler, "PAUSE appdb")
    address = lab.address(pooler.host)
    again = f"while :; do {PG_BIN}/psql -XAtqc 'select 1'; sleep 0.2; done"
    procs.helper(
        lab, "waiting", ["/usr/bin/timeout", "-k", "1", str(HELPER_SECONDS), "/bin/sh", "-c", again],
        **sql.environment(lab, address, pooler.port, "app", "appdb"),
    )

    def waiting():
        return any(
            row["database"] == "appdb" and int(row["cl_waiting"]) > 0
            for row in pgbouncer.rows(lab, pooler, "SHOW POOLS")
        )

    expect(waiting, 10, "no client waits")
    return pooler.name


@fault("pooler-stop")
def pooler_stop(lab, _scene):
    Supervisor(lab).stop(POOLERS[0].name)
    return POOLERS[0].name


@fault("pooler-kill9")
def pooler_kill9(lab, _scene):
    Supervisor(lab).kill(POOLERS[0].name)
    expect(lambda: Supervisor(lab).pid(POOLERS[0].name) is None, 10, f"{POOLERS[0].name} outlives SIGKILL")
    return POOLERS[0].name


@fault("haproxy-stop")
def haproxy_stop(lab, _scene):
    Supervisor(lab).stop(BALANCER)
    return BALANCER


@fault("archive-failing")
def archive_failing(lab, scene):
    patroni.archive_flag(lab).touch()
    patroni.switch_wal(lab, scene.leader)
    failed = "select last_failed_time > coalesce(last_archived_time, '-infinity') from pg_stat_archiver"
    expect(lambda: sql.on_node(lab, scene.leader, failed) == "t", 20, "the archiver has not failed")
    return f"the archiver of {scene.leader.name}"
