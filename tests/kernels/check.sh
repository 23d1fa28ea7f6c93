#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Boots real kernels, runs guest.sh in each and prints what works where:
#
#	check.sh [--markdown] [--kept] [VERSION...]
#
# A table of features by kernels, then a line of TAP for each cell, and "N
# passed, N failed, N skipped" last; the exit status is 0 only when something
# passed and nothing failed. With --markdown only the table goes to stdout, the
# rest to stderr; with --kept nothing is booted, the results are those of the
# last time, in $BUILD/kernels, where also is what the tools printed.
#
#	BUILD	where the tools are (build)
#	ROWS	ids of rows to run (all; guest.sh --list)
#	GUESTS	as many guests at once (2)
#	LIMIT	seconds for one guest (1800)
set -euo pipefail
cd "$(dirname "$0")/../.."

here=tests/kernels
build=${BUILD:-build}
guests=${GUESTS:-2}
limit=${LIMIT:-1800}
kernels=()
is_markdown='' is_kept=''
results=$build/kernels
bin=''

die()
{
	echo "check.sh: $*" >&2
	exit 1
}

# Copies: a build meanwhile changes nothing under a guest that runs.
copy_tools()
{
	local tool

	bin=$(realpath "$results")/bin
	rm -rf "$bin"
	mkdir -p "$bin"
	for tool in tools/*.c; do
		tool=$build/$(basename "$tool" .c)
		[[ ! -x $tool ]] || cp "$tool" "$bin/"
	done
	gcc -shared -fPIC -Wall -Werror -o "$bin/no_fentry.so" \
		"$here/no_fentry.c" || die "cannot build no_fentry.so"
	[[ -x $bin/tcpsnoop-c ]] || die "no $build/tcpsnoop-c (make first)"
}

# KERNEL: one boot with all rows; 125 when the guest died
run_guest()
{
	local dir=$results/$1

	rm -rf "$dir"
	mkdir "$dir"
	# shellcheck disable=SC2086
	nice "$here/boot.sh" -t "$limit" -w "$results" -k "$dir/console" "$1" \
		-- env TOOLS="$bin" OUT="$(realpath "$dir")" \
		"$here/guest.sh" ${ROWS-} >"$results/$1.tsv" 2>"$dir/stderr"
}

# KERNEL: a guest that died gets a second chance, which is told: a tool that
# kills its kernel looks just like an emulator that failed.
check_kernel()
{
	local status=0

	echo "check.sh: $1: started" >&2
	rm -f "$results/$1".{note,died}
	run_guest "$1" || status=$?
	if ((status == 125)); then
		echo "check.sh: $1: the guest died, once more" >&2
		rm -rf "$results/$1.died"
		mv "$results/$1" "$results/$1.died"
		echo "died once ($results/$1.died), run again" \
			>"$results/$1.note"
		status=0
		run_guest "$1" || status=$?
	fi
	if ((status)); then
		printf 'end\tfailed\texit status %d, see %s\n' $status \
			"$results/$1/stderr"
	else
		printf 'end\tworks\t\n'
	fi >>"$results/$1.tsv"
	echo "check.sh: $1: done" >&2
}

# Fetched one after the other: they share an apt. Those that cannot be had have
# a note and no results.
fetch_kernels()
{
	local kernel

	for kernel; do
		rm -rf "${results:?}/$kernel" "$results/$kernel".*
		: >"$results/$kernel.tsv"
		if "$here/get.sh" "$kernel" >/dev/null; then
			wanted+=("$kernel")
		else
			echo "cannot be fetched" >"$results/$kernel.note"
		fi
	done
}

check_all()
{
	local kernel wanted=()

	copy_tools
	fetch_kernels "$@"
	for kernel in ${wanted[@]+"${wanted[@]}"}; do
		while (($(jobs -rp | wc -l) >= guests)); do
			wait -n || echo "check.sh: one ended with $?" >&2
		done
		check_kernel "$kernel" &
	done
	wait
}

# ROWS, or all, and how the guest itself ended
list_rows()
{
	"$here/guest.sh" --list |
		awk -F '\t' -v ids=" ${ROWS-} " \
			'ids ~ /^ *$/ || index(ids, " " $1 " ")'
	printf 'end\tthe guest ran to its end\n'
}

# MODE: see results.awk
print_results()
{
	local kernel files=()

	for kernel in "${kernels[@]}"; do
		[[ ! -e $results/$kernel.tsv ]] ||
			files+=("$results/$kernel.tsv")
		[[ ! -s $results/$kernel.note ]] ||
			files+=("$results/$kernel.note")
	done
	awk -v mode="$1" -v kernels="${kernels[*]}" -f "$here/results.awk" \
		<(list_rows) "${files[@]}"
}

for arg; do
	case $arg in
	--markdown) is_markdown=1 ;;
	--kept) is_kept=1 ;;
	-*) die "unknown option $arg" ;;
	*) kernels+=("$arg") ;;
	esac
done
((${#kernels[@]})) || kernels=(5.10 6.1 6.12 6.18 7.3)

trap 'kill $(jobs -p) 2>/dev/null; exit 130' INT TERM HUP
mkdir -p "$results"
if [[ -z $is_kept ]]; then
	((EUID == 0)) || die "needs root, as in the guests"
	check_all "${kernels[@]}"
fi
if [[ -n $is_markdown ]]; then
	print_results markdown
	exec >&2
else
	print_results text
	echo
fi
print_results tap
