/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Short names of net/sock.h and its kin for members of members. A program gets
 * those that it uses behind "." or "->", and not elsewhere.
 */
#define sk_family __sk_common.skc_family
#define sk_state __sk_common.skc_state
#define sk_num __sk_common.skc_num
#define sk_dport __sk_common.skc_dport
#define sk_daddr __sk_common.skc_daddr
#define sk_rcv_saddr __sk_common.skc_rcv_saddr
#define sk_v6_daddr __sk_common.skc_v6_daddr
#define sk_v6_rcv_saddr __sk_common.skc_v6_rcv_saddr
#define sk_addrpair __sk_common.skc_addrpair
#define sk_portpair __sk_common.skc_portpair
#define sk_bound_dev_if __sk_common.skc_bound_dev_if
#define sk_cookie __sk_common.skc_cookie
#define sk_flags __sk_common.skc_flags
#define sk_hash __sk_common.skc_hash
#define sk_incoming_cpu __sk_common.skc_incoming_cpu
#define sk_ipv6only __sk_common.skc_ipv6only
#define sk_net __sk_common.skc_net
#define sk_net_refcnt __sk_common.skc_net_refcnt
#define sk_node __sk_common.skc_node
#define sk_prot __sk_common.skc_prot
#define sk_refcnt __sk_common.skc_refcnt
#define sk_reuse __sk_common.skc_reuse
#define sk_reuseport __sk_common.skc_reuseport

#define inet_daddr sk.__sk_common.skc_daddr
#define inet_rcv_saddr sk.__sk_common.skc_rcv_saddr
#define inet_dport sk.__sk_common.skc_dport
#define inet_num sk.__sk_common.skc_num

#define ir_iif req.__req_common.skc_bound_dev_if
#define ir_loc_addr req.__req_common.skc_rcv_saddr
#define ir_num req.__req_common.skc_num
#define ir_rmt_addr req.__req_common.skc_daddr
#define ir_rmt_port req.__req_common.skc_dport
#define ir_v6_loc_addr req.__req_common.skc_v6_rcv_saddr
#define ir_v6_rmt_addr req.__req_common.skc_v6_daddr
#define ireq_family req.__req_common.skc_family
#define ireq_net req.__req_common.skc_net
#define ireq_state req.__req_common.skc_state

#define tw_bound_dev_if __tw_common.skc_bound_dev_if
#define tw_daddr __tw_common.skc_daddr
#define tw_dport __tw_common.skc_dport
#define tw_family __tw_common.skc_family
#define tw_num __tw_common.skc_num
#define tw_rcv_saddr __tw_common.skc_rcv_saddr
#define tw_state __tw_common.skc_state
#define tw_v6_daddr __tw_common.skc_v6_daddr
#define tw_v6_rcv_saddr __tw_common.skc_v6_rcv_saddr

#define s6_addr in6_u.u6_addr8
#define s6_addr16 in6_u.u6_addr16
#define s6_addr32 in6_u.u6_addr32
