# SPDX-License-Identifier: GPL-2.0
"""
Frames that try to slip past a filter or to look like what they are not, and
what a tool must print of each: table() is all there is to use here.
"""
from scapy.layers.inet import ICMP, IP, TCP, UDP, IPOption
from scapy.layers.inet6 import (
    IPv6, IPv6ExtHdrDestOpt, IPv6ExtHdrFragment, IPv6ExtHdrHopByHop,
    IPv6ExtHdrRouting, Jumbo)
from scapy.layers.ipsec import AH, ESP
from scapy.layers.l2 import ARP, GRE, LLC, Dot1AD, Dot1Q, Dot3, Ether
from scapy.layers.sctp import SCTP
from scapy.layers.vxlan import VXLAN
from scapy.packet import Raw

MAC = "02:00:00:00:00:02"
SRC4, DST4 = "10.77.0.1", "10.77.0.2"
SRC6, DST6 = "fd00:77::1", "fd00:77::2"
LAST = 65000
FLAGS = "FIN SYN RST PSH ACK URG ECE CWR AE".split()

HIDDEN, SHOWN, RIGHT_OR_HIDDEN = range(3)
rows = []  # (name, what must be, frame, the record or None)
bait = bytes(TCP(sport=4444, dport=80, flags="S", seq=0xbad))


def tcp(**over):
    """A TCP header of its own for each row: it is known by its port."""
    n = len(rows)
    fields = dict(sport=20000 + n, dport=80, seq=0xf0000000 + n,
                  ack=0x80000000 + n, flags="A", window=1000 + n)
    return TCP(**{**fields, **over})


def ip4(**over):
    return IP(src=SRC4, dst=DST4, ttl=61, **over)


def ip6(**over):
    return IPv6(src=SRC6, dst=DST6, hlim=62, **over)


def add(must, name, packet, cut=None, trailer=b"", tags=(), **want):
    """
    PACKET (from IP on, or a frame) as a row; CUT bytes are left of what is
    behind Ethernet, TRAILER is put behind it. WANT completes or corrects the
    record that its layers say.
    """
    if not isinstance(packet, (Ether, Dot3)):
        frame = Ether(src="02:00:00:00:00:01", dst=MAC)
        for tag in tags:
            frame = frame / tag
        packet = frame / packet
    wire = bytes(packet)
    wire = wire[:14 + cut if cut is not None else None] + trailer
    record = None
    if must != HIDDEN:
        record = describe(packet, len(wire), **want)
    rows.append((name, must, wire, record))


def describe(packet, wirelen, **want):
    seg = packet.getlayer(TCP)
    ip = packet.getlayer(IP) or packet.getlayer(IPv6)
    bits = int(seg.flags)
    record = dict(
        ip=ip.version, saddr=ip.src, daddr=ip.dst, sport=seg.sport,
        dport=seg.dport, seq=seg.seq, ack=seg.ack if bits & 16 else 0,
        flags=[f for i, f in enumerate(FLAGS) if bits >> i & 1],
        win=seg.window, len=len(seg.payload), wirelen=wirelen,
        ttl=ip.ttl if ip.version == 4 else ip.hlim)
    tag = packet.getlayer(Dot1AD) or packet.getlayer(Dot1Q)
    if tag:
        record["vlan"] = tag.vlan
    record.update(want)
    return record


def shown(name, packet, **more):
    add(SHOWN, name, packet, **more)


def hidden(name, packet, **more):
    add(HIDDEN, name, packet, **more)


