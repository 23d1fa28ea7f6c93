# SPDX-License-Identifier: GPL-2.0
"""What a packet costs, and what memory, as a filter has more ports, prefixes
or rules, and as the packets are of more flows.

The packets are crafted and run through the program of the attached tool by
BPF_PROG_TEST_RUN; its events go to the tool as ever. The kernel's own clock
times the runs, and what an empty program takes is taken off. Unlike in a
flood, there is a system call between two packets, so caches are colder.

A row has the two ends; all points go to the JSON, for plot.py."""

import os
import re
import statistics
import subprocess
import time
from contextlib import ExitStack

import lab
from lab import BpfStats, PORT, READER_CPU, SENDER_CPU, Skip, Tracer
from server import cpu_ns
from table import Row, at_most

FLOWS = lab.BUILD + "/tests/bench/flows"
INTERFACE = "b1"
# What a tool keeps up with, also when it looks for owners of many flows.
RATE, SLOW_RATE = 250000, 100000
NR_BUFFERED = 60000  # events that have been everywhere in the buffer
SETTLE_S = 0.2
FEW_FLOWS = 1024
TCPDUMP_FLOWS = (1, 1000, 10000, 100000)  # each is slower than the one before
FLAT = {"target": "<= 1.25 x", "is_met": lambda r: r.ratio <= 1.25}


def run_ns(nr, *args):
    """Nanoseconds of each of NR crafted packets in a program."""
    out = lab.sh("taskset", "-c", SENDER_CPU, FLOWS, "-n", str(nr),
                 *map(str, args))
    ns, runs = map(int, out.split())
    if runs != nr:
        raise Skip("%d runs for %d packets" % (runs, nr))
    return ns / nr


def run_in(tracer, nr, *args):
    return run_ns(nr, "-p", tracer.prog_id, "-i", INTERFACE, *args)


def trace(*args):
    return Tracer("-i", INTERFACE, "--pages", "1024", *args, cpu=READER_CPU)


def check(totals, nr_matched):
    if totals["shown"] != nr_matched or totals["lost"]:
        raise Skip("of %d packets: %s" % (nr_matched, totals))


def growth_row(panel, of, find, *names, **target):
    """FIND returns the samples of the peer, ours, and all by number: the line
    OF in a panel of plot.py's."""
    def fill(row):
        peer, ours, points = find()
        for pair in zip(peer, ours):
            row.add(*pair)
        row.extra.update(panel=panel, of=of, points=points)
    return fill, Row(*names, **target)


def listed(pattern, nr, between=","):
    """NR of PATTERN with the numbers that a filter asks for: even ones."""
    return between.join(pattern % {"n": 2 * i} for i in range(1, nr + 1))


def port(n):
    return ["-d", n]


def ipv4(n):
    return ["-s", "10.%d.0.0" % n]


def ipv6(n):
    return ["-s", "fd00:%d::" % n]


# (what there are more of, a kind of it, the filter with NR, packet number N)
FILTERS = (
    ("ports", "", lambda nr: ["-p", listed("%(n)d", nr)], port),
    ("prefixes", "IPv4", lambda nr: ["-R", listed("10.%(n)d.0.0/16", nr)],
     ipv4),
    ("prefixes", "IPv6", lambda nr: ["-R", listed("fd00:%(n)d::/48", nr)],
     ipv6),
    ("rules", "-e", lambda nr: [
        "-e", listed('src("10.%(n)d.0.0/16") && dport == 9', nr, " || ")],
     ipv4),
    ("rules", "pcap", lambda nr: [
        listed("src net 10.%(n)d.0.0/16 and tcp dst port 9", nr, " or ")],
     ipv4),
)


class Filters:
    """A tool for each number of ports, prefixes or rules, in turn."""

    def __init__(self, is_quick, by, kind, args, packet):
        self.by, self.kind, self.args, self.packet = by, kind, args, packet
        self.numbers = (1, 64) if is_quick else (1, 4, 16, 64)
        self.nr, self.rounds = (5000, 3) if is_quick else (5000, 11)
        self.empty = []
        self.found = {}

    def _round(self, tracers):
        empty = run_ns(self.nr, "-e")
        self.empty.append(empty)
        for nr, tracer in tracers.items():
            # The last of those that match, and the first behind.
            match = run_in(tracer, self.nr, "-r", RATE,
                           *self.packet(2 * nr))
            other = run_in(tracer, self.nr, *self.packet(2 * nr + 1))
            self.found["match"][nr].append(match - empty)
            self.found["no match"][nr].append(other - empty)

    def _measure(self):
        self.found = {what: {nr: [] for nr in self.numbers}
                      for what in ("match", "no match")}
        with ExitStack() as stack, BpfStats():
            tracers = {nr: stack.enter_context(trace(*self.args(nr)))
                       for nr in self.numbers}
            for _ in range(self.rounds):
                self._round(tracers)
            for tracer in tracers.values():
                check(tracer.totals(), self.rounds * self.nr)

    def row(self, what):
        def find():
            if not self.found:
                self._measure()
            points = self.found[what]
            return points[self.numbers[0]], points[self.numbers[-1]], points
        kind = " (%s)" % self.kind if self.kind else ""
        target = {} if self.by == "rules" else at_most(2)
        return growth_row(self.by, (self.kind + " " + what).strip(), find,
                          "%d %s%s, %s" % (self.numbers[-1], self.by, kind,
                                           what),
                          "one", "ns", is_rest=True, **target)


