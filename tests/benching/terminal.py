"""A program on a pseudo-terminal of its own, and when what it writes arrives. What this harness itself costs is its floor: an echo of `cat`."""

import fcntl
import os
import pathlib
import pty
import select
import signal
import struct
import subprocess
import termios
import time
import tty

from . import ROOT, Impossible

# what every frame of the console begins and ends with: synchronized output
BEGIN, END = b"\x1b[?2026h", b"\x1b[?2026l"


class Terminal:
    """Reads as soon as something is there; `seen` is everything that was written."""

    def __init__(self, command, env, size=(120, 35), raw=False):
        self.master, slave = pty.openpty()
        self.resize(*size)
        if raw:
            tty.setraw(slave)
        self.seen = b""
        self.began = self.typed = time.perf_counter()
        self.process = subprocess.Popen(
            [str(word) for word in command], cwd=ROOT, env=env, stdin=slave, stdout=slave, stderr=slave, start_new_session=True,
            preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),
        )
        os.close(slave)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        os.close(self.master)

    def resize(self, columns, rows):
        fcntl.ioctl(self.master, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def type(self, text):
        self.typed = time.perf_counter()
        os.write(self.master, text if isinstance(text, bytes) else text.encode())

    def read(self, wait):
        """Whether something came within `wait` seconds."""
        ready, _, _ = select.select([self.master], [], [], max(0, wait))
        if not ready:
            return False
        try:
            self.seen += os.read(self.master, 1 << 16)
        except OSError:
            return False
        return True

    def until(self, what, wanted, wait=20):
        """Seconds until `wanted(seen since now)` holds; `what` is said when it never does."""
        start, began = len(self.seen), time.perf_counter()
        return self._until(what, wanted, wait, start, began)

    def after(self, text, what, wanted, wait=20):
        """As `until`, from the moment `text` is typed."""
        start, began = len(self.seen), time.perf_counter()
        self.type(text)
        return self._until(what, wanted, wait, start, began)

    def _until(self, what, wanted, wait, start, began):
        while not wanted(self.seen[start:]):
            left = began + wait - time.perf_counter()
            if left <= 0 or (not self.read(left) and self.process.poll() is not None):
                raise Impossible(f"never seen: {what}; the end of what was: {self.seen[-600:]!r}")
        return time.perf_counter() - began

    def drain(self, quiet):
        """Reads until nothing came for `quiet` seconds."""
        while self.read(quiet):
            pass

    def asleep(self):
        """Whether every thread of the program waits for something."""
        for task in pathlib.Path(f"/proc/{self.process.pid}/task").iterdir():
            try:
                state = (task / "stat").read_text().rsplit(") ", 1)[1][0]
            except (FileNotFoundError, ProcessLookupError):
                continue
            if state in "RD":
                return False
        return True

    def rest(self, pause=0, wait=20):
        """Reads until `pause` seconds have passed since the last key, the program sleeps and nothing is left to read: what comes next is of the next key."""
        end = time.perf_counter() + wait
        while True:
            left = self.typed + pause - time.perf_counter()
            if self.read(left if left > 0 else 0.0005):
                continue
            if time.perf_counter() >= self.typed + pause and self.asleep() and not self.read(0):
                return
            if time.perf_counter() > end:
                raise Impossible("the program never rests")

    def frames(self, seconds):
        """Frames within `seconds`."""
        start, end = len(self.seen), time.perf_counter() + seconds
        while time.perf_counter() < end:
            self.read(end - time.perf_counter())
        return self.seen.count(BEGIN, start)

    def cpu(self):
        """Seconds of processor that the program has used."""
        fields = open(f"/proc/{self.process.pid}/stat").read().rsplit(") ", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def memory(self):
        """Its resident set in MiB."""
        line = next(line for line in open(f"/proc/{self.process.pid}/status") if line.startswith("VmRSS:"))
        return int(line.split()[1]) / 1024

    def ended(self, wait=20):
        """Seconds until the program has ended, from now."""
        began = time.perf_counter()
        while self.process.poll() is None:
            if time.perf_counter() - began > wait:
                raise Impossible("the program does not end")
            self.read(0.0005)
        return time.perf_counter() - began

    def stop(self):
        self.process.send_signal(signal.SIGTERM)


def a_frame(seen):
    """A whole frame came."""
    return END in seen
