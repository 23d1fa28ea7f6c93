# SPDX-License-Identifier: GPL-2.0
"""
	faults.py words ADDRESS PORT NR

NR processes, one after the other, of which each says a word to ADDRESS and
exits at once; says "PORT PID" of each.
"""
import os
import socket
import sys


def words(address, port, nr):
    for _ in range(int(nr)):
        pid = os.fork()
        if not pid:
            s = socket.socket()
            s.connect((address, int(port)))
            s.sendall(b"x")
            print(s.getsockname()[1], os.getpid(), flush=True)
            os._exit(0)
        os.waitpid(pid, 0)


if __name__ == "__main__":
    words(*sys.argv[2:])
