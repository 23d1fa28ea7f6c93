// SPDX-License-Identifier: GPL-2.0
#include "base/error.h"

#include <errno.h>
#include <string.h>

const char *error_words(int err)
{
	switch (err) {
	case -EMFILE:
		return "too many open files (raise the limit: ulimit -n)";
	case -EFBIG:
		return "the file is too large (see ulimit -f)";
	}
	return strerror(-err);
}
