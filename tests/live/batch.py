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
import sys
import time
from decimal import Decimal

from scapy.layers.inet import IP, TCP
from scapy.layers.l2 import Ether

NR, BURST = 3000, 30
SEQ_AT = 14 + 20 + 4


def send(ifname, mac, cpu):
    rng = random.Random(cpu)
    os.sched_setaffinity(0, {cpu})
    one = bytes(Ether(src=mac, dst=mac) /
                IP(src="10.77.0.1", dst="10.77.0.2") /
                TCP(sport=1000 + cpu, dport=80, flags="S"))
    # TCP will refuse them for their checksums: all hooks are in front of it.
    frames = [one[:SEQ_AT] + seq.to_bytes(4, "big") + one[SEQ_AT + 4:]
              for seq in range(NR)]
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
