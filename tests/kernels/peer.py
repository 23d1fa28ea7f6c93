# SPDX-License-Identifier: GPL-2.0
"""
	peer.py serve PORT...

Listens on these ports, IPv4 and IPv6, says "ready" and answers each
connection's request with "pong".

	peer.py talk

Reads lines "ADDRESS PORT COUNT", makes that many connections one after the
other, each with a request "ping", and says how many were answered and how many
refused. Starting Python takes seconds in an emulated machine, hence one
process for all.
"""
import select
import socket
import sys

REQUEST, ANSWER = b"ping", b"pong"
TIMEOUT_S = 60


def listen(port):
    s = socket.socket(socket.AF_INET6)
    s.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
    s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    s.bind(("::", port))
    s.listen(64)
    return s


def serve(ports):
    listeners = [listen(int(port)) for port in ports]
    print("ready", flush=True)
    while True:
        for s in select.select(listeners, [], [])[0]:
            c, _ = s.accept()
            with c:
                c.settimeout(TIMEOUT_S)
                if c.recv(len(REQUEST), socket.MSG_WAITALL) == REQUEST:
                    c.sendall(ANSWER)
                c.recv(1)


def request(address, port):
    with socket.create_connection((address, port), TIMEOUT_S) as s:
        s.sendall(REQUEST)
        return s.recv(len(ANSWER), socket.MSG_WAITALL) == ANSWER


def talk():
    print("ready", flush=True)
    for line in sys.stdin:
        address, port, count = line.split()
        answered = refused = 0
        for _ in range(int(count)):
            try:
                answered += request(address, int(port))
            except ConnectionRefusedError:
                refused += 1
            except OSError as e:
                print("peer.py: %s: %s" % (address, e), file=sys.stderr)
        print(answered, refused, flush=True)


if __name__ == "__main__":
    if sys.argv[1] == "serve":
        serve(sys.argv[2:])
    else:
        talk()
