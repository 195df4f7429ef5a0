"""The lab: the real servers that opsctl operates, started on one machine.

What it is for: a place where everything opsctl claims is proven against real
etcd, Patroni, PostgreSQL, PgBouncer, HAProxy and sshd, and where a fault can be
staged and cleared by name.

What it must never do: touch a server it did not start, listen on an address
outside its own 127.0.N.0/24, put a secret into an argument list, or import
anything outside Python's standard library (a bare Debian has nothing else).

Where things are: `place` says what a lab is and where its files and addresses
are; `parts` says what it is made of (one file a part, `servers` one file a
server); `up down status fault` are the commands; `staging` holds one function
a fault; `health` is the one meaning of "healthy" that all of them share.
"""
