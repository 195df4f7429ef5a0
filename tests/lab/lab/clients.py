"""The clients of `load`; runs in the shared Python environment, for psycopg's libpq.

Every wait is bounded here: no timeout of a server bounds a commit that waits for
a synchronous standby. A wait that ends is never turned into a cancel request:
that would make the server acknowledge a commit that no standby has.

A failover can answer COMMIT with ROLLBACK, and can end the session of a commit
that is already on disk, so: only the tag COMMIT is an acknowledgement, and no
answer after COMMIT was sent is "unknown", never "failed".
"""

import json
import select
import signal
import sys
import threading
import time
import uuid
from collections import Counter
from datetime import datetime, timedelta, timezone

from psycopg import OperationalError, pq

from . import place, sql
from .servers import patroni

PROOF_SECONDS = 60
TABLE = """create table if not exists load_proof (
    run text, client int, n bigint, at timestamptz default clock_timestamp(), primary key (run, client, n))"""


class Lost(Exception):
    """The transaction did not succeed; `answered` when the server itself said so without ending the session."""

    def __init__(self, reason, answered=False):
        super().__init__(reason)
        self.answered = answered


class Client(threading.Thread):
    def __init__(self, order, run, number, targets, stop):
        super().__init__(daemon=True)
        self.order, self.run_id, self.number, self.targets, self.stop = order, run, number, targets, stop
        self.connection = None
        self.acked, self.failed, self.unknown = {}, [], []
        self.times, self.kinds, self.unreplicated = [], Counter(), 0
        self.broken = None
        self.reads = order["route"].startswith("read")

    def run(self):
        try:
            self.go_on()
        except Exception as error:  # a client that is gone counts nothing, and would look like one without errors
            self.broken = f"{type(error).__name__}: {_short(error)}"

    def go_on(self):
        n, due = 0, time.monotonic()
        while not self.stop.is_set():
            n += 1
            self.once(n)
            # A client that was held up goes on at its rate; it does not catch up.
            due = max(due + 1 / self.order["rate"], time.monotonic() - 0.001)
            self.stop.wait(max(0, due - time.monotonic()))
        self.close()

    def once(self, n):
        begun = time.monotonic()
        deadline = begun + self.order["deadline"]
        committing = False
        try:
            if self.connection is None:
                self.connection = self.connect(deadline)
            if self.reads:
                self.execute("select pg_is_in_recovery()", deadline)
            else:
                self.execute("begin", deadline)
                values = f"('{self.run_id}', {self.number}, {n})"
                self.execute(f"insert into load_proof (run, client, n) values {values}", deadline)
                committing = True
                if self.execute("commit", deadline) != b"COMMIT":
                    raise Lost("commit answered with rollback", answered=True)
            now = time.monotonic()
            self.acked[n] = now
            self.times.append(now - begun)
            if self.order["per_transaction"]:
                self.close()
        except Lost as lost:
            self.kinds[str(lost)] += 1
            (self.unknown if committing and not lost.answered else self.failed).append(n)
            self.close()

    def connect(self, deadline):
        reason = "no target"
        for position, (host, port) in enumerate(self.targets):
            try:
                connection = self.connect_one(host, port, min(deadline, time.monotonic() + 3))
            except Lost as lost:
                reason = str(lost)
                continue
            if self.order["route"] == "direct" and connection.parameter_status(b"in_hot_standby") != b"off":
                connection.finish()
                reason = "no node is writable"
                continue
            self.targets.insert(0, self.targets.pop(position))
            return connection
        raise Lost(reason)

    def connect_one(self, host, port, deadline):
        try:
            return self.connected(host, port, deadline)
        except OperationalError as error:
            raise Lost(f"connect: {_short(error)}") from error

    def connected(self, host, port, deadline):
        words = f"host={host} port={port} user=app dbname=appdb sslmode=disable application_name=load"
        connection = pq.PGconn.connect_start(words.encode())
        connection.notice_handler = self.notice
        state = pq.PollingStatus.WRITING
        while state != pq.PollingStatus.OK:
            if state == pq.PollingStatus.FAILED:
                reason = _short(connection.error_message)
                connection.finish()
                raise Lost(f"connect: {reason}")
            if not _ready(connection.socket, state == pq.PollingStatus.WRITING, deadline):
                connection.finish()
                raise Lost("connect: deadline")
            state = connection.connect_poll()
        connection.nonblocking = 1
        return connection

    def execute(self, text, deadline):
        """Sends one statement and gives its command tag."""
        connection = self.connection
        try:
            connection.send_query(text.encode())
            while connection.flush():
                if not _ready(connection.socket, True, deadline):
                    raise Lost("deadline")
            tag, failure = None, None
            while True:
                while connection.is_busy():
                    if not _ready(connection.socket, False, deadline):
                        raise Lost("deadline")
                    connection.consume_input()
                result = connection.get_result()
                if result is None:
                    break
                if result.status in (pq.ExecStatus.COMMAND_OK, pq.ExecStatus.TUPLES_OK):
                    tag = result.command_status
                else:
                    state = (result.error_field(pq.DiagnosticField.SQLSTATE) or b"").decode()
                    severity = result.error_field(pq.DiagnosticField.SEVERITY_NONLOCALIZED) or b""
                    message = _short(result.error_field(pq.DiagnosticField.MESSAGE_PRIMARY) or result.error_message)
                    failure = Lost(f"{state} {message}".strip(), answered=severity == b"ERROR")
        except OperationalError as error:
            raise Lost(_short(error)) from error
        if failure:
            raise failure
        return tag

    def notice(self, result):
        # "canceling wait for synchronous replication": acknowledged, and on one node only.
        text = result.error_field(pq.DiagnosticField.MESSAGE_PRIMARY) or b""
        if b"synchronous replication" in text:
            self.unreplicated += 1

    def close(self):
        if self.connection is not None:
            self.connection.finish()
            self.connection = None


