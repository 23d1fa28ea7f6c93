# SPDX-License-Identifier: GPL-2.0
"""
	nomem.py SHIM BUILD STRIDE [NAME...]

Runs tools while memory is short for one allocation: the first, the second and
so on to the last; and while it is short from there on. Each run must be as if
nothing had been, or end with 1, one line that says so (from there on: one or
more), and whole lines of what is right. SHIM is what nomem.c makes. Of the
cases that load programs only each STRIDE'th allocation is tried. NAME: only
these cases. Prints "ok NAME", or "bad NAME<TAB>WHY" with the first of what went
wrong; all of it on stderr where NOMEM_VERBOSE is set.
"""
import concurrent.futures
import contextlib
import difflib
import math
import os
import queue
import re
import shutil
import socket
import struct
import subprocess
import sys
import tempfile
import threading

LIMIT_S = 60
LANES = 2
PORT = 9  # nobody listens there
SHORT = re.compile("memory")
SUMMARY = re.compile(r"N \w+ shown of N |LOST N: ")
# Of a compiler without memory for what it wants to say, and of libraries in it
# that go on with NULL, this is all that is known.
DIED = re.compile("the compiler died of SIG(ABRT|SEGV|BUS)")
# It had no memory to begin a thread; what it finds is an "ERROR".
ASAN_ITSELF = "AddressSanitizer: CHECK failed: sanitizer_"


