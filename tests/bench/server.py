# SPDX-License-Identifier: GPL-2.0
"""What a web server keeps of its requests a second while a tracer runs.

nginx has a namespace and a CPU of its own, and what comes to it is received on
that CPU too, so that whatever a tracer costs the kernel there, it takes from
the requests. wrk asks from the other CPU for the smallest of answers, on
connections that stay open or on one a request. The load never stops: nginx
itself counts, for a moment with a tracer and for one before and after without.

The rows are by the clock, as a user sees it. Where wrk is the slower one, that
hides a cost: so the notes have the same by CPU time, of nginx, of ksoftirqd
beside it, and of the tracer's own process, as if that too ran on nginx's CPU.
That is the harder measure, and the noisier one."""

import http.client
import os
import re
import statistics
import subprocess
import tempfile
import time

import lab
from lab import OTHER_PORT, Program, Skip
from table import Row, at_least

NETNS, ADDRESS, URL = "bench", "10.9.0.1", "http://10.9.0.1/"
CPUS = {"wrk": 0, "nginx": 1}
LOADS = {"keep-alive": [], "short": ["-H", "Connection: close"]}
SETTLE_S = 0.05
CONF = """
daemon off;
pid %(dir)s/pid;
error_log %(dir)s/error.log;
user root;
worker_processes 1;
events {}
http {
	access_log off;
	keepalive_requests 1000000000;
	client_body_temp_path %(dir)s/body;
	proxy_temp_path %(dir)s/proxy;
	fastcgi_temp_path %(dir)s/fastcgi;
	uwsgi_temp_path %(dir)s/uwsgi;
	scgi_temp_path %(dir)s/scgi;
	server {
		listen 80 backlog=4096;
		location / { return 200 "hello\\n"; }
		location = /status { stub_status; }
	}
}
"""
# What tracers say on stderr when something escaped them.
LOST = (r"LOST (\d+)", r"(\d+) packets dropped by kernel", r"[Ll]ost (\d+)")


def make_network():
    """A cable to the server; once."""
    if os.path.exists("/run/netns/" + NETNS):
        return
    lab.sh("ip", "netns", "add", NETNS)
    lab.sh("ip", "link", "add", "w0", "type", "veth", "peer", "eth0", "netns",
           NETNS)
    lab.sh("ip", "addr", "add", "10.9.0.2/24", "dev", "w0")
    lab.sh("ip", "link", "set", "w0", "up")
    lab.sh("ip", "-n", NETNS, "addr", "add", ADDRESS + "/24", "dev", "eth0")
    lab.sh("ip", "-n", NETNS, "link", "set", "eth0", "up")
    # Else short connections run out of ports within seconds.
    for where in ([], ["ip", "netns", "exec", NETNS]):
        lab.sh(*where, "sysctl", "-qw", "net.ipv4.tcp_max_tw_buckets=0")
    lab.sh("ip", "netns", "exec", NETNS, "sh", "-c", "echo %x >"
           "/sys/class/net/eth0/queues/rx-0/rps_cpus" % (1 << CPUS["nginx"]))


def spawn(name, *argv):
    """A process that ends with the benchmark, however that ends."""
    return subprocess.Popen(
        ["setpriv", "--pdeathsig", "TERM", "taskset", "-c", str(CPUS[name]),
         *argv], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL)


def pid_of(*args):
    return int(lab.sh("pgrep", *args))


def cpu_ns(*pids):
    """What the processes have had of the CPUs (clock_getcpuclockid(3))."""
    return sum(time.clock_gettime_ns(~pid << 3 | 2) for pid in pids)


class Server:
    """nginx under wrk."""

    def __init__(self, load):
        lab.need_cpus()
        lab.need("wrk")
        lab.need("nginx")
        make_network()
        self.dir = tempfile.TemporaryDirectory()
        conf = self.dir.name + "/nginx.conf"
        with open(conf, "w") as f:
            f.write(CONF % {"dir": self.dir.name})
        self.processes = [spawn("nginx", "ip", "netns", "exec", NETNS, "nginx",
                                "-e", self.dir.name + "/error.log", "-c",
                                conf)]
        self.status = http.client.HTTPConnection(ADDRESS, 80, timeout=10)
        self._wait()
        self.pids = [pid_of("-P", str(self.processes[0].pid)),
                     pid_of("-x", "ksoftirqd/%d" % CPUS["nginx"])]
        self.processes.append(spawn("wrk", "wrk", "-t", "1", "-c", "32", "-d",
                                    "600", *LOADS[load], URL))
        time.sleep(1)

    def _wait(self):
        for _ in range(100):
            try:
                self._count()
                return
            except OSError:
                self.status.close()
                time.sleep(0.05)
        self.stop()
        raise Skip("nginx does not answer")

    def _count(self):
        self.status.request("GET", "/status")
        text = self.status.getresponse().read().decode()
        return int(re.search(r"\d+ \d+ (\d+)", text)[1])

    def rates(self, seconds, *others):
        """Thousands of requests a second for so long from now, of CPU time,
        that of the OTHERS processes included, and by the clock."""
        def sample():
            return (self._count(), cpu_ns(*self.pids, *others),
                    time.monotonic_ns())
        start = sample()
        time.sleep(seconds)
        nr, *spans = (b - a for a, b in zip(start, sample()))
        return [nr * 1e6 / span for span in spans]

    def stop(self):
        self.status.close()
        for p in reversed(self.processes):
            p.terminate()
            p.wait()
        self.dir.cleanup()

    def __enter__(self):
        return self

    def __exit__(self, *exc):
        self.stop()