def _ready(handle, writing, deadline):
    left = deadline - time.monotonic()
    if left <= 0:
        return False
    poll = select.poll()
    poll.register(handle, select.POLLOUT if writing else select.POLLIN)
    return bool(poll.poll(left * 1000))


def _short(text):
    text = text.decode(errors="replace") if isinstance(text, bytes) else str(text)
    return " ".join(text.split()).removeprefix("consuming input failed: ")[:100]


def _leader(lab):
    """The node that holds the lock and is writable."""
    for member in (patroni.cluster(lab) or {}).get("members", []):
        if member["role"] == "leader":
            node = lab.node(member["name"])
            if sql.ask(lab, lab.address(node.host), 5432, "select pg_is_in_recovery()") == "f":
                return node
    return None


def _until(action, seconds):
    """Tries until it gives something; None at the deadline."""
    end = time.monotonic() + seconds
    while (value := action()) is None and time.monotonic() < end:
        time.sleep(0.5)
    return value


def _on_leader(lab, text):
    node = _leader(lab)
    if node is None:
        return None
    return sql.ask(lab, lab.address(node.host), 5432, text, user="app", database="appdb", seconds=20)


def _targets(lab, route, number):
    if route == "direct":
        return [(lab.address(node.host), 5432) for node in place.NODES]
    if route in ("balancer", "read-balancer"):
        return [(lab.address(place.BALANCER_HOST), 5432 if route == "balancer" else 5433)]
    pools = [pooler for pooler in place.POOLERS if pooler.route == ("write" if route == "pool" else "read")]
    pool = pools[number % len(pools)]
    return [(lab.address(pool.host), pool.port)]


def _gap(times, begun, ended):
    """The longest time without an acknowledgement, and when it began (seconds after the start)."""
    marks = [begun, *sorted(times), ended]
    longest, at = max((later - earlier, earlier) for earlier, later in zip(marks, marks[1:]))
    return round(longest, 3), round(at - begun, 3)


def _percentile(values, share):
    return round(1000 * values[min(len(values) - 1, int(share * len(values)))], 2) if values else None


def main():
    order = json.loads(sys.argv[1])
    lab = place.Lab(order["number"], order["dir"])
    reads = order["route"].startswith("read")
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    if not reads and _until(lambda: _on_leader(lab, TABLE), 10) is None:
        print("lab: the table load_proof could not be made: no writable leader answers", file=sys.stderr)
        return 1
    run = uuid.uuid4().hex[:12]
    clients = [
        Client(order, run, number, _targets(lab, order["route"], number), stop) for number in range(order["clients"])
    ]
    begun = time.monotonic()
    for client in clients:
        client.start()
    stop.wait(order["seconds"])
    ended = time.monotonic()
    stop.set()
    for client in clients:
        # Two statements of a transaction cannot each use up the deadline: it is the transaction's.
        client.join(order["deadline"] + 5)
    acked = {(client.number, n) for client in clients for n in client.acked}
    unknown = {(client.number, n) for client in clients for n in client.unknown}
    failed = {(client.number, n) for client in clients for n in client.failed}
    times = [at for client in clients for at in client.acked.values()]
    gap, gap_at = _gap([at for at in times if at <= ended], begun, ended)
    spent = sorted(second for client in clients for second in client.times)
    kinds = sum((client.kinds for client in clients), Counter())
    result = {
        "route": order["route"], "clients": order["clients"], "rate": order["rate"],
        "seconds": round(ended - begun, 3), "acked": len(acked), "errors": len(failed), "unknown": len(unknown),
        "lost": 0, "unknown_landed": 0, "errors_landed": 0,
        "clients_cut": sum(1 for client in clients if client.failed or client.unknown),
        "clients_broken": [client.broken for client in clients if client.broken],
        "unreplicated": sum(client.unreplicated for client in clients),
        "max_gap_seconds": gap, "gap_at_seconds": gap_at, "p50_ms": _percentile(spent, 0.5),
        "p99_ms": _percentile(spent, 0.99), "max_ms": _percentile(spent, 1), "kinds": dict(kinds.most_common(10)),
        "run": run,
    }
    if not reads:
        text = f"select client, n from load_proof where run = '{run}'"
        rows = _until(lambda: _on_leader(lab, text), PROOF_SECONDS)
        if rows is None:
            result |= {"lost": None, "unknown_landed": None, "errors_landed": None}
        else:
            there = {tuple(map(int, row.split("|"))) for row in rows.splitlines()}
            lost = [at for client in clients for n, at in client.acked.items() if (client.number, n) not in there]
            result["lost"] = len(lost)
            if lost:
                wall = datetime.now(timezone.utc) - timedelta(seconds=time.monotonic() - min(lost))
                result["lost_from"] = wall.isoformat()
            result["unknown_landed"] = len(unknown & there)
            result["errors_landed"] = len(failed & there)
    print(json.dumps(result), flush=True)
    return 0 if result["lost"] == 0 and not result["clients_broken"] else 1


if __name__ == "__main__":
    sys.exit(main())
