// SPDX-License-Identifier: GPL-2.0
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <arpa/inet.h>
#include <errno.h>
#include <linux/inet_diag.h>
#include <linux/rtnetlink.h>
#include <linux/sock_diag.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

#include "kernel/owner_proc.h"

static void test_inode(void **state)
{
	assert_int_equal(owner_proc_inode("socket:[12345]"), 12345);
	assert_int_equal(owner_proc_inode("socket:[4294967295]"), 4294967295);
	assert_int_equal(owner_proc_inode("socket:[4294967296]"), 0);
	assert_int_equal(owner_proc_inode("socket:[12345"), 0);
	assert_int_equal(owner_proc_inode("socket:[12345]x"), 0);
	assert_int_equal(owner_proc_inode("socket:[]"), 0);
	assert_int_equal(owner_proc_inode("pipe:[12345]"), 0);
	assert_int_equal(owner_proc_inode(""), 0);
}

static void test_uid(void **state)
{
	assert_int_equal(owner_proc_uid("Name:\tUid: 3\nUmask:\t0022\n"
					"Uid:\t33\t34\t35\t36\nGid:\t1\n"),
			 33);
	assert_int_equal(owner_proc_uid(""), 0);
}

static void test_cgroup(void **state)
{
	char two[] = "4:memory:/m\n0::/system.slice/nginx.service\n";
	char only[] = "0::/\n";
	char none[] = "4:memory:/0::/x\n";
	char cut[] = "4:memory:/m\n0::/abc";

	assert_string_equal(owner_proc_cgroup(two),
			    "/system.slice/nginx.service");
	assert_string_equal(owner_proc_cgroup(only), "/");
	assert_null(owner_proc_cgroup(none));
	assert_null(owner_proc_cgroup(cut));
}

static void test_below(void **state)
{
	assert_true(owner_cgroup_is_below("/a/b", "/a"));
	assert_true(owner_cgroup_is_below("/a/b", "a/"));
	assert_true(owner_cgroup_is_below("/a", "/a"));
	assert_true(owner_cgroup_is_below("/a", "/"));
	assert_false(owner_cgroup_is_below("/ab", "/a"));
	assert_false(owner_cgroup_is_below("/", "/a"));
	assert_false(owner_cgroup_is_below("/b/a", "/a"));
}

/* A message as the kernel sends it, with one attribute. */
struct message {
	struct nlmsghdr nh;
	struct inet_diag_msg m;
	struct rtattr attr;
	uint8_t value, pad[3];
};

static struct message message_of(uint8_t family, uint8_t tcp_state)
{
	return (struct message){
		.nh = {.nlmsg_len = sizeof(struct message),
		       .nlmsg_type = SOCK_DIAG_BY_FAMILY},
		.m = {.idiag_family = family,
		      .idiag_state = tcp_state,
		      .idiag_inode = 99,
		      .id = {.idiag_sport = htons(80),
			     .idiag_dport = htons(40000)}},
		.attr = {.rta_len = RTA_LENGTH(1),
			 .rta_type = INET_DIAG_SKV6ONLY},
		.value = 1,
	};
}

static void test_diag_of_a_connection(void **state)
{
	struct message m = message_of(AF_INET, TCP_ESTABLISHED);
	static const uint8_t local[16] = {[10] = 0xff, 0xff, 10, 0, 0, 1};
	static const uint8_t remote[16] = {[10] = 0xff, 0xff, 10, 0, 0, 2};
	struct owner_sock s;

	memcpy(m.m.id.idiag_src, local + 12, 4);
	memcpy(m.m.id.idiag_dst, remote + 12, 4);
	assert_true(owner_diag_parse(&m.nh, &s));
	assert_int_equal(s.inode, 99);
	assert_false(s.is_listener);
	assert_int_equal(s.key.lport, 80);
	assert_int_equal(s.key.rport, 40000);
	assert_int_equal(s.key.kind, 4);
	assert_memory_equal(s.key.local, local, 16);
	assert_memory_equal(s.key.remote, remote, 16);
	/* The same by a socket of IPv6, and one that is not. */
	m = message_of(AF_INET6, TCP_ESTABLISHED);
	memcpy(m.m.id.idiag_src, local, 16);
	memcpy(m.m.id.idiag_dst, remote, 16);
	assert_true(owner_diag_parse(&m.nh, &s));
	assert_int_equal(s.key.kind, 4);
	assert_memory_equal(s.key.local, local, 16);
	m.m.id.idiag_dst[0] = 1;
	assert_true(owner_diag_parse(&m.nh, &s));
	assert_int_equal(s.key.kind, 6);
}

static void test_diag_of_a_listener(void **state)
{
	struct message m = message_of(AF_INET6, TCP_LISTEN);
	static const uint8_t any[16], socket99[16] = {99};
	struct owner_sock s;

	assert_true(owner_diag_parse(&m.nh, &s));
	assert_true(s.is_listener);
	assert_true(s.is_v6only);
	assert_int_equal(s.key.kind, OWNER_OF_SOCKET);
	assert_int_equal(s.lport, 80);
	assert_int_equal(s.key.lport, 0);
	assert_int_equal(s.key.rport, 0);
	assert_memory_equal(s.key.local, socket99, 16);
	assert_memory_equal(s.key.remote, any, 16);
	assert_memory_equal(s.addr, any, 16);
	assert_int_equal(s.ifindex, 0);
	m.value = 0;
	m.m.id.idiag_if = 7;
	assert_true(owner_diag_parse(&m.nh, &s));
	assert_false(s.is_v6only);
	assert_int_equal(s.ifindex, 7);
}

