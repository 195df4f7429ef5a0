"""Writing files whole and with the right owner: nobody ever reads half a configuration.

It never widens a mode: a secret is created with its final mode, not changed to it.
"""

import contextlib
import os
import shutil

from . import place

replaced = []


def write(path, text, mode=0o644, owned=False):
    """Writes `text` to `path` through a rename; a file that was there with other content is noted in `replaced`.

    `owned`: the lab's user owns it (the servers do not run as root).
    """
    content = text.encode() if isinstance(text, str) else text
    owner = place.uid() if owned else 0
    with contextlib.suppress(FileNotFoundError):
        if path.read_bytes() == content:
            os.chmod(path, mode)
            os.chown(path, owner, owner if owned else 0)
            return
        replaced.append(path)
    scratch = path.with_name(f".{path.name}.new")
    scratch.unlink(missing_ok=True)
    handle = os.open(scratch, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, mode)
    with os.fdopen(handle, "wb") as out:
        out.write(content)
        os.fchown(handle, owner, owner if owned else 0)
        os.fchmod(handle, mode)
    os.rename(scratch, path)


def folder(path, mode=0o755, owned=False):
    """Makes a folder with this owner and mode, or gives an existing one this owner and mode."""
    path.mkdir(mode=mode, exist_ok=True)
    if owned:
        shutil.chown(path, place.USER, place.USER)
    os.chmod(path, mode)
