"""The opsctl configuration of a lab: what `up` prints the path of."""

from . import files


def write(lab, parts):
    lines = [
        "# Written by tests/lab/up; the next `up` writes it again.", "",
        "[[cluster]]", f'name = "{lab.name}"', 'environment = "dev"', 'rto_goal = "30s"', "",
    ]
    for part in parts:
        for endpoint in part.endpoints(lab):
            lines.append("[[cluster.endpoint]]")
            for key, value in endpoint.items():
                lines.append(f"{key} = {value}" if value.startswith("{") else f'{key} = "{value}"')
            lines.append("")
    files.write(lab.config, "\n".join(lines), 0o600)
