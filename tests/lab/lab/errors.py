"""The one error a person sees: what failed, where, why, and what to try."""


class LabError(Exception):
    """Raised for everything that a person can act on; anything else is a bug of the lab."""

    def __init__(self, what, where=None, why=None, attempt=None, code=1):
        super().__init__(what)
        self.what, self.where, self.why, self.attempt, self.code = what, where, why, attempt, code

    def text(self):
        lines = [f"lab: {self.what}"]
        for label, value in (("where", self.where), ("why", self.why), ("try", self.attempt)):
            if value:
                lines.append(f"  {label}: {value}")
        return "\n".join(lines)
