// SPDX-License-Identifier: GPL-2.0
#include "compile/compile.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fd.h"
#include "base/log.h"
#include "base/stop.h"
#include "compile/allow.h"
#include "compile/cache.h"
#include "compile/child.h"
#include "compile/kept.h"
#include "compile/resolve.h"
#include "compile/talk.h"

#define SENSELESS "the compiler gave an image that makes no sense"

/* What the child may not say of its image, said by us. */
static int result_resolve(struct child_result *res, bool is_btf,
			  struct compile_error *err)
{
	int ret = resolve(&res->bytes, &res->size,
			  is_btf ? HEADERS_BTF_PATH : NULL);

	if (ret == -EBADMSG)
		snprintf(err->text, sizeof(err->text), SENSELESS);
	else if (ret == -ENOMEM)
		snprintf(err->text, sizeof(err->text), "%s", strerror(ENOMEM));
	else if (ret == -ESRCH)
		snprintf(
			err->text, sizeof(err->text),
			"the program calls what is no function of this kernel");
	else if (ret == -E2BIG)
		snprintf(err->text, sizeof(err->text),
			 "the program calls more than %d of the kernel's own "
			 "functions",
			 IMAGE_KFUNCS);
	else if (ret)
		snprintf(err->text, sizeof(err->text),
			 "cannot look for tracepoints in %s: %s",
			 HEADERS_BTF_PATH, strerror(-ret));
	return ret;
}

int compile_allow(const struct compile_opts *opts, const struct image *img,
		  char *err, size_t err_size)
{
	const struct allow a = {
		.text = opts->text,
		.may_change = opts->may_change,
		.has_targets = opts->has_targets,
		.maps_bytes = allow_maps_bytes(),
	};

	return allow_image(img, &a, err, err_size);
}

/* Before it is kept: what is not allowed would be refused for ever. */
static int result_allow(const struct compile_opts *opts,
			const struct child_result *res,
			struct compile_error *err)
{
	void *bytes = malloc(res->size);
	struct image *img = NULL;
	int ret = -ENOMEM;

	if (bytes) {
		memcpy(bytes, res->bytes, res->size);
		ret = image_read(bytes, res->size, &img);
	}
	if (ret)
		snprintf(err->text, sizeof(err->text), "%s",
			 ret == -EBADMSG ? SENSELESS : strerror(-ret));
	else
		ret = compile_allow(opts, img, err->text, sizeof(err->text));
	image_free(img);
	return ret;
}

/* A header tree, as OPTS and HOPTS want it. */
static int tree_get(const struct compile_opts *opts,
		    const struct headers_opts *hopts, struct headers *h,
		    struct compile_report *report, struct compile_error *err)
{
	uint64_t start = clock_ns(CLOCK_MONOTONIC);
	int ret =
		headers_get(opts->text, hopts, h, err->text, sizeof(err->text));

	report->headers_ns += clock_ns(CLOCK_MONOTONIC) - start;
	if (ret)
		return ret;
	if (h->note[0] && !opts->is_another)
		log_warn("%s", h->note);
	if (h->was_damaged)
		log_debug("headers: those that were kept in %s were damaged: "
			  "made anew",
			  h->source);
	report->nr_types = h->nr_types;
	report->is_btf = h->is_btf;
	return 0;
}

/* RES->talk goes into ERR. */
static int child_run(const struct compile_opts *opts, const struct headers *h,
		     struct child_result *res, struct compile_report *report,
		     struct compile_error *err)
{
	const struct child_opts child = {
		.text = opts->text,
		.name = opts->name,
		.headers = h,
		.limit_s = opts->limit_s,
	};
	uint64_t start = clock_ns(CLOCK_MONOTONIC);
	int ret = child_compile(&child, res, err->text, sizeof(err->text));

	report->child_ns += clock_ns(CLOCK_MONOTONIC) - start;
	if (res->talk)
		err->detail = talk_edit(res->talk, opts->name);
	res->talk = NULL;
	return ret;
}

/* What a compiler that failed with RET was given is not there any more. */
static bool is_stale(int ret, const struct compile_opts *opts,
		     const struct headers_opts *hopts, const struct headers *h)
{
	return ret && ret != -EINTR && ret != -ETIMEDOUT &&
	       headers_check(opts->text, hopts, h);
}

