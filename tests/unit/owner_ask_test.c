// SPDX-License-Identifier: GPL-2.0
/* Who may get a packet, of those who listen; and what the kernel says of it. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <arpa/inet.h>
#include <errno.h>
#include <net/if.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

#include "kernel/owner_ask.h"

#define ETH 2
#define LO 1
#define MAPPED(last)                              \
	{                                         \
		[10] = 0xff, 0xff, 10, 0, 0, last \
	}
#define ANY4                             \
	{                                \
		[10] = 0xff, [11] = 0xff \
	}

/* Listeners, and who of them may get a packet: a bit each. */
static const struct {
	struct owner_sock s[3];
	size_t nr;
	uint8_t kind, local[16];
	uint32_t ifindex;
	enum owner_takers takers;
	unsigned taken;
} cases[] = {
	/* None at all, and one of another address */
	{.kind = 4, .local = MAPPED(1), .takers = TAKERS_NONE},
	{{{.addr = MAPPED(2)}}, 1, 4, MAPPED(1), ETH, TAKERS_NONE, 0},
	/* Any address, of either family; not through IPV6_V6ONLY */
	{{{.addr = ANY4}}, 1, 4, MAPPED(1), ETH, TAKERS_SURE, 1},
	{{{.addr = {0}}}, 1, 4, MAPPED(1), ETH, TAKERS_SURE, 1},
	{{{.addr = {0}, .is_v6only = true}},
	 1,
	 4,
	 MAPPED(1),
	 ETH,
	 TAKERS_NONE,
	 0},
	{{{.addr = {0}, .is_v6only = true}}, 1, 6, {9}, ETH, TAKERS_SURE, 1},
	{{{.addr = ANY4}}, 1, 6, {9}, ETH, TAKERS_NONE, 0},
	/* The address goes first; several of one are as good. */
	{{{.addr = ANY4}, {.addr = MAPPED(1)}},
	 2,
	 4,
	 MAPPED(1),
	 ETH,
	 TAKERS_SURE,
	 2},
	{{{.addr = ANY4}, {.addr = ANY4}, {.addr = MAPPED(2)}},
	 3,
	 4,
	 MAPPED(1),
	 ETH,
	 TAKERS_SURE,
	 3},
	/* Bound to the device */
	{{{.addr = ANY4, .ifindex = LO}, {.addr = ANY4, .ifindex = ETH}},
	 2,
	 4,
	 MAPPED(1),
	 ETH,
	 TAKERS_SURE,
	 2},
	{{{.addr = ANY4, .ifindex = LO}, {.addr = ANY4, .ifindex = ETH}},
	 2,
	 4,
	 MAPPED(1),
	 LO,
	 TAKERS_SURE,
	 1},
	/* To another one, which this may be a part of */
	{{{.addr = ANY4, .ifindex = LO}},
	 1,
	 4,
	 MAPPED(1),
	 ETH,
	 TAKERS_MAYBE,
	 1},
	{{{.addr = MAPPED(2), .ifindex = LO}},
	 1,
	 4,
	 MAPPED(1),
	 ETH,
	 TAKERS_NONE,
	 0},
	{{{.addr = ANY4}, {.addr = MAPPED(1), .ifindex = LO}},
	 2,
	 4,
	 MAPPED(1),
	 ETH,
	 TAKERS_SURE,
	 3},
};

static void test_takers(void **state)
{
	struct owner_sock s[3];
	struct owner_socks list = {.s = s};
	struct owner_key key = {};
	unsigned taken;
	size_t i, j;

	for (i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		memcpy(s, cases[i].s, sizeof(s));
		list.nr = cases[i].nr;
		key.kind = cases[i].kind;
		memcpy(key.local, cases[i].local, sizeof(key.local));
		assert_int_equal(
			owner_takers_find(&list, &key, cases[i].ifindex),
			cases[i].takers);
		for (taken = j = 0; j < list.nr; j++)
			taken |= s[j].is_taken << j;
		assert_int_equal(taken, cases[i].taken);
	}
}