class Flows:
    """A tool whose packets are of ever more flows: nanoseconds in the kernel
    and of the tool's CPU time, and megabytes, by number."""

    def __init__(self, numbers, is_quick, rate, *args):
        self.numbers, self.rate, self.args = numbers, rate, args
        self.nr, self.rounds = (20000, 3) if is_quick else (50000, 5)
        self.sent = 0
        self.found = {}

    def _run(self, nr, nr_flows):
        self.sent += nr
        return run_in(self.tracer, nr, "-d", PORT, "-f", nr_flows, "-r",
                      self.rate)

    def _grow(self, nr_flows):
        """Once each has been there, a packet more of the first ones: with
        many they are those that have not been seen for longest."""
        pid = self.tracer.proc.pid
        self._run(nr_flows, nr_flows)
        time.sleep(SETTLE_S)
        before = cpu_ns(pid)
        self._run(self.nr, nr_flows)
        time.sleep(SETTLE_S)
        self.found["tool"][nr_flows] = [(cpu_ns(pid) - before) / self.nr]
        self.found["memory"][nr_flows] = [lab.memory_kb(pid)[0] / 1024]

    def _round(self):
        empty = run_ns(self.nr // 5, "-e")
        for nr_flows in self.numbers:
            self.found["kernel"][nr_flows].append(
                self._run(self.nr // 5, nr_flows) - empty)

    def _measure(self):
        self.found = {what: {nr: [] for nr in self.numbers}
                      for what in ("kernel", "tool", "memory")}
        with trace("-p", str(PORT), *self.args) as self.tracer, BpfStats():
            self._run(NR_BUFFERED, 1)
            for nr_flows in self.numbers:
                self._grow(nr_flows)
            for _ in range(self.rounds):
                self._round()
            check(self.tracer.totals(), self.sent)

    def points(self, what):
        if not self.found:
            self._measure()
        return self.found[what]


def peak_mb(pid):
    with open("/proc/%d/status" % pid) as f:
        return int(re.search(r"^VmHWM:\s+(\d+)", f.read(), re.M)[1]) / 1024


def tcpdump_mb(nr_flows):
    """What it needs for a packet of each flow. Its input does not end before
    it has been asked."""
    argv = [lab.need("tcpdump"), "-n", "-l", "-r", "-"]
    crafted = [FLOWS, "-w", "/dev/stdout", "-n", str(nr_flows), "-f",
               str(nr_flows)]
    r, w = os.pipe()
    with subprocess.Popen(argv, stdin=r, stdout=subprocess.PIPE,
                          stderr=subprocess.DEVNULL) as reader:
        os.close(r)
        try:
            with subprocess.Popen(crafted, stdout=w):
                nr = sum(1 for _ in zip(range(nr_flows), reader.stdout))
            if nr < nr_flows:
                raise Skip("tcpdump -r has read %d packets only" % nr)
            return peak_mb(reader.pid)
        finally:
            os.close(w)


def many(nr):
    return "%dM" % (nr // 10 ** 6) if nr >= 10 ** 6 else "%dk" % (nr // 1000)


def flow_rows(is_quick):
    most = 100000 if is_quick else 1000000
    numbers = [1, most] if is_quick else [10 ** i for i in range(7)]
    some = [1, most] if is_quick else [1, 1000, 100000, most]
    tool = Flows(numbers, is_quick, SLOW_RATE)
    no_owner = Flows(some, is_quick, RATE, "--no-owner")
    few = Flows(some, is_quick, RATE, "--no-owner", "--max-flows",
                str(FEW_FLOWS))

    def row(which, what, of, unit, **target):
        def find():
            points = which.points(what)
            return points[1], points[most], points
        return growth_row(what, of, find, "%s flows, %s" % (many(most), of),
                          "1 flow", unit, **target)

    def find_tcpdump():
        points = {nr: [tcpdump_mb(nr)] for nr in TCPDUMP_FLOWS}
        nr = TCPDUMP_FLOWS[-1]
        return points[nr], tool.points("memory")[nr], points
    return [
        row(tool, "kernel", "kernel", "ns", **FLAT),
        row(tool, "tool", "CPU time", "ns", **FLAT),
        row(no_owner, "tool", "--no-owner", "ns", **FLAT),
        row(tool, "memory", "memory", "MB"),
        row(few, "memory", "--max-flows %d" % FEW_FLOWS, "MB"),
        growth_row("memory", "tcpdump", find_tcpdump,
                   many(TCPDUMP_FLOWS[-1]) + " flows, memory",
                   "tcpdump", "MB", **at_most(1)),
    ]


def note_empty(filters, measure_and_row):
    measure, row = measure_and_row

    def fill(row):
        measure(row)
        row.extra["empty_ns"] = filters.empty
        row.notes.append("taken off, here and below, what an empty program "
                         "takes: %.0f ns" % statistics.median(filters.empty))
    return fill, row


def rows(is_quick):
    filters = [Filters(is_quick, *f) for f in FILTERS]
    found = [f.row(what) for f in filters for what in ("no match", "match")]
    found[0] = note_empty(filters[0], found[0])
    return found + flow_rows(is_quick)