/*
 * The cache may be removed at any time, with the headers that a compiler is just
 * reading: it gets others then, in a place of their own.
 */
static int text_compile(const struct compile_opts *opts,
			struct headers_opts *hopts, struct headers *h,
			struct child_result *res, struct compile_report *report,
			struct compile_error *err)
{
	int ret = tree_get(opts, hopts, h, report, err);

	if (ret)
		return ret;
	ret = child_run(opts, h, res, report, err);
	if (is_stale(ret, opts, hopts, h)) {
		log_debug("headers: %s was removed or changed: compiling again",
			  h->source);
		headers_release(h);
		free(err->detail);
		err->detail = NULL;
		hopts->cache_dir = NULL;
		ret = tree_get(opts, hopts, h, report, err);
		if (ret)
			return ret;
		ret = child_run(opts, h, res, report, err);
	}
	headers_release(h);
	return ret;
}

/* Compile and, where that is wanted, keep. *RES is the caller's to free. */
static int bytes_make(const struct compile_opts *opts, int cache,
		      const char *name, struct child_result *res,
		      struct compile_report *report, struct compile_error *err)
{
	struct headers_opts hopts = {
		.choice = opts->headers,
		.cache_dir = cache >= 0 ? CACHE_DIR : NULL,
	};
	struct headers h;
	int ret = text_compile(opts, &hopts, &h, res, report, err);

	if (!ret)
		ret = result_resolve(res, h.is_btf, err);
	if (!ret)
		ret = result_allow(opts, res, err);
	/* What is wrong with the cache was said, if anything is. */
	if (!ret && cache >= 0 && opts->want_cache && !h.note[0])
		kept_store(cache, name, res, !opts->is_another);
	return ret;
}

static int bytes_read(struct child_result *res, struct image **img,
		      struct compile_error *err)
{
	int ret = image_read(res->bytes, res->size, img);

	if (ret)
		snprintf(err->text, sizeof(err->text), "%s",
			 ret == -ENOMEM ? strerror(-ret) : SENSELESS);
	return ret;
}

struct compile_job {
	const struct compile_opts *opts;
	char name[HASH_TEXT];
	int cache;
	struct image *img; /* from the cache */
	uint64_t cache_ns;
	pid_t pid; /* of the process that compiles, or 0 */
	int fd;	   /* what it writes: struct job_result, detail, bytes */
};

/* In front of what a job's process writes. */
struct job_result {
	int ret;
	struct compile_report report;
	char text[512];
	uint64_t detail_size; /* with its NUL; 0 for none */
	uint64_t bytes_size;
};

/* A link that a run has open is not to outlive it here. */
static void others_close(int cache, int fd)
{
	unsigned low = cache < fd ? cache : fd, high = cache < fd ? fd : cache;

	if (cache < 0)
		low = STDERR_FILENO;
	if (low > STDERR_FILENO + 1)
		fd_close_range(STDERR_FILENO + 1, low - 1);
	if (high > low + 1)
		fd_close_range(low + 1, high - 1);
	fd_close_range(high + 1, ~0u);
}

/*
 * Ctrl-C is not for us. When our parent ends, however that may be, or does not
 * want us any more (compile_cancel()), SIGTERM comes: it ends the compiler, and
 * us once nothing is left behind. False when the parent has ended already.
 */
static bool parent_heed(pid_t parent)
{
	setpgid(0, 0);
	signal(SIGTERM, SIG_DFL);
	stop_hold();
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	return getppid() == parent;
}

static void job_main(const struct compile_job *job, pid_t parent, int fd)
{
	struct job_result r = {};
	struct compile_error err = {};
	struct child_result res = {};

	if (!parent_heed(parent))
		return;
	others_close(job->cache, fd);
	r.ret = bytes_make(job->opts, job->cache, job->name, &res, &r.report,
			   &err);
	memcpy(r.text, err.text, sizeof(r.text));
	r.detail_size = err.detail ? strlen(err.detail) + 1 : 0;
	r.bytes_size = r.ret ? 0 : res.size;
	if (!fd_write_all(fd, &r, sizeof(r)) &&
	    !fd_write_all(fd, err.detail, r.detail_size))
		fd_write_all(fd, res.bytes, r.bytes_size);
}

