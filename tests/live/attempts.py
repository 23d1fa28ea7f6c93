#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Attempts to connect that fail, each kind on a port of its own.

attempts.py server ADDRESS        sockets that fail; "ready", then waits
attempts.py peer INTERFACE MAC FROM TO
                                  fails from FROM, an address that nobody has,
                                  and answers for it
attempts.py good TO NR            NR connections that succeed
"""
import select
import socket
import struct
import sys
import time

from drops import ACK, RST, SYN, Peer, listen, refuse_all

CLOSED, QUEUE, FILTER, SILENT, ABORT, WALL, GOOD = range(81, 88)


def server(address):
    keep = [
        listen(address, QUEUE, backlog=4),
        listen(address, FILTER, before=refuse_all),
        listen(address, SILENT),
    ]
    abort = listen(address, ABORT)
    good = socket.create_server(("::", GOOD), family=socket.AF_INET6,
                                backlog=1024, dualstack_ipv6=True)
    print("ready", flush=True)
    while keep:
        for s in select.select([abort, good], [], [])[0]:
            conn = s.accept()[0]
            if s is abort:
                conn.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER,
                                struct.pack("ii", 1, 0))
            conn.close()


def good(address, nr):
    for _ in range(int(nr)):
        s = socket.create_connection((address, GOOD))
        s.recv(1)
        s.close()


def peer(ifname, mac, saddr, daddr):
    p = Peer(ifname, mac, saddr, daddr)
    p.overfill(QUEUE)
    # And two more, too late for a place before the handshake
    for sport in range(5008, 5010):
        p.send(sport, QUEUE, SYN, seq=1000)
    for i in range(7):
        p.send(4000 + i, CLOSED, SYN, seq=1)
    # Sent again, as a client does: the same attempt
    for seq in 1, 1, 1:
        for i in range(5):
            p.send(4000 + i, FILTER, SYN, seq=seq)
            p.send(4000 + i, WALL, SYN, seq=seq)
    for i in range(3):
        p.send(4000 + i, SILENT, SYN, seq=1)
        p.answer(4000 + i, SYN | ACK)
    for i in range(2):
        p.send(4100 + i, SILENT, SYN, seq=1)
        p.answer(4100 + i, SYN | ACK)
        p.send(4100 + i, SILENT, RST, seq=2)
    for i in range(11):
        p.connect(4000 + i, ABORT)
        p.answer(4000 + i, RST)
    # The same ends again, some time later: another attempt
    time.sleep(0.1)
    p.send(4000, CLOSED, SYN, seq=77)


if __name__ == "__main__":
    {"server": server, "peer": peer, "good": good}[sys.argv[1]](*sys.argv[2:])
