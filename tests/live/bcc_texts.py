#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Takes the C texts out of BCC's Python tools and examples, unchanged.

bcc_texts.py DIR SCRIPT [ARGUMENT...]

SCRIPT runs as it is until it would compile: what it would compile goes to
DIR/NAME.c, its -D flags, a line each, to DIR/NAME.defines. Nothing is compiled
or attached here.
"""
import os
import runpy
import sys
from unittest import mock

import bcc


class Caught(bcc.BPF):
    """Writes the first text it is given, and ends."""

    directory = name = None

    def __init__(self, src_file=b"", hdr_file=b"", text=None, debug=0,
                 cflags=(), **kwargs):
        if text is None:
            with open(src_file, "rb") as f:
                text = f.read()
        if isinstance(text, str):
            text = text.encode()
        base = os.path.join(self.directory, self.name)
        with open(base + ".c", "wb") as f:
            f.write(text)
        with open(base + ".defines", "w") as f:
            for flag in cflags or ():
                flag = flag if isinstance(flag, str) else flag.decode()
                if flag.startswith("-D"):
                    f.write(flag[2:].strip() + "\n")
        os._exit(0)

    def __del__(self):
        pass

    def cleanup(self):
        pass


def main():
    Caught.directory, script = sys.argv[1:3]
    Caught.name = os.path.basename(script).replace("-bpfcc", "")
    if Caught.name.endswith(".py"):
        Caught.name = Caught.name[:-3]
    bcc.BPF, bcc.USDT = Caught, mock.MagicMock()
    # What scripts set up networks with before: here they do not.
    sys.modules["pyroute2"] = mock.MagicMock()
    sys.modules["simulation"] = mock.MagicMock(Simulation=object)
    sys.argv = sys.argv[2:]
    os.chdir(os.path.dirname(os.path.abspath(script)))
    sys.path.insert(0, os.getcwd())
    runpy.run_path(os.path.basename(script), run_name="__main__")
    sys.exit("%s compiles nothing" % script)


main()
