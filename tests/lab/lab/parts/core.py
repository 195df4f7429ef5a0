"""The part `core`: etcd, Patroni with PostgreSQL, PgBouncer, HAProxy, sshd.

A client goes PgBouncer -> HAProxy -> PostgreSQL; HAProxy can be used directly.
"""

from concurrent.futures import ThreadPoolExecutor

from .. import files, secret, sql
from ..place import BALANCER, BALANCER_HOST, NODES, POOLERS
from ..say import say
from ..servers import etcd, haproxy, patroni, pgbouncer, sshd

NAME = "core"
WHAT = "etcd x3, Patroni with PostgreSQL 15 x3, PgBouncer x3, HAProxy, sshd x3"
PACKAGES = ("etcd-server", "postgresql-15", "pgbouncer", "haproxy", "openssh-server", "openssh-client")

# The furthest a replica may be behind in a healthy lab.
LAG = 1 << 20
REINITIALIZE_AFTER = 50


def write(lab):
    """Every configuration file of the part."""
    for node in NODES:
        files.folder(lab.data / node.name, 0o700, owned=True)
    files.folder(lab.archive, 0o750, owned=True)
    _pgpass(lab)
    for server in (patroni, pgbouncer, haproxy, sshd):
        server.write(lab)


def programs(lab):
    return [program for server in (etcd, patroni, pgbouncer, haproxy, sshd) for program in server.programs(lab)]


def problems(lab):
    """Why the part is not healthy; empty when it is."""
    checks = [lambda node=node: _etcd(lab, node) for node in NODES]
    checks += [lambda: _patroni(lab)]
    checks += [lambda pooler=pooler: _pooler(lab, pooler) for pooler in POOLERS]
    checks += [lambda: _balancer(lab)]
    checks += [lambda node=node: _ssh(lab, node) for node in NODES]
    with ThreadPoolExecutor(len(checks)) as pool:
        return [problem for found in pool.map(lambda check: check(), checks) for problem in found]


def heal(lab, seconds):
    """Copies a member anew that has been broken for long, as when it cannot be rewound."""
    members = (patroni.cluster(lab) or {}).get("members", [])
    if seconds < REINITIALIZE_AFTER or not any(member["role"] == "leader" for member in members):
        return
    for member in members:
        if member["role"] != "leader" and member["state"] not in ("streaming", "running", "creating replica"):
            say(f"{member['name']} is {member['state']}: copying it anew from the leader")
            patroni.post(lab, lab.node(member["name"]), "/reinitialize", {"force": True})


def _etcd(lab, node):
    if not etcd.healthy(lab, node):
        yield f"{node.etcd} is not healthy (log {lab.log}/{node.etcd}.log)"


def _patroni(lab):
    cluster = patroni.cluster(lab)
    if cluster is None:
        return [f"no Patroni answers for the cluster (logs {lab.log}/patroni-*.log)"]
    found = []
    members = {member["name"]: member for member in cluster.get("members", [])}
    for node in NODES:
        log = f"(logs {lab.log}/{patroni.program(node)}.log, {lab.log}/{node.name}/postgresql.log)"
        member = members.get(node.name)
        if member is None:
            found.append(f"{node.name} is not in the cluster {log}")
            continue
        wanted = "running" if member["role"] == "leader" else "streaming"
        if member["state"] != wanted:
            found.append(f"{node.name} is {member['state']}, not {wanted} {log}")
        lag = member.get("lag", 0)
        if not isinstance(lag, int) or lag > LAG:
            found.append(f"{node.name} lags by {lag} bytes {log}")
        if member.get("pending_restart"):
            found.append(f"{node.name} has a restart pending {log}")
        own = patroni.member(lab, node)
        if own is None:
            found.append(f"Patroni of {node.name} does not answer {log}")
        elif own.get("state") != "running":
            found.append(f"{node.name} calls itself {own.get('state')} {log}")
        elif (own.get("role") in ("primary", "master")) != (member["role"] == "leader"):
            found.append(f"{node.name} calls itself {own.get('role')}, the cluster calls it {member['role']} {log}")
    roles = sorted(member["role"] for member in members.values())
    if roles != ["leader", "replica", "sync_standby"]:
        found.append(f"the members' roles are {', '.join(roles) or 'none'}, not leader, replica, sync_standby")
    if len({member.get("timeline") for member in members.values()}) > 1:
        found.append("the members are on different timelines")
    if cluster.get("pause"):
        found.append("the cluster is paused")
    if not found:
        leader = lab.node(next(name for name, member in members.items() if member["role"] == "leader"))
        found += _replication(lab, leader)
    return found


