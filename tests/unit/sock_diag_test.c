// SPDX-License-Identifier: GPL-2.0
/* Answers of NETLINK_SOCK_DIAG, whole, cut off and refused. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <errno.h>
#include <string.h>
#include <cmocka.h>

#include "kernel/sock_diag.h"

#define SOCKET 20 /* SOCK_DIAG_BY_FAMILY */

/* Messages behind each other, as the kernel puts them. */
static _Alignas(struct nlmsghdr) char answer[1024];
static int answer_len;

/* One more message, with LEN bytes of DATA. */
static void message(uint16_t type, const void *data, size_t len)
{
	struct nlmsghdr nh = {.nlmsg_len = NLMSG_LENGTH(len),
			      .nlmsg_type = type};

	memcpy(answer + answer_len, &nh, sizeof(nh));
	memcpy(answer + answer_len + NLMSG_HDRLEN, data, len);
	answer_len += NLMSG_ALIGN(nh.nlmsg_len);
}

static void socket_message(char c)
{
	message(SOCKET, &c, 1);
}

static void error_message(int err)
{
	message(NLMSG_ERROR, &err, sizeof(err));
}

/* The data of the messages that were taken; 'x' is refused. */
static char taken[16];

static int on_socket(void *arg, const struct nlmsghdr *nh)
{
	const char *c = NLMSG_DATA(nh);

	assert_ptr_equal(arg, taken);
	assert_int_equal(nh->nlmsg_type, SOCKET);
	strncat(taken, c, 1);
	return *c == 'x' ? -EXDEV : 0;
}

/* The first LEN bytes of the answer, which goes. */
static int take(int len)
{
	const struct sock_diag_query q = {.fn = on_socket, .arg = taken};

	*taken = '\0';
	answer_len = 0;
	return sock_diag_take(&q, answer, len);
}

static int take_all(void)
{
	return take(answer_len);
}

static void test_sockets_and_the_end(void **state)
{
	assert_int_equal(take_all(), 0);
	assert_string_equal(taken, "");
	socket_message('a');
	socket_message('b');
	assert_int_equal(take_all(), 0); /* more parts will come */
	assert_string_equal(taken, "ab");
	socket_message('a');
	message(NLMSG_DONE, "", 0);
	socket_message('b');
	assert_int_equal(take_all(), 1);
	assert_string_equal(taken, "a");
}

static void test_errors(void **state)
{
	socket_message('a');
	error_message(-EPERM);
	socket_message('b');
	assert_int_equal(take_all(), -EPERM);
	assert_string_equal(taken, "a");
	/* Without its number. */
	message(NLMSG_ERROR, "abc", 3);
	assert_int_equal(take_all(), -EBADMSG);
	socket_message('a');
	socket_message('x');
	socket_message('b');
	assert_int_equal(take_all(), -EXDEV);
	assert_string_equal(taken, "ax");
}

/* A message that is not whole is not looked at. */
static void test_cut_off(void **state)
{
	int whole, len;

	socket_message('a');
	whole = answer_len;
	for (len = 0; len < 2 * whole; len++) {
		socket_message('a');
		socket_message('b');
		assert_int_equal(take(len), 0);
		/* What fills it up to four bytes need not be there. */
		assert_string_equal(taken, len < whole - 3	 ? ""
					   : len < 2 * whole - 3 ? "a"
								 : "ab");
	}
}

static void test_lengths_that_cannot_be(void **state)
{
	static const uint32_t lengths[] = {
		0, 1, sizeof(struct nlmsghdr) - 1, 1024, INT32_MAX, UINT32_MAX};
	size_t i;

	for (i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
		socket_message('a');
		memcpy(answer + answer_len, &lengths[i], sizeof(lengths[i]));
		assert_int_equal(take(answer_len + NLMSG_SPACE(1)), 0);
		assert_string_equal(taken, "a");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sockets_and_the_end),
		cmocka_unit_test(test_errors),
		cmocka_unit_test(test_cut_off),
		cmocka_unit_test(test_lengths_that_cannot_be),
	};

	return cmocka_run_group_tests_name("sock_diag", tests, NULL, NULL);
}
