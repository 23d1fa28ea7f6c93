// SPDX-License-Identifier: GPL-2.0
#include "front/common.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/error.h"
#include "base/log.h"
#include "front/run.h"
#include "kernel/caps.h"

/* Of five hooks on two CPUs: 45; and of libbcc, one for each map. */
#define FILES_MIN 64

int front_parse_pages(const struct opt *o, const char *arg, void *field,
		      struct parse_err *err)
{
	int ret = opt_u32(o, arg, field, err);
	uint32_t pages = *(uint32_t *)field;

	if (ret || !(pages & (pages - 1)))
		return ret;
	return parse_fail(err, "'%s' is not a power of two", arg);
}

int front_parse_names(const struct opt *o, const char *arg, void *field,
		      struct parse_err *err)
{
	struct name_list *list = field;
	const char *word, *end;
	size_t i, len;

	for (word = arg;; word = end + 1) {
		end = strchrnul(word, ',');
		len = end - word;
		if (!len || len >= IF_NAMESIZE)
			return parse_fail(err,
					  "'%.*s' is no name of an "
					  "interface (1 to 15 characters)",
					  (int)len, word);
		if (list->nr == RUN_INTERFACES)
			return parse_fail(err, "more than %d interfaces",
					  RUN_INTERFACES);
		for (i = 0; i < list->nr; i++)
			if (!strncmp(list->name[i], word, len) &&
			    !list->name[i][len])
				return parse_fail(err, "'%s' is named twice",
						  list->name[i]);
		snprintf(list->name[list->nr++], IF_NAMESIZE, "%.*s", (int)len,
			 word);
		if (!*end)
			return 0;
	}
}

int front_exit(int ret)
{
	switch (ret) {
	case 0:
		return EXIT_SUCCESS;
	case -EINVAL:
		return EXIT_USAGE;
	case -ENOBUFS:
		return EXIT_LOST;
	default:
		return EXIT_FAILURE;
	}
}

int front_parse_failed(int ret, const struct parse_err *err)
{
	log_err("%s", ret == -ENOMEM ? strerror(ENOMEM) : err->text);
	return ret == -ENOMEM ? -ENOMEM : -EINVAL;
}

/* A descriptor that is closed would become one of ours: say so at once. */
static bool has_stdout(void)
{
	int fd;

	while ((fd = open("/dev/null", O_RDWR)) >= 0 && fd <= STDERR_FILENO)
		if (fd == STDOUT_FILENO) {
			log_err("cannot write to stdout: it is closed");
			return false;
		}
	if (fd >= 0)
		close(fd);
	return true;
}

bool front_begin(const char *program)
{
	log_init(program);
	/* Also in the cache and in header trees, before there is a loop. */
	signal(SIGXFSZ, SIG_IGN);
	return has_stdout();
}

int front_finish_stdout(int ret)
{
	if (!fflush(stdout) && !ferror(stdout))
		return ret;
	log_err("cannot write to stdout: %s", error_words(-errno));
	return EXIT_FAILURE;
}

bool front_info_print(const struct front_info *info, const char *program,
		      const struct opt *opts, const struct opt_help *help)
{
	if (info->want_help)
		opt_print_help(stdout, program, opts, help);
	else if (info->want_version)
		printf("%s %s\n", program, VERSION);
	else if (info->want_man)
		opt_print_man(stdout, opts);
	else if (info->want_completion)
		opt_print_completion(stdout, program, opts);
	else
		return false;
	return true;
}

/* Before 5.11 maps are charged to it, the compile child's too. Best effort. */
static void memory_allow(void)
{
	const struct rlimit unlimited = {RLIM_INFINITY, RLIM_INFINITY};

	setrlimit(RLIMIT_MEMLOCK, &unlimited);
	/* Else libbpf loads a program to see whether it should do the same. */
	libbpf_set_memlock_rlim(0);
}

/*
 * Only programs with select(2) need the soft limit. What runs out of
 * descriptors later says so where it does.
 */
static bool files_allow(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit))
		return true;
	limit.rlim_cur = limit.rlim_max;
	setrlimit(RLIMIT_NOFILE, &limit);
	if (limit.rlim_max >= FILES_MIN)
		return true;
	log_err("too few open files are allowed: %u, and %d are needed (raise "
		"the limit: ulimit -n)",
		(unsigned)limit.rlim_max, FILES_MIN);
	return false;
}

bool front_may_trace(const char *netns)
{
	char missing[128];

	if (!files_allow())
		return false;
	memory_allow();
	if (caps_check(CAPS_TRACE, missing, sizeof(missing)) &&
	    (!netns || caps_check(CAPS_NETNS, missing, sizeof(missing))))
		return true;
	log_err("not permitted: %s missing (run it as root, e.g. with sudo)",
		missing);
	return false;
}
