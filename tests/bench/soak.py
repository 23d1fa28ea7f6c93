#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Runs the tools for long on traffic that does not pause, and looks for what
grows and for what is not accounted for.

    make soak                       an hour, at 100,000 frames a second
    make soak SOAK_SECONDS=300      five minutes
    make soak SOAK_RATE=50000       for a slower machine

All at once, in one network namespace: crafted segments of ever new connections
(tests/bench/flood.c), nginx under two wrk that it slows down to a steady rate,
and processes that ask it for one page and end (tests/bench/clients.c).

Each tool is stopped for a moment early on, so that the accounts of what was
lost are put to the test too, and so that the buffers which such a moment fills
are as large as they get before memory is compared. The samples are kept in
build/soak.json. The exit status is 1 when something does not hold, and each
such thing is a line."""

import json
import os
import platform
import re
import signal
import subprocess
import sys
import time

import lab
from lab import PORT, Skip
from nginx import Nginx
from watched import Watched

SECONDS = float(os.environ.get("SOAK_SECONDS") or 3600)
RATE = int(os.environ.get("SOAK_RATE") or 100000)
DROP_PORT, ATTEMPT_PORT = 11, 12  # flood.c
CLIENTS = 50  # processes a second
HTTP = "".join("limit_req_zone $uri zone=%s:1m rate=%dr/s;\n" % zone
               for zone in (("open", 1000), ("short", 300)))
SERVER = """
listen [::]:80 backlog=4096;
location = / { empty_gif; }
location = /open { limit_req zone=open burst=1000; empty_gif; }
location = /short { limit_req zone=short burst=1000; empty_gif; }
"""

STALL_S = 0.5
# By chance ten of the 65,536 flows fall on one place of their table, and it
# doubles: from 1 MB to 2 within minutes, from 2 to 4 in one hour of ten. More
# than this is a byte that leaks with every seventieth segment in half an hour.
GROWTH_KB = 2560
# Full tables and buffers are 10 MB of flows, 4 of rings, 16 of what is sorted.
MEMORY_KB = 48 << 10
FLOWS_MAX = 65536  # tools/front/segment.c
TURNS = 4  # how often the table of flows is filled anew at least

LINE = "%-17s %12s %9s %9s %9s %9s %5s %5s %8s %6s"


class Traffic:
    """What the tools look at; sent is what flood says, by port."""

    def __init__(self):
        lab.need("wrk")
        lab.need("bpftool")
        # Else short connections run out of ports.
        lab.sh("sysctl", "-qw", "net.ipv4.tcp_max_tw_buckets=0")
        self.nginx = Nginx("127.0.0.1", lab.spawn, SERVER, HTTP)
        self.accepted = self.nginx.counts()[0]
        self.nginx.status.close()
        self.loads, self.sent = [], {}

    def start(self):
        wrk = ["wrk", "-t", "1", "-c", "16", "-d", "%ds" % (SECONDS + 600)]
        helpers, pipe = lab.BUILD + "/tests/bench/", {
            "stdout": subprocess.PIPE, "text": True}
        self.flood = lab.spawn(helpers + "flood", "-i", "b0", "-o", "b1", "-r",
                               str(RATE), **pipe)
        self.clients = lab.spawn(helpers + "clients", str(CLIENTS), "/",
                                 **pipe)
        self.loads = [
            lab.spawn(*wrk, "http://127.0.0.1/open"),
            lab.spawn(*wrk, "-H", "Connection: close", "http://[::1]/short"),
        ]

    def check(self):
        for p in (self.flood, self.clients, self.nginx.process, *self.loads):
            if p.poll() is not None:
                raise Skip("%s has ended" % p.args[3])

    def stop(self):
        """All of it has come to its end and is counted."""
        names = ("flow", "drop", "attempt", "else", "flows", "ns")
        self.flood.terminate()
        self.sent = dict(zip(names, map(int,
                                        self.flood.communicate()[0].split())))
        for p in self.loads:
            p.terminate()
            p.wait()
        self.clients.terminate()
        self.nr_clients = int(self.clients.communicate()[0])
        accepted, self.nr_requests, now = self.nginx.counts()
        for _ in range(100):
            if now == 1:
                break
            time.sleep(0.1)
            accepted, self.nr_requests, now = self.nginx.counts()
        self.nr_connections = accepted - self.accepted
        self.nginx.stop()

    @property
    def frames(self):
        return sum(self.sent[k] for k in ("flow", "drop", "attempt", "else"))

    @property
    def rate(self):
        return self.frames * 1e9 / self.sent["ns"]


def start_tools():
    """JSON has no table of flows, so text is what puts that to the test."""
    flows = str(PORT)
    return [
        Watched("tcpsnoop-c, JSON", "tcpsnoop-c", "-i", "b1", "-p", flows,
                "-o", "json"),
        Watched("tcpsnoop-c, text", "tcpsnoop-c", "-e",
                "dport == %s || dport == 80 || sport == 80" % flows,
                flow=b":%s " % flows.encode(), client=b"client-"),
        Watched("tcplife-c", "tcplife-c", "-p", "80", "-o", "json"),
        Watched("tcpdrop-c", "tcpdrop-c", "-p", str(DROP_PORT), "-o", "json",
                count=re.compile(rb'"count":(\d+)')),
        Watched("tcpwhy-c", "tcpwhy-c", "-p", str(ATTEMPT_PORT), "-o", "json"),
    ]


def stall(tools):
    for tool in tools:
        tool.proc.send_signal(signal.SIGSTOP)
        time.sleep(STALL_S)
        tool.proc.send_signal(signal.SIGCONT)


def watch(tools, traffic):
    """Sample until the time is over. The first quarter is to warm up."""
    start, is_stalled, told = time.monotonic(), False, 0
    while (now := time.monotonic() - start) < SECONDS:
        traffic.check()
        for tool in tools:
            tool.sample(now, now > SECONDS / 4)
        if not is_stalled and now > SECONDS / 10:
            is_stalled = True
            stall(tools)
        if sys.stdout.isatty() and now // 60 > told:
            told = now // 60
            print("%3d of %d min: " % (told, SECONDS / 60) + ", ".join(
                "%s %.1f MB, %d lines" % (
                    t.name, t.samples[-1]["memory_kb"] / 1024, t.lines.nr)
                for t in tools), flush=True)
        time.sleep(min(5, SECONDS / 40))


class Verdict:
    """Collects what does not hold."""

    def __init__(self):
        self.nr, self.failed = 0, []

    def check(self, name, is_so, why):
        self.nr += 1
        if not is_so:
            self.failed.append("%s: %s" % (name, why))

    def equal(self, name, what, found, expected):
        self.check(name, found == expected,
                   "%s: %s, not %s" % (what, found, expected))


def check_account(v, tool, totals):
    """What the summary says, in itself and against what was written."""
    def equal(*args):
        v.equal(tool.name, *args)
    equal("seen = filtered + matched", totals["seen"],
          totals["filtered"] + totals["matched"])
    equal("matched = shown + lost", totals["matched"],
          totals["shown"] + totals["lost"])
    equal("lost in all stages", sum(totals["lost_by"].values()),
          totals["lost"])
    # One line is the head of the table, or the summary.
    rows = tool.lines.found.get("count", tool.lines.nr - 1)
    equal("rows that a reader counted = shown", rows, totals["shown"])
    summary = tool.json_summary()
    if summary:
        equal("the JSON summary", summary, {k: totals[k] for k in summary})
    equal("exit status", tool.proc.returncode, 0)
    equal("left in the kernel", tool.left(), [])


def check_truth(v, tools, totals, traffic):
    """What the summaries say against what was sent."""
    snoop, text, life, drop, why = (t.name for t in tools)
    sent, found = traffic.sent, tools[1].lines.found
    v.equal(snoop, "seen = frames sent", totals[snoop]["seen"],
            traffic.frames)
    v.equal(snoop, "matched = segments sent", totals[snoop]["matched"],
            sent["flow"])
    lost = totals[text]["lost"]
    v.check(text, 0 <= sent["flow"] - found["flow"] <= lost,
            "%d rows of %d segments sent, %d lost" % (
                found["flow"], sent["flow"], lost))
    v.check(text, found["client"] + lost >= traffic.nr_clients,
            "%d rows name one of %d clients, %d lost" % (
                found["client"], traffic.nr_clients, lost))
    v.equal(life, "matched = connections that nginx accepted",
            totals[life]["matched"], traffic.nr_connections)
    v.equal(drop, "matched = segments sent", totals[drop]["matched"],
            sent["drop"])
    v.equal(why, "seen = SYNs sent", totals[why]["seen"], sent["attempt"])
    v.equal(why, "matched = SYNs sent", totals[why]["matched"],
            sent["attempt"])
    v.check("flows", sent["flows"] >= TURNS * FLOWS_MAX,
            "%d are too few to fill a table of %d %d times: run longer" % (
                sent["flows"], FLOWS_MAX, TURNS))


def quarters(tool):
    """The most memory, in KB, of the second quarter and of the last."""
    def most(first, last):
        return max((s["memory_kb"] for s in tool.samples
                    if first * SECONDS < s["seconds"] <= last * SECONDS),
                   default=0)
    return most(0.25, 0.5), most(0.75, 1)


def check_held(v, tool):
    """Memory, descriptors and maps."""
    then, now = quarters(tool)
    v.check(tool.name, now - then <= GROWTH_KB,
            "memory grew from %d to %d KB, more than %d" % (then, now,
                                                            GROWTH_KB))
    v.check(tool.name, now <= MEMORY_KB,
            "%d KB of memory, more than %d" % (now, MEMORY_KB))
    for key in ("kinds", "maps", "programs"):
        check_same(v, tool, key)
    before, after = (tool.samples[i]["map_bytes"] for i in (0, -1))
    v.check(tool.name, after <= before, "maps hold %d bytes more after all "
            "traffic than before it" % (after - before))


def check_same(v, tool, key):
    steady = [s for s in tool.samples if s["is_steady"]]
    other = [s for s in steady if s[key] != steady[0][key]] or steady[:1]
    then, now = steady[0][key], other[-1][key]
    if key == "kinds":
        then, now = differences(then, now)
    v.check(tool.name, then == now, "%s held: %s, and after %.0f s %s" % (
        key.replace("kinds", "descriptors"), then, other[-1]["seconds"], now))


def differences(a, b):
    """What is in one of two dictionaries, or has another value there."""
    keys = [k for k in {**a, **b} if a.get(k) != b.get(k)]
    return {k: a.get(k, 0) for k in keys}, {k: b.get(k, 0) for k in keys}


def print_table(tools, totals, traffic):
    sent = traffic.sent
    print("%.0f frames a second: %d, %d new flows, in %.0f s; %d HTTP "
          "requests on %d connections, %d of them of short processes" % (
              traffic.rate, traffic.frames, sent["flows"], sent["ns"] / 1e9,
              traffic.nr_requests, traffic.nr_connections,
              traffic.nr_clients))
    print(LINE % ("", "shown", "lost", "MB at 1/2", "at end", "grown KB",
                  "fds", "maps", "map KB", "CPU %"))
    for t in tools:
        then, now = quarters(t)
        last = t.samples[-1]
        print(LINE % (t.name, totals[t.name]["shown"], totals[t.name]["lost"],
                      "%.1f" % (then / 1024), "%.1f" % (now / 1024),
                      now - then, last["descriptors"], last["maps"],
                      last["map_bytes"] // 1024,
                      "%.0f" % (last["cpu_seconds"] * 100 / SECONDS)))


def write_json(tools, totals, traffic, v):
    with open(lab.BUILD + "/soak.json", "w") as f:
        json.dump({
            "kernel": platform.release(), "cpus": os.cpu_count(),
            "seconds": SECONDS, "rate": RATE,
            "frames_per_second": traffic.rate, "sent": traffic.sent,
            "http": {"requests": traffic.nr_requests,
                     "connections": traffic.nr_connections,
                     "processes": traffic.nr_clients},
            "checks": v.nr, "failed": v.failed,
            "tools": {t.name: {"argv": t.argv, "totals": totals[t.name],
                               "found": t.lines.found, "samples": t.samples}
                      for t in tools}}, f, indent=1)


def run():
    traffic = Traffic()
    tools = start_tools()
    time.sleep(1)
    for tool in tools:
        tool.sample(0, False)
    traffic.start()
    watch(tools, traffic)
    traffic.stop()
    time.sleep(1)
    for tool in tools:
        tool.sample(SECONDS + 1, True)
    v = Verdict()
    totals = {t.name: t.finish() for t in tools}
    for tool in tools:
        check_account(v, tool, totals[tool.name])
        check_held(v, tool)
    check_truth(v, tools, totals, traffic)
    print_table(tools, totals, traffic)
    write_json(tools, totals, traffic, v)
    return v


def main():
    lab.enter()
    try:
        v = run()
    except Skip as why:
        sys.exit("soak: cannot run: %s" % why)
    for line in v.failed:
        print("FAILED " + line)
    print("%d of %d checks hold" % (v.nr - len(v.failed), v.nr))
    sys.exit(1 if v.failed else 0)


if __name__ == "__main__":
    main()
