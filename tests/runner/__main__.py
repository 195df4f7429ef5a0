"""Entry: `python3 -m runner [FILTER] [--exhaustive]`; `tests/run` calls it."""

import argparse
import signal
import sys

from . import build, gates, hermetic, lab, report

TEXT = """Builds once, then runs the gates (format, clippy, doc, examples), the hermetic tests in
parallel and the lab tests in series on a lab of their own. Ends with
`N passed, N failed, N skipped`; the exit code is 0 only when nothing failed."""


def main():
    parser = argparse.ArgumentParser(prog="tests/run", description=TEXT, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("filter", nargs="?", default="", metavar="FILTER", help="only what has this in its name")
    parser.add_argument("--exhaustive", action="store_true", help="longer generated tests, every case of every matrix")
    given = parser.parse_args()
    # A termination request ends a run as Ctrl-C does: the lab goes down with it.
    signal.signal(signal.SIGTERM, lambda *_: signal.raise_signal(signal.SIGINT))

    book = report.Book()
    tests = build.tests(book)
    if tests is None:
        return book.close()
    chosen = [test for test in tests if given.filter in test.name]
    wanted = [gate for gate in gates.ALL if given.filter in gate.name]
    if not chosen and not wanted:
        print(f"tests/run: no test has {given.filter!r} in its name", file=sys.stderr)
        return 2
    for gate in wanted:
        gate.run(book)
    hermetic.run(book, [test for test in chosen if not test.needs_lab], given.exhaustive)
    lab.run(book, [test for test in chosen if test.needs_lab], given.exhaustive)
    return book.close()


try:
    sys.exit(main())
except KeyboardInterrupt:
    print("tests/run: interrupted", file=sys.stderr)
    sys.exit(130)
