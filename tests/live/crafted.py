# SPDX-License-Identifier: GPL-2.0
"""
	crafted.py send INTERFACE DESTINATION-MAC
	crafted.py check DIRECTION PORT EVENTS.json

"send" puts every frame of frames.py on the wire, "check" says of each row,
"ok NAME" or "bad NAME<TAB>WHY", whether a tool that saw them all printed what
it must; PORT 0 stands for a run without a filter.
"""
import json
import socket
import sys

from frames import HIDDEN, SHOWN, table


def send(ifname, mac):
    dst = bytes.fromhex(mac.replace(":", ""))
    with socket.socket(socket.AF_PACKET, socket.SOCK_RAW) as s:
        s.bind((ifname, 0))
        for _, _, wire, _ in rows:
            s.send(dst + wire[len(dst):])


def difference(got, want):
    keys = sorted(k for k in {**got, **want} if got.get(k) != want.get(k))
    return ", ".join("%s is %s, not %s" % (k, got.get(k), want.get(k))
                     for k in keys)


def check(direction, port, path):
    with open(path, encoding="ascii") as f:
        events = [json.loads(line) for line in f]
    left = []
    for e in events:
        if e.pop("type") == "packet" and e.pop("dir") == direction:
            for key in ("ts", "hook", "ifname"):
                e.pop(key)
            left.append(e)
    for name, must, _, want in rows:
        mine = [e for e in left if want and e["sport"] == want["sport"]]
        if must == HIDDEN or port and want["dport"] != port:
            continue
        left = [e for e in left if e not in mine]
        if len(mine) != 1:
            if mine or must == SHOWN:
                print("bad %s\tshown %d times" % (name, len(mine)))
                continue
        elif difference(mine[0], want):
            print("bad %s\t%s" % (name, difference(mine[0], want)))
            continue
        print("ok " + name)
    blame(left, port)


def blame(left, port):
    """What was shown and belongs to no row, by the row it seems to be of."""
    by_port = {20000 + i: row[0] for i, row in enumerate(rows)}
    bad = {}
    for e in left:
        bad.setdefault(by_port.get(e["sport"], "of no row"), e)
    for name, must, _, want in rows:
        if must == HIDDEN or port and want["dport"] != port:
            e = bad.pop(name, None)
            print("bad %s\tshown as %s" % (name, e) if e else "ok " + name)
    for name, e in bad.items():
        print("bad nothing %s\tshown as %s" % (name, e))


if __name__ == "__main__":
    rows = table()
    if sys.argv[1] == "send":
        send(*sys.argv[2:])
    else:
        check(sys.argv[2], int(sys.argv[3]), sys.argv[4])