def _replication(lab, leader):
    """PostgreSQL's own word: Patroni shows a sync standby some seconds before and after it is one."""
    text = "select count(*) filter (where state = 'streaming'), count(*) filter (where sync_state = 'sync') "
    counts = sql.ask(lab, lab.address(leader.host), 5432, text + "from pg_stat_replication")
    if counts is None:
        return [f"PostgreSQL of {leader.name} does not answer (log {lab.log}/{leader.name}/postgresql.log)"]
    if counts != "2|1":
        streaming, sync = counts.split("|")
        return [f"{leader.name} streams to {streaming} standbys of which {sync} are synchronous, not to 2 and 1"]
    return []


def _pooler(lab, pooler):
    reason = pgbouncer.answers(lab, pooler)
    if reason:
        yield f"no answer through {pooler.name}: {reason} (log {lab.log}/{pooler.name}.log)"


def _balancer(lab):
    up = haproxy.up_servers(lab)
    log = f"(log {lab.log}/{BALANCER}.log)"
    if up is None:
        yield f"{BALANCER} does not answer {log}"
        return
    if len(up[haproxy.WRITE]) != 1:
        yield f"{BALANCER} has {len(up[haproxy.WRITE])} servers up for writes, not 1 {log}"
    if len(up[haproxy.READ]) != 2:
        yield f"{BALANCER} has {len(up[haproxy.READ])} servers up for reads, not 2 {log}"


def _ssh(lab, node):
    if not sshd.answers(lab, node):
        yield f"sshd of {node.name} does not answer (log {lab.log}/sshd-{node.name}.log)"


def rows(lab):
    """Lines for `status`: what, where, how it is."""
    cluster = patroni.cluster(lab) or {}
    members = {member["name"]: member for member in cluster.get("members", [])}
    up = haproxy.up_servers(lab)
    for node in NODES:
        yield node.etcd, f"{lab.address(node.host)}:2379", "healthy" if etcd.healthy(lab, node) else "NOT HEALTHY"
    for node in NODES:
        member = members.get(node.name)
        word = "NOT IN THE CLUSTER"
        if member:
            word = f"{member['role']}, {member['state']}, timeline {member.get('timeline', '?')}"
            if member["role"] != "leader":
                word += f", lag {member.get('lag', '?')}"
        yield node.name, f"{lab.address(node.host)}:5432 8008 22", f"zone {node.zone}, {word}"
    for pooler in POOLERS:
        reason = pgbouncer.answers(lab, pooler)
        yield pooler.name, f"{lab.address(pooler.host)}:{pooler.port}", reason or "answers"
    word = "NO ANSWER" if up is None else f"writes to {_list(up[haproxy.WRITE])}, reads to {_list(up[haproxy.READ])}"
    yield BALANCER, f"{lab.address(BALANCER_HOST)}:5432 5433 7000", word


def endpoints(lab):
    """The part's endpoints in opsctl's configuration."""
    read = f'{{ user = "opsctl_read", password = "file:{secret.path(lab, "opsctl_read")}" }}'
    change = f'{{ user = "opsctl_write", password = "file:{secret.path(lab, "opsctl_write")}" }}'
    rest = f'{{ user = "{patroni.REST_USER}", password = "file:{secret.path(lab, "patroni_rest")}" }}'
    for node in NODES:
        yield {"system": "etcd", "name": node.etcd, "zone": node.zone, "url": etcd.url(lab, node)}
    for node in NODES:
        url = f"http://{lab.address(node.host)}:8008"
        yield {"system": "patroni", "name": node.name, "zone": node.zone, "url": url, "write": rest}
    for node in NODES:
        yield {
            "system": "postgres", "name": node.name, "zone": node.zone,
            "address": f"{lab.address(node.host)}:5432", "database": "postgres", "read": read, "write": change,
        }
    for pooler in POOLERS:
        yield {
            "system": "pgbouncer", "name": pooler.name, "address": f"{lab.address(pooler.host)}:{pooler.port}",
            "route": pooler.route, "read": read, "write": change,
        }
    yield {
        "system": "haproxy", "name": BALANCER, "stats": f"http://{lab.address(BALANCER_HOST)}:7000/;csv",
        "socket": str(haproxy.socket_path(lab)), "write_backend": haproxy.WRITE, "read_backend": haproxy.READ,
    }


def _list(names):
    return " ".join(names) or "NONE"


def _pgpass(lab):
    """The lab's own passfile: the superuser and the roles, on every address of the lab."""
    users = {"postgres": "superuser", "app": "app", "opsctl_read": "opsctl_read", "opsctl_write": "opsctl_write"}
    text = "".join(f"*:*:*:{user}:{secret.read(lab, name)}\n" for user, name in users.items())
    files.write(lab.etc / "pgpass", text, 0o600)
