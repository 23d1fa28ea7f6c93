# SPDX-License-Identifier: GPL-2.0
"""
	watch.py ADDRESS PORT COUNT

COUNT attempts to connect, each from a port of its own, from 20000 on, at about
100 a second.
"""
import socket
import sys
import time

address, port, count = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
for i in range(count):
    with socket.socket() as s:
        s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        s.bind(("", 20000 + i))
        try:
            s.connect((address, port))
        except ConnectionRefusedError:
            pass
    time.sleep(0.01)
