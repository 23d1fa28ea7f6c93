# SPDX-License-Identifier: GPL-2.0
"""What a server keeps of its requests and its throughput while a tracer runs.

Where nothing matches the cost is smaller than the machine's own noise, so that
wants many short looks: the load never stops, nginx itself counts for a moment
with a tracer and for one before and after without, and each tracer has its
turn, one that is none among them: what it seems to cost is the noise. That is
by the clock, as a user sees it. Where wrk is the slower one, that hides a
cost: so the notes have the same by CPU time, of nginx, of ksoftirqd beside it,
and of the tracer's own process, as if that too ran on nginx's CPU.

Where everything matches, wrk runs anew with each tracer, for its percentiles.
Tracers that write a file keep as many bytes of a packet."""

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


def tcpdump(*args, name="tcpdump", **how):
    return Traced(name, ["ip", "netns", "exec", NETNS, "tcpdump", "-i",
                         "eth0", "-n", *args, "tcp dst port 80"],
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


def is_kept(tracer, limit):
    return middle(tracer.kept) >= limit


class Unmatched:
    """The rounds of one load, made by the first row that asks for them."""

    def __init__(self, load, is_quick):
        self.load = load
        self.rounds, self.seconds = (5, 0.1) if is_quick else (24, 0.1)
        self.tracers = {name: ours(name, "-p", str(OTHER_PORT)) for name in
                        ("tcpsnoop-c", "tcplife-c", "tcpdrop-c", "tcpwhy-c")}
        self.tracers["none"] = Traced("none")
        self.is_done = False

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

    def run(self):
        if self.is_done:
            return
        self.is_done = True
        with Server(self.load) as server:
            for tracer in self.tracers.values():
                tracer.prime()
            server.load_on()
            after = server.rates(self.seconds)
            for _ in range(self.rounds):
                for tracer in self.tracers.values():
                    after = self._round(server, tracer, after)

    def fill(self, name):
        def measure(row):
            self.run()
            tracer = self.tracers[name]
            for rate, kept in zip(tracer.rates, tracer.kept):
                row.add(rate / kept, rate)
            row.extra[name] = tracer.as_json()
            row.extra["none"] = self.tracers["none"].as_json()
            spread = statistics.quantiles(tracer.kept)
            row.notes.append("%s; half of the looks between %.1f and %.1f" %
                             (tracer, 100 * spread[0], 100 * spread[2]))
            if name == "tcpsnoop-c":
                row.notes.append(str(self.tracers["none"]))
        return measure

    def rows(self):
        return [(self.fill(name), Row(
            "%s, %s" % (name, self.load), "no tracer", "k/s",
            target=">= 0.99 x",
            is_met=lambda r, t=tracer: is_kept(t, 0.99)))
            for name, tracer in self.tracers.items() if name != "none"]


class Matched:
    """The same where all match: PAIRS of (peer, ours) share their rounds."""

    def __init__(self, load, is_quick):
        self.load, self.rounds = load, 1 if is_quick else 3
        text = ("-i", "eth0", "-p", "80")
        to_file = tcpdump("-s", SNAPLEN, "-w", "/dev/stdout",
                          name="tcpdump -w", want_file=True)
        none = Traced("no tracer")
        self.tracers = [none]
        self.pairs = [
            (tcpdump("-l", name="tcpdump, text"),
             ours("tcpsnoop-c", *text, name="text"), None),
            (to_file, ours("tcpsnoop-c", *text, "-o", "json", name="JSON",
                           want_file=True), 0.9),
            (to_file, ours("tcpsnoop-c", *text, "-s", SNAPLEN, "-w", "-",
                           name="pcapng", want_file=True), 0.9),
        ]
        if load == "short":
            life = ours("tcplife-c", "-p", "80")
            self.pairs += [(elsewhere("tcplife"), life, None),
                           (elsewhere("tcplife-bpfcc"), life, None),
                           (none, ours("tcpdrop-c", "-p", "80"), None),
                           (none, ours("tcpwhy-c", "-p", "80"), None)]
        for pair in self.pairs:
            self.tracers += [t for t in pair[:2] if t not in self.tracers]
        self.skipped = {}
        self.is_done = False

    def _round(self, server):
        found = []
        for tracer in self.tracers:
            if tracer in self.skipped:
                continue
            try:
                found.append((tracer, *tracer.during(
                    lambda *_: server.run_load())))
            except Skip as why:
                self.skipped[tracer] = why
        without = (found[0][1] + server.run_load()[0]) / 2
        for tracer, rate, p99 in found:
            tracer.rates.append(rate)
            tracer.kept.append(rate / without)
            tracer.p99.append(p99)

    def run(self):
        if self.is_done:
            return
        self.is_done = True
        with Server(self.load) as server:
            for tracer in self.tracers:
                tracer.prime()
            for _ in range(self.rounds):
                self._round(server)

    def fill(self, peer, tool):
        def measure(row):
            self.run()
            for tracer in (peer, tool):
                if tracer in self.skipped:
                    raise self.skipped[tracer]
            for pair in zip(peer.rates, tool.rates):
                row.add(*pair)
            row.extra["tracers"] = {t.name: t.as_json() for t in (peer, tool)}
            row.notes.append("%s; %s" % (peer, tool))
        return measure

    def rows(self):
        return [(self.fill(peer, tool), Row(
            "%s, %s" % (tool.name, self.load), peer.name, "k/s",
            **({"target": ">= %g, peer" % limit,
                "is_met": lambda r, t=tool, l=limit: is_kept(t, l) and
                r.ratio >= 1} if limit else {})))
            for peer, tool, limit in self.pairs]


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
            for _ in range(1 if is_quick else 4):
                row.add(peer.during(throughput), tool.during(throughput))
    return measure


def rows_iperf(is_quick):
    text = ("-i", "eth0", "-p", "5201")

    def to_file():
        return Traced("tcpdump -w", [
            "ip", "netns", "exec", NETNS, "tcpdump", "-i", "eth0", "-n", "-s",
            SNAPLEN, "-w", "/dev/stdout", "tcp dst port 5201"],
            "listening", want_file=True)

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


def rows_unmatched(is_quick):
    loads = ["keep-alive"] if is_quick else list(LOADS)
    return [row for load in loads for row in Unmatched(load, is_quick).rows()]


def rows_matched(is_quick):
    loads = ["keep-alive"] if is_quick else list(LOADS)
    return [row for load in loads for row in Matched(load, is_quick).rows()]
