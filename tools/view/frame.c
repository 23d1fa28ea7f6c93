// SPDX-License-Identifier: GPL-2.0
#include "view/frame.h"

#include <arpa/inet.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <string.h>

#define VLAN_LEN 4

/* LINKTYPE_LINUX_SLL2, network order. */
struct cooked {
	uint16_t protocol; /* ETH_P_* */
	uint16_t pad;
	uint32_t ifindex;
	uint16_t type;
	uint8_t packet_type;
	uint8_t addr_len; /* none is given */
	uint8_t addr[8];
};

_Static_assert(sizeof(struct cooked) == FRAME_COOKED_LEN, "no padding");

/* Ethernet's header and the VLAN tags behind it, as far as captured. */
static uint32_t ethernet_len(const struct record *rec)
{
	uint32_t len = ETH_HLEN;
	uint16_t type;

	while (len <= rec->frame_len) {
		type = rec->frame[len - 2] << 8 | rec->frame[len - 1];
		if (type != ETH_P_8021Q && type != ETH_P_8021AD)
			return len;
		len += VLAN_LEN;
	}
	return rec->frame_len;
}

void frame_plain(struct pcapng_frame *f, const struct record *rec)
{
	*f = (struct pcapng_frame){
		.data = rec->frame,
		.caplen = rec->frame_len,
		.wirelen = rec->wirelen,
		.linktype = PCAPNG_ETHERNET,
	};
}

void frame_cooked(struct pcapng_frame *f, const struct record *rec,
		  const struct frame_place *place, uint8_t *room)
{
	const struct cooked head = {
		.protocol = htons(rec->ip == 4 ? ETH_P_IP : ETH_P_IPV6),
		.ifindex = htonl(place->ifindex),
		.type = htons(place->type),
		.packet_type = rec->is_out ? PACKET_OUTGOING : PACKET_HOST,
	};
	uint32_t cut = 0, len;

	if (place->has_link && place->link_len && rec->frame)
		cut = ethernet_len(rec);
	len = rec->frame_len - cut;
	memcpy(room, &head, sizeof(head));
	if (len)
		memcpy(room + sizeof(head), rec->frame + cut, len);
	*f = (struct pcapng_frame){
		.data = room,
		.caplen = sizeof(head) + len,
		.wirelen = rec->wirelen + sizeof(head) -
			   (cut > place->link_len ? cut : place->link_len),
		.linktype = PCAPNG_COOKED,
	};
}
