# SPDX-License-Identifier: GPL-2.0
"""
The traffic for filters.sh, and what each filter must show of it.

	filters.py serve		answer on the served ports
	filters.py drive		from the client's side
	filters.py call			from the server's side, and on loopback
	filters.py check CASES REFERENCE
	filters.py list ports|ranges|prefixes|prefixes6

"check" reads CASES, lines "LABEL<TAB>ARGUMENTS<TAB>PREDICATE<TAB>EVENTS", and
a packet a line of REFERENCE (packet_lines in lib-lab.sh), and says "ok NAME"
or "bad NAME<TAB>WHY" of each case.
"""
import collections
import ipaddress
import json
import selectors
import socket
import sys

SERVED = (53, 80, 443, 8000, 8050, 8100, 8101)
OWN = ("10.77.0.2", "10.77.0.3", "10.78.0.2", "fd00:77::2", "fd00:77::3",
       "fd00:78::2")
FLAGS = dict(FIN=1, SYN=2, RST=4, PSH=8, ACK=16, URG=32, ECE=64, CWR=128,
             AE=256)
# Ports next to each other, so that the tool joins some, and far apart.
PORTS = sorted({1000 + 3 * n for n in range(40)} | set(range(1130, 1154)))
RANGES = ["%d-%d" % (1000 + 4 * n, 1001 + 4 * n) for n in range(64)]
PREFIXES = ["10.80.%d.16/28" % n for n in range(0, 128, 2)]
PREFIXES6 = ["fd00:80:0:%x::/64" % n for n in range(0, 128, 2)]
assert len(PORTS) == len(RANGES) == len(PREFIXES) == len(PREFIXES6) == 64


def connect(dst, port, src=None, data=b""):
    family = socket.AF_INET6 if ":" in dst else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as s:
        s.settimeout(10)
        s.bind((src or "", 0))
        try:
            s.connect((dst, port))
            s.sendall(data)
            s.shutdown(socket.SHUT_WR)
            while s.recv(4096):
                pass
        except ConnectionRefusedError:
            pass


def serve():
    sel = selectors.DefaultSelector()
    for port in SERVED:
        s = socket.create_server(("", port), family=socket.AF_INET6,
                                 dualstack_ipv6=True)
        sel.register(s, selectors.EVENT_READ)
    print("ready", flush=True)
    while True:
        for key, _ in sel.select():
            conn, _ = key.fileobj.accept()
            with conn:
                while data := conn.recv(4096):
                    conn.sendall(data)


def drive():
    for dst in OWN:
        for port in SERVED:
            connect(dst, port, data=b"x" * port)
    for port in range(998, 1262):
        connect("10.77.0.2", port)
        if port % 3:
            connect("fd00:77::2", port)
    for net in range(0, 130):
        for host in (1, 15, 16, 31, 32)[net % 3::3]:
            connect("10.77.0.2", 7, src="10.80.%d.%d" % (net, host))
        connect("fd00:77::2", 7, src="fd00:80:0:%x::1" % net)


def call():
    for dst in "10.77.0.1", "10.78.0.1", "fd00:77::1", "fd00:78::1":
        for port in 80, 5432, 5433:
            connect(dst, port)
    for dst in "127.0.0.1", "127.0.0.2", "::1":
        for port in 80, 443, 5432:
            connect(dst, port, data=b"loop")


def references(path, wanted):
    """The packets of a capture, as they look with this -D."""
    names = ("ifname", "ip", "saddr", "sport", "daddr", "dport", "flags",
             "seq", "ack", "win", "len", "ttl", "wirelen", "mss")
    with open(path, encoding="ascii") as f:
        for line in f:
            values = [int(v) if v.isdigit() else v
                      for v in line.rstrip("\n").split("\t")]
            p = dict(zip(names, values))
            p["dir"] = "out" if p["saddr"] in OWN else "in"
            if p["ifname"] == "lo":
                # it leaves and arrives, and shows once
                p["dir"] = "out" if wanted == "out" else "in"
            if wanted in ("both", p["dir"]):
                yield p


def is_in(addr, nets):
    addr = ipaddress.ip_address(addr)
    return any(addr in n for n in map(ipaddress.ip_network, nets.split(",")))


def scope(p):
    """The names that a predicate may use."""
    near, far = ("d", "s") if p["dir"] == "in" else ("s", "d")
    s = {name.lower(): bool(p["flags"] & bit) for name, bit in FLAGS.items()}
    s.update(p, lport=p[near + "port"], rport=p[far + "port"],
             L=lambda nets: is_in(p[near + "addr"], nets),
             R=lambda nets: is_in(p[far + "addr"], nets),
             H=lambda nets: is_in(p["saddr"], nets) or
             is_in(p["daddr"], nets), PORTS=PORTS,
             RANGES=[n for n in range(1000, 1256) if n % 4 < 2],
             PREFIXES=",".join(PREFIXES), PREFIXES6=",".join(PREFIXES6))
    return s


def shown(path):
    with open(path, encoding="ascii") as f:
        for p in map(json.loads, f):
            if p.pop("type") == "packet":
                del p["ts"], p["hook"]
                for key in ("pid", "comm", "uid", "cgroup", "owner"):
                    p.pop(key, None)
                p["flags"] = sum(FLAGS[f] for f in p["flags"])
                p.setdefault("mss", 0)
                yield p


def count(packets):
    return collections.Counter(tuple(sorted(p.items())) for p in packets)


def check(cases, reference):
    with open(cases, encoding="ascii") as f:
        for line in f:
            label, args, predicate, events = line.rstrip("\n").split("\t")
            words = args.split()
            wanted = words[words.index("-D") + 1] if "-D" in words else "in"
            code = compile(predicate, label, "eval")
            want = count(p for p in references(reference, wanted)
                         if eval(code, {}, scope(p)))
            got = count(shown(events))
            name = "%s: %d packets" % (args[:70], sum(want.values()))
            if got == want and want:
                print("ok " + name)
                continue
            missed, extra = want - got, got - want
            print("bad %s\t%d missing, %d too much, the first: %s" % (
                name, sum(missed.values()), sum(extra.values()),
                dict(next(iter([*missed, *extra]), {}))))


if __name__ == "__main__":
    if sys.argv[1] == "list":
        print(",".join(map(str, globals()[sys.argv[2].upper()])))
    else:
        globals()[sys.argv[1]](*sys.argv[2:])
