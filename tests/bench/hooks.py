# SPDX-License-Identifier: GPL-2.0
"""What a packet costs in the program of each hook (-k), by the kernel's own
clock of its runs."""

import statistics
import time

from lab import (BpfStats, OTHER_PORT, PORT, READER_CPU, Skip, Tracer, send,
                 send_empty)
from table import Row

HOOKS = ("socket", "tc", "xdp", "tracepoint")
RATE = 100000
# The tracepoint's program also runs, shortly, for packets of other namespaces.
MAX_STRAY, MAX_TRIES = 0.01, 5


def run_ns(tracer, nr, port):
    """Nanoseconds of each of NR packets to PORT."""
    for _ in range(MAX_TRIES):
        before = tracer.run_ns()
        send(nr, port=port, rate=RATE)
        ns, runs = (a - b for a, b in zip(tracer.run_ns(), before))
        if nr <= runs <= nr * (1 + MAX_STRAY):
            return ns / nr
    raise Skip("%d runs for %d packets: others come in" % (runs, nr))


def cost(hook, nr):
    """(of a packet that does not match, of one that does)"""
    with Tracer("-k", hook, "-i", "b1", "-p", str(PORT), "--pages", "1024",
                cpu=READER_CPU) as t:
        with BpfStats():
            time.sleep(0.1)
            found = run_ns(t, nr, OTHER_PORT), run_ns(t, nr, PORT)
        totals = t.totals()
    if totals["matched"] % nr or totals["shown"] != totals["matched"]:
        raise Skip("of %d packets: %s" % (nr, totals))
    return found


def note_empty(row, nr, rounds):
    with BpfStats():
        empty = [send_empty(nr, RATE) for _ in range(rounds)]
    row.extra["empty_ns"] = empty
    row.notes.append("of it, here and below, what an empty program takes: "
                     "%.0f ns" % statistics.median(empty))


def measure(hook, is_quick):
    nr, rounds = (20000, 1) if is_quick else (50000, 5)

    def fill(row):
        for _ in range(rounds):
            row.add(*cost(hook, nr))
        if hook == HOOKS[0]:
            note_empty(row, nr, rounds)
    return fill


def rows(is_quick):
    return [(measure(hook, is_quick),
             Row(hook + ", matching", "not matching", "ns"))
            for hook in HOOKS]
