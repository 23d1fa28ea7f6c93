#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Runs every fuzz driver for FUZZ_SECONDS (8) and prints TAP. What a driver
# learns is kept under BUILD/corpus for the next run, and what broke it is
# BUILD/crash-DRIVER-*: give that file to the driver to see it again.
#
#	tests/fuzz/fuzz.sh [DRIVER ...]		all: the *.c beside this script
set -u
cd "$(dirname "$0")/../.." || exit 1

BUILD=${BUILD:-build}
seconds=${FUZZ_SECONDS:-8}
nr=0 failed=0

all_drivers()
{
	local f

	for f in tests/fuzz/*.c; do
		f=${f##*/}
		[ "$f" = '*.c' ] || echo "${f%.c}"
	done
}

# A driver that hardly runs its target finds nothing: that is a failure too.
run_driver()
{
	local name=$1 corpus=$BUILD/corpus/$1 seeds=tests/fuzz/$1.seeds log runs

	[ -d "$seeds" ] || seeds=
	log=$BUILD/corpus/$name.log
	mkdir -p "$corpus"
	# shellcheck disable=SC2086
	"$BUILD/tests/fuzz/$name" -max_total_time="$seconds" -timeout=10 \
		-rss_limit_mb=1024 -print_final_stats=1 \
		-artifact_prefix="$BUILD/crash-$name-" \
		"$corpus" $seeds >"$log" 2>&1 || return
	runs=$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")
	echo "# $name: $runs runs in $seconds s"
	[ "${runs:-0}" -ge 1000 ]
}

[ $# -gt 0 ] || mapfile -t drivers < <(all_drivers)
[ $# -eq 0 ] || drivers=("$@")
echo "1..${#drivers[@]}"
for name in "${drivers[@]}"; do
	nr=$((nr + 1))
	if run_driver "$name"; then
		echo "ok $nr - $name"
	else
		echo "not ok $nr - $name"
		tail -n 60 "$BUILD/corpus/$name.log" | sed 's/^/# /'
		failed=1
	fi
done
exit $failed