static uint32_t inode_of(int fd)
{
	struct stat st;

	assert_int_equal(fstat(fd, &st), 0);
	return st.st_ino;
}

static uint16_t port_of(int fd)
{
	struct sockaddr_in addr;
	socklen_t len = sizeof(addr);

	assert_int_equal(getsockname(fd, (void *)&addr, &len), 0);
	return ntohs(addr.sin_port);
}

/* A listener on 127.0.0.1, then who connects there, then who has accepted. */
static void test_the_kernel_knows(void **state)
{
	const struct sockaddr_in lo = {
		.sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	struct owner_key key = {
		.local = {[10] = 0xff, 0xff, 127, 0, 0, 1},
		.remote = ANY4,
		.kind = 4,
	};
	struct sockaddr_in there;
	socklen_t len = sizeof(there);
	uint32_t ifindex = if_nametoindex("lo");
	int l = socket(AF_INET, SOCK_STREAM, 0), c, a;
	struct owner_asked found;
	struct owner_socks list;
	struct owner_ask ask;

	assert_int_equal(bind(l, (const void *)&lo, sizeof(lo)), 0);
	assert_int_equal(listen(l, 1), 0);
	key.lport = port_of(l);
	assert_int_equal(owner_ask_open(&ask, -1), 0);
	assert_int_equal(owner_ask_socket(&ask, &key, ifindex, &found), 0);
	assert_int_equal(found.state, TCP_LISTEN);
	assert_int_equal(found.inode, inode_of(l));
	assert_int_equal(owner_ask_listeners(&ask, &key, &list), 0);
	assert_int_equal(list.nr, 1);
	assert_int_equal(list.s[0].inode, inode_of(l));
	owner_socks_free(&list);

	c = socket(AF_INET, SOCK_STREAM, 0);
	assert_int_equal(getsockname(l, (void *)&there, &len), 0);
	assert_int_equal(connect(c, (const void *)&there, len), 0);
	memcpy(key.remote, key.local, sizeof(key.local));
	key.rport = port_of(c);
	assert_int_equal(owner_ask_socket(&ask, &key, ifindex, &found), 0);
	assert_int_equal(found.state, TCP_ESTABLISHED);
	assert_int_equal(found.inode, 0);
	a = accept(l, NULL, NULL);
	assert_int_equal(owner_ask_socket(&ask, &key, ifindex, &found), 0);
	assert_int_equal(found.inode, inode_of(a));
	close(a);
	close(l);
	key.rport = 0;
	memset(key.remote + 12, 0, 4);
	assert_int_equal(owner_ask_socket(&ask, &key, ifindex, &found),
			 -ENOENT);
	close(c);
	owner_ask_close(&ask);
}

/* Whoever causes questions does not get all of the time. */
static void test_questions_are_bounded(void **state)
{
	struct owner_key key = {.lport = 1, .kind = 4};
	struct owner_asked found;
	struct owner_ask ask;

	assert_int_equal(owner_ask_open(&ask, -1), 0);
	ask.credit_ns = 1;
	assert_int_equal(owner_ask_socket(&ask, &key, 0, &found), -ENOENT);
	ask.last_ns = UINT64_MAX; /* no time has gone by since */
	ask.credit_ns = 0;
	assert_int_equal(owner_ask_socket(&ask, &key, 0, &found), -EBUSY);
	ask.is_unbounded = true;
	assert_int_equal(owner_ask_socket(&ask, &key, 0, &found), -ENOENT);
	owner_ask_close(&ask);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_takers),
		cmocka_unit_test(test_the_kernel_knows),
		cmocka_unit_test(test_questions_are_bounded),
	};

	return cmocka_run_group_tests_name("owner_ask", tests, NULL, NULL);
}
