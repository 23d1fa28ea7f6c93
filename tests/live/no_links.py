# SPDX-License-Identifier: GPL-2.0
"""
	no_links.py COMMAND [ARGUMENT]...

Runs COMMAND where the kernel makes no BPF links, as those before 6.6 made none
for TC.
"""
import ctypes
import errno
import os
import struct
import sys

SYS_BPF = {"x86_64": 321, "aarch64": 280}[os.uname().machine]
BPF_LINK_CREATE = 28
PR_SET_SECCOMP, SECCOMP_MODE_FILTER = 22, 2
ALLOW, ERRNO = 0x7fff0000, 0x00050000
LOAD, SKIP_UNLESS, RETURN = 0x20, 0x15, 0x06

# struct seccomp_data: the number at 0, the first argument's low half at 16
FILTER = [
    (LOAD, 0, 0, 0), (SKIP_UNLESS, 0, 3, SYS_BPF),
    (LOAD, 0, 0, 16), (SKIP_UNLESS, 0, 1, BPF_LINK_CREATE),
    (RETURN, 0, 0, ERRNO | errno.EINVAL),
    (RETURN, 0, 0, ALLOW),
]


def forbid():
    code = ctypes.create_string_buffer(
        b"".join(struct.pack("HBBI", *insn) for insn in FILTER))
    program = ctypes.create_string_buffer(
        struct.pack("HP", len(FILTER), ctypes.addressof(code)))
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, program, 0, 0):
        sys.exit("seccomp: " + os.strerror(ctypes.get_errno()))


forbid()
os.execvp(sys.argv[1], sys.argv[1:])
