/* SPDX-License-Identifier: GPL-2.0 */
/*
 * For the tests of TC's clsact: two programs that count the packets of lo, and
 * how tc(8) and our marks show the machine. What is there before a test must be
 * there after it. Each test has a network namespace of its own.
 */
#ifndef CLSACT_CHECK_H
#define CLSACT_CHECK_H

#include <arpa/inet.h>
#include <bpf/bpf.h>
#include <dirent.h>
#include <errno.h>
#include <linux/pkt_sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include "kernel/clsact.h"
#include "kernel/clsact_mark.h"
#include "live/ns.h"

#define IN "tcpsnoop_tc_in"
#define OUT "tcpsnoop_tc_out"

static int count_map, prog_in, prog_out, prog_check;
static char err[256];

static inline struct hook hook_of(const char *prog, const char *ifname)
{
	struct hook h = {.fd = -1, .ifindex = if_nametoindex(ifname)};

	snprintf(h.ifname, sizeof(h.ifname), "%s", ifname);
	snprintf(h.prog, sizeof(h.prog), "%s", prog);
	h.is_out = !strcmp(prog, OUT);
	return h;
}

/* clsact_attach() with the program that H names; its sentence is in err. */
static inline int attach(struct hook *h)
{
	*err = '\0';
	return clsact_attach(h, h->is_out ? prog_out : prog_in, err,
			     sizeof(err));
}

/* A hook that is attached; else the test fails. */
static inline struct hook attached(const char *prog, const char *ifname)
{
	struct hook h = hook_of(prog, ifname);
	int ret = attach(&h);

	assert_string_equal(err, "");
	assert_int_equal(ret, 0);
	assert_true(h.fd >= 0);
	return h;
}

/* Up to SIZE - 1 bytes of what COMMAND prints; its exit status. */
static inline int run(const char *command, char *out, size_t size)
{
	FILE *f = popen(command, "r");
	size_t n;

	assert_non_null(f);
	n = fread(out, 1, size - 1, f);
	out[n] = '\0';
	return pclose(f);
}

/* Run COMMAND, which must succeed. */
static inline void sh(const char *command)
{
	char out[64];

	assert_int_equal(run(command, out, sizeof(out)), 0);
}

/* How lo and our marks of this namespace look. */
struct machine {
	char text[16384];
};

static inline ino_t namespace(void)
{
	struct stat st;

	assert_int_equal(stat("/proc/self/ns/net", &st), 0);
	return st.st_ino;
}

/* The names of this namespace's marks. */
static inline void look_marks(char *text, size_t size)
{
	DIR *d = opendir(CLSACT_MARKS);
	struct dirent *de;
	char prefix[64];

	snprintf(prefix, sizeof(prefix), "clsact.%lu.",
		 (unsigned long)namespace());
	*text = '\0';
	while (d && (de = readdir(d))) {
		size_t n = strlen(text);

		if (!strncmp(de->d_name, prefix, strlen(prefix)))
			snprintf(text + n, size - n, "%s\n", de->d_name);
	}
	if (d)
		closedir(d);
}

static inline void look(struct machine *m)
{
	size_t n;

	run("tc qdisc show dev lo; tc filter show dev lo ingress 2>&1;"
	    "tc filter show dev lo egress 2>&1",
	    m->text, sizeof(m->text));
	n = strlen(m->text);
	look_marks(m->text + n, sizeof(m->text) - n);
}

static struct machine before; /* when the test began */

static inline void assert_as_before(void)
{
	struct machine after;

	look(&after);
	assert_string_equal(after.text, before.text);
}

/* lo, or our marks, have WHAT in their text, or have it not. */
static inline void assert_shows(const char *what, bool is_there)
{
	struct machine now;

	look(&now);
	if (!strstr(now.text, what) == is_there)
		fail_msg("%s is %sthere:\n%s", what, is_there ? "not " : "",
			 now.text);
}

/* How often the programs ran: PROG_IN counts 1 a packet, PROG_OUT 1000. */
static inline uint64_t count(void)
{
	uint32_t key = 0;
	uint64_t value;

	assert_int_equal(bpf_map_lookup_elem(count_map, &key, &value), 0);
	return value;
}

static const struct sockaddr_in to = {
	.sin_family = AF_INET,
	.sin_port = __builtin_bswap16(9),
	.sin_addr.s_addr = __builtin_bswap32(INADDR_LOOPBACK),
};
static int receiver;

/* One packet over lo: out, and in. The packets that were counted. */
static inline uint64_t count_one(void)
{
	uint64_t start = count();
	int fd = socket(AF_INET, SOCK_DGRAM, 0);
	char c;

	assert_int_equal(sendto(fd, "x", 1, 0, (void *)&to, sizeof(to)), 1);
	close(fd);
	/* It came through: the verdict leaves it alone. */
	assert_int_equal(recv(receiver, &c, 1, 0), 1);
	return count() - start;
}

/* r0 = -1 (TC_ACT_UNSPEC), after adding ADD to the map's first value. */
static inline int load(const char *name, int add)
{
	const struct bpf_insn insns[] = {
		{.code = BPF_LD | BPF_DW | BPF_IMM,
		 .dst_reg = BPF_REG_1,
		 .src_reg = BPF_PSEUDO_MAP_VALUE,
		 .imm = count_map},
		{},
		{.code = BPF_ALU64 | BPF_MOV | BPF_K,
		 .dst_reg = BPF_REG_2,
		 .imm = add},
		{.code = BPF_STX | BPF_DW | BPF_ATOMIC,
		 .dst_reg = BPF_REG_1,
		 .src_reg = BPF_REG_2,
		 .imm = BPF_ADD},
		{.code = BPF_ALU64 | BPF_MOV | BPF_K, .imm = -1},
		{.code = BPF_JMP | BPF_EXIT},
	};

	return bpf_prog_load(BPF_PROG_TYPE_SCHED_CLS, name, "GPL", insns,
			     sizeof(insns) / sizeof(insns[0]), NULL);
}

/*
 * For the group: load the programs. Marks are in a /run of the process's own
 * where that is allowed, which it is not in a chroot.
 */
static inline int setup(void **state)
{
	if (!mounts_unshare() && mount("run", "/run", "tmpfs", 0, "mode=755"))
		return -1;
	count_map = bpf_map_create(BPF_MAP_TYPE_ARRAY, "count", 4, 8, 1, NULL);
	prog_in = load(IN, 1);
	prog_out = load(OUT, 1000);
	prog_check = load("check", 100);
	return count_map < 0 || prog_in < 0 || prog_out < 0 || prog_check < 0
		       ? -1
		       : 0;
}

/* For each test: what it leaves when it fails stays in its own namespace. */
static inline int setup_test(void **state)
{
	if (unshare(CLONE_NEWNET) || system("ip link set lo up"))
		return -1;
	receiver = socket(AF_INET, SOCK_DGRAM, 0);
	if (bind(receiver, (const void *)&to, sizeof(to)))
		return -1;
	look(&before);
	return 0;
}

static inline int teardown_test(void **state)
{
	return close(receiver);
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, setup_test, teardown_test)

/* Without root or tc(8): say as TAP that the whole program is skipped. */
static inline bool is_without_tc(void)
{
	if (is_without_root())
		return true;
	if (!system("tc -V >/dev/null 2>&1"))
		return false;
	puts("1..0 # SKIP no tc here");
	return true;
}

#endif
