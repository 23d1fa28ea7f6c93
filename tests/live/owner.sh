#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Whose packet: what tools/kernel/owner.h says of real traffic, against what
# the servers and clients say of themselves. NR_OLD connections (10,000) are
# open before it starts.
#
# Alone: it counts the programs of the whole machine.

# shellcheck source=tests/live/lib-lab.sh
. "$(dirname "$0")/lib-lab.sh"
need ip nginx curl bpftool findmnt "${CC:-gcc}"
[ -e "${BUILD:-build}/libtcpsnoop.a" ] || skip_all "no libtcpsnoop.a"
NR_OLD=${NR_OLD:-10000}
TRAFFIC=tests/live/owner.py
tap=$tmp/owner_tap
"${CC:-gcc}" -std=gnu11 -O2 -D_GNU_SOURCE '-DVERSION="test"' -Itools \
	-Iinclude ${SANITIZE:+-fsanitize=address,undefined} -o "$tap" \
	tests/live/owner_tap.c "${BUILD:-build}/libtcpsnoop.a" \
	-lbpf -lcap || exit 1

# LABEL ARGUMENT...: the library's answers go to $tmp/LABEL.out
tap_start()
{
	: >"$tmp/$1.err"
	env --default-signal=INT setsid "$tap" "${@:2}" >"$tmp/$1.out" \
		2>"$tmp/$1.err" &
	tool_pid[$1]=$!
	pids+=($!)
	tool_wait_tracing "$1"
}

# LABEL NAMESPACE COMMAND...: in the background; what it says goes to
# $tmp/LABEL.out. Returns when it has said something.
traffic()
{
	local label=$1 ns=$2
	shift 2
	: >"$tmp/$label.out"
	spawn "$ns" $PY $TRAFFIC "$@" >"$tmp/$label.out" 2>"$tmp/$label.err" &
	pid_of[$label]=$!
	pids+=($!)
	wait_until 60 grep -q . "$tmp/$label.out" ||
		flunk "$label starts" "$(cat "$tmp/$label.err")"
}
declare -A pid_of=()

# LABEL AWK-CONDITION: "PID COMM KIND" of the packets, each once. $1 in or out,
# $2 flags, $3 to $6 the ends, $7 pid, $8 uid, $9 comm, $10 cgroup, $11 kind.
owners_of() { awk "$2 { print \$7, \$9, \$11 }" "$tmp/$1.out" | sort -u; }

# LABEL CLIENT-PORT SERVER-PORT: the same of one connection
connection_of()
{
	owners_of "$1" "(\$4 == $2 && \$6 == $3) || (\$4 == $3 && \$6 == $2)"
}

# Each connection's packets against the line that its worker logged: the
# fourth word of a connection's line is how often its port was used before.
compare_workers()
{
	awk 'NR == FNR { pid[$2, ++nr[$2]] = $1; next }
	$6 != 80 || $1 != "in" { next }
	$2 == "S" { nth[$4]++; next }
	{ all++ }
	$11 == "owner" && $7 == pid[$4, nth[$4]] { right++ }
	END { print all, (all && right >= all * 0.99 ? "right" : right) }' \
		"$tmp/access.log" "$tmp/$1.out"
}

# A cgroup for one client, where there is a cgroup2 tree.
cgroups=$(findmnt -nt cgroup2 -o TARGET | head -n 1)
cgroup=/owner$$
if [ -n "$cgroups" ] && mkdir "$cgroups$cgroup"; then
	trap 'cleanup; rmdir "$cgroups$cgroup"' EXIT
else
	cgroup=
fi
curl_in_cgroup()
{
	in_c bash -c 'echo $$ >"$0/cgroup.procs" &&
		exec curl -sfo /dev/null http://10.77.0.2/' "$cgroups$cgroup"
}

progs() { bpftool prog show | grep -c ' name raw_tracepoint_ '; }

