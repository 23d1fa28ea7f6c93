#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Makes the initrd that boot.sh boots a fetched kernel with, where it is missing
# or older than what it is made of:
#
#	initrd.sh DIR RELEASE		makes DIR/initrd.guest
#
# It holds busybox, guest-init as /init, and of the modules that reach this
# machine's files those that are not built in.
set -euo pipefail

here=$(dirname "$(readlink -f "$0")")
dir=$1 release=$2
initrd=$dir/initrd.guest
modules=(virtio_pci virtio_console virtiofs overlay)

if [[ $initrd -nt $here/guest-init && $initrd -nt $0 ]]; then
	exit 0
fi
root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT

# Numbered in the order in which they have to be loaded
copy_modules()
{
	local module file name nr=10

	for module in "${modules[@]}"; do
		while read -r file; do
			name=${file##*/}
			name=${name%%.ko*}.ko
			! compgen -G "$root/m/*-$name" >/dev/null || continue
			case $file in
			*.xz) xz -dc "$file" >"$root/m/$nr-$name" ;;
			*.zst) zstd -dcq "$file" >"$root/m/$nr-$name" ;;
			*) cp "$file" "$root/m/$nr-$name" ;;
			esac
			nr=$((nr + 1))
		done < <(modprobe -d "$dir" -S "$release" --show-depends \
			"$module" 2>/dev/null |
			sed -n 's/^insmod \([^ ]*\).*/\1/p')
	done
}

mkdir "$root"/{bin,dev,proc,sys,host,rw,new,m}
cp /bin/busybox "$root/bin/"
install -m 755 "$here/guest-init" "$root/init"
copy_modules
(cd "$root" && find . | busybox cpio -o -H newc 2>/dev/null) >"$initrd.$$"
mv "$initrd.$$" "$initrd"
