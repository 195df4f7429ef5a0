"""`load`: clients on a route of the lab, and the proof of what became of their writes.

It is a program of its own, with a driver of its own, so that opsctl's client
cannot hide a loss. The clients need psycopg, which the shared Python environment
has: this file parses, the module `clients` does the work in that environment.
"""

import json
import os

from . import place, venv
from .errors import LabError

ROUTES = {
    "pool": "the write pool's PgBouncers, in turn",
    "balancer": "HAProxy's port for writes",
    "direct": "whichever node is writable",
    "read": "the read pool's PgBouncer",
    "read-balancer": "HAProxy's port for reads",
}
TEXT = """Runs clients for some seconds, then compares what was acknowledged with the table.

Prints one line of JSON. A transaction is `acked`, or failed (`errors`: an answer, or
a loss before COMMIT was sent), or `unknown` (COMMIT was sent, no answer came). `lost` are
acknowledged ones that the table does not have; null when the table could not be read;
`lost_from` is when the first of them was acknowledged.
`clients_cut` are the clients that lost a session at least once, `clients_broken` says why
clients ended that should have gone on. `max_gap_seconds` is the longest time in which no client got an acknowledgement.
Exit code 0 when nothing was lost, 1 when something was, or that is not known, or a client broke.

routes:
""" + "".join(f"  {name:<14} {what}\n" for name, what in ROUTES.items())


def main(arguments):
    parser = place.parser("load", TEXT)
    parser.add_argument("--route", choices=ROUTES, default="pool")
    parser.add_argument("--clients", type=int, default=8, metavar="N")
    parser.add_argument("--rate", type=float, default=20, metavar="R", help="transactions a second of each client")
    parser.add_argument("--seconds", type=float, default=10, metavar="S")
    parser.add_argument(
        "--deadline", type=float, default=10, metavar="S", help="how long a client waits for an answer (default 10)"
    )
    parser.add_argument("--per-transaction", action="store_true", help="each transaction on a connection of its own")
    given = parser.parse_args(arguments)
    lab = place.of(given)
    for name, most in (("clients", 500), ("rate", 1000), ("seconds", 3600), ("deadline", 600)):
        if not 0 < getattr(given, name) <= most:
            raise LabError(f"--{name} {getattr(given, name)} is not above 0 and at most {most}", code=2)
    place.must_be_root()
    lab.require()
    if not venv.PYTHON.exists():
        raise LabError("the shared Python environment is gone", venv.VENV, attempt=lab.again("up"))
    order = {key: getattr(given, key) for key in ("route", "clients", "rate", "seconds", "deadline", "per_transaction")}
    order |= {"number": lab.number, "dir": str(lab.dir)}
    environment = {key: value for key, value in os.environ.items() if not key.startswith("PG")}
    words = [str(venv.PYTHON), "-B", "-s", "-m", "lab.clients", json.dumps(order)]
    os.execve(words[0], words, {**environment, "PGPASSFILE": str(lab.etc / "pgpass")})
