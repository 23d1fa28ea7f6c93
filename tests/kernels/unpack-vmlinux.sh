#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Writes the ELF kernel inside a bzImage to stdout: unpack-vmlinux.sh BZIMAGE
#
# Offsets are those of the kernel's Documentation/arch/x86/boot.rst.
set -euo pipefail

file=$1

# OFFSET SIZE: the number there
number_at()
{
	od -An -t "u$2" -j "$1" -N "$2" "$file" | tr -d ' '
}

setup_sects=$(number_at 0x1f1 1)
payload_offset=$(number_at 0x248 4)
payload_length=$(number_at 0x24c 4)
((setup_sects)) || setup_sects=4
start=$(((setup_sects + 1) * 512 + payload_offset))

case $(od -An -t x1 -j $start -N 4 "$file" | tr -d ' ') in
02214c18) unpack=(lz4 -dcq) ;;
28b52ffd) unpack=(zstd -dcq) ;;
fd377a58) unpack=(xz -dcq) ;;
1f8b*) unpack=(gzip -dcq) ;;
*) exit 1 ;;
esac
# gzip knows the size of what it holds; behind the others the build puts it.
[[ ${unpack[0]} == gzip ]] || payload_length=$((payload_length - 4))
dd if="$file" iflag=skip_bytes,count_bytes skip="$start" \
	count="$payload_length" bs=1M status=none | "${unpack[@]}"