lab_up
web_up 'nobody nogroup' 2 '$pid $remote_port'
pid_of[nginx]=$(cat "$tmp/nginx.pid")
traffic forking "$ns_s" forking 0.0.0.0 8001
traffic shared "$ns_s" shared :: 8002
traffic old "$ns_s" listen_many 0.0.0.0 8004 "$NR_OLD"
traffic older "$ns_c" open_many 10.77.0.2 8004 "$NR_OLD"
wait_until 120 grep -q full "$tmp/old.out" || flunk "$NR_OLD are open"
nr_progs=$(progs)

tap_start s -N "$ns_s" -w 10000
tap_start c -N "$ns_c" -w 10000 ${cgroup:+-C $cgroup}
traffic daemon "$ns_s" daemon 0.0.0.0 8003
traffic speaker "$ns_s" speaker 0.0.0.0 8005

# 2,000 short requests a second, with datagrams between them
traffic noise "$ns_c" datagrams 10.77.0.2 9
read -r nr_done _ < <(in_c $PY $TRAFFIC requests 10.77.0.2 80 2000 2)
kill "${pid_of[noise]}"
in_c curl -gsfo /dev/null 'http://[fd00:77:0::2]/'
spawn "$ns_c" curl -sfo /dev/null http://10.77.0.2/ &
pid_of[curl]=$!
wait ${pid_of[curl]}
[ -z "$cgroup" ] || curl_in_cgroup
# Nobody knows yet that the daemon's parent has exited: now it is looked up.
in_c $PY $TRAFFIC echo 10.77.0.2 8003 1
wait_until 20 eval '[ "$(grep -c "sockets, in" "$tmp/s.err")" = 2 ]' ||
	flunk "a second snapshot" "$(cat "$tmp/s.err")"
for port in 8001 8002 8003; do
	in_c $PY $TRAFFIC echo 10.77.0.2 $port 20
done
read -r silent_port silent_pid \
	< <(in_c $PY $TRAFFIC silent 10.77.0.2 8001)
spawn "$ns_c" $PY $TRAFFIC echo 10.77.0.2 8005 1 &
sleep 0.2
in_s $PY $TRAFFIC echo 127.0.0.1 8001 1
kill -USR1 ${pid_of[older]}
wait_until 10 grep -q sent "$tmp/older.out" || flunk "old ones still talk"
knock 5 10.77.0.2 81
sleep 1
tool_stop s
tool_stop c
is "${tool_rc[s]} ${tool_rc[c]}" "0 0" "exit status"
wait_until 5 eval '[ "$(progs)" = "$nr_progs" ]'
is "$(progs)" "$nr_progs" "no program is left"
tap_start killed -N "$ns_s" -w 0
tool_stop killed KILL
wait_until 5 eval '[ "$(progs)" = "$nr_progs" ]'
is "$(progs)" "$nr_progs" "nor after SIGKILL during the snapshot"

nginx=${pid_of[nginx]}
is "$nr_done" 4000 "4,000 requests are answered"
like "$(compare_workers s)" '^[0-9]{5,} right$' \
	"99 % of the packets after the handshake: the worker that logged them"
is "$(owners_of s '$6 == 80 && $2 == "S"')" "$nginx nginx listener" \
	"a SYN is the listener's, marked as such"
is "$(owners_of s '$4 == 80 && $2 == "SA"')" "$nginx nginx listener" \
	"and so is the answer to it"
is "$(awk '$1 == "in" && $3 ~ /:/ && $11 == "owner" { print $8, $9 }' \
	"$tmp/s.out" | sort -u)" "65534 nginx" "IPv6, with its user"
is "$(owners_of s '$1 == "in" && $6 == 81')" "- - -" \
	"nobody's where nobody listens"
is "$(awk '$7 != "-"' "$tmp/c.out" | awk '{ print $7 }' |
	grep -cFx -e "$nginx" -e "${pid_of[forking]}")" 0 \
	"another namespace's processes do not show"

