# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2034,SC2154
#
# For guest.sh: packets at each hook.

# All about SYNs, over all interfaces: the first program, compiled afresh
syn_run=''
run_syn()
{
	[ -z "$syn_run" ] || return
	syn_run=failed
	snoop_start syn -v --syn -p 80 -o json || return
	talk 10.77.0.1 80 "$nr4"
	syn4=$nr_syn fate4=$fate
	talk fd77::1 80 "$nr6"
	syn6=$nr_syn fate6=$fate
	talk 10.78.0.1 80 "$nr_vlan"
	syn_vlan=$nr_syn
	trace_stop
	syn_run="done"
	syn_wrong=$(accounts syn)
}

# False, with the verdict, when that run failed
need_syn()
{
	run_syn
	[ "$syn_run" = failed ] || return 0
	failed "$(complaint syn)"
	return 1
}

row_socket4()
{
	need_syn || return
	is "$(count syn '.ip == 4 and .ifname == "eth0" and .vlan == null')" \
		"$syn4" "SYNs of IPv4" || return
	is "$syn_wrong" "" "accounts" || return
	is "$fate4" "$nr4 answered, 0 refused" "connections" || return
	works "$syn4 SYNs of $syn4"
}

row_socket6()
{
	need_syn || return
	is "$(count syn '.ip == 6')" "$syn6" "SYNs of IPv6" || return
	is "$fate6" "$nr6 answered, 0 refused" "connections" || return
	works "$syn6 SYNs of $syn6"
}

# Seen twice: with its tag on eth0, without on the device
row_vlan()
{
	need_syn || return
	is "$(count syn '.ifname == "eth0" and .vlan == 7')" "$syn_vlan" \
		"SYNs with a tag" || return
	is "$(count syn '.ifname == "eth0.7" and .vlan == null')" "$syn_vlan" \
		"SYNs on the device" || return
	works "$syn_vlan SYNs of $syn_vlan, on eth0 and on eth0.7"
}

row_payload()
{
	if ! snoop_start payload -i eth0 -p 80 -f psh -x -o json; then
		failed "$(complaint payload)"
		return
	fi
	talk 10.77.0.1 80 "$nr_payload"
	trace_stop
	# "ping"
	is "$(count payload '.payload == "70696e67"')" "$nr_payload" \
		"segments with the payload" || return
	is "$(accounts payload)" "" "accounts" || return
	works "$nr_payload segments of $nr_payload"
}

# HOOK...: false, with the verdict, when the tool does not have one
need_hooks()
{
	local hook

	for hook; do
		knows tcpsnoop-c -k "$hook" -i eth0 && continue
		absent "$(head -n 1 "$tmp/knows")"
		return 1
	done
}

# HOOK[,HOOK...]: SYNs of both families by these hooks; false, with the verdict,
# when they are not seen by each. What was attached is in meanwhile.
run_hook()
{
	local before hook label=hook-$1

	before=$(attached)
	if ! snoop_start "$label" -k "$1" -i eth0 --syn -p 80 -o json; then
		failed "$(complaint "$label")"
		return 1
	fi
	meanwhile=$(attached)
	talk 10.77.0.1 80 "$nr4"
	syn4=$nr_syn fate4=$fate
	talk fd77::1 80 "$nr6"
	syn6=$nr_syn
	trace_stop
	is "$fate4" "$nr4 answered, 0 refused" "connections" || return
	is "$fate" "$nr6 answered, 0 refused" "connections" || return
	for hook in ${1//,/ }; do
		is "$(count "$label" ".hook == \"$hook\" and .ip == 4")" \
			"$syn4" "SYNs of IPv4 at $hook" || return
		is "$(count "$label" ".hook == \"$hook\" and .ip == 6")" \
			"$syn6" "SYNs of IPv6 at $hook" || return
	done
	is "$(accounts "$label")" "" "accounts" || return
	is "$(attached)" "$before" "left behind"
}

# What the kernel says is attached to eth0: "xdp", "xdpgeneric", "clsact"
attached()
{
	in_ns server ip link show eth0 |
		grep -oE '\bxdp(generic|offload|multi)?\b' | head -n 1
	in_ns server tc qdisc show dev eth0 | grep -o clsact
}

row_xdp()
{
	need_hooks xdp && run_hook xdp || return
	case $meanwhile in
	xdp) works "native, $syn4 + $syn6 SYNs" ;;
	xdpgeneric) falls_back_on "generic XDP" "$syn4 + $syn6 SYNs" ;;
	*) failed "attached: $meanwhile" ;;
	esac
}

row_tc()
{
	need_hooks tc && run_hook tc || return
	case $meanwhile in
	'') works "TCX, $syn4 + $syn6 SYNs" ;;
	clsact) falls_back_on clsact "$syn4 + $syn6 SYNs" ;;
	*) failed "attached: $meanwhile" ;;
	esac
}

row_tracepoint()
{
	need_hooks tracepoint && run_hook tracepoint || return
	works "$syn4 + $syn6 SYNs"
}

row_hooks()
{
	need_hooks xdp tc tracepoint && run_hook xdp,tc,tracepoint || return
	works "$syn4 + $syn6 SYNs at each"
}

# What an established connection gets: the requests, of which each has one
row_tcp()
{
	need_hooks tcp || return
	if ! snoop_start tcp -k tcp -i eth0 -f psh -p 80 -o json; then
		failed "$(complaint tcp)"
		return
	fi
	talk 10.77.0.1 80 "$nr4"
	talk fd77::1 80 "$nr6"
	trace_stop
	is "$(count tcp '.ip == 4 and .len == 4')" "$nr4" "requests by IPv4" ||
		return
	is "$(count tcp '.ip == 6 and .len == 4')" "$nr6" "requests by IPv6" ||
		return
	is "$(accounts tcp)" "" "accounts" || return
	works "$nr4 + $nr6 requests"
}

# HOOK [OPTION]: SYNs by their bytes and options
run_words()
{
	local label=words-$1$2

	# shellcheck disable=SC2086
	if ! snoop_start "$label" -k "$1" -i eth0 -o json $2 \
		-e 'mss > 500 && wscale >= 0 && src("10.77.0.0/24")' \
		'tcp[tcpflags] & tcp-syn != 0 and dst port 80'; then
		failed "$1 $2: $(complaint "$label")"
		return 1
	fi
	talk 10.77.0.1 80 "$nr4"
	trace_stop
	is "$(count "$label" '.flags == ["SYN"]')" "$nr_syn" \
		"SYNs at $1 $2" || return
	is "$(accounts "$label")" "" "accounts"
}

# With -x a verifier has the most to follow
row_words()
{
	local hook how

	for hook in socket tc xdp tracepoint; do
		for how in '' -x; do
			run_words "$hook" "$how" || return
		done
	done
	works "$nr4 connections at each, with -x too"
}
