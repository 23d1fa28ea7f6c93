# SPDX-License-Identifier: GPL-2.0
"""The benchmark's table: a row holds the samples of two things measured in
turn, and prints as one line with its notes below."""

import statistics
import sys
import time

from lab import Skip

LINE = "%-29s %-17s %9s %9s %-4s %7s  %-10s %s"
DIGITS = {"ns": 0, "M/s": 2}


class Row:
    """MEASURE, of PEER and of ours, in UNIT. Without a TARGET it only tells
    how things are; IS_MET takes the row. IS_REST: samples are what is left
    when something larger was taken off."""

    def __init__(self, measure, peer, unit, target="-", is_met=None,
                 is_rest=False):
        self.measure, self.peer, self.unit = measure, peer, unit
        self.target, self.is_met, self.is_rest = target, is_met, is_rest
        self.samples = {"peer": [], "ours": []}
        self.skipped, self.notes, self.extra = None, [], {}

    def add(self, peer, ours):
        """What one round found, one after the other."""
        self.samples["peer"].append(peer)
        self.samples["ours"].append(ours)

    def median(self, whose):
        return statistics.median(self.samples[whose])

    @property
    def ratio(self):
        """The rounds' median: what else the machine does, and how that
        changes, falls on both of a round. On a small rest it falls by chance,
        and a round's ratio says nothing."""
        if self.is_rest:
            return self.median("ours") / self.median("peer")
        return statistics.median(ours / peer for peer, ours in zip(
            self.samples["peer"], self.samples["ours"]))

    def verdict(self):
        if not self.is_met:
            return ""
        return "met" if self.is_met(self) else "MISSED"

    def as_json(self):
        d = {"measure": self.measure, "peer": self.peer, "unit": self.unit,
             "target": self.target, "notes": self.notes, **self.extra}
        if self.skipped:
            return {**d, "skipped": self.skipped}
        if self.is_met:
            d["is_met"] = self.is_met(self)
        return {**d, "peer_median": self.median("peer"),
                "ours_median": self.median("ours"), "ratio": self.ratio,
                "samples": self.samples}


def at_most(limit):
    return {"target": "<= %g x" % limit, "is_met": lambda r: r.ratio <= limit}


def at_least(limit):
    return {"target": ">= %g x" % limit, "is_met": lambda r: r.ratio >= limit}


def print_row(row):
    measure = "  " + row.measure
    if row.skipped:
        print(LINE % (measure, row.peer, "-", "-", row.unit, "-", row.target,
                      "skipped: " + row.skipped))
        return
    digits = DIGITS.get(row.unit, 1)
    print((LINE % (measure, row.peer,
                   "%.*f" % (digits, row.median("peer")),
                   "%.*f" % (digits, row.median("ours")), row.unit,
                   "%.2f x" % row.ratio, row.target,
                   row.verdict())).rstrip())
    for note in row.notes:
        print("    " + note)


def fill(row, measure):
    start = time.monotonic()
    try:
        measure(row)
    except Skip as why:
        row.skipped = str(why)
    row.extra["seconds"] = round(time.monotonic() - start, 1)


def fill_all(groups):
    """Measure and print (heading, [(measure, row) ...]) one after the other:
    MEASURE takes the row that it is to fill. Returns them for JSON."""
    found = []
    print((LINE % ("measure", "peer", "peer", "ours", "", "ratio", "target",
                   "")).rstrip())
    for heading, rows in groups:
        print(heading)
        for measure, row in rows:
            fill(row, measure)
            print_row(row)
            sys.stdout.flush()
            found.append({"group": heading, **row.as_json()})
    return found
