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

import argparse
import json
import os
import platform

import cost
import events
import growth
import lab
import peers
import plot
import start
import victim
from table import fill_all

GROUPS = [
    ("start and memory", start.rows),
    ("a packet in the kernel, by hook (-k)", cost.rows),
    ("a packet in the kernel, against others", peers.rows),
    ("events", events.rows),
    ("nginx under wrk, nothing matches", victim.rows_unmatched),
    ("nginx under wrk, everything matches", victim.rows_matched),
    ("throughput", victim.rows_iperf),
    ("growth of filters and traffic", growth.rows),
]


def wanted():
    parser = argparse.ArgumentParser(
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="a rough run")
    parser.add_argument("only", nargs="*", help="a word of a group's name")
    args = parser.parse_args()
    for word in args.only:
        if not any(word in name for name, _ in GROUPS):
            parser.error("no group is called %s" % word)
    return args.quick, args.only


def main():
    is_quick, only = wanted()
    lab.enter()
    found = fill_all([(name, rows(is_quick)) for name, rows in GROUPS
                      if not only or any(word in name for word in only)])
    with open(lab.BUILD + "/bench.json", "w") as f:
        json.dump({"kernel": platform.release(), "cpus": os.cpu_count(),
                   "is_quick": is_quick, "rows": found}, f, indent=1)
    plot.draw()


if __name__ == "__main__":
    main()
