# SPDX-License-Identifier: GPL-2.0
"""What a server keeps of its requests and its throughput while a tracer runs.

The machine's own noise is larger than what most of them cost, so that wants
many short looks: the load never stops, nginx itself counts for a moment with a
tracer and for one before and after without, and each tracer has its turn, one
that is none among them: what it seems to cost is the noise. That is by the
clock, as a user sees it. Where wrk is the slower one, that hides a cost: so the
notes have the same by CPU time, of nginx, of ksoftirqd beside it, and of the
tracer's own process, as if that too ran on nginx's CPU.

Where everything matches, wrk runs once more with each tracer, for its
percentiles. Tracers that write a file keep as many bytes of a packet."""

import json
import os
import re
import signal
import statistics
import tempfile
import time

import lab
from lab import OTHER_PORT, Program, Skip
from server import ADDRESS, CPUS, LOADS, NETNS, Server, make_network
from table import Row

SETTLE_S, SNAPLEN = 0.05, "128"
# What tracers say on stderr when something escaped them.
LOST = (r"LOST (\d+)", r"(\d+) packets dropped by kernel", r"[Ll]ost (\d+)")


class Traced:
    """A tracer: its command, and what it does to others. Without a command it
    is none. WANT_FILE: its rows go to one."""

    def __init__(self, name, argv=(), ready=None, want_file=False):
        self.name, self.argv, self.ready = name, list(argv), ready
        self.want_file = want_file
        self.rates, self.kept, self.kept_of_cpu, self.p99 = [], [], [], []
        self.lost = 0

    def prime(self):
        """What is compiled once is no part of what it costs."""
        if self.ready == "tracing":
            lab.prime(self.argv)
        if "bpfcc" in self.name:
            lab.headers_for_bcc()

    def during(self, measure):
        """What MEASURE(process id of the tracer ...) returns meanwhile."""
        if not self.argv:
            return measure()
        lab.need(self.argv[0])
        with tempfile.TemporaryFile() as to:
            with Program(self.argv, self.ready,
                         stdout=to if self.want_file else None) as p:
                time.sleep(SETTLE_S)
                found = measure(p.proc.pid)
                # Those of BCC lose SIGINT in a callback at times.
                text = p.stop(signal.SIGINT if self.ready else signal.SIGTERM)
        for pattern in LOST:
            self.lost += sum(map(int, re.findall(pattern, text)))
        return found

    def __str__(self):
        text = "%s keeps %.1f %%" % (self.name,
                                     100 * middle(self.kept))
        if self.kept_of_cpu:
            text += " (by CPU time %.1f)" % (
                100 * middle(self.kept_of_cpu))
        if self.p99:
            text += ", p99 %.2f ms" % statistics.median(self.p99)
        return text + (", but lost %d" % self.lost if self.lost else "")

    def as_json(self):
        return {"rates": self.rates, "kept": self.kept, "p99_ms": self.p99,
                "kept_of_cpu": self.kept_of_cpu, "lost": self.lost}


def ours(tool, *args, name=None, **how):
    return Traced(name or tool, [lab.BUILD + "/" + tool, "-N", NETNS, *args],
                  "tracing", **how)


def tcpdump(*args, name="tcpdump", port=80, **how):
    return Traced(name, ["ip", "netns", "exec", NETNS, "tcpdump", "-i",
                         "eth0", "-n", *args, "tcp dst port %d" % port],
                  "listening", **how)


def elsewhere(name):
    """One of the tools that look at all namespaces at once and do not say
    when they are ready."""
    return Traced(name, [name, "-L", "80"])


def middle(values):
    """The mean of their middle half: steadier than the median of few, and no
    outlier is in it."""
    quarter = (len(values) + 1) // 4
    return statistics.mean(sorted(values)[quarter:len(values) - quarter])


class Looks:
    """The rounds of one LOAD with some TRACERS, made by the first row that
    asks for them. SECONDS: of each look."""

    def __init__(self, load, rounds, seconds, tracers, want_p99=False):
        self.load, self.rounds, self.seconds = load, rounds, seconds
        self.none = Traced("no tracer")
        self.tracers = [self.none, *tracers]
        self.want_p99 = want_p99
        self.skipped, self.is_done = {}, False

    def _round(self, server, tracer, before):
        def look(*pids):
            return server.rates(self.seconds, *pids)
        now = tracer.during(look)
        time.sleep(SETTLE_S)
        after = look()
        kept = [2 * n / (b + a) for b, n, a in zip(before, now, after)]
        tracer.rates.append(now[0])
        tracer.kept.append(kept[0])
        tracer.kept_of_cpu.append(kept[1])
        return after

    def _each(self, what):
        """WHAT of each tracer that is there."""
        for tracer in self.tracers:
            if tracer in self.skipped:
                continue
            try:
                what(tracer)
            except Skip as why:
                self.skipped[tracer] = why

    def _measure(self, server):
        def take_turn(tracer):
            self.after = self._round(server, tracer, self.after)

        def run_anew(tracer):
            tracer.p99.append(tracer.during(lambda *_: server.run_load())[1])

        self._each(Traced.prime)
        server.load_on()
        self.after = server.rates(self.seconds)
        for _ in range(self.rounds):
            self._each(take_turn)
        server.load_off()
        if self.want_p99:
            self._each(run_anew)

    def need(self, *tracers):
        """Measure, if that was not done; Skip where one of them is not there."""
        if not self.is_done:
            self.is_done = True
            with Server(self.load) as server:
                self._measure(server)
        for tracer in tracers:
            if tracer in self.skipped:
                raise self.skipped[tracer]

    def without(self):
        """Thousands of requests a second without a tracer."""
        return statistics.median(rate / kept for t in self.tracers
                                 for rate, kept in zip(t.rates, t.kept))

    def row(self, peer, tool, limit=None, is_above_peer=False):
        """(measure, row) of TOOL beside PEER: both as if there had been no
        noise, which falls on the looks around each of them."""
        def measure(row):
            self.need(peer, tool)
            rate = self.without()
            for pair in zip(peer.kept, tool.kept):
                row.add(*(rate * kept for kept in pair))
            row.extra["tracers"] = {t.name: t.as_json() for t in (peer, tool)}
            spread = statistics.quantiles(tool.kept)
            row.notes.append("%s; %s, half of its looks between %.1f and %.1f" %
                             (peer, tool, 100 * spread[0], 100 * spread[2]))

        def is_met(row):
            return middle(tool.kept) >= limit and (
                not is_above_peer or middle(tool.kept) >= middle(peer.kept))

        target = ">= %g%s" % (limit or 0, ", peer" if is_above_peer else " x")
        return measure, Row("%s, %s" % (tool.name, self.load), peer.name,
                            "k/s", **({"target": target, "is_met": is_met}
                                      if limit else {}))


