# SPDX-License-Identifier: GPL-2.0
"""What the benchmark measures with: programs that say when they are ready,
the sender, and the kernel's own account of a BPF program.

Everything happens in a network namespace that ends with the benchmark, so
nothing has to be taken down."""

import glob
import os
import re
import select
import shutil
import signal
import subprocess
import sys
import time

BUILD = os.environ.get("BUILD", "build")
TOOL = BUILD + "/tcpsnoop-c"
TAPS = BUILD + "/tests/bench/taps"
PORT, OTHER_PORT = 9, 10
SENDER_CPU, READER_CPU = "0", "1"
MORTAL = ["setpriv", "--pdeathsig", "TERM"]  # ends when who started it does
STATS = "/proc/sys/kernel/bpf_stats_enabled"


class Skip(Exception):
    """Why something cannot be measured here."""


def need(program):
    if not shutil.which(program):
        raise Skip("no %s here" % program)
    return program


def need_cpus():
    if os.cpu_count() < 2:
        raise Skip("who sends and who receives need a CPU each")


def sh(*argv):
    return subprocess.run(argv, check=True, text=True,
                          stdout=subprocess.PIPE).stdout


def spawn(*argv, **streams):
    """A process that ends with the benchmark, however that ends."""
    null = subprocess.DEVNULL
    return subprocess.Popen(
        [*MORTAL, *argv],
        **{"stdin": null, "stdout": null, "stderr": null, **streams})


def enter():
    """Run this program again in namespaces of its own, with a cable and
    with an empty cache, where no namespace has a name; in the repository's
    root, and ended by SIGTERM as by an error."""
    if os.geteuid():
        name = os.path.basename(sys.argv[0]).removesuffix(".py")
        sys.exit("%s: needs root: sudo make %s" % (name, name))
    if "BENCH_NETNS" not in os.environ:
        os.environ["BENCH_NETNS"] = "1"
        os.execvp("unshare", ["unshare", "--net", "--mount", "--",
                              sys.executable, *sys.argv])
    os.makedirs("/run/netns", exist_ok=True)
    for path in ("/var/cache", "/run/netns"):
        sh("mount", "-t", "tmpfs", "none", path)
    sh("ip", "link", "set", "lo", "up")
    sh("ip", "link", "add", "b0", "type", "veth", "peer", "b1")
    for name in ("b0", "b1"):
        # Neighbour discovery would be packets that nobody sent.
        path = "/proc/sys/net/ipv6/conf/%s/disable_ipv6" % name
        if os.path.exists(path):
            with open(path, "w") as f:
                f.write("1")
        sh("ip", "link", "set", name, "up")
    os.chdir(os.path.join(os.path.dirname(os.path.abspath(__file__)),
                          "../.."))
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))


def forget():
    """No compiled program from an earlier run."""
    for path in glob.glob("/var/cache/tcpsnoop-c/*"):
        if not os.path.isdir(path):
            os.unlink(path)


def forget_all():
    """No header tree either, as on the day when it was installed."""
    shutil.rmtree("/var/cache/tcpsnoop-c", ignore_errors=True)


def prime(argv):
    """Run a tool of ours until all that it wants compiled is kept."""
    subprocess.run([*argv, "-q", "-d", "2"], stdout=subprocess.DEVNULL, check=True)


def memory_kb(pid):
    """(resident, proportional, resident at most)"""
    found = []
    for name, key in (("status", "VmRSS"), ("smaps_rollup", "Pss"),
                      ("status", "VmHWM")):
        with open("/proc/%d/%s" % (pid, name)) as f:
            found.append(int(re.search(r"^%s:\s+(\d+)" % key, f.read(),
                                       re.M).group(1)))
    return tuple(found)


def last_line(text):
    """The one that tells what ended a program."""
    return text.strip().split("\n")[-1] or "not ready"


def headers_for_bcc():
    """BCC's own tools get kernel headers of ours."""
    if "BCC_KERNEL_SOURCE" not in os.environ:
        os.environ["BCC_KERNEL_SOURCE"] = sh(BUILD + "/kheaders-c").strip()


def is_attached(path):
    """Whether a file descriptor holds a BPF program where it runs."""
    try:
        return bool(re.search("bpf.link|perf_event", os.readlink(path)))
    except OSError:
        return False  # closed meanwhile