class Traced:
    """A tracer's rounds: its command, and what the server keeps under it."""

    def __init__(self, name, argv, ready):
        self.name, self.argv, self.ready = name, argv, ready
        self.rates, self.kept, self.kept_of_cpu = [], [], []
        self.lost = 0

    def round(self, server, before, seconds):
        """One more, BEFORE which there were those rates. Returns those after
        it."""
        with Program(self.argv, self.ready) as p:
            time.sleep(SETTLE_S)
            now = server.rates(seconds, p.proc.pid)
            text = p.stop()
        for pattern in LOST:
            self.lost += sum(map(int, re.findall(pattern, text)))
        time.sleep(SETTLE_S)
        after = server.rates(seconds)
        kept = [2 * n / (b + a) for b, n, a in zip(before, now, after)]
        self.rates.append(now[1])
        self.kept.append(kept[1])
        self.kept_of_cpu.append(kept[0])
        return after

    def note(self):
        return "%s %.0f %% (by CPU time %.0f %%)%s" % (
            self.name, 100 * statistics.median(self.kept),
            100 * statistics.median(self.kept_of_cpu),
            ", but lost %d events" % self.lost if self.lost else "")


def ours(tool, *args):
    return Traced(tool, ["%s/%s" % (lab.BUILD, tool), "-N", NETNS, *args],
                  "tracing")


def tcpdump():
    return Traced("tcpdump", ["ip", "netns", "exec", NETNS, "tcpdump", "-i",
                              "eth0", "-n", "-l", "tcp dst port 80"],
                  "listening")


def elsewhere(name):
    """One of the tools that look at all namespaces at once and do not say
    when they are ready. Those of BCC get kernel headers of ours."""
    if "bpfcc" in name and "BCC_KERNEL_SOURCE" not in os.environ:
        os.environ["BCC_KERNEL_SOURCE"] = lab.sh(
            lab.BUILD + "/kheaders-c").strip()
    return Traced(name, [name, *(["-L", "80"] if "life" in name else [])],
                  None)


def measure(load, tool, peer, is_quick):
    """PEER None: compared with no tracer at all."""
    rounds, seconds = (3, 0.2) if is_quick else (7, 0.3)

    def fill(row):
        if peer:
            lab.need(peer.argv[0] if peer.ready is None else "tcpdump")
        with Server(load) as server:
            after = server.rates(seconds)
            for _ in range(rounds):
                if peer:
                    after = peer.round(server, after, seconds)
                after = tool.round(server, after, seconds)
                rate = tool.rates[-1]
                row.add(peer.rates[-1] if peer else rate / tool.kept[-1], rate)
        for t in filter(None, (peer, tool)):
            row.extra[t.name] = {"kept": t.kept,
                                 "kept_of_cpu": t.kept_of_cpu}
        row.notes.append("of the requests without: " + ", ".join(
            t.note() for t in (peer, tool) if t))
    return fill


def row(load, tool, peer, is_quick, **target):
    name = peer.name if peer else "no tracer"
    return (measure(load, tool, peer, is_quick),
            Row("%s, %s" % (tool.name, load), name, "k/s", **target))


def loads(is_quick):
    return ["short"] if is_quick else list(LOADS)


def rows_unmatched(is_quick):
    return [row(load, ours(tool, "-p", str(OTHER_PORT)), None, is_quick,
                **at_least(0.95))
            for tool in ("tcpsnoop-c", "tcplife-c", "tcpdrop-c", "tcpwhy-c")
            for load in loads(is_quick)]


def rows_matched(is_quick):
    """tcpsnoop-c has packets to show; the others have connections at most."""
    rows = [row(load, ours("tcpsnoop-c", "-i", "eth0", "-p", "80"), tcpdump(),
                is_quick) for load in loads(is_quick)]
    for tool, peer in (("tcplife-c", elsewhere("tcplife")),
                       ("tcplife-c", elsewhere("tcplife-bpfcc")),
                       ("tcpdrop-c", elsewhere("tcpdrop-bpfcc")),
                       ("tcpdrop-c", None),
                       ("tcpwhy-c", None)):
        rows.append(row("short", ours(tool, "-p", "80"), peer, is_quick))
    return rows
