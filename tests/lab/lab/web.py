"""HTTP to the lab's servers: one connection a request, opened late, closed at once.

Patroni answers with a fixed pool of five threads, and an idle connection holds
one of them: five silent ones and nothing answers any more. So nothing here
keeps, reuses or opens a connection ahead of a request.
"""

import base64
import http.client
import json


class Answer:
    def __init__(self, status, body):
        self.status, self.body = status, body

    def json(self):
        try:
            return json.loads(self.body)
        except ValueError:
            return None


def call(address, port, path, method="GET", body=None, user=None, seconds=1.5):
    """An Answer, or None when there is none within `seconds`."""
    connection = http.client.HTTPConnection(address, port, timeout=seconds)
    headers = {}
    if user:
        headers["Authorization"] = "Basic " + base64.b64encode(":".join(user).encode()).decode()
    try:
        connection.request(method, path, None if body is None else json.dumps(body), headers)
        reply = connection.getresponse()
        return Answer(reply.status, reply.read().decode(errors="replace"))
    except (OSError, http.client.HTTPException):
        return None
    finally:
        connection.close()