class Case:
    """A command line, and how it ends with memory enough. is_slow: it loads
    programs; only some of its allocations are tried, and its numbers differ
    from run to run. in_others: allocations of the processes that the tool
    forks. has_packets: it waits for some. is_alone: no other run may be at the
    same time."""

    def __init__(self, name, tool, *args, status=0, is_slow=False,
                 in_others=False, has_packets=False, is_alone=False):
        self.name, self.tool, self.args = name, tool, args
        self.status = status
        self.is_slow, self.in_others = is_slow, in_others
        self.has_packets, self.is_alone = has_packets, is_alone

    def points(self, nr, stride):
        """The allocations that are tried, of NR."""
        if self.in_others and nr > 1000:
            # Most of a hundred thousand are the compiler's: ever wider apart.
            step = 1 + stride / 8
            nr_steps = int(math.log(nr, step))
            return sorted({int(step ** k) for k in range(nr_steps + 1)})
        if not self.is_slow:
            return range(1, nr + 1)
        # The names of the kernel's functions are two hundred thousand.
        return range(1, nr + 1, max(stride, nr // max(12, 200 // stride)))


class Run:
    """What a run did: status, stdout and stderr as lines, what it wrote, and
    how many allocations there were."""

    def __init__(self, case, at, and_on, place):
        self.is_on = and_on
        env = dict(os.environ, LD_PRELOAD=SHIM, NOMEM_PROGRAM=case.tool,
                   NOMEM_FILE=place, NOMEM_AT=str(at))
        env.update({"NOMEM_ON": "1"} if and_on else {})
        env.update({"NOMEM_OTHERS": "1"} if case.in_others else {})
        with open(place, "wb") as f:
            f.write(bytes(4096))
        args = [a.replace("PLACE", place + ".out") for a in case.args]
        try:
            done = subprocess.run(
                [f"{BUILD}/{case.tool}", *args], env=env, timeout=LIMIT_S,
                stdin=subprocess.DEVNULL, capture_output=True, check=False)
            self.status, out, err = done.returncode, done.stdout, done.stderr
        except subprocess.TimeoutExpired as e:
            self.status, out, err = "no end", e.stdout or b"", e.stderr or b""
        is_pcapng = out.startswith(b"\n\r\r\n")
        self.out = blocks(out) if is_pcapng else lines(case, out, place)
        self.err = lines(case, err, place)
        self.file = written(place + ".out")
        with open(place, "rb") as f:
            self.nr, self.nr_failed = struct.unpack("QQ", f.read(16))

    def __str__(self):
        return f"exit {self.status}, {' / '.join(self.err) or 'no word'}"


def lines(case, text, place):
    """As lines, without what differs from run to run."""
    text = text.decode(errors="replace").replace(place, "PLACE")
    if not case.is_slow:
        return text.splitlines()
    text = re.sub(r"\b[0-9-]+T[0-9:.]+Z", "TIME", text)
    text = re.sub(r"\b(0x[0-9a-f]+|[0-9][0-9.,:]*)\b", "N", text)
    return re.sub(" +", " ", text).splitlines()


def blocks(data):
    """Those of pcapng data by type and length, and whether they are whole."""
    all_blocks = []
    while data:
        kind, size = struct.unpack("II", data[:8].ljust(8, b"\0"))
        if size < 12 or data[size - 4:size] != data[4:8]:
            return all_blocks + ["half a block"]
        all_blocks.append(f"block {kind:#x} of {size} bytes")
        data = data[size:]
    return all_blocks


def written(path):
    """What there is, gone afterwards: a file's blocks, or a tree's names."""
    if os.path.isdir(path):
        names = [os.path.join(at, name)[len(path):]
                 for at, _, files in os.walk(path) for name in files]
        shutil.rmtree(path)
        return sorted(names)
    if not os.path.exists(path):
        return []
    with open(path, "rb") as f:
        data = f.read()
    os.unlink(path)
    return blocks(data)


def is_part(some, right):
    """Whether SOME lines are of the RIGHT ones, in their order, or say what they
    lack."""
    rest = iter(right)
    return all(line in rest for line in some if not SHORT.search(line))


def fault(case, right, run):
    """What is wrong with a run, or None."""
    if any(ASAN_ITSELF in line for line in run.err):
        return None
    said = [line for line in run.err
            if line not in right.err and not SUMMARY.match(line)]
    if (run.status, run.out, run.file) == \
            (right.status, right.out, right.file):
        if not said or (run.status == 0 and
                        all(line.startswith(case.tool) for line in said)):
            return None
    if run.status == 0:
        return "ends with 0 and another output"
    if run.status != 1:
        return "does not end with 1"
    if not said or (len(said) > 1 and not run.is_on):
        return "does not say why in one line"
    if not all(line.startswith(case.tool + ": ") and
               (SHORT.search(line) or case.in_others and DIED.search(line))
               for line in said):
        return "gives another reason"
    if not is_part(run.out, right.out) or not is_part(run.file, right.file):
        return "has another output"
    return None


def try_case(case, stride, pool, places):
    """The number of runs, and what was wrong with some."""
    def one(at, and_on=False):
        place = places.get()
        try:
            return Run(case, at, and_on, place)
        finally:
            places.put(place)

    one(1 << 62)  # from here on its program is kept
    right = one(1 << 62)
    again = one(1 << 62)
    if right.status != case.status:
        return 1, [f"with memory enough: {right}"]
    if fault(case, right, again) or again.err != right.err:
        return 2, ["two runs differ: " + "; ".join(difflib.unified_diff(
            right.out + right.file + right.err,
            again.out + again.file + again.err, n=0, lineterm=""))]
    jobs = [(at, on) for at in case.points(right.nr, stride)
            for on in (False, True)]
    faults = []
    run_all = map if case.is_alone else pool.map
    for (at, on), run in zip(jobs, run_all(lambda job: one(*job), jobs)):
        why = fault(case, right, run)
        if why:
            faults.append(f"allocation {at}{' on' if on else ''} of "
                          f"{right.nr}: {why} ({run})")
    return len(jobs), faults


@contextlib.contextmanager
def traffic(is_wanted):
    """A SYN and a RST on lo, again and again."""
    stop = threading.Event()

    def talk():
        while not stop.wait(0.002):
            with socket.socket() as s:
                s.connect_ex(("127.0.0.1", PORT))

    talker = threading.Thread(target=talk)
    if is_wanted:
        talker.start()
    yield
    stop.set()
    if is_wanted:
        talker.join()


ADDRS = "10.0.0.1,10.0.0.8/29,1.0.0.0/9,3.3.3.3,::1,fe80::/10"
EXPR = "payload(0) == 'G' && host(\"10.0.0.0/8,::1\") && ip == 4"
PCAP = "tcp port 80 and (net 10 or tcp[13] & 2 != 0 or ip[2:2] > 100)"
SNOOP = "tcpsnoop-c"
FILTERS = ("tcpsnoop-c", "tcplife-c", "tcpdrop-c", "tcpwhy-c")
TOOLS = FILTERS + ("bpfrun-c", "kheaders-c")


def plain_cases(own):
    """Those that need no BPF."""
    yield from (Case(f"{t} --help", t, "--help") for t in TOOLS)
    for option in "--version", "--man-options", "--completion", "--fields":
        yield Case(f"{SNOOP} {option}", SNOOP, option)
    for name, *args in (
            ("", ), ("-p", "-p", "80,90-99,1000-65535,7,9,11,13"),
            ("-H", "-H", ADDRS), ("-f", "-f", "syn,!ack"), ("-e", "-e", EXPR),
            ("-i", "-i", "lo"), ("-N", "-N", "/proc/self/ns/net"),
            ("-x -n", "-x", "-n", "nginx", "-P", "3"),
            ("-e slip", "-e", "nosuch > 1"), ("words", PCAP),
            ("-k xdp", "-i", "lo", "-k", "xdp"), ("-k tcp", "-k", "tcp"),
            ("--source -p", "--source", own, "-p", "80"),
            ("--source -e", "--source", own, "-e", EXPR),
            ("--source words", "--source", own, "-i", "lo", PCAP)):
        yield Case(f"print-source {name}", SNOOP, "--print-source", *args)
    for name, status, *args in (
            ("bad option", 2, "--nosuch"), ("bad port", 2, "-p", "80x"),
            ("bad address", 2, "-H", "1.2.3.4/99"), ("bad -e", 2, "-e", "a;b"),
            ("bad list", 2, "-e", 'host("x")'),
            ("bad words", 2, "tcp port htpp"), ("bad -i", 1, "-i", "nosuch"),
            ("bad -N", 1, "-N", "nosuch"),
            ("bad --source", 1, "--source", "/nosuch")):
        yield Case(name, SNOOP, "--print-source", *args, status=status)
    for tool in FILTERS[1:]:
        yield Case(f"print-source {tool}", tool, "--print-source", "-p", "80",
                   "-L", ADDRS)


def other_cases(program):
    """In the processes that libpcap and the compiler run in."""
    yield Case("words' process", SNOOP, "--print-source", PCAP, in_others=True)
    yield Case("compiler", SNOOP, "-i", "lo", "-d", "0.001", "--no-cache", "-e",
               "ip == 4", in_others=True, is_slow=True)
    yield Case("bpfrun compiler", "bpfrun-c", program, "-d", "0.001",
               "--no-cache", in_others=True, is_slow=True)


def bpf_cases(own, program):
    """Those that load programs, and mostly attach them."""
    def slow(name, tool, *args, **more):
        return Case(name, tool, *args, is_slow=True, **more)

    short = ("-i", "lo", "-d", "0.001")
    yield slow("check", SNOOP, "--check", is_alone=True)
    yield slow("bytecode", SNOOP, "-p", "80", "--print-bytecode")
    yield slow("bpfrun bytecode", "bpfrun-c", program, "--print-bytecode")
    yield slow("text", SNOOP, *short)
    yield slow("json", SNOOP, *short, "-o", "json")
    yield slow("write", SNOOP, *short, "-w", "PLACE")
    yield slow("write -", SNOOP, *short, "-w", "-", "--no-owner")
    yield slow("hooks", SNOOP, *short, "-k", "xdp,tc,tracepoint,tcp",
               is_alone=True)
    yield slow("owner", SNOOP, *short, "-n", "nosuch")
    yield slow("source", SNOOP, *short, "--source", own, "--watch")
    yield slow("explain", SNOOP, *short, "--explain", "--no-owner")
    yield slow("no cache", SNOOP, *short, "--no-cache")
    one = ("-i", "lo", "-d", "5", "-p", str(PORT), "-c", "1", "--syn")
    yield slow("packet", SNOOP, *one, "--no-owner", has_packets=True)
    yield slow("packet json", SNOOP, *one, "--no-owner", "-o", "json",
               has_packets=True)
    yield slow("tcplife", "tcplife-c", "-d", "0.001")
    yield slow("tcpdrop", "tcpdrop-c", *short)
    yield slow("tcpwhy", "tcpwhy-c", *short)
    yield slow("bpfrun", "bpfrun-c", program, "-d", "0.001")
    for name, *args in (("maps", ), ("maps json", "-o", "json"),
                        ("events", "-D", "EVENTS=7", "-c", "1", "--no-maps"),
                        ("messages", "-D", "MESSAGES=7", "-c", "1",
                         "--no-maps"),
                        ("stacks", "-D", "STACKS=7")):
        yield slow(f"bpfrun {name}", "bpfrun-c", program, "-d", "0.2", *args,
                   has_packets=True)
    yield slow("refused", "bpfrun-c", program, "-D", "REFUSED", status=1)
    yield slow("no C", SNOOP, *short, "-e", "nosuch > 1", status=1)
    yield slow("kheaders", "kheaders-c")
    yield slow("kheaders DIR", "kheaders-c", "PLACE")


def main():
    names = sys.argv[4:]
    with tempfile.TemporaryDirectory() as tmp:
        own, program = tmp + "/own.c", tmp + "/program.c"
        with open(own, "wb") as f:
            f.write(subprocess.check_output(
                [f"{BUILD}/{SNOOP}", "-i", "lo", "--print-source"]))
        with open(program, "w", encoding="ascii") as f:
            f.write(PROGRAM)
        places = queue.Queue()
        for i in range(LANES):
            places.put(f"{tmp}/{i}")
        with concurrent.futures.ThreadPoolExecutor(LANES) as pool:
            for case in (*plain_cases(own), *bpf_cases(own, program),
                         *other_cases(program)):
                if names and case.name not in names:
                    continue
                with traffic(case.has_packets):
                    report(case, *try_case(case, int(sys.argv[3]), pool,
                                           places))


def report(case, nr, faults):
    if faults:
        print(f"bad {case.name}\t{len(faults)} of {nr} runs, first: "
              f"{faults[0]}", flush=True)
        if os.environ.get("NOMEM_VERBOSE"):
            print("\n".join(faults), file=sys.stderr, flush=True)
    else:
        print(f"ok {case.name}: {nr} runs", flush=True)


PROGRAM = f"""
#define NEVER 99
#ifndef STACKS
#define STACKS NEVER
#endif
#ifndef EVENTS
#define EVENTS NEVER
#endif
#ifndef MESSAGES
#define MESSAGES NEVER
#endif
BPF_HASH(counts, u32, u64);
BPF_HISTOGRAM(sizes);
BPF_STACK_TRACE(stacks, 64);
BPF_PERF_OUTPUT(events);
struct event {{ u32 pid; char comm[16]; }};
TRACEPOINT_PROBE(sock, inet_sock_set_state)
{{
	struct event e = {{.pid = 1}};
#ifdef REFUSED
	return *(int *)8;
#endif
	if (args->dport != {PORT})
		return 0;
	counts.increment(e.pid);
	sizes.increment(bpf_log2l(3));
	if (args->oldstate == STACKS)
		stacks.get_stackid(args, 0);
	if (args->oldstate == EVENTS)
		events.perf_submit(args, &e, sizeof(e));
	if (args->oldstate == MESSAGES)
		bpf_trace_printk("connect\\n");
	return 0;
}}
"""

SHIM, BUILD = sys.argv[1:3] if len(sys.argv) > 3 else (None, None)
if __name__ == "__main__":
    main()
