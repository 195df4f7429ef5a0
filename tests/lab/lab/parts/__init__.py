"""What a lab can be made of: one file a part, one line each here.

A part is a module with NAME, WHAT (a sentence), PACKAGES (Debian's), and
write(lab), programs(lab), endpoints(lab) -> text for opsctl's configuration,
problems(lab) -> what is not healthy, heal(lab, seconds) -> what waiting alone does
not mend, called now and then with the seconds waited; rows(lab) -> lines for `status`.
"""

from ..errors import LabError
from . import core

REGISTRY = {part.NAME: part for part in (core,)}
DEFAULT = ("core",)


def chosen(with_, without):
    """The parts for `up --with A,B --without C`, in the registry's order."""
    wanted = set(DEFAULT) | set(_names(with_))
    wanted -= set(_names(without))
    if not wanted:
        raise LabError("no part is left to start", attempt="leave --without away", code=2)
    return [part for name, part in REGISTRY.items() if name in wanted]


def of(record):
    return [REGISTRY[name] for name in record["parts"] if name in REGISTRY]


def _names(lists):
    names = [name.strip() for text in lists or () for name in text.split(",") if name.strip()]
    for name in names:
        if name not in REGISTRY:
            raise LabError(
                f"there is no part {name!r}", why="the parts that exist are: " + ", ".join(REGISTRY), code=2
            )
    return names
