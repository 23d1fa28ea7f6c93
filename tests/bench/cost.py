# SPDX-License-Identifier: GPL-2.0
"""What a packet costs in the program of each hook (-k), by filter, and in an
empty program at the same place.

The kernel's own clock of a program's runs tells. That has a cost too: what an
empty program takes is mostly this."""

import contextlib
import os
import socket
import statistics
import tempfile
import time

import lab
from lab import (BpfStats, OTHER_PORT, PORT, READER_CPU, SENDER_CPU, Program,
                 Skip, Tracer, send)
from table import Row

RATE = 100000
# The tracepoint's program also runs, shortly, for packets of other namespaces.
MAX_STRAY, MAX_TRIES = 0.01, 5
MAX_WAIT = 5
WITHIN_NS, AT_MOST_NS = 25, 500
MATCH = "tcp dst port %d" % PORT
EMPTY = "int empty(void *ctx) { return VERDICT; }\n"
class Peer(Tracer):
    """Another program that holds one BPF program."""

    def __init__(self, argv, ready, **how):
        Program.__init__(self, argv, ready, **how)
        end = time.monotonic() + MAX_WAIT
        while not self._has_program() and time.monotonic() < end:
            time.sleep(0.05)
        self.prog_id = self._program()["prog_id"]

    def _has_program(self):
        try:
            return self._program()
        except Skip:
            return None


def on_cable(nr, *how):
    """Packets to PORT, or as HOW says."""
    send(nr, *how, rate=RATE)


class Connections:
    """Segments that reach TCP of an established connection: to PORT, or to
    the port that HOW says. Each also brings an acknowledgement, or half."""

    def __init__(self):
        self.ends = {port: self._connect(port) for port in (PORT, OTHER_PORT)}

    @staticmethod
    def _connect(port):
        with socket.create_server(("127.0.0.1", port)) as listener:
            near = socket.create_connection(
                ("127.0.0.1", port),
                source_address=("127.0.0.1", 10000 + port))
            near.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            return near, listener.accept()[0]

    def __call__(self, nr, *how):
        near, far = self.ends[int(how[1]) if how else PORT]
        cpus = os.sched_getaffinity(0)
        os.sched_setaffinity(0, {int(SENDER_CPU)})
        for _ in range(nr):
            near.send(b"x")
            far.recv(1)
        os.sched_setaffinity(0, cpus)


def ports(nr):
    """No two of them are neighbours, which would make one range."""
    return ",".join(map(str, [PORT, *range(1001, 999 + 2 * nr, 2)]))


def prefixes(nr):
    return ",".join("10.%d.0.0/16" % (i * 2) for i in range(nr))


# Name, arguments, and what a packet has that does not match.
OTHER = ("-d", str(OTHER_PORT))
FILTERS = [
    ("16 ports", ("-p", ports(16)), OTHER),
    ("64 ports", ("-p", ports(64)), OTHER),
    ("64 prefixes", ("-R", prefixes(64)), ("-s", "10.1.0.2")),
    ("pcap-filter", (MATCH,), OTHER),
    ("C expression", ("-e", "dport == %d && len < 100" % PORT), OTHER),
]


class Hook:
    """The name for -k, where bpfrun-c puts a program there, what that returns
    and how many runs a packet makes at most."""

    def __init__(self, name, place, verdict, filters=(), runs=1):
        self.name, self.place, self.verdict = name, place, verdict
        base = ("-p", str(PORT)), OTHER
        if name == "tcp":
            base = ("-p", "%d,%d" % (PORT, 10000 + PORT)), OTHER
        self.filters = [("1 port", *base), *filters]
        self.max_runs = runs + MAX_STRAY

    def traffic(self):
        return Connections() if self.name == "tcp" else on_cable

    @property
    def ifname(self):
        return "lo" if self.name == "tcp" else "b1"

    @property
    def is_shared(self):
        return self.name != "xdp"

    def tool(self, *args):
        return Tracer("-k", self.name, "-i", self.ifname, "--pages", "1024",
                      *args, cpu=READER_CPU)

    def empty(self):
        with tempfile.NamedTemporaryFile("w", suffix=".c") as text:
            text.write(EMPTY)
            text.flush()
            return Peer([lab.BUILD + "/bpfrun-c", text.name, "-i", self.ifname,
                         "-a", "empty=" + self.place,
                         "-D", "VERDICT=%d" % self.verdict], "running",
                        cpu=READER_CPU)


HOOKS = [
    Hook("socket", "socket", 0, FILTERS),
    Hook("tc", "tc-ingress", -1, FILTERS),
    Hook("xdp", "xdp", 2),
    Hook("tracepoint", "raw-tracepoint:netif_receive_skb", 0),
    Hook("tcp", "raw-tracepoint:tcp_probe", 0, runs=2),
]


