"""What `opsctl runbook validate` takes for every shipped runbook: the whole program, started anew, beside `opsctl version`, which only starts."""

from . import figure, measure, tools


def shipped():
    opsctl = tools.opsctl()
    env = tools.clean()
    validated, start = measure.in_turn(
        lambda: measure.cost([opsctl, "runbook", "validate"], env=env),
        lambda: measure.cost([opsctl, "version"], env=env),
    )
    figure.figure("runbook.validate", measure.median(validated, "wall") * 1000, "ms", 50)
    figure.figure("runbook.start", measure.median(start, "wall") * 1000, "ms")
