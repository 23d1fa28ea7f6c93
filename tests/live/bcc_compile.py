#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Compiles the programs of Debian's BCC tools as these tools do it.

bcc_compile.py [TOOL...]   (default: all)

Each tool runs as it is, up to the moment when libbcc has compiled its text: it
attaches nothing. What keeps a tool from getting there on this machine (no such
disk, file system, process, terminal) is pretended. Two at a time, a line each:
"ok TOOL", "bad TOOL<TAB>WHY" or "none TOOL": it has no text.
"""
import builtins
import glob
import io
import os
import runpy
import subprocess
import sys
from unittest import mock

import bcc

DIR, SUFFIX = "/usr/sbin/", "-bpfcc"
SELF = str(os.getpid())
ARGS = {
    "argdist": ["-C", "p::vfs_read(void *f):u64:(u64)f"],
    "biolatpcts": ["254:0"],
    "dbslower": ["mysql", "-p", SELF],
    "dbstat": ["mysql", "-p", SELF],
    "deadlock": [SELF],
    "dirtop": ["-d", "/tmp"],
    "inject": ["kmalloc", "-v", "SyS_mount()"],
    "memleak": ["-p", SELF],
    "mysqld_qslower": [SELF],
    "netqtop": ["-n", "lo"],
    "tcpsubnet": ["10.0.0.0/8"],
    "trace": ['vfs_read "%d", arg3'],
    "ttysnoop": ["/dev/null"],
}
for name in "funccount", "funcinterval", "funclatency", "funcslower", \
            "stackcount":
    ARGS[name] = ["vfs_read"]

# Shell scripts around one Python tool for several languages
WRAPPED = {
    "calls": "ucalls", "flow": "uflow", "gc": "ugc", "objnew": "uobjnew",
    "stat": "ustat", "threads": "uthreads",
}
LANGUAGES = ("c", "java", "node", "perl", "php", "python", "ruby", "tcl")
SYMBOLS = ["0 T %s\n" % name for name in (
    "vm_stat", "vm_zone_stat", "btrfs_file_operations",
    "ext4_file_operations")]


def command(tool):
    """The path and arguments of what is Python behind TOOL."""
    for language in LANGUAGES:
        script = WRAPPED.get(tool[len(language):])
        if tool.startswith(language) and script:
            return [DIR + script, "-l", language, SELF]
    return [DIR + tool + SUFFIX] + ARGS.get(tool, [])


class Usdt:
    """Probes of a process that does not run: any, with any arguments."""

    def __init__(self, *args, **kwargs):
        pass

    def __getattr__(self, name):
        return lambda *args, **kwargs: b""


class Module(bcc.BPF):
    def __init__(self, *args, usdt_contexts=(), **kwargs):
        if usdt_contexts and "text" in kwargs:
            text = kwargs["text"]
            text = text if isinstance(text, bytes) else text.encode()
            kwargs["text"] = \
                b"#define bpf_usdt_readarg(n, ctx, to) ({ *(to) = n; 0; })\n" \
                b"#define bpf_usdt_readarg_p(n, ctx, to, size) 0\n" + text
        super().__init__(*args, **kwargs)

    def _trace_autoload(self):
        os._exit(0)

    @staticmethod
    def get_kprobe_functions(pattern):
        return [pattern.strip(b"^$")]

    @staticmethod
    def ksymname(name):
        return 1


def pretend():
    real_open, real_output = builtins.open, subprocess.check_output
    real_access = os.access

    def check_output(cmd, *args, **kwargs):
        if "cpuinfo" in str(cmd):
            return b"GenuineIntel"
        return real_output(cmd, *args, **kwargs)

    def open_file(path, *args, **kwargs):
        if path == "/proc/kallsyms":
            return io.StringIO("".join(SYMBOLS))
        return real_open(path, *args, **kwargs)

    def access(path, *args):
        return path == "/dev/kvm" or real_access(path, *args)

    curses = mock.MagicMock(wrapper=lambda f, *args: f(mock.MagicMock(), *args))
    sys.modules["curses"] = curses
    builtins.open, subprocess.check_output = open_file, check_output
    os.access = access
    bcc.BPF, bcc.USDT = Module, Usdt


def run(argv):
    sys.argv = argv
    pretend()
    runpy.run_path(argv[0], run_name="__main__")
    os._exit(3)


def is_python(path):
    with open(path, "rb") as f:
        return b"python" in f.readline()


def start(tool):
    """A child that compiles, and a file with what it says."""
    argv = command(tool)
    if not is_python(argv[0]):
        return None
    out = os.memfd_create(tool)
    pid = os.fork()
    if pid:
        return pid, tool, out
    os.dup2(os.open("/dev/null", os.O_RDONLY), 0)
    os.dup2(out, 1)
    os.dup2(out, 2)
    try:
        run(argv)
    except BaseException as e:
        if not isinstance(e, SystemExit):
            print(type(e).__name__, e)
        sys.stdout.flush()
    os._exit(3)


def lines_of(out):
    return os.pread(out, 1 << 20, 0).decode(errors="replace").splitlines()


def unknown_functions(out):
    """The verifier would refuse a call to one, clang only warns."""
    return [line for line in lines_of(out) if "implicit declaration" in line]


def why(out):
    lines = lines_of(out)
    errors = [line for line in lines if "error" in line.lower()]
    return " | ".join(errors[:3] or unknown_functions(out) or lines[-1:])


def report(status, tool, out):
    if status == 0 and not unknown_functions(out):
        print("ok " + tool, flush=True)
    elif status == 3 << 8 and not os.fstat(out).st_size:
        print("none " + tool, flush=True)
    else:
        print("bad %s\t%s" % (tool, why(out)), flush=True)
    os.close(out)


def main(tools):
    running = {}
    tools = tools or sorted(
        os.path.basename(p)[:-len(SUFFIX)] for p in glob.glob(DIR + "*" + SUFFIX))
    while tools or running:
        while tools and len(running) < 2:
            child = start(tools[0])
            if child:
                running[child[0]] = child[1:]
            else:
                print("none " + tools[0])
            tools = tools[1:]
        if running:
            pid, status = os.wait()
            report(status, *running.pop(pid))


main(sys.argv[1:])
