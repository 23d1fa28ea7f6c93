# SPDX-License-Identifier: GPL-2.0
"""
	watch.py ADDRESS PORT FILE

Attempts to connect, each from a port of its own, from 20000 on, at about 200 a
second, as long as FILE is there, but no more than 9,000; says how many.
"""
import os
import socket
import sys
import time

address, port, path = sys.argv[1], int(sys.argv[2]), sys.argv[3]
count = 0
while os.path.exists(path) and count < 9000:
    with socket.socket() as s:
        s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        s.bind(("", 20000 + count))
        try:
            s.connect((address, port))
        except ConnectionRefusedError:
            pass
    count += 1
    time.sleep(0.005)
print(count)
