# SPDX-License-Identifier: GPL-2.0
"""A web server to be traced, and who loads it.

nginx has a namespace and a CPU of its own, and what comes to it is received on
that CPU too, so that whatever a tracer costs the kernel there, it takes from
the requests. wrk asks from the other CPU for the smallest of answers, on
connections that stay open or on one a request."""

import os
import re
import time

import lab
from nginx import Nginx

NETNS, ADDRESS, URL = "bench", "10.9.0.1", "http://10.9.0.1/"
CPUS = {"wrk": 0, "nginx": 1}
LOADS = {"keep-alive": [], "short": ["-H", "Connection: close"]}


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
    return lab.spawn("taskset", "-c", str(CPUS[name]), *argv)


def spawn_nginx(*argv):
    return spawn("nginx", "ip", "netns", "exec", NETNS, *argv)


def pid_of(*args):
    return int(lab.sh("pgrep", *args))


def cpu_ns(*pids):
    """What the processes have had of the CPUs (clock_getcpuclockid(3))."""
    return sum(time.clock_gettime_ns(~pid << 3 | 2) for pid in pids)


class Server:
    """nginx, and what it does under LOAD, one of LOADS."""

    def __init__(self, load):
        lab.need_cpus()
        lab.need("wrk")
        make_network()
        self.load, self.wrk = load, None
        self.nginx = Nginx(ADDRESS, spawn_nginx,
                           'location / { return 200 "hello\\n"; }')
        self.pids = [pid_of("-P", str(self.nginx.process.pid)),
                     pid_of("-x", "ksoftirqd/%d" % CPUS["nginx"])]

    def _wrk(self, seconds):
        return ["wrk", "-t", "1", "-c", "32", "-d", str(seconds), "--latency",
                *LOADS[self.load], URL]

    def load_on(self):
        """From here on, until load_off() or the end."""
        self.wrk = spawn("wrk", *self._wrk(600))
        time.sleep(1)

    def load_off(self):
        self.wrk.terminate()
        self.wrk.wait()
        self.wrk = None

    def rates(self, seconds, *others):
        """Thousands of requests a second for so long from now, by the clock,
        and of CPU time, that of the OTHERS processes included."""
        def sample():
            return (self.nginx.counts()[1], time.monotonic_ns(),
                    cpu_ns(*self.pids, *others))
        start = sample()
        time.sleep(seconds)
        nr, *spans = (b - a for a, b in zip(start, sample()))
        return [nr * 1e6 / span for span in spans]

    def run_load(self):
        """One second of it: (thousands of requests a second, ms that 99 of
        100 waited no longer than)"""
        text = lab.sh("taskset", "-c", str(CPUS["wrk"]), *self._wrk(1))
        rate = re.search(r"Requests/sec: +([\d.]+)", text)
        p99, unit = re.search(r" 99% +([\d.]+)(us|ms|s)", text).groups()
        return (float(rate[1]) / 1e3,
                float(p99) * {"us": 1e-3, "ms": 1, "s": 1e3}[unit])

    def stop(self):
        if self.wrk:
            self.load_off()
        self.nginx.stop()

    def __enter__(self):
        return self

    def __exit__(self, *exc):
        self.stop()
