"""What is kept of each outcome, and what is said at the end."""

from .outcome import FAILED, PASSED, SKIPPED

SLOWEST = 10


class Book:
    def __init__(self):
        self.outcomes = []

    def add(self, outcome):
        self.outcomes.append(outcome)
        if outcome.state == FAILED:
            print(f"FAILED  {outcome.name}", flush=True)

    def of(self, state):
        return [outcome for outcome in self.outcomes if outcome.state == state]

    def close(self):
        """Prints the summary; the counts stand alone on the last line. Gives the exit code."""
        for outcome in self.of(FAILED):
            print(f"\n---- {outcome.name} ({outcome.seconds:.1f} s)\n{outcome.output.rstrip()}")
        for outcome in self.outcomes:
            if outcome.reports:
                print(f"\n{outcome.name}")
                print("\n".join(f"  {line}" for line in outcome.reports))
        timed = sorted((outcome for outcome in self.outcomes if outcome.timed), key=lambda outcome: -outcome.seconds)
        if timed:
            print(f"\nthe {min(SLOWEST, len(timed))} slowest tests")
            for outcome in timed[:SLOWEST]:
                print(f"  {outcome.seconds:7.2f} s  {outcome.name}")
        if self.of(SKIPPED):
            print("\nskipped")
            for outcome in self.of(SKIPPED):
                print(f"  {outcome.name}: {outcome.reason}")
        if self.of(FAILED):
            print("\nfailed")
            for outcome in self.of(FAILED):
                print(f"  {outcome.name}")
        counts = [len(self.of(state)) for state in (PASSED, FAILED, SKIPPED)]
        print("\n{} passed, {} failed, {} skipped".format(*counts), flush=True)
        return 1 if counts[1] else 0
