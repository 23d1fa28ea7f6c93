# SPDX-License-Identifier: GPL-2.0
"""
One end of connections that come to their end in many ways, for tcplife.sh.

  tcplife.py serve ADDRESS PORT [FILE]    answer each connection as its first
                                   line says; the name is printed
  tcplife.py ask ADDRESS PORT LINE...    a connection for each line, in turn
  tcplife.py hold ADDRESS PORT     a connection, and the line from stdin later
  tcplife.py late ADDRESS PORT INTERFACE FROM    a handshake that is answered
                                   when the SYN-ACK has come twice

Of a line "NAME ARGUMENT" NAME is one of the functions below, one here and one
there. The local port of each is printed.
"""
import os
import socket
import struct
import sys
import time


def abort(conn):
    """Close with a reset."""
    conn.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER,
                    struct.pack("ii", 1, 0))
    conn.close()


def drain(conn):
    """Read to the peer's end, a FIN or a reset. The number of bytes."""
    size = 0
    try:
        while data := conn.recv(1 << 16):
            size += len(data)
    except ConnectionError:
        pass
    return size


def send(conn, size):
    conn.sendall(b"x" * size)


class Server:
    @staticmethod
    def closes_first(conn, size):
        send(conn, size)

    @staticmethod
    def closes_second(conn, size):
        send(conn, size)
        drain(conn)

    @staticmethod
    def aborts(conn, size):
        send(conn, size)
        conn.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER,
                        struct.pack("ii", 1, 0))

    @staticmethod
    def leaves_unread(conn, size):
        """What is still to be read at close() makes it a reset."""
        conn.recv(1)

    is_aborted = closes_second

    @staticmethod
    def half_closes(conn, size):
        """Say that it is all, and still read what comes."""
        conn.shutdown(socket.SHUT_WR)
        drain(conn)

    @staticmethod
    def is_reset_half_closed(conn, size):
        """The peer's FIN, then its reset."""
        drain(conn)
        conn.sendall(b"?")
        conn.recv(1)

    @staticmethod
    def times_out(conn, size):
        """The peer is away, which FILE says, and answers nothing any more."""
        conn.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, 500)
        while not os.path.exists(sys.argv[4]):
            time.sleep(0.05)
        send(conn, size)
        drain(conn)

    @staticmethod
    def is_probed(conn, size):
        """The same, noticed without data to send."""
        conn.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        conn.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, 1)
        conn.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPINTVL, 1)
        conn.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPCNT, 1)
        drain(conn)


class Client:
    @staticmethod
    def closes_first(conn, size):
        assert drain(conn) == size

    @staticmethod
    def closes_second(conn, size):
        while size:
            size -= len(conn.recv(size))

    @staticmethod
    def aborts(conn, size):
        drain(conn)

    @staticmethod
    def leaves_unread(conn, size):
        send(conn, size)
        drain(conn)

    @staticmethod
    def is_aborted(conn, size):
        while size:
            size -= len(conn.recv(size))
        abort(conn)

    @staticmethod
    def half_closes(conn, size):
        assert drain(conn) == 0
        send(conn, size)

    @staticmethod
    def is_reset_half_closed(conn, size):
        """A FIN, then nobody is there for what comes."""


    @staticmethod
    def times_out(conn, size):
        drain(conn)

    is_probed = times_out


def read_line(conn):
    line = b""
    while not line.endswith(b"\n"):
        byte = conn.recv(1)
        if not byte:
            raise ConnectionError
        line += byte
    return line.decode().split()


def serve(address, port, _file=None):
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    listener = socket.create_server((address, port), family=family, backlog=64,
                                    dualstack_ipv6=address == "::")
    print("listening", flush=True)
    while True:
        conn, _ = listener.accept()
        try:
            name, size = read_line(conn)
            print(name, flush=True)
            getattr(Server, name)(conn, int(size))
        except OSError:
            pass
        conn.close()


def talk(conn, line):
    conn.sendall(line.encode() + b"\n")
    name, size = line.split()
    getattr(Client, name)(conn, int(size))
    conn.close()


def ask(address, port, *lines):
    for line in lines:
        conn = socket.create_connection((address, port), timeout=20)
        print(conn.getsockname()[1], flush=True)
        talk(conn, line)


def hold(address, port):
    conn = socket.create_connection((address, port), timeout=20)
    print(conn.getsockname()[1], flush=True)
    talk(conn, input())


def late(address, port, interface, source):
    """Not a socket of ours, so that nothing answers but this."""
    from scapy.all import ARP, IP, TCP, Ether, sendp, sniff, srp1

    syn = TCP(sport=40000, dport=port, flags="S", seq=1000)
    ether = Ether() / ARP(psrc=source, pdst=address)
    mac = srp1(ether, iface=interface, timeout=5, verbose=0).hwsrc
    ether = Ether(dst=mac) / IP(src=source, dst=address)
    answers = []

    def is_answer(packet):
        if TCP in packet and packet[TCP].flags == "SA":
            answers.append(packet)
        return len(answers) == 2

    sniff(iface=interface, timeout=10, stop_filter=is_answer,
          started_callback=lambda: sendp(ether / syn, iface=interface,
                                         verbose=0))
    ack = TCP(sport=40000, dport=port, flags="A", seq=1001,
              ack=answers[0][TCP].seq + 1)
    sendp(ether / ack, iface=interface, verbose=0)
    print(int((answers[1].time - answers[0].time) * 1000000), flush=True)
    time.sleep(0.2)
    ack.flags = "R"
    sendp(ether / ack, iface=interface, verbose=0)


if __name__ == "__main__":
    COMMANDS = {"serve": serve, "ask": ask, "hold": hold, "late": late}
    COMMANDS[sys.argv[1]](sys.argv[2], int(sys.argv[3]), *sys.argv[4:])
