# SPDX-License-Identifier: GPL-2.0
"""
	hooks.py gro INTERFACE
	hooks.py sink PORT
	hooks.py steady COMMAND [ARGUMENT]...
	hooks.py payload HOOK LINK-LEN EVENTS.json FILE

"gro" turns generic receive offload on, as "ethtool -K INTERFACE gro on" does.
"sink" reads what connections to PORT bring, says "ready" before the first.
"steady" says how many datagrams over lo were lost, each alone on its way, while
COMMAND ran 20 times.
"payload" says "ok NAME" or "bad NAME<TAB>WHY": whether the payload that HOOK
showed is FILE, sent over one connection, byte by byte; of each packet up to
4,096 bytes, LINK-LEN of them in front of its IP header.
"""
import ctypes
import fcntl
import json
import socket
import struct
import subprocess
import sys

SIOCETHTOOL, ETHTOOL_SGRO = 0x8946, 0x2c
CAPTURED, IPV4_AND_TCP = 4096, 20 + 32


def gro(ifname):
    value = ctypes.create_string_buffer(struct.pack("II", ETHTOOL_SGRO, 1))
    request = struct.pack("16sP16x", ifname.encode(), ctypes.addressof(value))
    with socket.socket() as s:
        fcntl.ioctl(s, SIOCETHTOOL, request)


def sink(port):
    with socket.create_server(("", int(port))) as server:
        print("ready", flush=True)
        while True:
            with server.accept()[0] as s:
                while s.recv(65536):
                    pass


def steady(*command):
    """In one thread, so that a datagram has a second to come through."""
    runs, lost = 20, 0
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    with socket.socket(type=socket.SOCK_DGRAM) as s:
        s.bind(("127.0.0.1", 0))
        s.connect(s.getsockname())
        s.settimeout(1)
        while process:
            s.send(b"x")
            try:
                s.recv(1)
            except TimeoutError:
                lost += 1
            if process.poll() is not None:
                runs -= 1
                process = runs and subprocess.Popen(
                    command, stdout=subprocess.DEVNULL)
    print(lost)


def fault(e, at, data):
    """What is wrong with an event whose payload starts AT in DATA."""
    want = data[at:at + e["len"]]
    shown = want[:CAPTURED - link_len - IPV4_AND_TCP]
    if bytes.fromhex(e.get("payload", "")) != shown:
        return "the bytes from %d on are %s" % (at, e.get("payload"))
    if e.get("payload_truncated", False) != (shown != want):
        return "at %d: truncated or not" % at
    return None


def payload(hook, path, data_path):
    with open(path, encoding="ascii") as f:
        events = [e for e in map(json.loads, f) if e.get("hook") == hook]
    with open(data_path, "rb") as f:
        data = f.read()
    first = [e["seq"] + 1 for e in events if e["flags"] == ["SYN"]][0]
    events = [e for e in events if e["len"]]
    faults = [fault(e, e["seq"] - first & 0xffffffff, data) for e in events]
    # What is sent twice is seen twice.
    total = sum(length for _, length in {(e["seq"], e["len"]) for e in events})
    if total != len(data):
        faults.append("%d bytes in all" % total)
    why = [f for f in faults if f]
    print("bad %s\t%s" % (hook, why[0]) if why else "ok " + hook)


if __name__ == "__main__":
    if sys.argv[1] == "payload":
        link_len = int(sys.argv[3])
        payload(sys.argv[2], *sys.argv[4:])
    elif sys.argv[1] == "steady":
        steady(*sys.argv[2:])
    else:
        {"gro": gro, "sink": sink}[sys.argv[1]](sys.argv[2])