def link_rows():
    shown("a plain segment", ip4() / tcp() / b"hello")
    shown("a plain segment, IPv6", ip6() / tcp() / b"hello")
    for ip in ip4, ip6:
        v = "IPv%d" % ip().version
        shown("VLAN, " + v, ip() / tcp(), tags=[Dot1Q(vlan=5)])
        shown("VLAN 0, a priority tag, " + v, ip() / tcp(),
              tags=[Dot1Q(vlan=0, prio=7)])
        shown("VLAN 4095 with all bits set, " + v, ip() / tcp(),
              tags=[Dot1Q(vlan=4095, prio=7, id=1)])
        shown("QinQ, 88a8 and 8100, " + v, ip() / tcp() / b"x",
              tags=[Dot1AD(vlan=7), Dot1Q(vlan=8)])
        shown("QinQ, 8100 twice, " + v, ip() / tcp() / b"x",
              tags=[Dot1Q(vlan=9), Dot1Q(vlan=10)])
        hidden("three tags, " + v, ip() / tcp(),
               tags=[Dot1Q(vlan=1), Dot1Q(vlan=2), Dot1Q(vlan=3)])
    hidden("a tag and nothing behind it", Raw(b""), tags=[Dot1Q(type=0x800)])
    hidden("half a tag", Raw(b""), tags=[Dot1Q(type=0x800)], cut=2)
    # A parser that takes the IP header for a tag would find 0800 in the
    # total length and its IP header four bytes on.
    shown("VLAN, a total length of 0800", ip4(id=0x4500) / tcp() /
          bytes(2008), tags=[Dot1Q(vlan=5)], len=2008)
    for size in (1, 6, 20):
        shown("%d bytes of padding are no payload" % size, ip4() / tcp(),
              trailer=b"\xff" * size)
    shown("padding, IPv6", ip6() / tcp(), trailer=b"\xff" * 9)
    hidden("802.3 with IP behind its length",
           Dot3(src="02:00:00:00:00:01", dst=MAC) / LLC() /
           (ip4() / tcp()))
    hidden("MPLS", Ether(dst=MAC, type=0x8847) / b"\0\0\x11\xff" /
           (ip4() / tcp()))
    hidden("ARP with a segment behind it", ARP(psrc=SRC4, pdst=DST4) /
           Raw(bytes(ip4() / tcp())))
    hidden("IPv6 called IPv4", Ether(dst=MAC, type=0x800) / (ip6() / tcp()))
    hidden("IPv4 called IPv6", Ether(dst=MAC, type=0x86dd) / (ip4() / tcp()))


def ip4_rows():
    for words in range(6, 16):
        shown("IPv4 options, header length %d" % words,
              ip4(options=IPOption(b"\x01" * 4 * (words - 5))) / tcp() / b"y")
    for words in (10, 15):
        options = IPOption((b"\x01" * 3 + b"\x94" + bait +
                            b"\x01" * 40)[:4 * (words - 5)])
        shown("IPv4 options that look like port 80, %d words" % words,
              ip4(options=options) / tcp(dport=81))
    hidden("UDP to port 80", ip4() / UDP(sport=4444, dport=80) / bait)
    hidden("SCTP to port 80", ip4() / SCTP(sport=4444, dport=80))
    hidden("UDP with a segment as its content", ip4(proto=17) / bait)
    hidden("ICMP that quotes a segment",
           ip4() / ICMP(type=3, code=3) / (ip4() / tcp(flags="S")))
    shown("the first fragment", ip4(flags="MF", id=77) / tcp() / bytes(12))
    hidden("a later fragment like a segment",
           ip4(frag=4, id=77, proto=6) / bait)
    hidden("a middle fragment like a segment",
           ip4(frag=1, flags="MF", id=78, proto=6) / bait)
    hidden("the last possible fragment",
           ip4(frag=8191, id=79, proto=6) / bait)
    shown("don't fragment and the evil bit", ip4(flags="DF+evil") / tcp())
    hidden("a first fragment with 8 bytes of TCP",
           ip4(flags="MF", id=80, proto=6) / bait[:8])
    hidden("a first fragment, TCP cut within its options",
           ip4(flags="MF", id=81, len=44) /
           tcp(options=[("MSS", 1400), ("NOP", None)] * 2), cut=44)
    for version in (0, 3, 5, 6, 15):
        hidden("IPv4, version %d" % version, ip4(version=version) / tcp())
    for ihl in range(5):
        hidden("IPv4, header length %d" % ihl, ip4(ihl=ihl) / tcp())
    hidden("IPv4, header length past the end",
           ip4(ihl=15) / tcp() / bytes(4))
    for length in (0, 1, 19, 20, 39):
        hidden("IPv4, total length %d" % length, ip4(len=length) / tcp())
    hidden("IPv4, total length past the end", ip4(len=41) / tcp())
    hidden("IPv4, total length 65535", ip4(len=65535) / tcp())
    shown("IPv4, a total length that leaves bytes behind",
          ip4(len=43) / tcp() / bytes(10), len=3)
    for n in range(20):
        hidden("IPv4, %d bytes of TCP" % n, ip4() / tcp(), cut=20 + n)
        hidden("IPv4, %d bytes of TCP, padding behind" % n,
               ip4(len=20 + n) / tcp(), trailer=bytes(20))
    for n in (0, 1, 10, 19):
        hidden("IPv4, %d bytes of IP" % n, ip4() / tcp(), cut=n)
    for name, outer in (("IPIP", ip4()), ("GRE", ip4() / GRE()),
                        ("6in4", ip4(proto=41)),
                        ("VXLAN", ip4() / UDP(dport=4789) / VXLAN() /
                         Ether(dst=MAC))):
        inner = ip6() if name == "6in4" else ip4()
        hidden(name, outer / (inner / tcp(flags="S")))


