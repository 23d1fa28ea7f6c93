/* SPDX-License-Identifier: GPL-2.0 */
/* What a view prints, as a string, and the records that it prints. */
#ifndef VIEW_PRINT_H
#define VIEW_PRINT_H

#include <arpa/inet.h>
#include <linux/types.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "event.h"
#include "view/row.h"
#include "view/view.h"

static char printed[1 << 17];

enum what {
	BEGIN,
	RECORD,
	END
};

/* The width of all cells of a row and a blank between them. */
static inline unsigned schema_width(const struct schema *schema)
{
	const struct view v = {.schema = schema};
	struct row row;

	row_fill_titles(&row, &v);
	return row.width;
}

/* Valid until the next call. */
static inline const char *print(struct view *v, enum what what, const void *arg)
{
	int fd = memfd_create("view", MFD_CLOEXEC);
	ssize_t len;

	assert_true(fd >= 0);
	v->out = out_new(fd);
	assert_non_null(v->out);
	if (what == BEGIN)
		view_begin(v);
	else if (what == RECORD)
		view_record(v, arg);
	else
		view_end(v, arg);
	assert_int_equal(out_flush(v->out), 0);
	out_free(v->out);
	len = pread(fd, printed, sizeof(printed) - 1, 0);
	assert_true(len >= 0);
	printed[len] = '\0';
	close(fd);
	return printed;
}

static inline void set_ends(struct record *rec, int ip, const char *saddr,
			    const char *daddr)
{
	int family = ip == 4 ? AF_INET : AF_INET6;

	rec->ip = ip;
	memset(rec->saddr, 0, sizeof(rec->saddr));
	memset(rec->daddr, 0, sizeof(rec->daddr));
	assert_int_equal(inet_pton(family, saddr, rec->saddr), 1);
	assert_int_equal(inet_pton(family, daddr, rec->daddr), 1);
}

/*
 * 2026-01-02 03:04:05.123456789 IP 198.51.100.7.40000 > 192.0.2.1.80:
 * Flags [P.], seq 3000000001:3000000101, ack 4000000001, win 502, length 100
 */
static inline struct record ip4_record(void)
{
	struct record rec = {
		.ts_ns = 1767323045123456789ull,
		.hook = "socket",
		.ifname = "eth0",
		.sport = 40000,
		.dport = 80,
		.flags = TCP_PSH | TCP_ACK,
		.seq = 3000000001,
		.ack = 4000000001,
		.rel_seq = 1,
		.rel_ack = 1,
		.win = 502,
		.len = 100,
		.wirelen = 152,
		.ttl = 57,
	};

	set_ends(&rec, 4, "198.51.100.7", "192.0.2.1");
	return rec;
}

/* The same segment between the longest addresses. */
static inline struct record ip6_record(void)
{
	struct record rec = ip4_record();

	set_ends(&rec, 6, "2001:db8:1111:2222:3333:4444:5555:6666",
		 "2001:db8:aaaa:bbbb:cccc:dddd:eeee:ffff");
	return rec;
}

#endif
