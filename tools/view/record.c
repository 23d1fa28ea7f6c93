// SPDX-License-Identifier: GPL-2.0
#include "view/record.h"

#include <errno.h>
#include <linux/types.h>
#include <string.h>

#include "event.h"

#define VLAN_ID_MAX 0xfff

/* No padding, in which something of the kernel's could be. */
_Static_assert(TCP_EVENT_V4_SIZE == 56, "an IPv4 event ends at saddr6");
_Static_assert(TCP_EVENT_V6_SIZE == 80, "an IPv6 event ends with daddr6");

const struct flag_name flag_names[] = {
	{TCP_FIN, 'F', "FIN"}, {TCP_SYN, 'S', "SYN"}, {TCP_RST, 'R', "RST"},
	{TCP_PSH, 'P', "PSH"}, {TCP_ACK, 'A', "ACK"}, {TCP_URG, 'U', "URG"},
	{TCP_ECE, 'E', "ECE"}, {TCP_CWR, 'W', "CWR"}, {TCP_AE, 'e', "AE"},
	{0, 0, NULL},
};

#define TCP_FLAGS                                                              \
	(TCP_FIN | TCP_SYN | TCP_RST | TCP_PSH | TCP_ACK | TCP_URG | TCP_ECE | \
	 TCP_CWR | TCP_AE)

/*
 * Copy the event to *E, zeros for what an IPv4 event does not have. Returns
 * its size on the wire, or 0 when RAW is too short for it.
 */
static size_t event_copy(const void *raw, size_t size, struct tcp_event *e)
{
	size_t event_size = TCP_EVENT_V4_SIZE;

	memset(e, 0, sizeof(*e));
	if (size < event_size)
		return 0;
	memcpy(e, raw, event_size);
	if (e->ip != 6)
		return event_size;
	event_size = TCP_EVENT_V6_SIZE;
	if (size < event_size)
		return 0;
	memcpy(e, raw, event_size);
	return event_size;
}

static bool event_is_valid(const struct tcp_event *e)
{
	return (e->ip == 4 || e->ip == 6) && e->dir <= DIR_OUT &&
	       !(e->flags & ~TCP_FLAGS) &&
	       (e->vlan <= VLAN_ID_MAX || e->vlan == VLAN_NONE) &&
	       e->payload_off <= e->caplen;
}

static void copy_address(uint8_t to[16], const uint32_t *first_be,
			 const uint32_t rest_be[3])
{
	memcpy(to, first_be, 4);
	memcpy(to + 4, rest_be, 12);
}

/* What follows the TCP payload (Ethernet's padding) was captured too. */
void record_captured(struct record *rec, const uint8_t *captured,
		     uint32_t caplen, uint32_t payload_off)
{
	uint32_t len = caplen - payload_off;

	if (!caplen)
		return;
	rec->frame = captured;
	rec->frame_len = caplen;
	rec->payload = captured + payload_off;
	rec->payload_len = len < rec->len ? len : rec->len;
}

int record_decode(const void *raw, size_t size, uint64_t boot_ns,
		  struct record *rec, uint32_t *ifindex)
{
	struct tcp_event e;
	size_t event_size = event_copy(raw, size, &e);

	if (!event_size || !event_is_valid(&e) || e.caplen > size - event_size)
		return -EBADMSG;
	*ifindex = e.ifindex;
	*rec = (struct record){
		.ts_ns = e.ts_ns + boot_ns,
		.hook_number = e.hook,
		.is_out = e.dir == DIR_OUT,
		.ip = e.ip,
		.sport = e.sport,
		.dport = e.dport,
		.flags = e.flags,
		.seq = e.seq,
		.ack = e.ack,
		.win = e.win,
		.len = e.len,
		.wirelen = e.wirelen,
		.ttl = e.ttl,
		.has_vlan = e.vlan != VLAN_NONE,
		.vlan = e.vlan,
		.has_mss = e.mss != 0,
		.mss = e.mss,
		.rel_seq = e.seq,
		.rel_ack = e.ack,
	};
	copy_address(rec->saddr, &e.saddr_be, e.saddr6);
	copy_address(rec->daddr, &e.daddr_be, e.daddr6);
	record_captured(rec, (const uint8_t *)raw + event_size, e.caplen,
			e.payload_off);
	return 0;
}
