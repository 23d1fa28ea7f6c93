#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Makes the kernel drop TCP segments, each kind on a port of its own.

drops.py server ADDRESS           sockets that refuse; "ready", then waits
drops.py peer INTERFACE MAC FROM TO
                                  sends to them from FROM, an address that
                                  nobody has, and answers for it
"""
import array
import ctypes
import select
import socket
import struct
import sys
import time

FIN, SYN, RST, PSH, ACK = 1, 2, 4, 8, 16
SO_ATTACH_FILTER, IP_MINTTL = 26, 21
CLOSED, BAD_SUM, QUEUE, FILTER, HELD, GONE, MIN_TTL, PLAIN, WALL = range(81, 90)


def listen(address, port, backlog=64, before=lambda s: None):
    s = socket.create_server((address, port), backlog=backlog)
    before(s)
    return s


def refuse_all(s):
    """A classic BPF filter of one instruction: return 0."""
    code = ctypes.create_string_buffer(struct.pack("HBBI", 6, 0, 0, 0))
    prog = struct.pack("HP", 1, ctypes.addressof(code))
    s.setsockopt(socket.SOL_SOCKET, SO_ATTACH_FILTER, prog)


def server(address):
    keep = [
        listen(address, QUEUE, backlog=4),
        listen(address, FILTER, before=refuse_all),
        listen(address, MIN_TTL, before=lambda s: s.setsockopt(
            socket.IPPROTO_IP, IP_MINTTL, 200)),
        listen(address, PLAIN),
    ]
    held, gone = listen(address, HELD), listen(address, GONE)
    print("ready", flush=True)
    while True:
        for s in select.select([held, gone], [], [])[0]:
            conn = s.accept()[0]
            if s is held:
                keep.append(conn)
            else:
                conn.close()


def checksum(data):
    if len(data) % 2:
        data += b"\0"
    s = sum(array.array("H", data))
    while s >> 16:
        s = (s & 0xffff) + (s >> 16)
    return ~s & 0xffff


class Peer:
    def __init__(self, ifname, mac, saddr, daddr):
        self.s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW,
                               socket.htons(0x0800))
        self.s.bind((ifname, 0x0800))
        self.mac = bytes.fromhex(mac.replace(":", ""))
        self.own_mac = self.s.getsockname()[4]
        self.saddr, self.daddr = map(socket.inet_aton, (saddr, daddr))

    def send(self, sport, dport, flags, seq=0, ack=0, data=b"", ttl=64,
             damage=0, doff=5, saddr=None):
        saddr = saddr or self.saddr
        tcp = bytearray(struct.pack("!HHIIBBHHH", sport, dport,
                                    seq & 0xffffffff, ack & 0xffffffff,
                                    doff << 4, flags, 64000, 0, 0) + data)
        pseudo = saddr + self.daddr + struct.pack("!HH", 6, len(tcp))
        tcp[16:18] = struct.pack("=H", checksum(pseudo + tcp) ^ damage)
        ip = bytearray(struct.pack("!BBHHHBBH4s4s", 0x45, 0, 20 + len(tcp), 1,
                                   0, ttl, 6, 0, saddr, self.daddr))
        ip[10:12] = struct.pack("=H", checksum(bytes(ip)))
        self.s.send(self.mac + self.own_mac + b"\x08\x00" + ip + tcp)

    def answer(self, sport, flags):
        """The next segment to SPORT with these FLAGS: its seq and ack."""
        end = time.monotonic() + 5
        while time.monotonic() < end:
            if not select.select([self.s], [], [], 0.1)[0]:
                continue
            frame, where = self.s.recvfrom(2048)
            if where[2] == socket.PACKET_OUTGOING or frame[23] != 6:
                continue
            port, seq, ack, _, got = struct.unpack("!HIIBB", frame[36:48])
            if port == sport and got & flags == flags:
                return seq, ack
        sys.exit(f"no answer to port {sport}")

    def connect(self, sport, dport):
        """What to send and to acknowledge next."""
        self.send(sport, dport, SYN, seq=1000)
        seq, _ = self.answer(sport, SYN | ACK)
        self.send(sport, dport, ACK, seq=1001, ack=seq + 1)
        return 1001, seq + 1

    def overfill(self, dport):
        """A queue of 4 lets in one more: eight come, the last three too many."""
        for sport in range(5000, 5004):
            self.connect(sport, dport)
        isn = {}
        for sport in range(5004, 5008):
            self.send(sport, dport, SYN, seq=1000)
            isn[sport], _ = self.answer(sport, SYN | ACK)
        for sport, seq in isn.items():
            self.send(sport, dport, ACK, seq=1001, ack=seq + 1)


def held(p):
    """What does not fit the numbers of a connection, each kind a port."""
    seq, ack = p.connect(6000, HELD)
    p.send(6000, HELD, ACK | PSH, seq, ack, b"hello")
    for _ in range(3):
        p.send(6000, HELD, ACK | PSH, seq, ack, b"hello")
    seq, ack = p.connect(6001, HELD)
    for _ in range(5):
        p.send(6001, HELD, ACK | PSH, seq + 10000000, ack, b"far")
    seq, ack = p.connect(6002, HELD)
    for _ in range(7):
        p.send(6002, HELD, ACK | PSH, seq, ack + 10000000, b"unsent")


def gone(p):
    """Data for a socket that the application has closed."""
    p.send(7000, GONE, SYN, seq=1000)
    seq, _ = p.answer(7000, SYN | ACK)
    p.send(7000, GONE, ACK, seq=1001, ack=seq + 1)
    p.answer(7000, FIN)
    p.send(7000, GONE, ACK | PSH, 1001, seq + 2, b"too late")
    p.answer(7000, RST)


def peer(ifname, mac, saddr, daddr):
    p = Peer(ifname, mac, saddr, daddr)
    for i in range(11):
        p.send(4000 + i, BAD_SUM, SYN, damage=0x5a5a)
    for i in range(13):
        p.send(4000 + i, FILTER, SYN)
    for i in range(17):
        p.send(4000 + i, MIN_TTL, SYN)
    for i in range(19):
        p.send(4000 + i, PLAIN, SYN | FIN)
    for i in range(23):
        p.send(4000 + i, PLAIN, SYN, doff=4)
    for i in range(29):
        p.send(4000 + i, PLAIN, SYN, saddr=socket.inet_aton("10.99.9.9"))
    p.overfill(QUEUE)
    held(p)
    gone(p)
    for i in range(31):
        p.send(4000 + i, WALL, SYN)
    for _ in range(101):
        p.send(4000, CLOSED, SYN)


if __name__ == "__main__":
    {"server": server, "peer": peer}[sys.argv[1]](*sys.argv[2:])
