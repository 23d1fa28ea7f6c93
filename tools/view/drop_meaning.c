// SPDX-License-Identifier: GPL-2.0
/*
 * Reasons by name: numbers differ from kernel to kernel, and a name that a
 * kernel does not have does no harm. Most are in its
 * include/net/dropreason-core.h.
 */
#include "view/drop.h"

#include <stdlib.h>
#include <string.h>

struct meaning {
	const char *name;
	const char *text;
};

/* Sorted by name. */
/* clang-format off */
static const struct meaning meanings[] = {
	{"BPF_CGROUP_EGRESS",
	 "a BPF program of a control group refused it on the way "
	 "out; look at bpftool cgroup tree"},
	{"BRIDGE_INGRESS_STP_STATE",
	 "the bridge port does not forward in its state; look at "
	 "bridge link"},
	{"CONSUMED",
	 "the kernel freed it as used up, which is no loss"},
	{"CPU_BACKLOG",
	 "packets came faster than this CPU takes them; look at "
	 "/proc/net/softnet_stat and at net.core.netdev_max_backlog"},
	{"DEV_HDR",
	 "the link header could not be made or read; look at the "
	 "driver's messages in dmesg"},
	{"DEV_READY",
	 "the device is not up; look at ip link"},
	{"DUP_FRAG",
	 "a fragment came twice or overlaps another; look for forged "
	 "packets and a broken sender"},
	{"FRAG_REASM_TIMEOUT",
	 "a fragment is missing and the others waited for it in "
	 "vain; look at loss and at the MTUs of the path"},
	{"FRAG_TOO_FAR",
	 "too many other fragments came between; look at "
	 "net.ipv4.ipfrag_max_dist and at reordering"},
	{"FULL_RING",
	 "a ring of the device is full; look at ethtool -S and "
	 "ethtool -g"},
	{"HDR_TRUNC",
	 "it ends within its headers; look for a broken sender, "
	 "tunnel or driver"},
	{"IPV6DISABLED",
	 "IPv6 is off on this interface; look at "
	 "net.ipv6.conf.*.disable_ipv6"},
	{"IPV6_BAD_EXTHDR",
	 "its IPv6 extension headers make no sense or are not "
	 "allowed; look at the sender"},
	{"IP_CSUM",
	 "the checksum of its IP header is wrong; look for a device "
	 "that damages packets"},
	{"IP_INADDRERRORS",
	 "its addresses are not valid on this way in; look at ip "
	 "addr and ip route"},
	{"IP_INHDR",
	 "its IP header makes no sense (version, length or total "
	 "length); look at the sender"},
	{"IP_INNOROUTES",
	 "there is no route for it from here; look at ip route get "
	 "for both addresses and at ip rule"},
	{"IP_INVALID_DEST",
	 "its destination is no address that could be meant; look at "
	 "the sender"},
	{"IP_INVALID_SOURCE",
	 "its source is no address of one machine; look at the "
	 "sender"},
	{"IP_LOCALNET",
	 "127.0.0.0/8 came from outside; look for forged packets and "
	 "at net.ipv4.conf.*.route_localnet"},
	{"IP_LOCAL_SOURCE",
	 "it comes from outside with an address of our own; look for "
	 "forged packets and for loops"},
	{"IP_NOPROTO",
	 "nothing here takes this IP protocol; look at what the "
	 "sender wants"},
	{"IP_OUTNOROUTES",
	 "there is no route for it to go on; look at ip route get"},
	{"IP_RPFILTER",
	 "an answer would leave by another interface (reverse path "
	 "filter); look at ip route get for the source and at "
	 "net.ipv4.conf.*.rp_filter"},
	{"IP_TUNNEL_ECN",
	 "its congestion mark does not fit that of the tunnel around "
	 "it; look for a router that changes marks"},
	{"LOCAL_MAC",
	 "it comes from outside with our own hardware address; look "
	 "for a loop"},
	{"MAC_INVALID_SOURCE",
	 "its source hardware address is none; look at the sender"},
	{"NEIGH_CREATEFAIL",
	 "no entry could be made for the next hop; look at ip -s "
	 "neigh and at net.ipv4.neigh.default.gc_thresh3"},
	{"NEIGH_DEAD",
	 "the entry for the next hop is gone; look at ip neigh"},
	{"NEIGH_FAILED",
	 "the next hop does not answer ARP or neighbour discovery; "
	 "look at ip neigh"},
	{"NEIGH_QUEUEFULL",
	 "too many wait for the next hop's hardware address; look at "
	 "ip neigh"},
	{"NETFILTER_DROP",
	 "a rule of the firewall dropped it; look at nft list "
	 "ruleset or iptables -nvL for counters that grow"},
	{"NOMEM",
	 "the kernel has no memory for it; look at /proc/meminfo and "
	 "at dmesg"},
	{"NOT_DROPPED_YET",
	 "the kernel freed it as dropped but names no reason; look "
	 "at the function's source"},
	{"NOT_SPECIFIED",
	 "the kernel gives no reason here; look at the function's "
	 "source and at the counters of nstat -az that grow"},
	{"NO_SOCKET",
	 "nobody listens on this port and no connection is known, so "
	 "it is answered with a reset; look at ss -ltn and at what "
	 "the sender should reach"},
	{"NO_TX_TARGET",
	 "the device knows nowhere to send it; look at bridge fdb or "
	 "the bond's ports"},
	{"OTHERHOST",
	 "it was sent to another machine's hardware address; normal "
	 "where an interface is promiscuous, else look at ip neigh"},
	{"PACKET_SOCK_ERROR",
	 "a packet socket (tcpdump, for instance) lost its copy; the "
	 "packet itself went on"},
	{"PFMEMALLOC",
	 "memory is so short that only packets which free some are "
	 "taken; look at /proc/meminfo"},
	{"PKT_TOO_BIG",
	 "it is longer than the next link takes and may not be cut; "
	 "look at the MTUs of the path and at ICMP that is filtered"},
	{"PKT_TOO_SMALL",
	 "it is shorter than its headers say; look for a broken "
	 "sender, tunnel or driver"},
	{"PROTO_MEM",
	 "all TCP sockets together have reached net.ipv4.tcp_mem; "
	 "look at /proc/net/sockstat and at ss -tmn for who holds it"},
	{"PSP_INPUT",
	 "it lacks the PSP encryption that the connection wants; "
	 "look at the keys of both ends"},
	{"QDISC_CONGESTED",
	 "the queue of the interface it should leave by tells of "
	 "congestion; look at tc -s qdisc"},
	{"QDISC_DROP",
	 "the queue of the interface it should leave by dropped it; "
	 "look at tc -s qdisc"},
	{"QDISC_OVERLIMIT",
	 "the queue of the interface it should leave by is full; "
	 "look at tc -s qdisc"},
	{"QUEUE_PURGE",
	 "it waited in a queue that was emptied, as when the "
	 "application closes without reading"},
	{"RECURSION_LIMIT",
	 "devices send it through each other without end; look at "
	 "the stacking of tunnels"},
	{"SECURITY_HOOK",
	 "a security module (SELinux, AppArmor, Smack) refused it; "
	 "look at the audit log"},
	{"SKB_CSUM",
	 "its checksum could not be verified or completed; look at "
	 "ethtool -k for offloads"},
	{"SKB_GSO_SEG",
	 "it could not be cut into segments; look at ethtool -k for "
	 "offloads"},
	{"SOCKET_BACKLOG",
	 "the application held its socket while more came in than "
	 "the backlog takes; look at its CPU time and at "
	 "TCPBacklogDrop of nstat"},
	{"SOCKET_CLOSE",
	 "the socket was closed while its packets still waited; the "
	 "application went away first"},
	{"SOCKET_FILTER",
	 "a filter on the socket (SO_ATTACH_FILTER, SO_ATTACH_BPF) "
	 "or of a control group refused it; look at bpftool cgroup "
	 "tree and at what the application attached"},
	{"SOCKET_RCVBUFF",
	 "the socket's receive buffer is full as the application "
	 "reads too slowly; look at ss -tmn and at net.ipv4.tcp_rmem"},
	{"TAP_FILTER",
	 "the filter of a tap device refused it; look at whoever "
	 "opened the device"},
	{"TCP_ABORT_ON_DATA",
	 "data came after the application had closed, so it is "
	 "answered with a reset; look at why it closes before all is "
	 "read"},
	{"TCP_ACK_UNSENT_DATA",
	 "it acknowledges what was never sent; look for forged "
	 "packets and devices that change numbers"},
	{"TCP_AOFAILURE",
	 "its authentication code (TCP-AO) is wrong; look whether "
	 "both ends have the same key"},
	{"TCP_AOKEYNOTFOUND",
	 "its authentication option (TCP-AO) names a key that the "
	 "socket does not have; look at the key ids of both ends"},
	{"TCP_AONOTFOUND",
	 "it has no authentication option (TCP-AO) but the socket "
	 "wants one; look at the keys of both ends"},
	{"TCP_AOUNEXPECTED",
	 "it has an authentication option (TCP-AO) but the socket "
	 "has no key; look at the keys of both ends"},
	{"TCP_AUTH_HDR",
	 "its options for authentication (MD5, AO) make no sense; "
	 "look at the sender"},
	{"TCP_CLOSE",
	 "the connection is closed already; look at which end closes "
	 "too early"},
	{"TCP_CSUM",
	 "its TCP checksum is wrong; look at ethtool -k for offloads "
	 "and for a device that damages packets"},
	{"TCP_FASTOPEN",
	 "the connection ends by what Fast Open began; look at "
	 "net.ipv4.tcp_fastopen"},
	{"TCP_FLAGS",
	 "its flags do not go with the state of the connection; look "
	 "for scans and for devices that change packets"},
	{"TCP_INVALID_ACK_SEQUENCE",
	 "it acknowledges what does not fit the handshake; look for "
	 "forged packets and for a peer that has forgotten the "
	 "connection"},
	{"TCP_INVALID_END_SEQUENCE",
	 "it ends beyond the window that was offered; look for a "
	 "sender or middlebox that ignores it"},
	{"TCP_INVALID_SEQUENCE",
	 "its sequence number lies outside the window; look for old "
	 "duplicates, forged packets and devices that change numbers"},
	{"TCP_INVALID_SYN",
	 "a SYN came within an open connection; look for a peer that "
	 "was restarted and for forged packets"},
	{"TCP_LISTEN_OVERFLOW",
	 "the queue of connections to be accepted is full; look at "
	 "Recv-Q and Send-Q of ss -ltn, at net.core.somaxconn, and "
	 "at why the application accepts slowly"},
	{"TCP_MD5FAILURE",
	 "its MD5 signature is wrong; look whether both ends have "
	 "the same key"},
	{"TCP_MD5NOTFOUND",
	 "it has no MD5 signature but the socket wants one; look at "
	 "the keys of both ends (BGP peers, for instance)"},
	{"TCP_MD5UNEXPECTED",
	 "it has an MD5 signature but the socket has no key for this "
	 "peer; look at the keys of both ends"},
	{"TCP_MINTTL",
	 "its TTL is below what the socket wants (IP_MINTTL); look "
	 "at the hops between both ends"},
	{"TCP_OFOMERGE",
	 "it came out of order and what it holds is here already; "
	 "harmless, look at loss on the path when there are many"},
	{"TCP_OFO_DROP",
	 "no room for data out of order; look at net.ipv4.tcp_rmem "
	 "and at loss on the path"},
	{"TCP_OFO_QUEUE_PRUNE",
	 "data that came out of order was given up for want of "
	 "memory; look at net.ipv4.tcp_rmem and at loss on the path"},
	{"TCP_OLD_ACK",
	 "it acknowledges what was acknowledged already; harmless, a "
	 "sign of reordering"},
	{"TCP_OLD_DATA",
	 "all of it was received already; the acknowledgement was "
	 "lost or late, look at retransmissions of the sender"},
	{"TCP_OLD_SEQUENCE",
	 "all of it lies before the window: a duplicate; look at "
	 "retransmissions of the sender"},
	{"TCP_OVERWINDOW",
	 "it lies beyond the window that was offered; look for a "
	 "sender or middlebox that ignores it"},
	{"TCP_RESET",
	 "the peer reset the connection, and this is the reset "
	 "itself; look at the peer's application"},
	{"TCP_RFC7323_PAWS",
	 "its timestamp is older than one already seen (PAWS, RFC "
	 "7323); look for NAT that mixes several senders and for "
	 "much reordering"},
	{"TCP_RFC7323_PAWS_ACK",
	 "an old acknowledgement was overtaken by later ones (PAWS); "
	 "harmless, a sign of reordering"},
	{"TCP_RFC7323_TSECR",
	 "it echoes a timestamp that was never sent; look for a "
	 "device that changes options"},
	{"TCP_RFC7323_TW_PAWS",
	 "a new connection came for one that still waits (TIME- "
	 "WAIT), with an older timestamp; look for NAT that mixes "
	 "several senders"},
	{"TCP_TOO_OLD_ACK",
	 "it acknowledges what is long past, as forged packets do; "
	 "look at TCPChallengeACK of nstat"},
	{"TCP_ZEROWINDOW",
	 "data came though the window is closed, as the application "
	 "reads too slowly; look at Recv-Q of ss -tn"},
	{"TC_CHAIN_NOTFOUND",
	 "a filter of traffic control sends it to a chain that does "
	 "not exist; look at tc filter"},
	{"TC_EGRESS",
	 "a filter of traffic control dropped it on the way out; "
	 "look at tc -s filter show dev IF egress and bpftool net"},
	{"TC_INGRESS",
	 "a filter of traffic control dropped it on arrival; look at "
	 "tc -s filter show dev IF ingress and bpftool net"},
	{"TC_RECLASSIFY_LOOP",
	 "filters of traffic control send it round in circles; look "
	 "at tc filter"},
	{"UNHANDLED_PROTO",
	 "nothing here takes this kind of packet on this interface; "
	 "look at the interface's addresses and VLANs"},
	{"UNICAST_IN_L2_MULTICAST",
	 "a frame to many machines holds a packet for one; look for "
	 "a switch or load balancer that floods"},
	{"XDP",
	 "an XDP program dropped it; look at bpftool net and ip link"},
	{"XFRM_POLICY",
	 "an IPsec policy does not allow it like this; look at ip "
	 "xfrm policy and ip xfrm state"},
};
/* clang-format on */

static int compare(const void *name, const void *meaning)
{
	return strcmp(name, ((const struct meaning *)meaning)->name);
}

const char *drop_meaning(const char *name)
{
	const struct meaning *m =
		bsearch(name, meanings, sizeof(meanings) / sizeof(*meanings),
			sizeof(*meanings), compare);

	return m ? m->text : NULL;
}
