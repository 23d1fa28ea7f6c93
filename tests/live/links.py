# SPDX-License-Identifier: GPL-2.0
"""
	links.py tun NAME COUNT

Opens a tun device, gives it addresses, waits for a line on stdin, puts COUNT
segments from IP on into it, IPv4 and IPv6 in turn, and says "sent"; ends with
stdin.
"""
import fcntl
import os
import struct
import subprocess
import sys

from scapy.layers.inet import IP, TCP, IPOption
from scapy.layers.inet6 import IPv6, IPv6ExtHdrDestOpt

TUNSETIFF, IFF_TUN, IFF_NO_PI = 0x400454ca, 1, 0x1000


def tun_open(name):
    fd = os.open("/dev/net/tun", os.O_RDWR)
    fcntl.ioctl(fd, TUNSETIFF, struct.pack(
        "16sH", name.encode(), IFF_TUN | IFF_NO_PI))
    for command in ("addr add 10.79.0.2/24 dev ", "link set up dev ",
                    "addr add fd00:79::2/64 nodad dev "):
        subprocess.run(["ip", *command.split(), name], check=True)
    return fd


def packet(n):
    seg = TCP(sport=10000 + n, dport=80, flags="S", seq=n, window=n)
    if n % 4 == 0:
        return IP(src="10.79.0.1", dst="10.79.0.2") / seg
    if n % 4 == 1:
        return IPv6(src="fd00:79::1", dst="fd00:79::2") / seg / b"payload"
    if n % 4 == 2:
        return IP(src="10.79.0.1", dst="10.79.0.2",
                  options=IPOption(b"\x01" * 8)) / seg
    return IPv6(src="fd00:79::1", dst="fd00:79::2") / IPv6ExtHdrDestOpt() / seg


def main(name, count):
    fd = tun_open(name)
    print("ready", flush=True)
    sys.stdin.readline()
    for n in range(count):
        os.write(fd, bytes(packet(n)))
    print("sent", flush=True)
    sys.stdin.read()


if __name__ == "__main__":
    main(sys.argv[2], int(sys.argv[3]))
