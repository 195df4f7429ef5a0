"""A helper: holds N TCP connections to a server, says nothing on them, and ends by itself.

Usage: silent.py ADDRESS PORT COUNT SECONDS. Patroni has five threads for its
REST API, and each of them waits for the first byte of a connection.
"""

import contextlib
import socket
import sys
import time

address, port, count, seconds = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), float(sys.argv[4])
end = time.monotonic() + seconds
held = []
while time.monotonic() < end:
    # One that the server closed is opened again.
    for connection in list(held):
        with contextlib.suppress(BlockingIOError):
            try:
                gone = connection.recv(1) == b""
            except ConnectionError:
                gone = True
            if gone:
                held.remove(connection)
                connection.close()
    while len(held) < count:
        try:
            connection = socket.create_connection((address, port), 2)
        except OSError:
            break
        connection.setblocking(False)
        held.append(connection)
    time.sleep(0.2)
