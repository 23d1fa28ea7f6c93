#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Memory is short for one allocation of a tool, or from one on (nomem.py): what
# it does is right, or it ends with 1 and one line. Of the runs that load
# programs every 17th allocation is tried, with NOMEM_STRIDE=1 each.

# A network and a cache for nobody else.
if [ -z "${PRIVATE-}" ] && [ "$(id -u)" = 0 ]; then
	PRIVATE=1 exec unshare -mn --propagation private "$0"
fi

# shellcheck source=tests/live/lib.sh
. "$(dirname "$0")/lib.sh"
need ip tc unshare "${CC:-gcc}"
mount -t tmpfs -o mode=755 none /var/cache || skip_all "cannot mount here"
ip link set lo up
"${CC:-gcc}" -std=gnu11 -O2 -D_GNU_SOURCE -Itests -shared -fPIC \
	-o "$tmp/nomem.so" tests/live/nomem.c || exit 1
verdicts < <(ASAN_OPTIONS=verify_asan_link_order=0 $PY tests/live/nomem.py \
	"$tmp/nomem.so" "${BUILD:-build}" "${NOMEM_STRIDE:-17}")
wait $!
is $? 0 "all were tried"
is "$(ip link show lo | grep -o xdp; tc qdisc show dev lo | grep -v noqueue)" \
	"" "nothing is left at the interface"
finish
