# SPDX-License-Identifier: GPL-2.0
"""
	crowd.py PORT NR

NR TCP connections within this machine, between clients and servers, which
listen from PORT on: as many pairs of processes as it takes with the number of
files that each may have open. Says "full", then does what a line on stdin says
with N connections, evenly from the first to the last, and says of each the
client's port and process and the server's:

	talk N	a byte there and back
	close N	the client closes, then the server
"""
import os
import resource
import socket
import sys

SPARE = 64  # other files


def nr_files():
    """How many files a process may have, raised as far as it can be."""
    with open("/proc/sys/fs/nr_open", encoding="ascii") as f:
        most = int(f.read())
    for limit in (most, resource.getrlimit(resource.RLIMIT_NOFILE)[1]):
        try:
            resource.setrlimit(resource.RLIMIT_NOFILE, (limit, limit))
        except (OSError, ValueError):
            continue
        return limit
    return resource.getrlimit(resource.RLIMIT_NOFILE)[0]


def connect(address, port):
    s = socket.socket()
    s.connect((address, port))
    return s


def answer(kept, command):
    """Whatever the client does, it is over when this returns."""
    byte = kept.recv(1)
    if command == "talk":
        kept.sendall(byte)
        return
    kept.close()


def ask(kept, command):
    if command == "talk":
        kept.sendall(b"x")
        kept.recv(1)
        return
    kept.shutdown(socket.SHUT_WR)
    kept.recv(1)
    kept.close()


class Side:
    """One process of a pair; FILL makes its connections, ACT uses one."""

    def __init__(self, fill, act):
        theirs, ours = os.pipe(), os.pipe()
        self.pid = os.fork()
        if not self.pid:
            with os.fdopen(theirs[0]) as orders, \
                    os.fdopen(ours[1], "w", 1) as told:
                self.run(fill(), act, orders, told)
        os.close(theirs[0])
        os.close(ours[1])
        self.orders = os.fdopen(theirs[1], "w", 1)
        self.told = os.fdopen(ours[0])

    @staticmethod
    def run(kept, act, orders, told):
        print("full", file=told)
        for order in orders:
            command, i = order.split()
            port = kept[int(i)].getsockname()[1]
            act(kept[int(i)], command)
            print(port, file=told)
        os._exit(0)


class Pair:
    def __init__(self, address, port, nr):
        listener = socket.create_server((address, port), backlog=nr)
        self.client = Side(
            lambda: [connect(address, port) for _ in range(nr)], ask)
        # All at once: as long as they wait, nobody has to be woken.
        self.server = Side(
            lambda: self.client.told.readline() and
            [listener.accept()[0] for _ in range(nr)], answer)
        listener.close()

    def wait_full(self):
        assert self.server.told.readline() == "full\n"

    def do(self, command, i):
        """They accept in the order in which the others connect."""
        for side in (self.server, self.client):
            print(command, i, file=side.orders)
        ports = [side.told.readline().strip()
                 for side in (self.client, self.server)]
        print(ports[0], self.client.pid, ports[1], self.server.pid)


def evenly(nr_some, nr):
    """From the first to the last."""
    return [i * (nr - 1) // (nr_some - 1) for i in range(nr_some)]


def main(port, nr):
    nr_pairs = -(-nr // (nr_files() - SPARE))
    each = -(-nr // nr_pairs)
    pairs = [Pair(f"127.0.0.{i + 1}", port + i, min(each, nr - i * each))
             for i in range(nr_pairs)]
    for pair in pairs:
        pair.wait_full()
    print("full", flush=True)
    for line in sys.stdin:
        command, nr_some = line.split()
        for i in evenly(int(nr_some), nr):
            pairs[i // each].do(command, i % each)
        print("done", flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
