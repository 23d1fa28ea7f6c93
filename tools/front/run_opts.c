// SPDX-License-Identifier: GPL-2.0
#include "front/run_opts.h"

const char *const run_headers_names[] = {"auto", "btf", "kernel", NULL};
