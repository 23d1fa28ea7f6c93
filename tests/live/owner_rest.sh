#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# What finds owners rests while nobody has a socket that -p asks for, and with
# other filters, until the first packet matches; it wakes in time for that.

# shellcheck source=tests/live/lib-lab.sh
. "$(dirname "$0")/lib-lab.sh"
need ip jq "$PY"
TRAFFIC=tests/live/owner.py
BUSY=tcp_rcv_space_adjust

# LABEL: "awake" or "rests", by where the tool's programs are
state_of()
{
	grep -qsx "tp_name:[[:blank:]]*$BUSY" \
		"/proc/${tool_pid[$1]}/fdinfo/"* && echo awake || echo rests
}
is_now() { [ "$(state_of "$1")" = "$2" ]; }
becomes() { wait_until 20 is_now "$1" "$2"; }

# LABEL STATE WHAT
is_soon()
{
	becomes "$1" "$2"
	is "$(state_of "$1")" "$2" "$3"
}

# LABEL NAMESPACE ARGUMENT...: until it has found who is there
tool_start_settled()
{
	tool_start "$1" "$2" -v -o json "${@:3}"
	wait_until 30 grep -q 'owners: .* sockets, in' "$tmp/$1.err" ||
		flunk "$1: looks for owners" "$(cat "$tmp/$1.err")"
}

# Connects as soon as anybody listens, talks, and stays: says its port.
FIRST='
import socket, sys, time
end = time.monotonic() + 20
while True:
    s = socket.socket()
    try:
        s.connect(("10.77.0.2", int(sys.argv[1])))
        break
    except ConnectionRefusedError:
        if time.monotonic() > end: raise
s.sendall(b"x")
s.recv(1)
print(s.getsockname()[1], flush=True)
time.sleep(60)'

# Talks from port 4444, and once file $1 is there once more in a new connection.
TWICE='
import os, socket, struct, sys, time
def talk(text):
    s = socket.create_connection(("10.77.0.2", 8001),
                                 source_address=("", 4444))
    s.sendall(text)
    s.recv(9)
    print("ok", flush=True)
    return s
s = talk(b"first")
while not os.path.exists(sys.argv[1]): time.sleep(0.01)
s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
s.close()
s = talk(b"7 bytes")
time.sleep(60)'

# LABEL PORT FILE: the first connection, which is open still, and those after
# it; but for the SYNs. FILE has what the children that serve them say.
first_is_right()
{
	wait_until 20 grep -q . "$tmp/first.txt" ||
		flunk "the first gets through"
	in_c "$PY" $TRAFFIC echo 10.77.0.2 "$2" 5
	sleep 0.5
	tool_stop "$1"
	is "$(packets "$1" "select(.flags != [\"SYN\"] and .dport == $2) |
		\"\(.sport) \(.pid) \(.owner // \"own\")\"" | sort -u)" \
	   "$(awk 'NF == 2 { print $0, "own" }' "$3" | sort -u)" \
		"each packet is of the child that serves its connection"
}

lab_up
spawn "$ns_s" "$PY" $TRAFFIC forking 0.0.0.0 8001 >>"$tmp/served.txt" \
	2>"$tmp/served.err" &
pids+=($!)
wait_until 10 grep -q ready "$tmp/served.txt" || flunk "a server starts"

tool_start_settled rests "$ns_s" -p 8100
is_soon rests rests "nobody listens at the port"
tool_start_settled served "$ns_s" -p 8000-8050
is "$(state_of served)" awake "somebody does"
tool_start_settled all "$ns_s"
is "$(state_of all)" awake "all are asked for"
tool_start_settled whose "$ns_s" -P 1
is "$(state_of whose)" awake "a process is asked for"

spawn "$ns_c" "$PY" $TRAFFIC forking 0.0.0.0 8100 >"$tmp/elsewhere.txt" &
pids+=($!)
wait_until 10 grep -q ready "$tmp/elsewhere.txt" || flunk "another starts"
in_c "$PY" $TRAFFIC echo 10.77.0.1 8100 1
in_c "$PY" $TRAFFIC echo 10.77.0.2 8001 1
is "$(state_of rests)" rests \
	"another namespace's socket, and another port's, wake nobody"

spawn "$ns_c" "$PY" -c "$FIRST" 8100 >"$tmp/first.txt" &
pids+=($!)
spawn "$ns_s" "$PY" $TRAFFIC forking 0.0.0.0 8100 >"$tmp/late.txt" &
pids+=($!)
is_soon rests awake "somebody listens now"
first_is_right rests 8100 "$tmp/late.txt"

# Who connects from the port is what was asked for too.
tool_start_settled out "$ns_s" -p 8200
is_soon out rests "nobody has that port"
in_s "$PY" -c 'import socket
s = socket.create_connection(("10.77.0.1", 8100), source_address=("", 8200))
s.sendall(b"x"); s.recv(1)'
is_soon out awake "somebody connects from it"
tool_stop out

# By words, and someone listens all the time
tool_start_settled words "$ns_s" tcp dst port 8001
is_soon words rests "no packet matches"
: >"$tmp/served.txt"
spawn "$ns_c" "$PY" -c "$FIRST" 8001 >"$tmp/first.txt" &
pids+=($!)
is_soon words awake "a packet does"
first_is_right words 8001 "$tmp/served.txt"

# What ends while it rests is forgotten, for another may have the same ends.
spawn "$ns_c" "$PY" -c "$TWICE" "$tmp/go" >"$tmp/twice.txt" &
pids+=($!)
wait_until 20 grep -q ok "$tmp/twice.txt" || flunk "it talks"
tool_start_settled twice "$ns_s" -e 'len == 7'
is_soon twice rests "no segment of that length comes"
: >"$tmp/go"
is_soon twice awake "one does"
sleep 0.5
tool_stop twice
is "$(packets twice '"\(.sport) \(.pid) \(.owner // "own")"')" \
   "$(grep '^4444 ' "$tmp/served.txt" | tail -n 1) own" \
	"it is of the child that serves the second connection"
is "$(grep -c '^4444 ' "$tmp/served.txt")" 2 "which is another one"

for label in served all whose; do
	tool_stop $label
done
finish