def ip6_rows():
    hbh, dst = IPv6ExtHdrHopByHop, IPv6ExtHdrDestOpt
    route = IPv6ExtHdrRouting(addresses=["fd00:77::9"], segleft=0)
    auth = AH(nh=6, payloadlen=4, spi=1, seq=2, icv=bytes(12), padding=b"")
    first, later = IPv6ExtHdrFragment(m=1), IPv6ExtHdrFragment(offset=3)
    for name, chain in (
            ("hop-by-hop", hbh()), ("destination options", dst()),
            ("a routing header", route), ("AH", auth),
            ("an atomic fragment", IPv6ExtHdrFragment()),
            ("the first fragment", first),
            ("six of them", hbh() / dst() / route / first / dst() / auth)):
        shown("IPv6, " + name, ip6() / chain / tcp() / b"z")
    options = Raw(b"\x06\x02\x1e\x14" + bait)
    shown("IPv6, options that look like port 80",
          ip6(nh=60) / options / tcp(dport=81))
    hidden("IPv6, a later fragment like a segment",
           ip6() / later / bait)
    hidden("IPv6, a later fragment behind options",
           ip6() / dst() / IPv6ExtHdrFragment(offset=3, nh=6) / bait)
    hidden("IPv6, a first fragment with 8 bytes of TCP",
           ip6() / IPv6ExtHdrFragment(m=1, nh=6) / bait[:8])
    hidden("IPv6, no next header", ip6() / dst(nh=59) / bait)
    hidden("IPv6, no next header, options and a segment behind",
           ip6() / dst(nh=59) / Raw(bytes(dst(nh=6))) / bait)
    hidden("IPv6, no next header at once", ip6(nh=59) / bait)
    hidden("IPv6, ESP", ip6(nh=50) / ESP(spi=6, data=bait))
    hidden("IPv6, UDP to port 80", ip6() / UDP(dport=80) / bait)
    hidden("IPv6, an unknown header", ip6(nh=253) / bait)
    hidden("IPv6, an options header past the end",
           ip6() / dst(len=200) / tcp())
    hidden("IPv6, options cut", ip6(nh=60) / b"\x06")
    add(RIGHT_OR_HIDDEN, "IPv6, thirty headers",
        ip6() / Raw(bytes(dst(nh=60)) * 29 + bytes(dst(nh=6))) / tcp())
    add(RIGHT_OR_HIDDEN, "IPv6, a small jumbogram",
        ip6(plen=0) / hbh(options=[Jumbo(jumboplen=28)]) / tcp())
    for plen in (0, 1, 19):
        hidden("IPv6, payload length %d" % plen, ip6(plen=plen) / tcp())
    hidden("IPv6, payload length ends before TCP",
           ip6(plen=27) / dst() / tcp())
    hidden("IPv6, payload length past the end", ip6(plen=21) / tcp())
    shown("IPv6, a payload length that leaves bytes behind",
          ip6(plen=23) / tcp() / bytes(10), len=3)
    for n in range(20):
        hidden("IPv6, %d bytes of TCP" % n, ip6() / tcp(), cut=40 + n)
        hidden("IPv6, %d bytes of TCP, padding behind" % n,
               ip6(plen=n) / tcp(), trailer=bytes(20))
    for version in (0, 4, 5, 7):
        hidden("IPv6, version %d" % version, ip6(version=version) / tcp())


