#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Traffic for tests/live/owner.sh: owner.py COMMAND ARGUMENT..."""

import multiprocessing
import os
import signal
import socket
import sys
import time


def connect(address, port):
    return socket.create_connection((address, int(port)))


def requests(address, port, rate, seconds):
    """Short HTTP requests at an even pace; says how many were answered."""
    text = b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
    start = time.monotonic()
    nr = 0
    for i in range(int(rate) * int(seconds)):
        late = start + i / int(rate) - time.monotonic()
        if late > 0:
            time.sleep(late)
        with connect(address, port) as s:
            s.sendall(text)
            while s.recv(65536):
                pass
            nr += 1
    print(nr, f"{time.monotonic() - start:.2f}")


def datagrams(address, port):
    """Some 1,000 a second, until it is killed."""
    print("ready", flush=True)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        while True:
            s.sendto(b"x", (address, int(port)))
            time.sleep(0.001)


def echo_one(s):
    while data := s.recv(4096):
        s.sendall(data)
    s.close()


def forking(address, port):
    """Accepts in the parent; a child a connection serves it. Says
    "PORT PID" for each."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    listener = socket.create_server((address, int(port)))
    print("ready", flush=True)
    while True:
        s, peer = listener.accept()
        if not os.fork():
            listener.close()
            print(peer[1], os.getpid(), flush=True)
            echo_one(s)
            os._exit(0)
        s.close()


def worker(listener):
    while True:
        s, peer = listener.accept()
        print(peer[1], os.getpid(), flush=True)
        echo_one(s)


def shared(address, port):
    """Two processes of multiprocessing accept from one socket."""
    listener = socket.create_server((address, int(port)),
                                    family=socket.AF_INET6,
                                    dualstack_ipv6=True)
    for _ in range(2):
        multiprocessing.Process(target=worker, args=(listener,)).start()
    print("ready", os.getpid(), flush=True)
    signal.pause()


def daemon(address, port):
    """Listens, forks, and the parent exits: the child has the socket."""
    listener = socket.create_server((address, int(port)))
    if os.fork():
        os._exit(0)
    print("ready", os.getpid(), flush=True)
    worker(listener)


def echo(address, port, nr):
    """NR connections, one after the other."""
    for _ in range(int(nr)):
        with connect(address, port) as s:
            s.sendall(b"x")
            s.recv(1)


def silent(address, port):
    """Connects, says a word and exits at once without closing."""
    s = connect(address, port)
    s.sendall(b"x")
    print(s.getsockname()[1], os.getpid(), flush=True)
    os._exit(0)


def speaker(address, port):
    """Sends to each who connects, never receives, closes a second later."""
    listener = socket.create_server((address, int(port)))
    print("ready", os.getpid(), flush=True)
    while True:
        s, _ = listener.accept()
        s.sendall(b"hello")
        time.sleep(0.3)
        s.sendall(b"hello")
        s.close()


def listen_many(address, port, nr):
    """Accepts NR connections and keeps them; echoes on the last."""
    listener = socket.create_server((address, int(port)), backlog=4096)
    print("ready", os.getpid(), flush=True)
    kept = [listener.accept()[0] for _ in range(int(nr))]
    print("full", flush=True)
    echo_one(kept[-1])
    signal.pause()


def open_many(address, port, nr):
    """Opens NR connections; on SIGUSR1 sends a byte over the last."""
    signal.signal(signal.SIGUSR1, lambda *_: None)
    kept = [connect(address, port) for _ in range(int(nr))]
    print("full", kept[-1].getsockname()[1], os.getpid(), flush=True)
    signal.pause()
    for s in kept[-1:] * 3:
        s.sendall(b"x")
        s.recv(1)
    print("sent", flush=True)
    signal.pause()


if __name__ == "__main__":
    globals()[sys.argv[1]](*sys.argv[2:])
