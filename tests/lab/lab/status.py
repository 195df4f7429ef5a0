"""`status`: a table of the lab, what is wrong with it, and an exit code: 0 healthy, 1 not."""

import json

from . import health, parts, place

TEXT = "Prints what the lab is made of and how it is; exit code 0 only when it is healthy."


def main(arguments):
    given = place.parser("status", TEXT).parse_args(arguments)
    lab = place.of(given)
    place.must_be_root()
    lab.require()
    rows = [row for part in parts.of(lab.record()) for row in part.rows(lab)]
    widths = [max(len(row[column]) for row in rows) for column in (0, 1)]
    for name, where, how in rows:
        print(f"{name:<{widths[0]}}  {where:<{widths[1]}}  {how}")
    for fault in staged(lab):
        print(f"fault staged: {fault['name']} at {fault['at']} ({fault['what']})")
    found = health.problems(lab)
    for problem in found:
        print(f"not healthy: {problem}")
    print(f"{lab.name}: {'not healthy' if found else 'healthy'}, configuration {lab.config}")
    return 1 if found else 0


def staged(lab):
    """The faults that are staged, oldest first."""
    try:
        return json.loads(lab.fault_record.read_text())
    except FileNotFoundError:
        return []
