#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Replays recorded events into pcapng files and has Wireshark's own programs
# read them, as TAP:
#
#	tests/golden/pcapng.sh [--update]
#
# What tshark must say of NAME.events is in pcapng-NAME.txt.
#
#	BUILD	where tests/golden/replay was built (build)

set -u

cd "$(dirname "$0")/../.." || exit 1
here=tests/golden
replay=${BUILD:-build}/$here/replay
update=
[ "${1-}" != --update ] || update=yes
nr=0 failed=0
tmp=$(mktemp -d) || exit 1
trap 'rm -rf "$tmp"' EXIT
export LC_ALL=C.UTF-8

for program in tshark capinfos; do
	command -v $program >/dev/null && continue
	echo "1..0 # SKIP no $program here (package tshark)"
	exit 0
done

# NAME COMMAND...: passes when the command does
check()
{
	local name=$1
	shift

	nr=$((nr + 1))
	if "$@" >"$tmp/log" 2>&1; then
		echo "ok $nr - $name"
		return
	fi
	failed=$((failed + 1))
	echo "not ok $nr - $name"
	sed 's/^/# /' "$tmp/log"
}

# Each frame, and then each statistics block as the blocks themselves show it.
read_back()
{
	local file=$1
	local frame=(frame.number frame.time_epoch frame.interface_id
		frame.interface_name frame.interface_description
		frame.packet_flags_direction frame.cap_len frame.len
		tcp.srcport frame.comment)
	local stats=(pcapng.interface_id pcapng.options.option.data.interface.received
		pcapng.options.option.data.interface.dropped
		pcapng.options.option.data.interface.accepted_by_filter
		pcapng.options.option.data.interface.dropped_by_os
		pcapng.options.option.data.interface.delivered_to_user)

	echo '# number time interface name description direction caplen len sport comment'
	# Later ones show a backslash in a name as two.
	tshark -n -r "$file" -T fields "${frame[@]/#/-e}" |
		sed 's/\\\\/\\/g'
	[ "${PIPESTATUS[0]}" = 0 ] || return
	echo '# interfaces of packets and statistics, received dropped accepted dropped_by_os delivered'
	tshark -n -X 'read_format:MIME Files Format' -r "$file" -T fields \
		"${stats[@]/#/-e}"
}

# Whether the programs said nothing but that they run as root.
is_silent()
{
	! grep -v '^Running as user "root"' "$1"
}

nothing_is_odd()
{
	capinfos "$1" && ! tshark -n -V -r "$1" | grep -i malformed
}

# NAME OPTION...
run_case()
{
	local name=$1 file=$tmp/$1.pcapng expected=$here/pcapng-$1.txt
	shift

	check "$name: written" "$replay" "$@" -p "$file" "$here/$name.events"
	read_back "$file" >"$tmp/out" 2>"$tmp/err"
	[ -z "$update" ] || cp "$tmp/out" "$expected"
	check "$name: read back" diff -u "$expected" "$tmp/out"
	check "$name: without a complaint" is_silent "$tmp/err"
	check "$name: nothing is odd" nothing_is_odd "$file"
}

run_case payload -o
run_case http4
run_case odd -o
echo "1..$nr"
[ "$failed" -eq 0 ]
