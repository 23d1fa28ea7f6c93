#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The image cache: a second run does not compile, and whatever is wrong with
# what is kept costs a compilation and one warning, never more.
#
# Alone: it empties and spoils the cache that all tools share.

# The cache here is this script's own; the machine's is not touched.
if [ -z "${PRIVATE-}" ] && [ "$(id -u)" = 0 ]; then
	PRIVATE=1 exec unshare -m --propagation private "$0"
fi

# shellcheck source=tests/live/lib-lab.sh
. "$(dirname "$0")/lib-lab.sh"
need ip unshare jq
mount -t tmpfs -o mode=755 none /var/cache || skip_all "cannot mount here"
cache=/var/cache/tcpsnoop-c
lab_up

# ARGUMENT...: a short run in $tmp/run.err
run()
{
	timeout -k 1 60 nsenter --net="/run/netns/$ns_s" "$TOOL" -v -d 0.001 \
		-o json "$@" >"$tmp/run.out" 2>"$tmp/run.err" </dev/null
}

# What a run did, and how often it complained of the cache.
outcome()
{
	local how=unknown

	grep -q 'image: from the cache' "$tmp/run.err" && how=cached
	grep -q 'image: compiled' "$tmp/run.err" && how=compiled
	echo "exit $1, $how, $(grep -cE '^tcpsnoop-c: (not using|ignoring|cannot keep)' \
		"$tmp/run.err") warnings"
}

# WARNINGS NAME [ARGUMENT...]
compiles()
{
	run -p 80 "${@:3}"
	is "$(outcome $?)" "exit 0, compiled, $1 warnings" "$2: compiled afresh"
	is "$(tail -n 1 "$tmp/run.out" | jq -r .type)" summary "$2: it ran"
}

is_cached()
{
	run -p 80 "${@:2}"
	is "$(outcome $?)" "exit 0, cached, 0 warnings" "$1: nothing compiled"
}

# The one image in the cache; header trees are directories.
image() { find $cache -maxdepth 1 -type f ! -name '.*' | head -n 1; }

# A cache with that one image again
fresh()
{
	umount $cache 2>/dev/null
	rm -rf $cache
	cp -a "$tmp/good" $cache
	img=$(image)
}

umask 0
run -p 80
is "$(outcome $?)" "exit 0, compiled, 0 warnings" "the first run compiles"
umask 022
cp -a $cache "$tmp/good"
is "$(stat -c '%a %U' $cache)" "700 root" "the cache is root's alone"
is "$(find $cache -mindepth 1 \( -perm /022 -o ! -user root \))" "" \
	"nobody else can write in it, whatever the umask is"
is "$(find $cache -maxdepth 1 -type f -perm /077)" "" \
	"nobody else can read an image"
img=$(image)
is_cached "a second run"
run -p 80,81
is "$(outcome $?)" "exit 0, compiled, 0 warnings" "another filter is compiled"
run --port 81 --port 80-80
is "$(outcome $?)" "exit 0, cached, 0 warnings" "the same in other words is not"
images() { find $cache -maxdepth 1 -type f -printf '%p %T@ %C@\n' | sort; }
before=$(images)
compiles 0 --no-cache --no-cache
is "$(images)" "$before" "--no-cache: the images stay as they were"

# What can be wrong with an image: what to do to it, warnings.
# shellcheck disable=SC2034 # the commands below name it
size=$(stat -c %s "$img")
while read -r warnings name command; do
	fresh
	eval "$command"
	compiles "$warnings" "an image that is ${name//_/ }"
	is_cached "after an image that is ${name//_/ }"
done <<'EOF'
1 empty : >"$img"
1 cut_in_half truncate -s $((size / 2)) "$img"
1 a_byte_short truncate -s -1 "$img"
1 a_byte_too_long echo -n x >>"$img"
1 noise head -c "$size" /dev/urandom >"$img"
1 zeroes head -c "$size" /dev/zero >"$img.new" && cat "$img.new" >"$img" && rm "$img.new"
1 flipped_at_its_start printf '\377' | dd of="$img" bs=1 conv=notrunc status=none
1 flipped_in_its_middle printf '\377' | dd of="$img" bs=1 seek=$((size / 2)) conv=notrunc status=none
1 another_user's chown nobody "$img"
1 writable_by_a_group chmod 620 "$img"
1 writable_by_others chmod 602 "$img"
1 a_symlink mv "$img" "$img.x" && ln -s "$img.x" "$img"
1 a_hard_link ln "$img" /var/cache/elsewhere
1 a_fifo rm "$img" && mkfifo -m 600 "$img"
1 huge truncate -s 3G "$img"
EOF

# And with the directory; nothing can be kept there then.
while read -r warnings name command; do
	fresh
	eval "$command"
	compiles "$warnings" "a cache that is ${name//_/ }"
	umount $cache 2>/dev/null
