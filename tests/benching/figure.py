"""One figure as one JSON line."""

import json
import sys

from . import Impossible


def say(text):
    """To the person who waits; figures alone go to standard output."""
    print(f"bench: {text}", file=sys.stderr, flush=True)


def figure(bench, ours, unit, goal=None, peer=None, peer_name=None):
    """With a peer the goal bounds the ratio, without one it bounds `ours`; without a goal the figure is only told, and holds."""
    ratio = None if peer is None or peer == 0 else ours / peer
    judged = ours if peer is None else ratio
    holds = goal is None or (judged is not None and judged <= goal)
    line = {
        "bench": bench, "ours": _short(ours), "peer": _short(peer), "peer_name": peer_name, "ratio": _short(ratio),
        "goal": goal, "holds": holds, "unit": unit,
    }
    print(json.dumps(line), flush=True)


def _short(value):
    return round(value, 6) if isinstance(value, float) else value


def main(bench):
    """Runs a bench as a program."""
    try:
        bench()
    except Impossible as error:
        say(str(error))
        sys.exit(2)
    except KeyboardInterrupt:
        sys.exit(130)
