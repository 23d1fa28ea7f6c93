// SPDX-License-Identifier: GPL-2.0
/*
 * TC's clsact in a network namespace of its own, seen with tc(8): what is there
 * before must be there after, whoever was killed or was there first.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <arpa/inet.h>
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <dirent.h>
#include <errno.h>
#include <linux/pkt_sched.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/capability.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

#include "kernel/clsact.h"
#include "kernel/clsact_mark.h"
#include "kernel/tc_list.h"

#define IN "tcpsnoop_tc_in"
#define OUT "tcpsnoop_tc_out"
#define INGRESS TC_H_MAKE(TC_H_CLSACT, TC_H_MIN_INGRESS)
#define NR_KILLED 100
#define NR_AT_ONCE 4
#define NR_ROUNDS 20

static int count_map;
static int prog_in, prog_out;
static char err[256];

static struct hook hook_of(const char *prog, const char *ifname)
{
	struct hook h = {.fd = -1, .ifindex = if_nametoindex(ifname)};

	snprintf(h.ifname, sizeof(h.ifname), "%s", ifname);
	snprintf(h.prog, sizeof(h.prog), "%s", prog);
	return h;
}

static int attach(struct hook *h)
{
	*err = '\0';
	return clsact_attach(h, strcmp(h->prog, IN) ? prog_out : prog_in, err,
			     sizeof(err));
}

static struct hook attached(const char *prog, const char *ifname)
{
	struct hook h = hook_of(prog, ifname);
	int ret = attach(&h);

	assert_string_equal(err, "");
	assert_int_equal(ret, 0);
	assert_true(h.fd >= 0);
	return h;
}

/* Up to SIZE - 1 bytes of what COMMAND prints; its exit status. */
static int run(const char *command, char *out, size_t size)
{
	FILE *f = popen(command, "r");
	size_t n;

	assert_non_null(f);
	n = fread(out, 1, size - 1, f);
	out[n] = '\0';
	return pclose(f);
}

static void sh(const char *command)
{
	char out[64];

	assert_int_equal(run(command, out, sizeof(out)), 0);
}

struct machine {
	char text[16384];
};

static ino_t namespace(void)
{
	struct stat st;

	assert_int_equal(stat("/proc/self/ns/net", &st), 0);
	return st.st_ino;
}

/* The names of this namespace's marks. */
static void look_marks(char *text, size_t size)
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

static void look(struct machine *m)
{
	size_t n;

	run("tc qdisc show dev lo; tc filter show dev lo ingress 2>&1;"
	    "tc filter show dev lo egress 2>&1",
	    m->text, sizeof(m->text));
	n = strlen(m->text);
	look_marks(m->text + n, sizeof(m->text) - n);
}

static struct machine before;

static void assert_as_before(void)
{
	struct machine after;

	look(&after);
	assert_string_equal(after.text, before.text);
}

static void assert_shows(const char *what, bool is_there)
{
	struct machine now;

	look(&now);
	if (!strstr(now.text, what) == is_there)
		fail_msg("%s is %sthere:\n%s", what, is_there ? "not " : "",
			 now.text);
}

/* How often the programs ran: PROG_IN counts 1 a packet, PROG_OUT 1000. */
static uint64_t count(void)
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
static uint64_t count_one(void)
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

static void test_attach_and_detach(void **state)
{
	struct hook h = attached(IN, "lo");

	assert_int_equal(h.slot, 0);
	assert_shows("qdisc clsact ffff: parent ffff:fff1", true);
	assert_shows("pref 29792 bpf chain 0 handle 0x1 " IN ":[", true);
	assert_shows("direct-action", true);
	assert_int_equal(count_one(), 1);
	clsact_detach(&h);
	assert_int_equal(h.fd, -1);
	assert_int_equal(count_one(), 0);
	assert_as_before();
}

static void test_both_directions(void **state)
{
	struct hook in = attached(IN, "lo"), out = attached(OUT, "lo");

	assert_int_equal(in.slot, 0);
	assert_int_equal(out.slot, 0);
	assert_int_equal(count_one(), 1001);
	clsact_detach(&in);
	assert_int_equal(count_one(), 1000);
	assert_shows("qdisc clsact", true);
	clsact_detach(&out);
	assert_int_equal(count_one(), 0);
	assert_as_before();
}