class Program:
    """A program running until stop(); ready_ms is from just before exec to
    the first output that has READY in it. READY None: one that does not tell,
    and is ready when it has a program attached. STDOUT: a descriptor for what
    it writes there."""

    def __init__(self, argv, ready, cpu=None, from_stdout=False, stdout=None):
        if cpu:
            need_cpus()
        argv = (["taskset", "-c", cpu] if cpu else []) + argv
        r, w = os.pipe()
        null = subprocess.DEVNULL
        start = time.monotonic_ns()
        self.proc = subprocess.Popen(
            argv, stdin=null,
            stdout=w if from_stdout else stdout or null,
            stderr=null if from_stdout else w)
        os.close(w)
        self.fd, self.text = r, ""
        if not (self._says(ready) if ready else self._attaches()):
            self.stop(signal.SIGKILL)
            raise Skip("%s: %s" % (argv[0], last_line(self.text)))
        self.ready_ms = (time.monotonic_ns() - start) / 1e6

    def _says(self, ready):
        while ready not in self.text:
            if not self._read(30):
                return False
        return True

    def _attaches(self):
        for _ in range(1000):
            for path in glob.glob("/proc/%d/fd/*" % self.proc.pid):
                if is_attached(path):
                    return True
            if self.proc.poll() is not None:
                return False
            self._read(0.01)
        return False

    def _read(self, timeout):
        if not select.select([self.fd], [], [], timeout)[0]:
            return False
        data = os.read(self.fd, 65536)
        self.text += data.decode(errors="replace")
        return bool(data)

    def stop(self, sig=signal.SIGINT):
        """End it and return all that it said."""
        self.proc.send_signal(sig)
        while self._read(30):
            pass
        self.proc.kill()
        self.proc.wait()
        os.close(self.fd)
        return self.text

    def __enter__(self):
        return self

    def __exit__(self, *exc):
        if self.proc.returncode is None:
            self.stop()


def totals_of(text):
    """What a tool's summary counts, by name, lost and its parts included."""
    m = re.search(r"(?P<shown>\d+) [a-z ]+ shown of (?P<matched>\d+) "
                  r"matched, (?P<seen>\d+) seen "
                  r"\((?P<filtered>\d+) filtered out\)(?P<end>.*)", text)
    if not m:
        raise Skip("no summary: " + text.strip())
    found = m.groupdict()
    lost = re.search(r"^LOST (\d+):(.*)$", text, re.M)
    if bool(lost) == ("nothing lost" in found.pop("end")):
        raise Skip("a summary that contradicts itself: " + text.strip())
    parts = re.findall(r"(\d+) ([a-z ]+[a-z])", lost[2] if lost else "")
    return {**{k: int(v) for k, v in found.items()},
            "lost": int(lost[1]) if lost else 0,
            "lost_by": {name: int(nr) for nr, name in parts}}


class Tracer(Program):
    """tcpsnoop-c, its hook's program and what its summary says."""

    def __init__(self, *args, cpu=None):
        super().__init__([TOOL, *args], "tracing", cpu)
        self.prog_id = self._program()["prog_id"]

    def _program(self):
        """What the kernel says of it: prog_id, run_cnt ... The programs that
        find owners are held by their links only; the one that sends what waits
        is the smaller one."""
        found = []
        for path in glob.glob("/proc/%d/fdinfo/*" % self.proc.pid):
            try:
                with open(path) as f:
                    text = f.read()
            except FileNotFoundError:  # closed meanwhile
                continue
            if "run_cnt:" in text:
                found.append({k: int(v) for k, v in
                              re.findall(r"^(\w+):\s+(\d+)$", text, re.M)})
        if not found:
            raise Skip("the tool holds no BPF program")
        return max(found, key=lambda p: p["verified_insns"])

    def totals(self):
        """Stop it: its counts by name, lost included."""
        return totals_of(self.stop())

    def run_ns(self):
        """(nanoseconds, runs) of its program while stats were on"""
        p = self._program()
        return p["run_time_ns"], p["run_cnt"]


class BpfStats:
    """The kernel times every run of a BPF program inside this."""

    def __enter__(self):
        with open(STATS) as f:
            self.before = f.read()
        self._set("1")

    def __exit__(self, *exc):
        self._set(self.before)

    @staticmethod
    def _set(value):
        with open(STATS, "w") as f:
            f.write(value)


def taps(nr, *args, port=PORT, rate=0):
    """Send NR segments down the cable; the numbers that taps prints."""
    out = sh("taskset", "-c", SENDER_CPU, TAPS, "-i", "b0", "-o", "b1",
             "-d", str(port), "-n", str(nr), "-r", str(rate), *args)
    return [int(word) for word in out.split()]


def send(nr, *args, port=PORT, rate=0):
    """(sent, nanoseconds)"""
    return tuple(taps(nr, *args, port=port, rate=rate)[:2])


def send_empty(nr, rate):
    """Nanoseconds of a packet in an empty program, while stats are on."""
    run_ns, runs = taps(nr, "-t", "1", "-e", rate=rate)[2:]
    if runs != nr:
        raise Skip("%d runs for %d packets" % (runs, nr))
    return run_ns / runs