is "$(owners_of c "(\$4 == 80 || \$6 == 80) && \$7 == ${pid_of[curl]}")" \
	"${pid_of[curl]} curl owner" "an outgoing connection is curl's"
is "$(awk -v pid="${pid_of[curl]}" '$7 == pid { print $1, $2 }' \
	"$tmp/c.out" | sort -u | head -n 3 | xargs)" "in A in FA in PA" \
	"in both directions"
is "$(awk '($6 == 80 || $4 == 80) && $7 == "-"' "$tmp/c.out" | wc -l)" 0 \
	"each packet of each client has its owner"
is "$(connection_of c "$silent_port" 8001)" \
	"$silent_pid ${PYCOMM:=$(cat /proc/${pid_of[forking]}/comm)} owner" \
	"a process that exits at once"

if [ -n "$cgroup" ]; then
	is "$(awk '$12 == "in" { print $9, $10, $11 }' "$tmp/c.out" | sort -u)" \
		"curl $cgroup owner" "a cgroup: its packets alone"
else
	skip "a cgroup" "no cgroup2 tree here"
fi

# PORT NAME WITHOUT TEXT: all that came in over a port by who logged it. How
# long a process takes to accept and fork is not ours: until then it may be the
# listener's.
compare_forked()
{
	is "$(awk -v port="$1" '$1 == "in" && $6 == port && $2 != "S" &&
		$3 == "10.77.0.1" && $11 != "listener" { print $4, $7, $11 }' "$tmp/s.out" |
		sort -u)" \
	   "$(grep -E '^[0-9]+ [0-9]+$' "$tmp/$2.out" | grep -vFx "$3" |
		awk '{ print $1, $2, "owner" }' | sort -u)" "$4"
}
compare_forked 8001 forking "$(tail -n 1 "$tmp/forking.out")" \
	"accepted by the parent, served by its child: the child's"
compare_forked 8002 shared none \
	"two processes share a listening socket: who accepted"
compare_forked 8003 daemon none "a daemon's, whose parent made the socket"
is "$(awk '$6 == 8003 && $2 == "S" { print $7, $9, $11 }' "$tmp/s.out" |
	tail -n 20 | sort -u)" \
	"$(cut -d ' ' -f 2 "$tmp/daemon.out" | head -n 1) $PYCOMM listener" \
	"whose listener is who has it now"
if [ -e /sys/kernel/tracing/events/sock/sock_send_length ]; then
	is "$(owners_of s '$6 == 8005 && $2 != "S"')" \
		"${pid_of[speaker]} $PYCOMM owner" "who only sends"
fi
read -r _ old_port _ < <(grep full "$tmp/older.out")
is "$(connection_of s "$old_port" 8004)" \
	"${pid_of[old]} $PYCOMM owner" \
	"one of $NR_OLD connections older than the tool: the server's"
is "$(connection_of c "$old_port" 8004)" \
	"${pid_of[older]} $PYCOMM owner" "and the client's"

# NAME: the number of that map of the tool with -p
map_of()
{
	local id

	sed -n 's/^map_id:[[:blank:]]*//p' /proc/${tool_pid[ports]}/fdinfo/* |
		while read -r id; do
			bpftool map show id "$id" | grep -q " name $1 " &&
				echo "$id"
		done
}
# Whoever connects has no port yet: all are remembered until they have.
tool_start ports "$ns_c" -p 9
wait_until 10 eval '[ "$(map_of owners)" ]'
in_c $PY $TRAFFIC requests 10.77.0.2 80 100 1 >"$tmp/requests.out"
knock 5 10.77.0.2 81
is "$(bpftool -j map dump id "$(map_of owners)")" "[]" \
	"who connected from a port not asked for is forgotten"
tool_stop ports
grep -h 'sockets, in\|lookups' "$tmp"/[sc].err | comment
finish
