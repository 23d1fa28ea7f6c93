#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Each tool's whole --help is in help/TOOL.txt: an option that comes, goes or
# changes its words is seen in a diff. TAP:
#
#	tests/golden/help.sh [--update]
#
#	BUILD	where the tools were built (build)

set -u

cd "$(dirname "$0")/../.." || exit 1
build=${BUILD:-build}
nr=0 failed=0
tmp=$(mktemp -d) || exit 1
trap 'rm -rf "$tmp"' EXIT

for source in tools/*.c; do
	tool=$(basename "$source" .c)
	expected=tests/golden/help/$tool.txt
	nr=$((nr + 1))
	"$build/$tool" --help >"$tmp/out" 2>&1
	[ "${1-}" != --update ] || cp "$tmp/out" "$expected"
	if diff -u "$expected" "$tmp/out" >"$tmp/diff" 2>&1; then
		echo "ok $nr - $tool --help"
		continue
	fi
	failed=$((failed + 1))
	echo "not ok $nr - $tool --help"
	sed 's/^/# /' "$tmp/diff"
done
echo "1..$nr"
[ "$failed" -eq 0 ] && [ "$nr" -gt 0 ]
