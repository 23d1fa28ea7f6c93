#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Measures tcpsnoop-c against its peers and prints one table.

    make bench            about five minutes
    make bench QUICK=1    a minute, rougher

Peer and tool take turns (A B A B ...) and the median of their ratios counts,
so that what else the machine does falls on both. The samples are kept in
build/bench.json. A peer that is not there is skipped, and why is said. The
exit status tells whether the benchmark ran, not whether a target was met."""

import json
import os
import platform
import re
import signal
import statistics
import sys
import tempfile
import time

import hooks
import lab
import server
from lab import PORT, OTHER_PORT, READER_CPU, Program, Skip, Tracer, send
from table import Row, at_most, fill_all

QUICK = "--quick" in sys.argv[1:]
MATCH = "tcp dst port %d" % PORT
BPFTRACE = ("tracepoint:net:netif_receive_skb "
            "{ $s = (struct sk_buff *)args->skbaddr; @[$s->len] = count(); }")
NR_TAPS = 32


def tcpdump(interface):
    return [lab.need("tcpdump"), "-i", interface, "-n", "-l", MATCH]


def ready_ms(argv, ready, from_stdout=False):
    with Program(argv, ready, from_stdout=from_stdout) as p:
        # bpftrace does not hear SIGINT while it attaches.
        p.stop(signal.SIGKILL if from_stdout else signal.SIGINT)
        return p.ready_ms


def warm_start(row):
    peer, ours = tcpdump("any"), [lab.TOOL, "-p", str(PORT)]
    ready_ms(ours, "tracing")  # the compiled image is cached from here on
    for _ in range(7 if QUICK else 31):
        row.add(ready_ms(peer, "listening"), ready_ms(ours, "tracing"))


def where_time_goes(argv, nr):
    """Medians of what -v says: "time: headers 12.3 ms, compile ...\""""
    parts = {}
    for _ in range(nr):
        lab.forget()
        with Program(argv + ["-v"], "tracing") as p:
            text = p.stop()
        for line in re.findall(r"time: (.*)", text):
            for name, ms in re.findall(r"(\w[\w ]*?) ([\d.]+) ms", line):
                parts.setdefault(name, []).append(float(ms))
    return {k: statistics.median(v) for k, v in parts.items()}


def cold_start(row):
    peer = [lab.need("bpftrace"), "-e", BPFTRACE]
    ours = [lab.TOOL, "-p", str(PORT), "--no-cache"]
    for _ in range(3 if QUICK else 11):
        lab.forget()
        row.add(ready_ms(peer, "Attaching", from_stdout=True),
                ready_ms(ours, "tracing"))
    parts = where_time_goes(ours, 1 if QUICK else 5)
    row.extra["parts_ms"] = parts
    row.notes.append("of it: " + (", ".join(
        "%s %.1f ms" % p for p in parts.items()) or "not reported"))


def memory(row):
    pss = {"peer": [], "ours": []}
    for _ in range(2 if QUICK else 7):
        with Program(tcpdump("b1"), "listening") as peer, \
             Program([lab.TOOL, "-i", "b1", "-p", str(PORT)],
                     "tracing") as ours:
            send(1000, rate=10000)
            time.sleep(0.2)
            sizes = peer.memory_kb(), ours.memory_kb()
        row.add(sizes[0][0] / 1024, sizes[1][0] / 1024)
        pss["peer"].append(sizes[0][1] / 1024)
        pss["ours"].append(sizes[1][1] / 1024)
    row.extra["pss_mb"] = pss
    row.notes.append("proportional set size: tcpdump %.1f MB, ours %.1f MB" %
                     (statistics.median(pss["peer"]),
                      statistics.median(pss["ours"])))


def cost_unmatched(row):
    """Time of the sender with NR_TAPS sockets of a kind less that without."""
    nr = 50000 if QUICK else 200000
    taps = ("-t", str(NR_TAPS))
    empty = []
    with tempfile.NamedTemporaryFile("w") as classic, \
         Tracer("-i", "b1", "-p", str(PORT)) as ours:
        classic.write(lab.sh(lab.need("tcpdump"), "-i", "b1", "-ddd", MATCH))
        classic.flush()
        kinds = [(), (*taps, "-c", classic.name),
                 (*taps, "-p", str(ours.prog_id)), (*taps, "-e")]
        rounds = 3 if QUICK else 11
        for _ in range(rounds):
            none, *times = [send(nr, *k, port=OTHER_PORT)[1] for k in kinds]
            costs = [(t - none) / nr / NR_TAPS for t in times]
            row.add(costs[0], costs[1])
            empty.append(costs[2])
        # Its own socket ran in each kind, NR_TAPS more in one of them.
        totals, seen = ours.totals(), rounds * nr * (len(kinds) + NR_TAPS)
        if totals["matched"] or totals["seen"] < seen:
            raise Skip("%d packets should have been filtered: %s" %
                       (seen, totals))
    row.extra["empty_tap_ns"] = empty
    row.notes.append("a socket whose filter is empty: %.0f ns" %
                     statistics.median(empty))


