# SPDX-License-Identifier: GPL-2.0
"""How many events a second get through, over wake-up batch and buffer, and
what the tool says when they do not."""

from lab import PORT, READER_CPU, Skip, Tracer, send
from table import Row

# Each packet is an event of the tool's own socket and of as many taps more.
TAPS = 15
RATES = [r * 1000 for r in (50, 70, 100, 140, 200, 280, 400, 560, 750, 1000,
                            1200, 1500, 1800, 2100, 2500, 3000)]
WAKEUPS, PAGES = (1, 16, None), (8, 64, 512, 1024)
PAGES_MAX = 1024


def offer(rate, seconds, pages, wakeup):
    """(events offered, a second in fact, the tool's counts)"""
    args = ["--wakeup", str(wakeup)] if wakeup else []
    with Tracer("-i", "b1", "-p", str(PORT), "--pages", str(pages), *args,
                cpu=READER_CPU) as t:
        sent, ns = send(int(rate * seconds / (TAPS + 1)), "-t", str(TAPS),
                        "-p", str(t.prog_id), rate=int(rate / (TAPS + 1)))
        return sent * (TAPS + 1), sent * (TAPS + 1) * 1e9 / ns, t.totals()


def is_lossless(rate, *args):
    """The rate in fact, if twice in a row nothing of it was not lost."""
    for _ in range(2):
        nr, offered, totals = offer(rate, *args)
        if totals["shown"] == nr and not totals["lost"]:
            return offered
    return 0


def largest_rate(seconds, pages, wakeup, below=len(RATES)):
    """The largest of RATES that got through, in millions a second."""
    best, low, high = 0, 0, below
    while low < high:
        i = (low + high) // 2
        offered = is_lossless(RATES[i], seconds, pages, wakeup)
        if not offered:
            high = i
            continue
        best, low = max(best, offered), i + 1
        if offered < 0.95 * RATES[i]:
            break  # the sender can do no more
    if not best:
        raise Skip("loses events at %d/s already" % RATES[0])
    return best / 1e6


def rate(row, is_quick):
    seconds = 0.4 if is_quick else 1
    for _ in range(1 if is_quick else 3):
        row.add(largest_rate(seconds, PAGES_MAX, 1),
                largest_rate(seconds, PAGES_MAX, None))


def surface(row, is_quick):
    """Each wake-up batch with each size of buffer."""
    found = {}
    for wakeup in WAKEUPS:
        for pages in PAGES[::3] if is_quick else PAGES:
            found["%s, %d" % (wakeup or "default", pages)] = largest_rate(
                0.3, pages, wakeup)
    small, large = (found["default, %d" % p] for p in (PAGES[0], PAGES[-1]))
    row.add(small, large)
    row.extra["by_wakeup_and_pages"] = found
    for wakeup in WAKEUPS:
        name = str(wakeup or "default")
        row.notes.append("--wakeup %s: %s" % (name, ", ".join(
            "%.2f with %s pages" % (v, k.split()[1])
            for k, v in found.items() if k.startswith(name + ","))))


def overload(row, is_quick):
    """Far more than the buffer holds: is the loss exact?"""
    for _ in range(1 if is_quick else 3):
        nr, _, totals = offer(RATES[-1], 0.5, 8, None)
        row.add(nr, totals["shown"] + totals["lost"])
        row.notes.append("of %d events %d were shown, %d said to be lost" %
                         (nr, totals["shown"], totals["lost"]))


def rows(is_quick):
    def bind(measure):
        return lambda row: measure(row, is_quick)

    return [(bind(measure), row) for measure, row in (
        (rate, Row("events/s, nothing lost", "wake-up an event", "M/s",
                   target=">= 1.5 M/s",
                   is_met=lambda r: r.median("ours") >= 1.5)),
        (surface, Row("the same, 1024 pages", "8 pages", "M/s")),
        (overload, Row("too many: shown and lost", "sent", "ev",
                       target="all of them",
                       is_met=lambda r: r.samples["ours"] ==
                       r.samples["peer"])),
    )]
