// SPDX-License-Identifier: GPL-2.0
#include "view/addr.h"

#include <stdbool.h>

#define NR_GROUPS 8

struct zeros {
	int first, nr;
};

#define IP4_MAX 15 /* characters */

static char *octet_put(char *p, unsigned octet)
{
	if (octet >= 100)
		*p++ = '0' + octet / 100;
	if (octet >= 10)
		*p++ = '0' + octet / 10 % 10;
	*p++ = '0' + octet % 10;
	return p;
}

static void put_ip4(struct buf *b, const uint8_t *addr)
{
	bool has_room = buf_room(b, IP4_MAX) == IP4_MAX;
	char text[IP4_MAX], *p = has_room ? b->pos : text;
	int i;

	for (i = 0; i < 4; i++) {
		if (i)
			*p++ = '.';
		p = octet_put(p, addr[i]);
	}
	if (has_room)
		b->pos = p;
	else
		buf_mem(b, text, p - text);
}

/* The longest run of two and more zero groups, the first of equal ones. */
static struct zeros find_zeros(const uint16_t *group)
{
	struct zeros best = {-1, 1};
	int i, first;

	for (i = 0; i < NR_GROUPS; i++) {
		first = i;
		while (i < NR_GROUPS && !group[i])
			i++;
		if (i - first > best.nr)
			best = (struct zeros){first, i - first};
	}
	return best;
}

/* ::ffff:192.0.2.1, and the older ::192.0.2.1 */
static bool holds_ip4(const uint16_t *group, struct zeros z)
{
	return z.first == 0 && (z.nr == 6 || (z.nr == 5 && group[5] == 0xffff));
}

static void put_group(struct buf *b, uint16_t group)
{
	size_t nr = 1;

	while (nr < 4 && group >> nr * 4)
		nr++;
	buf_hex(b, group, nr);
}

static void put_ip6(struct buf *b, const uint8_t *addr)
{
	uint16_t group[NR_GROUPS];
	struct zeros z;
	int i, nr;

	for (i = 0; i < NR_GROUPS; i++)
		group[i] = addr[2 * i] << 8 | addr[2 * i + 1];
	z = find_zeros(group);
	nr = holds_ip4(group, z) ? NR_GROUPS - 2 : NR_GROUPS;
	for (i = 0; i < nr; i++) {
		if (i == z.first) {
			buf_str(b, "::");
			i += z.nr - 1;
			continue;
		}
		if (i && i != z.first + z.nr)
			buf_chr(b, ':');
		put_group(b, group[i]);
	}
	if (nr == NR_GROUPS)
		return;
	if (nr != z.nr)
		buf_chr(b, ':');
	put_ip4(b, addr + 12);
}

void addr_put(struct buf *b, int ip, const uint8_t *addr)
{
	if (ip == 4)
		put_ip4(b, addr);
	else
		put_ip6(b, addr);
}
