"""How one test ended."""

from dataclasses import dataclass, field

PASSED, FAILED, SKIPPED = "passed", "failed", "skipped"


@dataclass
class Outcome:
    name: str
    state: str
    seconds: float
    # why it was skipped
    reason: str = ""
    # what it printed; shown when it failed
    output: str = ""
    # lines that are shown even when all is well: `report: ...`
    reports: list = field(default_factory=list)
    needs_lab: bool = False
    # false for what only groups others, or happens once: not among the slowest tests
    timed: bool = True
