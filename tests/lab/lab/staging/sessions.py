"""Faults made of sessions of the database, and the sessions that other faults need.

A session that has to be idle in a transaction is a psql that runs `sleep` in a
shell between two statements. Every session bounds itself.
"""

from .. import procs, sql
from ..place import PG_BIN
from . import HELPER_SECONDS, expect, fault


@fault("lock-tree")
def lock_tree(lab, scene):
    prepare_table(lab, scene.leader, "lab_lock (id int primary key, n int)")
    row = "insert into lab_lock values (1, 0) on conflict do nothing"
    sql.on_node(lab, scene.leader, row, user="app", database="appdb")
    change = "update lab_lock set n = n + 1 where id = 1;"
    client(lab, "root", scene.leader, f"begin;\n{change}\n\\! sleep {HELPER_SECONDS}\n")
    idle = "select count(*) from pg_stat_activity where application_name = 'lab-root' and state = 'idle in transaction'"
    expect(lambda: sql.on_node(lab, scene.leader, idle) == "1", 5, "the root of the tree did not begin")
    for number in (1, 2):
        client(lab, f"waiter-{number}", scene.leader, change)
    blocked = "select count(*) from pg_stat_activity where cardinality(pg_blocking_pids(pid)) > 0"
    expect(lambda: int(sql.on_node(lab, scene.leader, blocked)) >= 2, 5, "nobody waits behind the root")
    return f"{scene.leader.name}, two sessions behind one"


def prepare_table(lab, leader, text):
    sql.on_node(lab, leader, f"create table if not exists {text}", user="app", database="appdb", seconds=10)


def client(lab, name, node, text):
    """A session of `app` on the node, held by a helper; its application name is lab-NAME."""
    script = lab.run / f"{name}.sql"
    script.write_text(text)
    environment = sql.environment(lab, lab.address(node.host), 5432, "app", "appdb")
    environment["PGAPPNAME"] = f"lab-{name}"
    words = ["/usr/bin/timeout", "-k", "1", str(HELPER_SECONDS), str(PG_BIN / "psql"), "-XAtqf", str(script)]
    return procs.helper(lab, name, words, **environment)