def tcp_rows():
    for doff in range(5):
        hidden("a TCP header of %d words" % doff, ip4() / tcp(dataofs=doff))
        hidden("a TCP header of %d words, IPv6" % doff,
               ip6() / tcp(dataofs=doff))
    for doff in (6, 10, 15):
        hidden("a TCP header of %d words in 5" % doff,
               ip4() / tcp(dataofs=doff))
        hidden("a TCP header of %d words in 5 and padding" % doff,
               ip4(len=40) / tcp(dataofs=doff), trailer=bytes(40))
    shown("a TCP header of 15 words", ip4() / tcp(
        options=[("NOP", None)] * 40) / b"abc")
    for i, name in enumerate(FLAGS):
        shown("the flag " + name, ip4() / tcp(flags=1 << i))
    shown("no flag", ip4() / tcp(flags=0))
    shown("all flags", ip4() / tcp(flags=0x1ff, urgptr=3))
    shown("the reserved bits are no flags", ip4() / tcp(reserved=7))
    shown("a zero window", ip4() / tcp(window=0))
    shown("extreme numbers", ip4() / tcp(
        seq=0xffffffff, ack=0xffffffff, window=0xffff))
    shown("port 0 from port 0", ip4() / tcp(sport=0, dport=0))
    shown("port 65535", ip4() / tcp(dport=65535))
    shown("port 20480, 80 in the wrong order", ip4() / tcp(dport=20480))
    shown("from port 80", ip4() / tcp(sport=80, dport=443))
    shown("a wrong checksum", ip4() / tcp(chksum=0xdead))
    nop, mss = ("NOP", None), ("MSS", 1234)
    for name, options, want in (
            ("first", [mss, nop, ("WScale", 7)], 1234),
            ("last", [("SAckOK", b""), nop, nop, mss], 1234),
            ("behind all else", [("Timestamp", (1, 2)), nop, nop, mss], 1234),
            ("of 0", [("MSS", 0)], None), ("of 65535", [("MSS", 65535)],
                                            65535),
            ("behind the end", [("EOL", None)] * 4 + [mss], None),
            ("within another option", [(99, b"\x02\x04\x04\xd2")], None)):
        more = {"mss": want} if want else {}
        shown("MSS " + name, ip4() / tcp(flags="S", options=options), **more)
    shown("MSS on a segment that is no SYN", ip4() / tcp(options=[mss]))
    for name, raw in (("of length 0", b"\x63\0\x02\x04\x04\xd2\0\0"),
                      ("past the end", b"\x01\x01\x01\x01\x63\x28\x02\x04"),
                      ("cut", b"\x01" * 5 + b"\x02\x04\x05")):
        seg = tcp(flags="S", dataofs=7)
        shown("an option " + name, ip4() / seg / Raw(raw), len=0)


def table():
    """
    Rows of a name, what must be, the frame (to MAC, for the sender to
    replace), and the record or None.
    """
    for fill in (link_rows, ip4_rows, ip6_rows, tcp_rows):
        fill()
    shown("a plain segment at the end", ip4() / tcp(sport=LAST))
    return rows
