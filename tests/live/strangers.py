#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""
What other users can do, and whom it would hit, for tests/live/strangers.sh:

	strangers.py UID NAME COMMAND ARGUMENT...

runs COMMAND as the user UID, in a process of that NAME. Says "ready" and its
number once it has done what it does, then "done" for each line on stdin, which
is an order; ends with stdin.
"""
import os
import resource
import selectors
import socket
import sys

BINDTODEVICE = 25  # SO_BINDTODEVICE of asm-generic/socket.h


def fresh(device, address="", port=0, shares=False):
    s = socket.socket()
    s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, shares)
    if device:
        s.setsockopt(socket.SOL_SOCKET, BINDTODEVICE, device.encode())
    s.bind((address, int(port)))
    return s


def listener(address, port):
    s = fresh("", address, port)
    s.listen(4096)
    return s


def obey(order=lambda line: None):
    print("ready", os.getpid(), flush=True)
    for line in sys.stdin:
        order(line.strip())
        print("done", flush=True)


def flood_part(first, nr):
    """NR connections within this machine, both ends of each in use."""
    listeners = [listener("127.0.9.%d" % (first + i), 9000) for i in range(4)]
    kept = []
    for i in range(nr):
        c = socket.socket()
        c.connect(listeners[i % 4].getsockname())
        a = listeners[i % 4].accept()[0]
        for one, other in ((c, a), (a, c)):
            one.sendall(b"x")
            other.recv(1)
        kept += [c, a]
    return kept, listeners


def flood(nr):
    """The same by as many processes as it takes for their files."""
    part = resource.getrlimit(resource.RLIMIT_NOFILE)[0] // 2 - 32
    parts = [min(part, int(nr) - done) for done in range(0, int(nr), part)]
    says, told = os.pipe()
    stays, end = os.pipe()
    for i, size in enumerate(parts):
        if not os.fork():
            os.close(end)
            kept = flood_part(1 + 4 * i, size)
            os.write(told, b"x")
            os.read(stays, 1)
            del kept
            os._exit(0)
    for _ in parts:
        os.read(says, 1)
    obey()


def crowd(nr):
    """NR sockets that listen."""
    kept = [listener("127.0.8.%d" % (1 + i // 20000), 10000 + i % 20000)
            for i in range(int(nr))]
    obey()
    del kept


def echo(s):
    byte = s.recv(1)
    if byte:
        s.sendall(byte)
    return byte


def serve(address, port, device="", shares=""):
    """Sends each byte back; needs no orders."""
    s = fresh(device, address, port, bool(shares))
    s.listen(4096)
    print("ready", os.getpid(), flush=True)
    with selectors.DefaultSelector() as waits:
        waits.register(s, selectors.EVENT_READ)
        waits.register(sys.stdin, selectors.EVENT_READ)
        while True:
            for key, _ in waits.select():
                if key.fileobj is sys.stdin:
                    return
                if key.fileobj is s:
                    waits.register(s.accept()[0], selectors.EVENT_READ)
                elif not echo(key.fileobj):
                    waits.unregister(key.fileobj)
                    key.fileobj.close()


def connect(address, port, device="", lport=0):
    """Orders: open, talk (a byte there and back), close."""
    s = None

    def order(what):
        nonlocal s
        if what == "open":
            s = fresh(device, "", lport)
            s.connect((address, int(port)))
        elif what == "talk":
            s.sendall(b"x")
            s.recv(1)
        else:
            s.close()
    obey(order)


def attempt(address, port, device, lport):
    """Connects by a device by which nobody answers."""
    s = fresh(device, "", lport)
    s.setblocking(False)
    s.connect_ex((address, int(port)))
    obey()


def main():
    uid, name, command, *arguments = sys.argv[1:]
    with open("/proc/self/comm", "w", encoding="ascii") as f:
        f.write(name)
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    os.setgroups([])
    os.setgid(int(uid))
    os.setuid(int(uid))
    globals()[command](*arguments)


if __name__ == "__main__":
    main()
