# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2034
#
# For guest.sh: verdicts, two namespaces with a cable, traffic, and the tools.
# A loop that forks takes the CPU that the test needs: everything here waits
# with the shell's own read and wait.

set -u
here=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")
py=/usr/bin/python3
limit=300 # seconds for a compilation, which takes 5 to 15
tmp=/run/guest
# Owners are a program of their own, with a row of its own: see snoop_plain().
snoop=(tcpsnoop-c)
verdict='' detail=''

# A row's function ends with one of these. What is behind the first word of
# FALLS_BACK and REFUSED stands in the table, the detail beside the test.
works() { verdict=works detail="$*"; }
falls_back_on() { verdict="falls back on $1" detail="${*:2}"; }
refused() { verdict="refused: $1" detail="${*:2}"; }
skipped() { verdict="skipped: $1" detail="${*:2}"; }
absent() { verdict="absent" detail="$*"; }
failed() { verdict=failed detail="$*"; }

# ID FUNCTION: a line for the host, "ID VERDICT DETAIL" with tabs between
row()
{
	verdict='' detail=''
	"$2"
	[ -n "$verdict" ] || failed "the row has no verdict"
	detail=${detail//$'\t'/ }
	printf '%s\t%s\t%s\n' "$1" "$verdict" "${detail//$'\n'/; }"
}

# NAMESPACE COMMAND...
in_ns() { nsenter --net="/run/netns/$1" "${@:2}"; }

# The same in the background, with the id of the command itself in $!; the
# shell ignores SIGINT for what runs there.
spawn()
{
	exec env --default-signal=INT,QUIT \
		nsenter --net="/run/netns/$1" "${@:2}"
}

# NAMESPACE DEVICE IPV4 [IPV6]
give_addresses()
{
	in_ns "$1" ip addr add "$3/24" dev "$2"
	[ $# -lt 4 ] || in_ns "$1" ip addr add "$4/64" dev "$2" nodad
	in_ns "$1" ip link set "$2" up
}

# eth0 in "client" (.2) to eth0 in "server" (.1), and VLAN 7 on it
network_up()
{
	local ns

	for ns in client server; do
		ip netns add $ns
		in_ns $ns ip link set lo up
	done
	# One packet on the cable is one segment: no offload joins several.
	ip link add eth0 netns client gso_max_segs 1 type veth \
		peer name eth0 netns server gso_max_segs 1
	give_addresses client eth0 10.77.0.2 fd77::2
	give_addresses server eth0 10.77.0.1 fd77::1
	for ns in client server; do
		in_ns $ns ip link add eth0.7 link eth0 type vlan id 7
	done
	give_addresses client eth0.7 10.78.0.2
	give_addresses server eth0.7 10.78.0.1
}

# Both ends of the traffic: a server on port 80, a client that waits for talk()
peers_up()
{
	local line

	mkfifo $tmp/served $tmp/asked $tmp/answered
	spawn server $py -IS "$here/peer.py" serve 80 >$tmp/served &
	server_pid=$!
	spawn client $py -IS "$here/peer.py" talk <$tmp/asked >$tmp/answered &
	exec {ask_fd}>$tmp/asked {served_fd}<$tmp/served \
		{answer_fd}<$tmp/answered
	read -r -t 120 -u "$served_fd" line && [ "$line" = ready ] &&
		read -r -t 120 -u "$answer_fd" line && [ "$line" = ready ]
}

syn_retransmits()
{
	in_ns client nstat -asz TcpExtTCPSynRetrans |
		sed -n 's/^TcpExtTCPSynRetrans *\([0-9]*\).*/\1/p'
}

# ADDRESS PORT N: N connections. nr_syn is the number of SYNs they took (the
# machine is so slow that one may be sent twice); fate "N answered, N refused".
talk()
{
	local before answered refused

	before=$(syn_retransmits)
	echo "$*" >&"$ask_fd"
	read -r -t $limit -u "$answer_fd" answered refused
	fate="$answered answered, $refused refused"
	nr_syn=$(($3 + $(syn_retransmits) - before))
}

has_tool() { [ -x "$TOOLS/$1" ]; }

# Its option or its argument is unknown: exit status 2 at once
knows()
{
	"$TOOLS/$1" "${@:2}" --print-source >/dev/null 2>"$tmp/knows"
	[ $? != 2 ]
}

snoop_plain()
{
	! "$TOOLS/tcpsnoop-c" --help | grep -q -- --no-owner ||
		snoop+=(--no-owner)
}

# The rest of the tool's stderr, or up to the line with TEXT, if it is given
read_errors()
{
	local line

	while IFS= read -r -t $limit -u "$trace_fd" line; do
		echo "$line" >>"$OUT/$trace.err"
		[[ -z ${1-} || $line != *"$1"* ]] || return 0
	done
	return 1
}

# LABEL TOOL ARGUMENT...: in the server's namespace; true once it is tracing.
# stdout and stderr go to the files LABEL.out and LABEL.err in $OUT.
trace_start()
{
	trace=$1
	rm -f "$tmp/$trace"
	mkfifo "$tmp/$trace"
	: >"$OUT/$trace.err"
	spawn server "$TOOLS/$2" --compile-limit $limit "${@:3}" \
		>"$OUT/$trace.out" 2>"$tmp/$trace" &
	trace_pid=$!
	exec {trace_fd}<"$tmp/$trace"
	read_errors Ctrl-C && return
	trace_end KILL
	return 1
}

# SIGNAL: sent if it still runs; its exit status is in trace_status
trace_end()
{
	kill "-$1" "$trace_pid" 2>/dev/null
	read_errors
	exec {trace_fd}<&-
	wait "$trace_pid" 2>/dev/null
	trace_status=$?
}

trace_stop() { trace_end INT; }

# LABEL ARGUMENT...: tcpsnoop-c without its owners
snoop_start() { trace_start "$1" "${snoop[@]}" "${@:2}"; }

# LABEL: the first thing it complained of
complaint()
{
	sed -nE '/: (image|time|tracing|owners)/d; s/^[a-z-]+: //p' "$OUT/$1.err" |
		head -n 1
}

# LABEL JQ-CONDITION: number of packets for which it holds
count()
{
	jq -s "[.[] | select(.type == \"packet\") | select($2)] | length" \
		"$OUT/$1.out"
}

# LABEL: it ended well, lost nothing, and its counts add up; else why not
accounts()
{
	[ "$trace_status" = 0 ] || echo "exit status $trace_status"
	jq -rs 'map(select(.type == "summary"))[0] |
		if . == null then "no summary"
		elif .seen != .filtered + .matched then "seen \(.seen)"
		elif .matched != .shown then "lost: \(.lost)"
		else empty end' "$OUT/$1.out"
}

# GOT WANT WHAT: detail gets why it is not so
is()
{
	[ "$1" = "$2" ] && return
	failed "$3: $1, not $2"
	return 1
}
