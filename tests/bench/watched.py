# SPDX-License-Identifier: GPL-2.0
"""A tool that is watched while it runs: what it holds of memory, descriptors
and BPF maps, and every line that it writes."""

import collections
import fcntl
import glob
import json
import os
import re
import subprocess
import threading
import time

import lab

PIPE_BYTES = 1 << 20  # fs.pipe-max-size
READ_BYTES = 1 << 20
PAUSE_S = 0.008  # the less often a pipe is read the less that takes
TRIES, TRY_S = 10, 0.02
GONE_S = 5  # the kernel frees maps and programs a moment later
CLOCK_HZ = os.sysconf("SC_CLK_TCK")


class Lines(threading.Thread):
    """Counts the lines that come from FD, and in them each of PATTERNS: bytes,
    or a regular expression whose numbers are added up."""

    def __init__(self, fd, patterns):
        super().__init__(daemon=True)
        self.fd, self.nr, self.last = fd, 0, b""
        self.patterns = patterns
        self.found = dict.fromkeys(patterns, 0)
        self.start()

    def _count(self, data):
        self.nr += data.count(b"\n")
        for name, pattern in self.patterns.items():
            if isinstance(pattern, bytes):
                self.found[name] += data.count(pattern)
            else:
                self.found[name] += sum(map(int, pattern.findall(data)))

    def run(self):
        rest = b""
        while data := os.read(self.fd, READ_BYTES):
            data = rest + data
            end = data.rfind(b"\n") + 1
            self._count(data[:end])
            rest = data[end:]
            if end:
                self.last = data[data.rfind(b"\n", 0, end - 1) + 1:end]
            time.sleep(PAUSE_S)
        os.close(self.fd)


def read(path):
    with open(path) as f:
        return f.read()


def number(key, text):
    m = re.search(r"^%s:\s+(\d+)" % key, text, re.M)
    return int(m[1]) if m else 0


def descriptors(pid):
    """How many of each kind there are, the bytes of each map and the ids of
    programs: {"socket": 2, ...}, {17: 4096, ...}, {9, ...}."""
    kinds, maps, progs = collections.Counter(), {}, set()
    for path in glob.glob("/proc/%d/fd/*" % pid):
        try:
            kind = re.sub(r":\[\d+\]$", "", os.readlink(path))
            info = read(path.replace("/fd/", "/fdinfo/"))
        except OSError:
            continue  # closed meanwhile
        kinds[kind] += 1
        if kind == "anon_inode:bpf-map":
            maps[number("map_id", info)] = number("memlock", info)
        prog = number("prog_id", info)
        if prog:
            progs.add(prog)
    return dict(kinds), maps, progs


def cpu_seconds(pid):
    fields = read("/proc/%d/stat" % pid).rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / CLOCK_HZ


class Watched(lab.Program):
    """NAME is for people. PATTERNS as for Lines, without the line that is no
    row: the head of a table or the JSON summary."""

    def __init__(self, name, tool, *args, **patterns):
        self.name, self.argv = name, [lab.BUILD + "/" + tool, *args]
        self.samples, self.kinds = [], None
        r, w = os.pipe()
        fcntl.fcntl(w, fcntl.F_SETPIPE_SZ, PIPE_BYTES)
        self.lines = Lines(r, patterns)
        try:
            super().__init__(lab.MORTAL + self.argv, "tracing", stdout=w)
        finally:
            os.close(w)
        self.maps, self.progs = set(), set()

    def sample(self, seconds, is_steady):
        """Look at it once. IS_STEADY: it holds what it will hold, and more
        than before is looked at again, since some things are open for a
        moment only."""
        for _ in range(TRIES):
            kinds, maps, progs = descriptors(self.proc.pid)
            if not is_steady or self.kinds in (None, kinds):
                break
            time.sleep(TRY_S)
        if is_steady and self.kinds is None:
            self.kinds = kinds
        self.maps |= set(maps)
        self.progs |= progs
        status = read("/proc/%d/status" % self.proc.pid)
        self.samples.append({
            "seconds": round(seconds, 1),
            "is_steady": is_steady,
            "memory_kb": number("VmRSS", status) + number("VmSwap", status),
            "descriptors": sum(kinds.values()),
            "kinds": kinds,
            "maps": len(maps),
            "programs": len(progs),
            "map_bytes": sum(maps.values()),
            "lines": self.lines.nr,
            "cpu_seconds": cpu_seconds(self.proc.pid),
        })

    def finish(self):
        """End it; the counts of its summary."""
        totals = lab.totals_of(self.stop())
        self.lines.join()
        return totals

    def json_summary(self):
        """The same in its output, or None."""
        if not self.lines.last.startswith(b'{"type":"summary"'):
            return None
        found = json.loads(self.lines.last)
        return {**{k: found[k] for k in ("seen", "filtered", "matched",
                                         "shown")},
                "lost": sum(found["lost"].values())}

    def left(self):
        """The maps and programs that the kernel still has of it."""
        return ["%s %d" % (kind, nr)
                for kind, ids in (("map", self.maps), ("prog", self.progs))
                for nr in ids if not is_gone(kind, nr)]


def is_gone(kind, nr):
    end = time.monotonic() + GONE_S
    while time.monotonic() < end:
        if subprocess.run(["bpftool", kind, "show", "id", str(nr)],
                          capture_output=True).returncode:
            return True
        time.sleep(0.1)
    return False