def run_ns(programs, max_runs, traffic, nr, *how):
    """Nanoseconds of a run of each, by as many packets."""
    for _ in range(MAX_TRIES):
        before = [p.run_ns() for p in programs]
        traffic(nr, *how)
        found = [(ns - ns0, runs - runs0) for (ns, runs), (ns0, runs0)
                 in zip([p.run_ns() for p in programs], before)]
        if all(nr <= runs <= nr * max_runs for _, runs in found):
            return [ns / runs for ns, runs in found]
    raise Skip("%s runs for %d packets: others come in" %
               (" and ".join(str(runs) for _, runs in found), nr))


def check_matched(totals, nr):
    """NR packets or more have matched, and as many not."""
    others = totals["seen"] - totals["matched"]
    if totals["matched"] < nr or others < nr:
        raise Skip("of %d packets each: %s" % (nr, totals))
    if totals["shown"] != totals["matched"]:
        raise Skip("lost events: %s" % totals)


@contextlib.contextmanager
def side_by_side(starts, is_turned):
    """The programs that STARTS give, started the other way round if so."""
    with contextlib.ExitStack() as stack:
        order = starts[::-1] if is_turned else starts
        found = [stack.enter_context(start()) for start in order]
        yield found[::-1] if is_turned else found


def cost(hook, traffic, nr, args, other, *beside, is_turned=False):
    """What a run takes of the tool's program, and of those that are started
    BESIDE it: for packets that do not match, and for ones that do."""
    starts = [lambda: hook.tool(*args), *beside]
    with side_by_side(starts, is_turned) as programs:
        with BpfStats():
            time.sleep(0.1)
            found = [run_ns(programs, hook.max_runs, traffic, nr, *how)
                     for how in (other, ())]
        check_matched(programs[0].totals(), nr)
    return found


def cost_and_empty(hook, traffic, nr, args, other, is_turned):
    """The same with an empty program: where the hook has room for two, the
    same packets go through both."""
    if hook.is_shared:
        return cost(hook, traffic, nr, args, other, hook.empty,
                    is_turned=is_turned)
    with hook.empty() as p, BpfStats():
        time.sleep(0.1)
        empty = run_ns([p], hook.max_runs, traffic, nr, *other)
    return [ours + empty for ours in cost(hook, traffic, nr, args, other)]


class AtHook:
    """Two rows, measured at once. Samples are (ours, empty)."""

    def __init__(self, hook, is_quick):
        self.hook = hook
        self.nr, self.rounds = (5000, 1) if is_quick else (20000, 5)
        self.found = {name: ([], []) for name, *_ in hook.filters}
        self.skipped = None

    def _measure(self):
        traffic = self.hook.traffic()
        for i in range(self.rounds):
            for name, *how in self.hook.filters:
                two = cost_and_empty(self.hook, traffic, self.nr, *how,
                                     is_turned=i % 2)
                for samples, one in zip(self.found[name], two):
                    samples.append(one)

    def _fill(self, row, is_match):
        if self.skipped:
            raise Skip(self.skipped)
        by_name = {name: both[is_match] for name, both in self.found.items()}
        for ours, empty in by_name["1 port"]:
            row.add(empty, ours)
        row.extra["ours_empty_ns"] = by_name
        if len(by_name) > 1:
            row.notes.append("more than that: " + ", ".join(
                "%s %.0f" % (name, over_empty(samples))
                for name, samples in by_name.items()) + " ns")

    def unmatched(self, row):
        try:
            self._measure()
        except Skip as why:
            self.skipped = str(why)
        self._fill(row, 0)

    def matched(self, row):
        self._fill(row, 1)

    def rows(self):
        target = {}
        if len(self.hook.filters) > 1:
            target = {"target": "+%d ns" % WITHIN_NS, "is_met": is_within}
        return [
            (self.unmatched, Row(self.hook.name + ", not matching",
                                 "empty program", "ns", **target)),
            (self.matched, Row(self.hook.name + ", matching", "empty program",
                               "ns", "<= %d ns" % AT_MOST_NS, is_cheap)),
        ]


def over_empty(samples):
    return statistics.median(ours - empty for ours, empty in samples)


def is_within(row):
    """With every filter."""
    return all(over_empty(samples) <= WITHIN_NS
               for samples in row.extra["ours_empty_ns"].values())


def is_cheap(row):
    return all(statistics.median(ours for ours, _ in samples) <= AT_MOST_NS
               for samples in row.extra["ours_empty_ns"].values())


def rows(is_quick):
    return [row for hook in HOOKS for row in AtHook(hook, is_quick).rows()]