static void test_two_instances(void **state)
{
	struct hook a = attached(IN, "lo"), b = attached(IN, "lo");

	assert_int_equal(a.slot, 0);
	assert_int_equal(b.slot, 1);
	assert_int_equal(count_one(), 2);
	clsact_detach(&a);
	assert_int_equal(count_one(), 1);
	assert_shows("pref 29792", false);
	a = attached(IN, "lo");
	assert_int_equal(a.slot, 0);
	clsact_detach(&b);
	assert_int_equal(count_one(), 1);
	clsact_detach(&a);
	assert_as_before();
}

static void test_no_slot_left(void **state)
{
	struct hook all[16], more = hook_of(IN, "lo");
	int i;

	for (i = 0; i < 16; i++) {
		all[i] = attached(IN, "lo");
		assert_int_equal(all[i].slot, i);
	}
	assert_int_equal(attach(&more), -EBUSY);
	assert_string_equal(err, "cannot attach TC to lo: 16 instances are "
				 "there, or others have our 16 priorities");
	assert_int_equal(more.fd, -1);
	for (i = 0; i < 16; i++)
		clsact_detach(&all[i]);
	assert_as_before();
}

/* A child that attaches PROG; returns when it has. */
static pid_t start_child(const char *prog)
{
	int ready[2];
	pid_t pid;
	char c;

	assert_int_equal(pipe(ready), 0);
	pid = fork();
	if (!pid) {
		struct hook h = hook_of(prog, "lo");

		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (attach(&h) || write(ready[1], "x", 1) != 1)
			_exit(1);
		pause();
		_exit(0);
	}
	close(ready[1]);
	assert_int_equal(read(ready[0], &c, 1), 1);
	close(ready[0]);
	return pid;
}

static void kill_child(pid_t pid)
{
	assert_int_equal(kill(pid, SIGKILL), 0);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
}

static void test_killed(void **state)
{
	pid_t in = start_child(IN), out = start_child(OUT);
	struct hook h;

	kill_child(in);
	kill_child(out);
	assert_int_equal(count_one(), 1001);
	h = attached(IN, "lo");
	assert_int_equal(h.slot, 0);
	assert_int_equal(count_one(), 1);
	clsact_detach(&h);
	assert_as_before();
}

static void test_killed_beside_one_alive(void **state)
{
	pid_t dead = start_child(IN), alive = start_child(IN);
	struct hook h;

	kill_child(dead);
	assert_int_equal(count_one(), 2);
	h = attached(OUT, "lo");
	assert_int_equal(count_one(), 1001);
	assert_shows("pref 29793 bpf chain 0 handle 0x1", true);
	clsact_detach(&h);
	assert_shows("pref 29793 bpf chain 0 handle 0x1", true);
	kill_child(alive);
	h = attached(IN, "lo");
	assert_int_equal(count_one(), 1);
	clsact_detach(&h);
	assert_as_before();
}

/* At any moment of attaching and detaching, once each; then we come. */
static void test_killed_at_any_moment(void **state)
{
	struct hook h;
	pid_t pid;

	for (int i = 0; i < NR_KILLED; i++) {
		pid = fork();
		if (!pid) {
			prctl(PR_SET_PDEATHSIG, SIGKILL);
			for (;;) {
				h = hook_of(i & 1 ? IN : OUT, "lo");
				if (attach(&h))
					_exit(1);
				clsact_detach(&h);
			}
		}
		usleep(i * 997 % 20000);
		kill_child(pid);
		if (i % 10 != 9)
			continue;
		h = attached(IN, "lo");
		assert_int_equal(count_one(), 1);
		clsact_detach(&h);
		assert_as_before();
	}
}

static void find_slot(void *arg, const struct tc_filter *f)
{
	int *slot = arg;

	if (*slot >= 0 && f->priority == 29792 + *slot && f->handle == 1)
		*slot = -1;
}

/* Nobody's qdisc goes while another one still comes. */
static int come_and_go(void)
{
	for (int i = 0; i < NR_ROUNDS; i++) {
		struct hook h = hook_of(IN, "lo");
		int slot;

		if (attach(&h))
			return 1;
		slot = h.slot;
		usleep(i * 997 % 3000);
		while (tc_list_filters(h.ifindex, INGRESS, find_slot, &slot) ==
		       -EAGAIN)
			;
		if (slot != -1)
			return 2;
		clsact_detach(&h);
		/* The next one makes the qdisc again, as often as not. */
		usleep(i * 997 % 3000);
	}
	return 0;
}

