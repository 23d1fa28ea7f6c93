# SPDX-License-Identifier: GPL-2.0
"""What a packet costs in the kernel with tcpdump, with bpftrace and without
batches of events, next to what it costs with us."""

import os
import re
import socket
import statistics
import tempfile
import time

import lab
from cost import HOOKS, MATCH, OTHER, Peer, cost, on_cable, run_ns
from lab import (BpfStats, OTHER_PORT, PORT, READER_CPU, Program, Skip, Tracer,
                 need, send)
from table import Row, at_most

SOCKET, TRACEPOINT = HOOKS[0], HOOKS[3]
NR_TAPS = 32
BPFTRACE = """
tracepoint:net:netif_receive_skb
{
    $skb = (struct sk_buff *)args->skbaddr;
    $dev = $skb->dev;
    $ip = (struct iphdr *)$skb->data;
    if ($dev->nd_net.net->ns.inum == NETNS && $dev->ifindex == IFINDEX &&
        $skb->protocol == 8 && $ip->protocol == 6) {
        $tcp = (struct tcphdr *)($skb->data + $ip->ihl * 4);
        if ($tcp->dest == PORT) {
            printf("%u %u %u\\n", $tcp->source, $tcp->dest, $tcp->seq);
        }
    }
}"""


def taps_unmatched(is_quick):
    """The sender's time with NR_TAPS sockets of a kind less that without."""
    nr, rounds = (50000, 2) if is_quick else (200000, 7)
    taps = ("-t", str(NR_TAPS))

    def fill(row):
        empty = []
        with tempfile.NamedTemporaryFile("w") as classic, \
             Tracer("-i", "b1", "-p", str(PORT)) as ours:
            classic.write(lab.sh(need("tcpdump"), "-i", "b1", "-ddd", MATCH))
            classic.flush()
            kinds = [(), (*taps, "-c", classic.name),
                     (*taps, "-p", str(ours.prog_id)), (*taps, "-e")]
            for _ in range(rounds):
                none, *times = [send(nr, *k, port=OTHER_PORT)[1]
                                for k in kinds]
                costs = [(t - none) / nr / NR_TAPS for t in times]
                row.add(costs[0], costs[1])
                empty.append(costs[2])
            # Its own socket ran in each kind, NR_TAPS more in one of them.
            totals, seen = ours.totals(), rounds * nr * (len(kinds) + NR_TAPS)
            if totals["matched"] or totals["seen"] < seen:
                raise Skip("%d packets should have been filtered: %s" %
                           (seen, totals))
        row.extra["empty_tap_ns"] = empty
        row.notes.append("a socket's share included: with an empty filter it "
                         "takes %.0f ns" % statistics.median(empty))
    return fill


def with_tcpdump(nr):
    """The sender's time while every packet is copied to tcpdump."""
    argv = [need("tcpdump"), "-i", "b1", "-n", "-B", "65536", "-w",
            "/dev/null", MATCH]
    with Program(argv, "listening", cpu=READER_CPU) as p:
        time.sleep(0.1)
        ns = send(nr)[1]
        text = p.stop()
    # Some may not be read yet.
    if not re.search(r"^%d packets received by filter\n0 packets dropped" % nr,
                     text, re.M):
        raise Skip("tcpdump lost some: " + text.strip().split("\n")[-1])
    return ns


def with_ours(nr, *args):
    with Tracer("-i", "b1", "-p", str(PORT), "--pages", "4096", *args,
                cpu=READER_CPU) as t:
        time.sleep(0.1)
        ns = send(nr)[1]
        totals = t.totals()
    if totals["shown"] != nr:
        raise Skip("of %d packets: %s" % (nr, totals))
    return ns


def sender_matched(is_quick):
    """What a packet takes whoever floods, all that the kernel does with it
    included."""
    nr, rounds = (20000, 3) if is_quick else (50000, 15)

    def fill(row):
        none, written = [], []
        for _ in range(rounds):
            row.add(with_tcpdump(nr) / nr, with_ours(nr) / nr)
            none.append(send(nr)[1] / nr)
            written.append(with_ours(nr, "-w", "-") / nr)
        row.extra.update(none_ns=none, written_ns=written)
        row.notes.append("%.0f ns when nobody looks, %.0f ns with -w too" %
                         (statistics.median(none), statistics.median(written)))
    return fill


def wakeups(is_quick):
    nr, rounds = (5000, 1) if is_quick else (20000, 3)

    def fill(row):
        args, other = SOCKET.filters[0][1:]
        for _ in range(rounds):
            peer, ours = [
                cost(SOCKET, on_cable, nr, (*args, *more), other)[1][0]
                for more in (("--wakeup", "1"), ())]
            row.add(peer, ours)
    return fill


def bpftrace_text():
    """With the filter of -k tracepoint -i b1 -p PORT, but for IPv6."""
    text = BPFTRACE
    for name, value in (("NETNS", os.stat("/proc/self/ns/net").st_ino),
                        ("IFINDEX", socket.if_nametoindex("b1")),
                        ("PORT", socket.htons(PORT))):
        text = text.replace(name, str(value))
    return text


def in_bpftrace(nr):
    """(of a packet that does not match, of one that does)"""
    with Peer([need("bpftrace"), "-e", bpftrace_text()], "Attaching",
              from_stdout=True, cpu=READER_CPU) as p, BpfStats():
        time.sleep(0.3)
        return [run_ns([p], TRACEPOINT.max_runs, on_cable, nr, *how)[0]
                for how in (OTHER, ())]


class AgainstBpftrace:
    """The tracepoint's two rows, measured at once."""

    def __init__(self, is_quick):
        self.nr, self.rounds = (5000, 1) if is_quick else (20000, 3)
        self.found = []

    def unmatched(self, row):
        for _ in range(self.rounds):
            peer = in_bpftrace(self.nr)
            ours = cost(TRACEPOINT, on_cable, self.nr,
                        *TRACEPOINT.filters[0][1:])
            self.found.append((peer, [ns for ns, in ours]))
        self._fill(row, 0)

    def matched(self, row):
        self._fill(row, 1)

    def _fill(self, row, is_match):
        if not self.found:
            raise Skip("not measured: see above")
        for peer, ours in self.found:
            row.add(peer[is_match], ours[is_match])

    def rows(self):
        return [
            (self.unmatched, Row("tracepoint, not matching", "bpftrace", "ns",
                                 **at_most(1))),
            (self.matched, Row("tracepoint, matching", "bpftrace", "ns",
                               **at_most(1))),
        ]


def rows(is_quick):
    return [
        (taps_unmatched(is_quick),
         Row("socket, not matching", "tcpdump's filter", "ns",
             **at_most(1.5))),
        (sender_matched(is_quick),
         Row("its sender, flooding", "tcpdump -w", "ns", **at_most(1))),
        (wakeups(is_quick),
         Row("socket, matching", "wake-up an event", "ns", **at_most(0.2))),
        *AgainstBpftrace(is_quick).rows(),
    ]
