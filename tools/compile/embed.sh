#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# embed.sh FILE... : the files as a C table of path and text (see embed.h).
echo '#include "compile/embed.h"'
echo 'const struct embedded embedded_files[] = {'
for f; do
	printf '\t{"%s",\n' "$f"
	sed -e 's/\\/\\\\/g' -e 's/"/\\"/g' -e 's/^/\t "/' -e 's/$/\\n"/' "$f"
	printf '\t},\n'
done
printf '\t{0, 0},\n};\n'