static void test_many_at_once(void **state)
{
	int status;

	for (int i = 0; i < NR_AT_ONCE; i++)
		if (!fork())
			_exit(come_and_go());
	for (int i = 0; i < NR_AT_ONCE; i++) {
		assert_true(wait(&status) > 0);
		assert_int_equal(status, 0);
	}
	assert_as_before();
}

/* By one that was stopped there, say. */
static void test_marks_are_held(void **state)
{
	struct hook h = hook_of(IN, "lo");
	int marks = clsact_marks_lock();

	assert_true(marks >= 0);
	assert_int_equal(attach(&h), -ETIMEDOUT);
	assert_string_equal(err, "cannot attach TC to lo: cannot note in "
				 "/run/tcpsnoop-c that its clsact will be "
				 "ours: another instance has been at it for "
				 "2 s");
	close(marks);
	assert_as_before();
}

#define FOREIGN "bpf bytecode '1,6 0 0 0,'"

static void test_filter_of_others(void **state)
{
	struct hook h;

	sh("tc qdisc add dev lo clsact");
	sh("tc filter add dev lo ingress pref 29792 handle 1 " FOREIGN);
	sh("tc filter add dev lo ingress pref 29793 handle 7 " FOREIGN);
	sh("tc filter add dev lo ingress pref 29794 protocol ip u32 match u32 "
	   "1 0xffffffff flowid 1:1");
	look(&before);
	h = attached(IN, "lo");
	assert_int_equal(h.slot, 3);
	assert_int_equal(count_one(), 1);
	clsact_detach(&h);
	assert_as_before();
}

/* Who gives none gets the priority that he would get without us. */
static void test_filter_without_priority(void **state)
{
	struct hook h = attached(IN, "lo");

	sh("tc filter add dev lo ingress " FOREIGN);
	assert_shows("pref 49152 bpf chain 0 handle 0x1", true);
	assert_int_equal(count_one(), 1);
	clsact_detach(&h);
	assert_shows("pref 29792", false);
	assert_shows("pref 49152 bpf chain 0 handle 0x1", true);
	assert_shows("clsact.", true);
	sh("tc filter del dev lo ingress");
	h = attached(OUT, "lo");
	clsact_detach(&h);
	assert_as_before();
}

static void test_qdisc_of_others(void **state)
{
	struct hook h;

	sh("tc qdisc add dev lo clsact");
	look(&before);
	h = attached(OUT, "lo");
	assert_int_equal(count_one(), 1000);
	assert_shows("clsact.", false);
	clsact_detach(&h);
	assert_as_before();
}

/* A mark of a namespace that had our inode number does not make it ours. */
static void test_mark_of_another_namespace(void **state)
{
	const uint64_t id = UINT64_MAX;
	char path[128];
	struct hook h;
	FILE *f;

	sh("tc qdisc add dev lo clsact");
	snprintf(path, sizeof(path), CLSACT_MARKS "/clsact.%lu.1",
		 (unsigned long)namespace());
	f = fopen(path, "w");
	assert_non_null(f);
	assert_int_equal(fwrite(&id, sizeof(id), 1, f), 1);
	fclose(f);
	h = attached(IN, "lo");
	clsact_detach(&h);
	assert_shows("qdisc clsact", true);
	sh("tc qdisc del dev lo clsact");
	h = attached(IN, "lo");
	clsact_detach(&h);
	assert_as_before();
}

static void test_qdisc_ingress(void **state)
{
	struct hook in, out = hook_of(OUT, "lo");

	sh("tc qdisc add dev lo ingress");
	look(&before);
	in = attached(IN, "lo");
	assert_int_equal(count_one(), 1);
	assert_int_equal(attach(&out), -EBUSY);
	assert_string_equal(err, "cannot attach TC to outgoing packets of lo: "
				 "a qdisc 'ingress' is in the place of clsact, "
				 "which stays");
	assert_int_equal(count_one(), 1);
	clsact_detach(&in);
	assert_as_before();
}

static void test_shared_block(void **state)
{
	struct hook h = hook_of(IN, "lo");

	sh("tc qdisc add dev lo ingress_block 7 clsact");
	look(&before);
	assert_int_equal(attach(&h), -EOPNOTSUPP);
	assert_string_equal(err, "cannot attach TC to lo: its filters are in "
				 "a block shared with others");
	assert_as_before();
}