done <<'EOF'
1 another_user's chown nobody $cache
1 open_to_its_group chmod 770 $cache
1 open_to_others chmod 705 $cache
1 a_symlink mv $cache $cache.x; ln -s $cache.x $cache
1 a_file rm -rf $cache; : >$cache
1 read-only rm -rf ${cache:?}/*; mount --bind $cache $cache; mount -o remount,bind,ro $cache
1 full rm -rf ${cache:?}/*; mount -t tmpfs -o mode=700,size=4k none $cache; dd if=/dev/zero of=$cache/x status=none 2>$tmp/dd
1 out_of_inodes rm -rf ${cache:?}/*; mount -t tmpfs -o mode=700,nr_inodes=1 none $cache
EOF
rm -rf $cache.x
no_tree() { ! compgen -G '/run/tcpsnoop-c.*' && ! compgen -G '/tmp/tcpsnoop-c.*'; }
ok "no temporary header tree is left" wait_until 10 no_tree

# How often a run has said that a header tree was damaged, with -v
nr_damaged() { grep -c 'headers: those that were kept .* were damaged' \
	"$tmp/run.err"; }

# And with a kept header tree, when no image is there: without what finds
# owners, which has another.
umount $cache 2>/dev/null
rm -rf $cache
run -p 80 --no-owner
find $cache -maxdepth 1 -type f -delete
is "$(find $cache -mindepth 2 -maxdepth 2 | wc -l)" 1 "there is one header tree"
rm -rf "$tmp/good" && cp -a $cache "$tmp/good"
while read -r name command; do
	fresh
	# shellcheck disable=SC2034
	tree=$(echo $cache/headers/*)
	eval "$command" || flunk "a header tree that is ${name//_/ }"
	run -p 80 --no-owner
	is "$(outcome $?), $(nr_damaged) said" \
		"exit 0, compiled, 0 warnings, 1 said" \
		"a header tree that is ${name//_/ }: compiled with another"
	rm -f "$(image)"
	run -p 80 --no-owner
	is "$(outcome $?), $(nr_damaged) said" \
		"exit 0, compiled, 0 warnings, 0 said" \
		"after a header tree that is ${name//_/ }: compiled"
done <<'EOF'
without_a_file rm "$tree/include/linux/ip.h"
cut_short find "$tree" -type f -exec truncate -s 9 {} +
wrong find "$tree" -name '*.h' -exec sed -i '1i #error no' {} +
wrong_in_its_types_alone sed -i 's/struct /strukt /' "$tree/include/tree/kernel.h"
wrong_in_a_fixed_file sed -i 's/typedef/typedeg/' "$tree/include/tree/types.h"
wrong_in_a_stub sed -i 's/it all/nothin/' "$tree/include/linux/ip.h"
empty rm -rf "$tree"/*
another_user's chown -R nobody "$tree"
open_to_others chmod -R 777 "$tree"
a_symlink mv "$tree" /var/cache/tree && ln -s /var/cache/tree "$tree" && chown -R nobody /var/cache/tree
a_file rm -rf "$tree" && echo x >"$tree"
EOF
rm -rf /var/cache/tree

# It may be removed at any time, also while a compiler reads what is in it.
for what in '' /headers '/headers/*/include/tree'; do
	touch "$tmp/go"
	while [ -e "$tmp/go" ]; do
		# shellcheck disable=SC2086
		rm -rf $cache$what
		sleep 0.0$((RANDOM % 5))
	done 2>/dev/null &
	remover=$!
	pids+=("$remover")
	for i in {1..8}; do
		run -p $((80 + i)) --no-owner --no-cache
		outcome $?
	done >"$tmp/outcomes"
	rm "$tmp/go"
	wait "$remover"
	is "$(sed 's/, . warnings$//' "$tmp/outcomes" | sort | uniq -c | xargs)" \
		"8 exit 0, compiled" "the cache${what//\*/...} is removed meanwhile"
done
run -p 80 --no-owner
is "$(outcome $?)" "exit 0, compiled, 0 warnings" "and once it is not"

# Several at once from nothing, and more images than are kept.
rm -rf $cache
for i in 1 2 3 4; do
	tool_spawn "at-once-$i" "$ns_s" -p 80 -o json
done
for i in 1 2 3 4; do
	tool_wait_tracing "at-once-$i"
done
# That of owners too, which a signal would not wait for.
has_images() { [ "$(find $cache -maxdepth 1 -type f ! -name '.*' | wc -l)" = 2 ]; }
ok "four at once: two images" wait_until 20 has_images
for i in 1 2 3 4; do
	tool_stop "at-once-$i"
	is "${tool_rc[at-once-$i]} $(grep -c "cache" "$tmp/at-once-$i.err")" \
		"0 0" "four at once: $i"
done
is_cached "after four at once"
img=$(image)
for i in {1..70}; do
	install -m 600 "$img" "$cache/$(printf %032x "$i")"
done
run -p 82
ok "no more than 64 images are kept" \
	[ "$(find $cache -maxdepth 1 -type f | wc -l)" -le 64 ]
run -p 82
is "$(outcome $?)" "exit 0, cached, 0 warnings" "the newest is among them"
finish
