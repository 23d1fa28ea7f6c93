# SPDX-License-Identifier: GPL-2.0
"""
	batch.py send INTERFACE DESTINATION-MAC CPU
	batch.py check HOOKS CPUS <EVENTS.json

"send" sends NR SYNs from port 1000 + CPU, numbered by their sequence numbers,
in bursts of any length up to BURST. "check" says what is wrong with the events
of those of so many CPUs at so many hooks: each is there once, in the order in
which it was sent, and no time stamp goes back.
"""
import json
import os
import random
import socket
import struct
import sys
import time
from decimal import Decimal

NR, BURST = 3000, 30
ETH_P_IP, SYN = 0x0800, 2


def checksum(data):
    total = sum(struct.unpack("!%dH" % (len(data) // 2), data))
    total = (total >> 16) + (total & 0xffff)
    return ~(total + (total >> 16)) & 0xffff


def frame(mac, port, seq):
    tcp = struct.pack("!HHIIBBHHH", port, 80, seq, 0, 5 << 4, SYN, 1024, 0, 0)
    ip = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 20 + len(tcp), 0, 0, 64, 6, 0,
                     bytes([10, 77, 0, 1]), bytes([10, 77, 0, 2]))
    ip = ip[:10] + struct.pack("!H", checksum(ip)) + ip[12:]
    return mac + mac + struct.pack("!H", ETH_P_IP) + ip + tcp


def send(ifname, mac, cpu):
    rng = random.Random(cpu)
    os.sched_setaffinity(0, {cpu})
    mac = bytes.fromhex(mac.replace(":", ""))
    frames = [frame(mac, 1000 + cpu, seq) for seq in range(NR)]
    with socket.socket(socket.AF_PACKET, socket.SOCK_RAW) as s:
        s.bind((ifname, 0))
        while frames:
            burst = rng.randint(1, BURST)
            for f in frames[:burst]:
                s.send(f)
            del frames[:burst]
            time.sleep(rng.choice((0, 0.0003, 0.002)))


def check(hooks, cpus):
    last, seqs = Decimal(0), {}
    for line in sys.stdin:
        e = json.loads(line, parse_float=Decimal)
        if e["type"] != "packet" or e["sport"] < 1000 or e["dport"] != 80:
            continue
        seqs.setdefault((e["hook"], e["sport"]), []).append(e["seq"])
        if e["ts"] < last:
            print("back in time:", line, end="")
        last = e["ts"]
    if len(seqs) != hooks * cpus:
        print("hooks and CPUs:", sorted(seqs))
    for key, got in seqs.items():
        if got != list(range(NR)):
            print(*key, "wrong: ", len(got), "events,", len(set(got)), "other")


if __name__ == "__main__":
    if sys.argv[1] == "send":
        send(sys.argv[2], sys.argv[3], int(sys.argv[4]))
    else:
        check(int(sys.argv[2]), int(sys.argv[3]))