static void test_diag_of_what_is_none(void **state)
{
	struct message m = message_of(AF_INET, TCP_ESTABLISHED);
	struct owner_sock s;

	m.m.idiag_inode = 0;
	assert_false(owner_diag_parse(&m.nh, &s));
	m = message_of(AF_UNIX, TCP_ESTABLISHED);
	assert_false(owner_diag_parse(&m.nh, &s));
	m = message_of(AF_INET, TCP_ESTABLISHED);
	m.nh.nlmsg_type = NLMSG_DONE;
	assert_false(owner_diag_parse(&m.nh, &s));
	m = message_of(AF_INET, TCP_ESTABLISHED);
	m.nh.nlmsg_len = NLMSG_LENGTH(sizeof(m.m)) - 1;
	assert_false(owner_diag_parse(&m.nh, &s));
	/* Cut in the attribute: what is whole counts. */
	m = message_of(AF_INET6, TCP_LISTEN);
	m.nh.nlmsg_len = NLMSG_LENGTH(sizeof(m.m)) + 3;
	assert_true(owner_diag_parse(&m.nh, &s));
	assert_false(s.is_v6only);
}

struct seen {
	uint32_t inode;
	struct owner_entry e;
	size_t nr;
};

static int see(void *arg, const struct owner_sock *s,
	       const struct owner_entry *e)
{
	struct seen *seen = arg;

	if (s->inode != seen->inode)
		return 0;
	seen->e = *e;
	seen->nr++;
	return 0;
}

/* The listener FD is in a list of its port, and in none of another's. */
static void check_port(int fd, const struct stat *st)
{
	struct range_set port = {}, others = {};
	const struct owner_diag_query of_port = {.ports = &port, .nr_max = 1};
	const struct owner_diag_query of_others = {.ports = &others,
						   .nr_max = 65536};
	struct sockaddr_in addr;
	socklen_t len = sizeof(addr);
	struct owner_socks list;
	uint16_t number;

	assert_int_equal(getsockname(fd, (void *)&addr, &len), 0);
	number = ntohs(addr.sin_port);
	range_set_add(&port, number, number);
	range_set_add(&others, 0, number - 1);
	range_set_add(&others, number + 1, 65535);
	assert_int_equal(owner_diag_list(&list, &of_port), 0);
	assert_int_equal(list.nr, 1);
	assert_non_null(owner_socks_find(&list, st->st_ino));
	owner_socks_free(&list);
	owner_diag_list(&list, &of_others);
	assert_null(owner_socks_find(&list, st->st_ino));
	owner_socks_free(&list);
	range_set_free(&port);
	range_set_free(&others);
}

/* A listener of this process is found, once, as this process's. */
static void test_walk(void **state)
{
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), again;
	const struct owner_diag_query all = {.nr_max = 65536};
	const struct owner_diag_query few = {.nr_max = 1};
	struct owner_cgroups *c = owner_cgroups_new();
	struct owner_socks list;
	size_t nr;
	struct seen seen = {};
	struct stat st;
	char comm[17] = "";
	FILE *f = fopen("/proc/self/comm", "re");

	assert_non_null(fgets(comm, sizeof(comm), f));
	fclose(f);
	comm[strcspn(comm, "\n")] = 0;
	assert_int_equal(listen(fd, 1), 0);
	again = dup(fd);
	assert_int_equal(fstat(fd, &st), 0);
	seen.inode = st.st_ino;
	assert_int_equal(owner_diag_list(&list, &all), 0);
	assert_non_null(owner_socks_find(&list, seen.inode));
	assert_null(owner_socks_find(&list, 0));
	assert_int_equal(owner_proc_walk(&list, c, NULL, see, &seen), 0);
	assert_int_equal(seen.nr, 1);
	assert_int_equal(seen.e.pid, getpid());
	assert_int_equal(seen.e.uid, getuid());
	assert_string_equal(seen.e.comm, comm);
	/* For what it has no room it counts. */
	nr = list.nr;
	owner_socks_free(&list);
	assert_int_equal(owner_diag_list(&list, &few), 0);
	assert_int_equal(list.nr, 1);
	assert_int_equal(list.nr_left, nr - 1);
	owner_socks_free(&list);
	check_port(fd, &st);
	owner_cgroups_free(c);
	close(again);
	close(fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_inode),
		cmocka_unit_test(test_uid),
		cmocka_unit_test(test_cgroup),
		cmocka_unit_test(test_below),
		cmocka_unit_test(test_diag_of_a_connection),
		cmocka_unit_test(test_diag_of_a_listener),
		cmocka_unit_test(test_diag_of_what_is_none),
		cmocka_unit_test(test_walk),
	};

	return cmocka_run_group_tests_name("owner_proc", tests, NULL, NULL);
}
