# SPDX-License-Identifier: GPL-2.0
"""How long a tracer is blind, and what memory it takes.

A segment comes each millisecond, and its sequence number is the time when it
was sent: the first that is shown tells from when on a tracer saw. For tracers
of connections one ends each millisecond, and its port tells when. What counts
is the time from just before exec."""

import contextlib
import os
import re
import select
import signal
import socket
import statistics
import subprocess
import threading
import time

import lab
from lab import PORT, SENDER_CPU, Skip
from table import Row, at_most

RATE, LONGEST_S = 1000, 120
MATCH = "tcp dst port %d" % PORT
BPFTRACE = """tracepoint:net:netif_receive_skb {
	$skb = (struct sk_buff *)args->skbaddr;
	$tcp = (struct tcphdr *)($skb->head + $skb->network_header + 20);
	if ($tcp->dest == %d) { printf("seq %%u\\n", $tcp->seq); }
}""" % socket.htons(PORT)
LIFE_PORT = 7000


def now_us():
    return time.monotonic_ns() // 1000


def seq_us(number, start):
    """The time that the sequence NUMBER says, near START."""
    return start + (int(number) - start & 0xffffffff)


def swapped_us(number, start):
    return seq_us(socket.ntohl(int(number)), start)


def ended(p, sig):
    """End P, by force if need be: some lose SIGINT in a callback of theirs.
    Returns what it used."""
    for i in range(100):
        # Not p.send_signal(), which would wait for it.
        os.kill(p.pid, sig if i < 50 else signal.SIGKILL)
        time.sleep(0.02)
        pid, _, usage = os.wait4(p.pid, os.WNOHANG)
        if pid:
            break
    p.returncode = 0
    return usage


class Peer:
    """A tracer: its command, and where in its output the first number is of
    which WHEN(number, start) tells the time in us."""

    def __init__(self, argv, pattern, when=seq_us, sig=signal.SIGINT):
        self.argv, self.pattern, self.when = argv, pattern, when
        self.sig = sig

    def first(self):
        """(ms until it saw, ms until it showed), (MB at rest, MB at most, of
        it and its children)"""
        lab.need(self.argv[0])
        r, w = os.pipe()
        start = now_us()
        p = subprocess.Popen(self.argv, stdin=subprocess.DEVNULL, stdout=w,
                             stderr=subprocess.PIPE)
        os.close(w)
        try:
            found, shown = self._wait(r, p)
            rest = lab.memory_kb(p.pid)[0] / 1024
        finally:
            usage = ended(p, self.sig)
            os.close(r)
            p.stderr.close()
        times = (self.when(found, start) - start) / 1e3, (shown - start) / 1e3
        return times, (rest, usage.ru_maxrss / 1024)

    def _wait(self, r, p):
        text = ""
        while True:
            if not select.select([r], [], [], 30)[0]:
                raise Skip("%s shows nothing" % self.argv[0])
            data = os.read(r, 65536).decode(errors="replace")
            if not data:
                raise Skip("%s: %s" % (self.argv[0], lab.last_line(
                    p.stderr.read().decode(errors="replace"))))
            text += data
            # What the line goes on with may still come.
            m = re.search(self.pattern + r"\b", text[:text.rfind("\n") + 1])
            if m:
                return m[1], now_us()


@contextlib.contextmanager
def segments():
    """A segment each millisecond."""
    p = subprocess.Popen(
        ["taskset", "-c", SENDER_CPU, lab.TAPS, "-i", "b0", "-o", "b1", "-d",
         str(PORT), "-n", str(RATE * LONGEST_S), "-r", str(RATE), "-T"],
        stdout=subprocess.DEVNULL)
    try:
        time.sleep(0.1)
        yield
    finally:
        p.kill()
        p.wait()


class Connections:
    """A connection that ends each millisecond; when(port, start) tells the
    time of the one that had this port."""

    def __init__(self):
        self.ended, self.is_over = {}, False
        self.listener = socket.create_server(("127.0.0.1", LIFE_PORT),
                                             backlog=64)
        self.thread = threading.Thread(target=self._run, daemon=True)

    def _one(self):
        client = socket.create_connection(("127.0.0.1", LIFE_PORT))
        client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER,
                          b"\1\0\0\0\0\0\0\0")
        server = self.listener.accept()[0]
        self.ended[client.getsockname()[1]] = now_us()
        client.close()
        server.close()

    def _run(self):
        until = time.monotonic() + LONGEST_S
        while not self.is_over and time.monotonic() < until:
            self._one()
            time.sleep(1 / RATE)

    def when(self, port, start):
        return self.ended[int(port)]

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *exc):
        self.is_over = True
        self.thread.join()
        self.listener.close()


def tcpdump(*args):
    return Peer(["tcpdump", "-i", "b1", "-n", "-l", "-S", *args, MATCH],
                r"seq (\d+):")


def ours(*args):
    return Peer([lab.TOOL, "-i", "b1", "-p", str(PORT), "-o", "json", *args],
                r'"seq":(\d+)')


def bpftrace():
    # It does not hear SIGINT while it attaches.
    return Peer(["bpftrace", "-e", BPFTRACE], r"seq (\d+)", swapped_us,
                signal.SIGKILL)