def unmatched(load, is_quick):
    tools = [ours(name, "-p", str(OTHER_PORT)) for name in
             ("tcpsnoop-c", "tcplife-c", "tcpdrop-c", "tcpwhy-c")]
    tools.append(ours("tcpsnoop-c", "-H", "192.0.2.1", name="tcpsnoop-c -H"))
    peer = tcpdump("-w", "/dev/null", port=OTHER_PORT)
    looks = Looks(load, 5 if is_quick else 20, 0.1, [*tools, peer])
    return [*(looks.row(looks.none, tool, 0.99) for tool in tools),
            looks.row(peer, tools[0])]


def matched(load, is_quick):
    args = ("-i", "eth0", "-p", "80")
    text = ours("tcpsnoop-c", *args, name="text")
    tcpdump_text = tcpdump("-l", name="tcpdump, text")
    to_file = tcpdump("-s", SNAPLEN, "-w", "/dev/stdout", name="tcpdump -w",
                      want_file=True)
    as_json = ours("tcpsnoop-c", *args, "-o", "json", name="JSON",
                   want_file=True)
    pcapng = ours("tcpsnoop-c", *args, "-s", SNAPLEN, "-w", "-",
                  name="pcapng", want_file=True)
    tracers = [tcpdump_text, text, to_file, as_json, pcapng]
    pairs = []
    if load == "short":
        life = ours("tcplife-c", "-p", "80")
        peers = [elsewhere("tcplife"), elsewhere("tcplife-bpfcc")]
        others = [ours(name, "-p", "80") for name in ("tcpdrop-c", "tcpwhy-c")]
        tracers += [life, *peers, *others]
        pairs = [(peer, life) for peer in peers] + [
            (None, tool) for tool in others]
    looks = Looks(load, 2 if is_quick else 6, 0.25, tracers, want_p99=True)
    return [looks.row(tcpdump_text, text),
            looks.row(to_file, as_json, 0.9, is_above_peer=True),
            looks.row(to_file, pcapng, 0.9, is_above_peer=True),
            *(looks.row(peer or looks.none, tool) for peer, tool in pairs)]


def throughput(pid=None):
    """Gbit/s of one connection to the server, for a second"""
    text = lab.sh("taskset", "-c", str(CPUS["wrk"]), "iperf3", "-c", ADDRESS,
                  "-t", "1", "-J")
    return json.loads(text)["end"]["sum_received"]["bits_per_second"] / 1e9


def iperf(peer, tool, is_quick):
    def measure(row):
        lab.need_cpus()
        lab.need("iperf3")
        make_network()
        with Program(["ip", "netns", "exec", NETNS, "iperf3", "-s",
                      "--forceflush"], "listening", str(CPUS["nginx"]),
                     from_stdout=True):
            tool.prime()
            for _ in range(1 if is_quick else 3):
                row.add(peer.during(throughput), tool.during(throughput))
    return measure


def rows_iperf(is_quick):
    text = ("-i", "eth0", "-p", "5201")

    def to_file():
        return tcpdump("-s", SNAPLEN, "-w", "/dev/stdout", port=5201,
                       name="tcpdump -w", want_file=True)

    pairs = [
        (Traced("no tracer"), ours("tcpsnoop-c", "-p", str(OTHER_PORT),
                                   name="nothing matches")),
        (to_file(), ours("tcpsnoop-c", *text, "-o", "json", name="JSON",
                         want_file=True)),
        (to_file(), ours("tcpsnoop-c", *text, "-s", SNAPLEN, "-w", "-",
                         name="pcapng", want_file=True)),
    ]
    return [(iperf(peer, tool, is_quick),
             Row("iperf3, " + tool.name, peer.name, "Gb/s"))
            for peer, tool in pairs]


def of_loads(rows, is_quick):
    loads = ["keep-alive"] if is_quick else list(LOADS)
    return [row for load in loads for row in rows(load, is_quick)]


def rows_unmatched(is_quick):
    return of_loads(unmatched, is_quick)


def rows_matched(is_quick):
    return of_loads(matched, is_quick)
