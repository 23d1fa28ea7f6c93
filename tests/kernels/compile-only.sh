#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Runs a command that sees a fetched kernel's headers where libbcc looks for the
# running kernel's:
#
#	compile-only.sh VERSION [--] COMMAND [ARGUMENT...]
#
# Nothing is booted, so compiling against those headers can be tried at full
# speed. BTF and the formats of tracepoints stay this machine's.
set -euo pipefail

store=${KERNEL_STORE:-/var/cache/test-kernels}

die()
{
	echo "compile-only.sh: $*" >&2
	exit 2
}

(($# > 1)) || die "VERSION and COMMAND are needed"
release=$(find "$store/kernels" -mindepth 1 -maxdepth 1 -printf '%f\n' |
	grep -E "^${1//./\\.}([.+-]|\$)" | sort -V | tail -n 1) ||
	die "no kernel $1 was fetched"
shift
[[ $1 != -- ]] || shift
headers=$store/kernels/$release/usr/src/linux-headers-$release
[[ -d $headers ]] || die "$release has no headers"
BCC_LINUX_VERSION_CODE=$(sed -n 's/^#define LINUX_VERSION_CODE //p' \
	"$headers/include/generated/uapi/linux/version.h")
export BCC_LINUX_VERSION_CODE SOURCES=${headers%/*} RELEASE=$release
mkdir -p /usr/lib/modules
# shellcheck disable=SC2016
exec unshare -m --propagation private bash -ec '
	mount -t tmpfs none /usr/lib/modules
	dir=/usr/lib/modules/$(uname -r)
	mkdir "$dir"
	ln -s "/usr/src/linux-headers-$RELEASE" "$dir/build"
	ln -s "/usr/src/linux-headers-${RELEASE%-cloud-amd64}-common" \
		"$dir/source"
	mount --bind "$SOURCES" /usr/src
	exec "$@"' - "$@"