def run_ns(*args):
    """Nanoseconds of a matching packet in the program, and for the sender
    when it does not pause."""
    nr = 50000 if QUICK else 100000
    with Tracer("-i", "b1", "-p", str(PORT), "--pages", "1024", *args,
                cpu=READER_CPU) as t:
        with lab.BpfStats():
            time.sleep(0.1)
            before = t.run_ns()
            send(nr, rate=100000)
            after = t.run_ns()
        sender = send(nr)[1] / nr
        matched = t.totals()["matched"]
    if after[1] - before[1] != nr or matched != 2 * nr:
        raise Skip("%d runs, %d matched of %d packets" %
                   (after[1] - before[1], matched, 2 * nr))
    return (after[0] - before[0]) / nr, sender


def cost_matched(row):
    senders = {"peer": [], "ours": []}
    for _ in range(2 if QUICK else 7):
        peer, ours = run_ns("--wakeup", "1"), run_ns()
        row.add(peer[0], ours[0])
        senders["peer"].append(peer[1])
        senders["ours"].append(ours[1])
    row.extra["sender_ns"] = senders
    row.notes.append("flooded, a packet costs its sender %.0f ns and %.0f ns"
                     % (statistics.median(senders["peer"]),
                        statistics.median(senders["ours"])))


def is_delivered(args, rate, seconds):
    """Offer RATE events a second: what was offered in fact, and whether all
    of it was shown."""
    with Tracer("-i", "b1", "-p", str(PORT), "--pages", "1024", *args,
                cpu=READER_CPU) as t:
        # The tool's own socket is one tap, 15 run its program again.
        sent, ns = send(int(rate * seconds / 16), "-t", "15", "-p",
                        str(t.prog_id), rate=int(rate / 16))
        totals = t.totals()
    is_all = totals["shown"] == sent * 16 and not totals["lost"]
    return sent * 16 * 1e9 / ns, is_all


def largest_rate(args):
    """Up in steps until something is lost twice in a row."""
    best = 0
    for rate in (50e3, 100e3, 150e3, 200e3, 300e3, 450e3, 600e3, 800e3, 1e6,
                 1.2e6, 1.4e6, 1.6e6, 1.8e6, 2e6, 2.3e6, 2.6e6, 3e6):
        for _ in range(2):
            offered, is_all = is_delivered(args, rate, 0.5 if QUICK else 1.5)
            if is_all:
                break
        if not is_all:
            break
        best = max(best, offered)
        if offered < 0.95 * rate:
            break
    if not best:
        raise Skip("loses events at %d/s already" % rate)
    return best / 1e6


def events_rate(row):
    for _ in range(1 if QUICK else 3):
        row.add(largest_rate(["--wakeup", "1"]), largest_rate([]))


def rows_alone():
    a_fifth = {"target": "<= 0.2 x", "is_met": lambda r: r.ratio <= 0.2}
    million = {"target": ">= 1.2 M/s",
               "is_met": lambda r: r.median("ours") >= 1.2}
    return [
        (warm_start, Row("warm start, exec to tracing", "tcpdump", "ms",
                         **at_most(1))),
        (cold_start, Row("cold start, compiling", "bpftrace", "ms",
                         **at_most(1))),
        (memory, Row("resident memory, tracing", "tcpdump", "MB",
                     **at_most(1))),
        (cost_unmatched, Row("kernel, packet not matching", "tcpdump's filter",
                             "ns", **at_most(1.5))),
        (cost_matched, Row("kernel, packet matching", "wake-up an event",
                           "ns", **a_fifth)),
        (events_rate, Row("events/s, nothing lost", "wake-up an event", "M/s",
                          **million)),
    ]


def all_rows():
    return [
        ("tcpsnoop-c", rows_alone()),
        ("a packet in a hook's program (-k)", hooks.rows(QUICK)),
        ("nginx under wrk, requests a second: nothing matches",
         server.rows_unmatched(QUICK)),
        ("nginx under wrk, requests a second: everything matches",
         server.rows_matched(QUICK)),
    ]


def main():
    if os.geteuid():
        sys.exit("bench: needs root: sudo make bench")
    lab.enter_netns()
    os.chdir(os.path.join(os.path.dirname(os.path.abspath(__file__)),
                          "../.."))
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    found = fill_all(all_rows())
    with open(lab.BUILD + "/bench.json", "w") as f:
        json.dump({"kernel": platform.release(), "cpus": os.cpu_count(),
                   "is_quick": QUICK, "rows": found}, f, indent=1)


if __name__ == "__main__":
    main()
