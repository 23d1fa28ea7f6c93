#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Measures tcpsnoop-c against its peers and prints one table.

    make bench               under ten minutes
    make bench QUICK=1       two minutes, rougher
    make bench ONLY="start"  groups whose name has one of these words

Peer and tool take turns (A B A B ...) and the median of their ratios counts,
so that what else the machine does falls on both. The samples are kept in
build/bench.json. A peer that is not there is skipped, and why is said. The
exit status tells whether the benchmark ran, not whether a target was met."""

import json
import os
import platform
import signal
import statistics
import sys
import tempfile
import time

import events
import growth
import hooks
import lab
import plot
import start
import victim
from lab import PORT, OTHER_PORT, READER_CPU, Program, Skip, Tracer, send
from table import Row, at_most, fill_all

IS_QUICK = "--quick" in sys.argv[1:]
ONLY = [a for a in sys.argv[1:] if not a.startswith("-")]
MATCH = "tcp dst port %d" % PORT
NR_TAPS = 32


def cost_unmatched(row):
    """Time of the sender with NR_TAPS sockets of a kind less that without."""
    nr = 50000 if IS_QUICK else 200000
    taps = ("-t", str(NR_TAPS))
    empty = []
    with tempfile.NamedTemporaryFile("w") as classic, \
         Tracer("-i", "b1", "-p", str(PORT)) as ours:
        classic.write(lab.sh(lab.need("tcpdump"), "-i", "b1", "-ddd", MATCH))
        classic.flush()
        kinds = [(), (*taps, "-c", classic.name),
                 (*taps, "-p", str(ours.prog_id)), (*taps, "-e")]
        rounds = 3 if IS_QUICK else 11
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
    nr = 50000 if IS_QUICK else 100000
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
    for _ in range(2 if IS_QUICK else 7):
        peer, ours = run_ns("--wakeup", "1"), run_ns()
        row.add(peer[0], ours[0])
        senders["peer"].append(peer[1])
        senders["ours"].append(ours[1])
    row.extra["sender_ns"] = senders
    row.notes.append("flooded, a packet costs its sender %.0f ns and %.0f ns"
                     % (statistics.median(senders["peer"]),
                        statistics.median(senders["ours"])))


def rows_cost():
    a_fifth = {"target": "<= 0.2 x", "is_met": lambda r: r.ratio <= 0.2}
    return [
        (cost_unmatched, Row("kernel, packet not matching", "tcpdump's filter",
                             "ns", **at_most(1.5))),
        (cost_matched, Row("kernel, packet matching", "wake-up an event",
                           "ns", **a_fifth)),
    ]


def all_rows():
    groups = [
        ("start and memory", start.rows),
        ("cost of a packet", lambda is_quick: rows_cost()),
        ("cost of a packet in a hook's program (-k)", hooks.rows),
        ("events", events.rows),
        ("nginx under wrk, nothing matches", victim.rows_unmatched),
        ("nginx under wrk, everything matches", victim.rows_matched),
        ("throughput", victim.rows_iperf),
        ("growth of filters and traffic", growth.rows),
    ]
    return [(name, rows(IS_QUICK)) for name, rows in groups
            if not ONLY or any(word in name for word in ONLY)]


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
                   "is_quick": IS_QUICK, "rows": found}, f, indent=1)
    plot.draw()


if __name__ == "__main__":
    main()
