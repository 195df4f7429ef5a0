"""Entry: `python3 -m benching [NAME]`; `tests/bench` calls it."""

import argparse
import json
import os
import subprocess
import sys

from . import BENCHES

TEXT = """Runs one bench, which prints its figures as JSON lines, or all of them as a table.
Exit code: 0 every goal holds, 1 one does not, 2 a bench could not be run."""
COLUMNS = ("bench", "ours", "peer", "peer_name", "ratio", "goal", "holds", "unit")


def main():
    names = sorted(path.name for path in BENCHES.iterdir() if os.access(path, os.X_OK) and path.is_file())
    parser = argparse.ArgumentParser(prog="tests/bench", description=TEXT, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("name", nargs="?", choices=names, metavar="NAME", help=", ".join(names))
    parser.add_argument("--runs", type=int, metavar="N", help="of a bench that changes the platform: how often it does; few unless said")
    given = parser.parse_args()
    if given.runs is not None:
        os.environ["OPSCTL_BENCH_RUNS"] = str(given.runs)
    figures, broken = [], []
    for name in [given.name] if given.name else names:
        code = run(name, figures, echo=bool(given.name))
        if code != 0:
            broken.append(name)
    if not given.name:
        table(figures)
    if broken:
        print("could not be run: " + ", ".join(broken), file=sys.stderr)
        return 2
    return 0 if figures and all(figure["holds"] for figure in figures) else 1


def run(name, figures, echo):
    """The exit code of one bench; its figures are added to `figures`. What it says besides goes to standard error."""
    with subprocess.Popen([sys.executable, "-B", BENCHES / name], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True) as process:
        for line in process.stdout:
            figures.append(json.loads(line))
            if echo:
                print(line, end="", flush=True)
    return process.returncode


def table(figures):
    rows = [COLUMNS] + [tuple(shown(figure[key]) for key in COLUMNS) for figure in figures]
    widths = [max(len(row[column]) for row in rows) for column in range(len(COLUMNS))]
    for row in rows:
        print("  ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip())


def shown(value):
    if value is None:
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "NO"
    return f"{value:.4g}" if isinstance(value, float) else str(value)


sys.exit(main())
