# SPDX-License-Identifier: GPL-2.0
"""nginx as the benchmark runs it, and what it counts."""

import http.client
import re
import tempfile
import time

from lab import Skip, need

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
	%(http)s
	server {
		listen 80 backlog=4096;
		%(server)s
		location = /status { stub_status; }
	}
}
"""


class Nginx:
    """At ADDRESS until stop(). SPAWN starts the command that it is given;
    SERVER says what to answer, MORE what is wanted for that."""

    def __init__(self, address, spawn, server, more=""):
        need("nginx")
        self.dir = tempfile.TemporaryDirectory()
        conf = self.dir.name + "/nginx.conf"
        with open(conf, "w") as f:
            f.write(CONF % {"dir": self.dir.name, "server": server,
                            "http": more})
        self.process = spawn("nginx", "-e", self.dir.name + "/error.log",
                             "-c", conf)
        self.status = http.client.HTTPConnection(address, 80, timeout=10)
        self._wait()

    def _wait(self):
        for _ in range(100):
            try:
                self.counts()
                return
            except OSError:
                self.status.close()
                time.sleep(0.05)
        self.stop()
        raise Skip("nginx does not answer")

    def counts(self):
        """(connections accepted, requests, connections now), the one that
        this is asked on included."""
        self.status.request("GET", "/status")
        text = self.status.getresponse().read().decode()
        now = re.search(r"Active connections: (\d+)", text)[1]
        accepted, requests = re.search(r"(\d+) \d+ (\d+)", text).groups()
        return int(accepted), int(requests), int(now)

    def stop(self):
        self.status.close()
        self.process.terminate()
        self.process.wait()
        self.dir.cleanup()