def note(row, name, values):
    row.extra[name] = values
    row.notes.append("%s %s" % (name, ", ".join(
        "%s %.1f ms" % (who, statistics.median(v))
        for who, v in values.items())))


def compare(row, peer, tool, rounds, before=None):
    """ROUNDS of both: when they saw goes into the ROW, when they showed into
    a note. Returns what memory they took."""
    shown = {peer.argv[0]: [], "ours": []}
    memory = {"peer": [], "ours": []}
    tool.first()  # the compiled image is cached from here on
    for _ in range(rounds):
        found = []
        for who, key in ((peer, "peer"), (tool, "ours")):
            if before:
                before()
            times, mb = who.first()
            shown[who.argv[0] if who is peer else "ours"].append(times[1])
            memory[key].append(mb)
            found.append(times[0])
        row.add(*found)
    note(row, "on the screen after", shown)
    return memory


def warm(row, is_quick):
    with segments():
        compare(row, tcpdump(), ours(), 5 if is_quick else 15)


def immediate(row, is_quick):
    """What is on the screen, where tcpdump does not wait for more."""
    with segments():
        peer, tool = tcpdump("--immediate-mode"), ours()
        for _ in range(3 if is_quick else 11):
            row.add(peer.first()[0][1], tool.first()[0][1])


def cold(forget):
    def measure(row, is_quick):
        with segments():
            memory = compare(row, bpftrace(), ours(), 2 if is_quick else 5,
                             forget)
        row.extra["memory_mb"] = memory
        parts = where_time_goes(forget, 1 if is_quick else 3)
        row.extra["parts_ms"] = parts
        row.notes.append("of it: " + (", ".join(
            "%s %.1f ms" % p for p in parts.items()) or "not reported"))
        row.notes.append(
            "at most, children included: bpftrace %.0f MB, ours %.0f MB" %
            tuple(statistics.median(mb[1] for mb in memory[k])
                  for k in ("peer", "ours")))
    return measure


def where_time_goes(forget, nr):
    """Medians of what -v says: "time: headers 12.3 ms, compile ...\""""
    parts = {}
    for _ in range(nr):
        forget()
        argv = [lab.TOOL, "-p", str(PORT), "-v"]
        with lab.Program(argv, "tracing") as p:
            text = p.stop()
        for line in re.findall(r"time: (.*)", text):
            for name, ms in re.findall(r"(\w[\w ]*?) ([\d.]+) ms", line):
                parts.setdefault(name, []).append(float(ms))
    return {k: statistics.median(v) for k, v in parts.items()}


def connections(peer, before=None):
    """PEER: a function of the ports' clock."""
    def measure(row, is_quick):
        with Connections() as c:
            tool = Peer([lab.BUILD + "/tcplife-c", "-p", str(LIFE_PORT), "-o",
                         "json"], r'"rport":(\d+)', c.when)
            compare(row, peer(c), tool, 3 if is_quick else 7, before)
    return measure


def tcplife(clock):
    return Peer(["tcplife", "-L", str(LIFE_PORT)], r" 127.0.0.1 +(\d{5})",
                clock.when)


def tcplife_bpfcc(clock):
    lab.headers_for_bcc()
    return Peer(["tcplife-bpfcc", "-L", str(LIFE_PORT)],
                r" 127.0.0.1 +(\d{5})", clock.when)


def tcpconnect(clock):
    return Peer(["tcpconnect"], r" (\d{5})", clock.when)


def resting(row, is_quick):
    """Both tracing at the same time, of the same packets."""
    more = {"proportional": [], "at most": []}
    for _ in range(2 if is_quick else 7):
        with lab.Program(tcpdump().argv, "listening") as peer, \
             lab.Program(ours().argv, "tracing") as tool:
            lab.send(1000, rate=10000)
            time.sleep(0.2)
            sizes = [[kb / 1024 for kb in lab.memory_kb(p.proc.pid)]
                     for p in (peer, tool)]
        row.add(sizes[0][0], sizes[1][0])
        more["proportional"].append([s[1] for s in sizes])
        more["at most"].append([s[2] for s in sizes])
    for name, pairs in more.items():
        row.extra[name] = pairs
        row.notes.append("%s: tcpdump %.1f MB, ours %.1f MB" % (
            name, *(statistics.median(s) for s in zip(*pairs))))


def rows(is_quick):
    def bind(measure):
        return lambda row: measure(row, is_quick)

    return [(bind(measure), row) for measure, row in (
        (warm, Row("warm start, to the first packet", "tcpdump", "ms",
                   **at_most(0.5))),
        (immediate, Row("the same, on the screen", "tcpdump, at once", "ms")),
        (cold(lab.forget), Row("cold start, compiling", "bpftrace", "ms",
                               **at_most(1))),
        (cold(lab.forget_all), Row("first start ever", "bpftrace", "ms",
                                   **at_most(1))),
        (connections(tcplife), Row("tcplife-c, warm, to a connection",
                                   "tcplife", "ms")),
        (connections(tcpconnect), Row("tcplife-c, warm, to a connection",
                                      "tcpconnect", "ms")),
        (connections(tcplife_bpfcc, lab.forget),
         Row("tcplife-c, cold", "tcplife-bpfcc", "ms")),
        (resting, Row("resident memory, tracing", "tcpdump", "MB",
                      **at_most(0.7))),
    )]
