#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Replays recorded events and compares what is printed with what should be, as TAP:
#
#	tests/golden/run.sh [--update]
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

# NAME EVENTS [OPTION]...
run_case()
{
	local name=$1 events=$here/$2 expected=$here/$1.txt
	shift 2

	[[ " $* " != *" -j "* ]] || expected=${expected%.txt}.json
	nr=$((nr + 1))
	if ! "$replay" "$@" "$events" >"$tmp/out" 2>"$tmp/err"; then
		cat "$tmp/err" >>"$tmp/out"
	elif [ -n "$update" ]; then
		cp "$tmp/out" "$expected"
	fi
	if diff -u "$expected" "$tmp/out" >"$tmp/diff" 2>&1; then
		echo "ok $nr - $name"
		return
	fi
	failed=$((failed + 1))
	echo "not ok $nr - $name"
	sed 's/^/# /' "$tmp/diff"
}

while read -ra words; do
	[ ${#words[@]} -lt 2 ] || [ "${words[0]}" = '#' ] || run_case "${words[@]}"
done <$here/TESTLIST
echo "1..$nr"
[ "$failed" -eq 0 ] && [ "$nr" -gt 0 ]