static void test_interface_gone(void **state)
{
	struct hook h, gone;

	sh("ip link add tcs0 type veth peer name tcs1");
	h = attached(IN, "tcs0");
	gone = hook_of(IN, "tcs0");
	assert_shows("clsact.", true);
	sh("ip link del tcs0");
	clsact_detach(&h);
	assert_as_before();
	assert_int_equal(attach(&gone), -ENODEV);
	assert_string_equal(err, "cannot attach TC to tcs0: No such device");
	assert_as_before();
}

static void drop_net_admin(void)
{
	const cap_value_t net_admin = CAP_NET_ADMIN;
	cap_t caps = cap_get_proc();

	if (cap_set_flag(caps, CAP_EFFECTIVE, 1, &net_admin, CAP_CLEAR) ||
	    cap_set_proc(caps))
		_exit(9);
	cap_free(caps);
}

static void test_no_privilege(void **state)
{
	int status;
	pid_t pid = fork();

	if (!pid) {
		struct hook h = hook_of(IN, "lo");

		drop_net_admin();
		if (attach(&h) != -EPERM)
			_exit(1);
		_exit(strcmp(err, "cannot attach TC to lo: Operation not "
				  "permitted (CAP_NET_ADMIN is needed)")
			      ? 2
			      : 0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	assert_as_before();
}

static void test_others_can_write_marks(void **state)
{
	struct hook h = hook_of(IN, "lo");

	assert_int_equal(chmod(CLSACT_MARKS, 0777), 0);
	assert_int_equal(attach(&h), -EACCES);
	assert_int_equal(chmod(CLSACT_MARKS, 0700), 0);
	assert_string_equal(err, "cannot attach TC to lo: cannot note in "
				 "/run/tcpsnoop-c that its clsact will be "
				 "ours: Permission denied");
	assert_as_before();
}

static int nr_printed;

static int on_print(enum libbpf_print_level level, const char *fmt,
		    va_list args)
{
	nr_printed++;
	return 0;
}

static void test_libbpf_is_quiet(void **state)
{
	libbpf_print_fn_t old = libbpf_set_print(on_print);
	struct hook h = hook_of(IN, "lo");

	/* What it has to say here is tested above. */
	sh("tc qdisc add dev lo ingress_block 7 clsact");
	assert_int_equal(attach(&h), -EOPNOTSUPP);
	assert_int_equal(nr_printed, 0);
	assert_ptr_equal(libbpf_set_print(old), on_print);
}

/* r0 = -1 (TC_ACT_UNSPEC), after adding ADD to the map's first value. */
static int load(const char *name, int add)
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

/* Marks in a /run of our own, where that can be. */
static int setup(void **state)
{
	if (unshare(CLONE_NEWNS))
		return -1;
	if (!mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) &&
	    mount("run", "/run", "tmpfs", 0, "mode=755"))
		return -1;
	count_map = bpf_map_create(BPF_MAP_TYPE_ARRAY, "count", 4, 8, 1, NULL);
	prog_in = load(IN, 1);
	prog_out = load(OUT, 1000);
	return count_map < 0 || prog_in < 0 || prog_out < 0 ? -1 : 0;
}

/* What a failed test leaves, sockets too, is in a namespace of its own. */
static int setup_test(void **state)
{
	if (unshare(CLONE_NEWNET) || system("ip link set lo up"))
		return -1;
	receiver = socket(AF_INET, SOCK_DGRAM, 0);
	if (bind(receiver, (const void *)&to, sizeof(to)))
		return -1;
	look(&before);
	return 0;
}

static int teardown_test(void **state)
{
	return close(receiver);
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, setup_test, teardown_test)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_attach_and_detach),
		TEST(test_both_directions),
		TEST(test_two_instances),
		TEST(test_no_slot_left),
		TEST(test_killed),
		TEST(test_killed_beside_one_alive),
		TEST(test_killed_at_any_moment),
		TEST(test_many_at_once),
		TEST(test_marks_are_held),
		TEST(test_filter_of_others),
		TEST(test_filter_without_priority),
		TEST(test_qdisc_of_others),
		TEST(test_mark_of_another_namespace),
		TEST(test_qdisc_ingress),
		TEST(test_shared_block),
		TEST(test_interface_gone),
		TEST(test_no_privilege),
		TEST(test_others_can_write_marks),
		TEST(test_libbpf_is_quiet),
	};

	if (geteuid()) {
		puts("1..0 # SKIP needs root");
		return 0;
	}
	if (system("tc -V >/dev/null 2>&1")) {
		puts("1..0 # SKIP no tc here");
		return 0;
	}
	return cmocka_run_group_tests_name("clsact", tests, setup, NULL);
}
