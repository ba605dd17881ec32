#!PYTHON -SEs
# SPDX-License-Identifier: Apache-2.0
"""A command of the PBS for tests: its server does the work, and this says what that answers.

Known by the name it is called by. It imports as little as it can, since tests run it often.
"""

import os
import sys
import time
from _socket import AF_UNIX, SOCK_STREAM, socket

HOME = os.path.dirname(os.path.dirname(os.path.abspath(sys.argv[0])))
COMMAND = os.path.basename(sys.argv[0])
# Exit status and words of each command that finds no server; 162 and qsub's form for all others.
DOWN = {
    "qstat": (255, "qstat: cannot connect to server %s (errno=15010)"),
    "qdel": (162, "Couldn't connect to cluster: %s"),
    "pbsnodes": (1, "pbsnodes: cannot connect to server %s, error=15010"),
}


def main():
    """Runs the command; returns its exit status."""
    server = socket(AF_UNIX, SOCK_STREAM)
    try:
        server.connect(os.path.join(HOME, "socket"))
        send(server, request())
        return converse(server)
    except OSError:
        return no_server()


def request():
    """Command, folder, number of arguments, arguments, environment; NUL between them."""
    parts = [COMMAND.encode(), os.getcwdb(), str(len(sys.argv) - 1).encode()]
    parts += [os.fsencode(word) for word in sys.argv[1:]]
    parts += [name + b"=" + value for name, value in os.environb.items()]
    return b"\0".join(parts)


def send(server, payload):
    """Sends the length and the bytes."""
    server.sendall(len(payload).to_bytes(4, "big") + payload)


def receive(server, length):
    """So many bytes, or an OSError if the server is gone before."""
    payload = b""
    while len(payload) < length:
        part = server.recv(min(length - len(payload), 1 << 20))
        if not part:
            raise OSError("the server is gone")
        payload += part
    return payload


def converse(server):
    """Does what the server says, until it says the exit status."""
    while True:
        kind = receive(server, 1)
        payload = receive(server, int.from_bytes(receive(server, 4), "big"))
        if kind == b"i":
            send(server, sys.stdin.buffer.read())
        elif kind == b"o":
            write(1, payload)
        elif kind == b"e":
            write(2, payload)
        elif kind == b"h":
            hold(float(payload))
        else:
            return int(payload)


def write(descriptor, payload):
    """Writes it all; a reader that is gone is not minded."""
    try:
        while payload:
            payload = payload[os.write(descriptor, payload):]
    except BrokenPipeError:
        pass


def hold(seconds):
    """Leaves a process behind that holds all descriptors above 2, as qsub's own daemon does."""
    if os.fork():
        return
    for descriptor in (0, 1, 2):
        os.close(descriptor)
    os.setsid()
    with open(os.path.join(HOME, "qsub-daemons"), "a") as notes:
        notes.write("%d\n" % os.getpid())
    time.sleep(seconds)
    os._exit(0)


def no_server():
    """What a command says whose server does not listen."""
    with open(os.path.join(HOME, "server-name")) as file:
        name, dialect = file.read().split()
    if COMMAND.startswith("pbs-"):
        write(2, b"no server listens in %s\n" % os.fsencode(HOME))
        return 1
    if COMMAND == "qstat" and "json" in sys.argv:
        header = '{\n\t"timestamp":\t%d,\n\t"pbs_version":\t"23.06.06",\n\t"pbs_server":\t"%s"\n}\n'
        write(1, (header % (time.time(), name)).encode())
    if dialect == "torque":
        words = ("Cannot connect to default server host '%s' - check pbs_server daemon and/or "
                 "trqauthd.\n%s: cannot connect to server %s (errno=111) Connection refused\n")
        write(2, (words % (name, COMMAND, name)).encode())
        return 111
    usual = (162, COMMAND + ": cannot connect to server %s (errno=15010)")
    status, words = DOWN.get(COMMAND, usual)
    write(2, ("Connection refused\n" + words % name + "\n").encode())
    return status


if __name__ == "__main__":
    sys.exit(main())
