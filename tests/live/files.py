# SPDX-License-Identifier: GPL-2.0
"""What another user does in his directory while a tool of root's writes there.

race DIR TARGET ROUNDS	makes each of x.1 to x.4 a link to TARGET, again and
			again; what he finds there is removed
"""

import os
import sys


def quietly(call, *args):
    """Somebody else is busy there, too."""
    try:
        call(*args)
    except OSError:
        pass


def race(directory, target, rounds):
    os.chdir(directory)
    for i in range(int(rounds)):
        name = f"x.{i % 4 + 1}"
        for link in os.symlink, os.link:
            quietly(link, target, name)
            quietly(os.unlink, name)


if __name__ == "__main__":
    race(*sys.argv[2:])