static void job_fork(struct compile_job *job)
{
	pid_t parent = getpid();
	int p[2];

	if (pipe2(p, O_CLOEXEC))
		return;
	job->pid = fork();
	if (!job->pid) {
		close(p[0]);
		job_main(job, parent, p[1]);
		_exit(0);
	}
	close(p[1]);
	job->fd = p[0];
	if (job->pid > 0)
		setpgid(job->pid, job->pid);
	if (job->pid < 0) {
		close(p[0]);
		job->pid = 0;
	}
}

struct compile_job *compile_start(const struct compile_opts *opts)
{
	struct compile_job *job = calloc(1, sizeof(*job));
	uint64_t start = clock_ns(CLOCK_MONOTONIC);

	if (!job)
		return NULL;
	job->opts = opts;
	job->cache = kept_open(!opts->is_another);
	kept_name(opts, job->name);
	if (job->cache >= 0 && opts->want_cache)
		job->img = kept_load(job->cache, job->name, opts);
	job->cache_ns = clock_ns(CLOCK_MONOTONIC) - start;
	if (!job->img)
		job_fork(job);
	return job;
}

/* What the process of JOB made. */
static int job_read(struct compile_job *job, struct child_result *res,
		    struct compile_report *report, struct compile_error *err)
{
	struct job_result r = {.ret = -ECHILD};
	int ret = fd_read_all(job->fd, &r, sizeof(r));

	if (!ret && r.detail_size && r.detail_size <= IMAGE_MAX) {
		err->detail = malloc(r.detail_size);
		ret = err->detail
			      ? fd_read_all(job->fd, err->detail, r.detail_size)
			      : -ENOMEM;
	}
	if (!ret && r.bytes_size && r.bytes_size <= IMAGE_MAX) {
		res->size = r.bytes_size;
		res->bytes = malloc(res->size);
		ret = res->bytes ? fd_read_all(job->fd, res->bytes, res->size)
				 : -ENOMEM;
	}
	close(job->fd);
	waitpid(job->pid, NULL, 0);
	if (ret == -ENOMEM) {
		snprintf(err->text, sizeof(err->text), "%s", strerror(-ret));
		return ret;
	}
	if (ret) {
		snprintf(err->text, sizeof(err->text),
			 "the process that compiles died");
		return -ECHILD;
	}
	memcpy(err->text, r.text, sizeof(err->text));
	*report = r.report;
	return r.ret;
}

int compile_finish(struct compile_job *job, struct image **img,
		   struct compile_report *report, struct compile_error *err)
{
	struct child_result res = {};
	int ret = 0;

	memset(report, 0, sizeof(*report));
	memset(err, 0, sizeof(*err));
	*img = job->img;
	if (!job->img) {
		/* Where no process could be had, it is done here. */
		ret = job->pid ? job_read(job, &res, report, err)
			       : bytes_make(job->opts, job->cache, job->name,
					    &res, report, err);
		if (!ret)
			ret = bytes_read(&res, img, err);
	}
	if (!ret) {
		free(err->detail);
		err->detail = NULL;
	}
	report->cache_ns = job->cache_ns;
	report->was_cached = job->img;
	if (job->cache >= 0)
		close(job->cache);
	free(job);
	return ret;
}

int compile_fd(const struct compile_job *job)
{
	return job->pid ? job->fd : -1;
}

void compile_cancel(struct compile_job *job)
{
	if (!job)
		return;
	if (job->pid) {
		kill(job->pid, SIGTERM);
		/* What it is just writing nobody will read. */
		close(job->fd);
		while (waitpid(job->pid, NULL, 0) < 0 && errno == EINTR)
			;
	}
	image_free(job->img);
	if (job->cache >= 0)
		close(job->cache);
	free(job);
}

int compile(const struct compile_opts *opts, struct image **img,
	    struct compile_report *report, struct compile_error *err)
{
	struct compile_job *job = compile_start(opts);

	if (job)
		return compile_finish(job, img, report, err);
	memset(err, 0, sizeof(*err));
	snprintf(err->text, sizeof(err->text), "%s", strerror(ENOMEM));
	return -ENOMEM;
}
