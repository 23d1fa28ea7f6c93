# SPDX-License-Identifier: GPL-2.0
"""
	pcap.py FILE

The TCP source port by which frames.py knows each of its frames, for those that
are in FILE, a capture of an Ethernet interface.
"""
import sys

from scapy.utils import RawPcapReader

from frames import table

known = {wire[6:]: 20000 + n for n, (_, _, wire, _) in enumerate(table())}
for data, _ in RawPcapReader(sys.argv[1]):
    port = known.get(bytes(data)[6:])
    if port:
        print(port)
