"""Faults: one function each, named as its file in tests/lab/faults; this is their registry.

A function stages its fault on a healthy lab, returns when a condition proves
that the fault is there, and gives a few words on what it hit. It undoes nothing:
`fault clear` is general, so that it also works after a crash of the stager.
Whatever a function leaves running is a helper (`procs.helper`) that ends by
itself after HELPER_SECONDS.
"""

from dataclasses import dataclass

from .. import wait
from ..errors import LabError
from ..place import Node
from ..servers import patroni

HELPER_SECONDS = 600
REGISTRY = {}


@dataclass
class Scene:
    """Who is what when the fault is staged."""

    leader: Node
    sync: Node
    replica: Node  # the asynchronous one


def fault(name):
    def register(function):
        REGISTRY[name] = function
        return function

    return register


def scene(lab):
    cluster = patroni.cluster(lab) or {}
    roles = {member["role"]: member["name"] for member in cluster.get("members", [])}
    try:
        return Scene(*(lab.node(roles[role]) for role in ("leader", "sync_standby", "replica")))
    except KeyError as missing:
        raise LabError(
            f"the cluster has no {missing.args[0]}", why="a fault is aimed by the roles of the members",
            attempt=lab.again("fault clear"),
        ) from None


def expect(condition, seconds, what):
    """Waits for the proof of a fault."""
    value = wait.until(condition, seconds, 0.1)
    if not value:
        raise LabError(
            f"the fault was not seen within {seconds} s", why=what, attempt="`fault clear`, then stage it again"
        )
    return value


def load():
    from . import dcs, members, pools, sessions  # noqa: F401  each registers its faults

    return REGISTRY
