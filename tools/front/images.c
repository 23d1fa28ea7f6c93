// SPDX-License-Identifier: GPL-2.0
#include "front/images.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/strbuf.h"
#include "compile/disasm.h"
#include "front/explain.h"
#include "kernel/verifier.h"

/* What is compiled at the same time, from the first program to the last. */
struct jobs {
	struct compile_opts opts[SESSION_PARTS + 1];
	struct compile_job *job[SESSION_PARTS + 1];
};

/* Add what R took to the SUM of all programs. */
static void report_add(struct compile_report *sum,
		       const struct compile_report *r)
{
	sum->cache_ns += r->cache_ns;
	sum->headers_ns += r->headers_ns;
	sum->child_ns += r->child_ns;
	if (r->was_cached)
		log_debug("image: from the cache");
	else
		log_debug("image: compiled, with %zu types from %s",
			  r->nr_types, r->is_btf ? "BTF" : "kernel headers");
}

static struct compile_opts compile_opts_make(const struct run_opts *o,
					     const struct run_program *p,
					     bool is_another)
{
	return (struct compile_opts){
		.text = p->text,
		.name = p->name,
		.headers = o->headers,
		.want_cache = !o->no_cache,
		.is_another = is_another,
		.has_targets = p->hook && p->hook->has_targets,
		.limit_s = o->compile_limit_s,
	};
}

static void jobs_start(struct jobs *jobs, const struct run_opts *o,
		       const struct run_program *programs, size_t nr)
{
	size_t i;

	for (i = 0; i < nr; i++) {
		jobs->opts[i] = compile_opts_make(o, &programs[i], i > 0);
		jobs->job[i] = compile_start(&jobs->opts[i]);
	}
}

void images_detail_say(const char *talk)
{
	struct strbuf b = {};
	size_t size = strlen(talk);
	char *text;

	while (size && talk[size - 1] == '\n')
		size--;
	strbuf_mem(&b, talk, size);
	strbuf_chr(&b, '\n');
	verifier_explain_compiler(&b, talk);
	text = strbuf_take(&b, NULL);
	log_block(text ?: talk);
	free(text);
}

static void failure_say(const struct run_program *p, int ret,
			const struct compile_error *err)
{
	if (p->without)
		log_warn("%s: %s", p->without, err->text);
	else
		log_err("%s", err->text);
	if (ret == -EINVAL && err->detail)
		images_detail_say(err->detail);
}

static int job_finish(const struct run_opts *o, struct compile_job *job,
		      const struct run_program *p, struct image **img,
		      struct compile_report *sum, bool want_say)
{
	struct compile_error err = {};
	struct compile_report report;
	int ret;

	if (job) {
		ret = compile_finish(job, img, &report, &err);
	} else {
		ret = -ENOMEM;
		snprintf(err.text, sizeof(err.text), "%s", strerror(ENOMEM));
	}
	if (!ret)
		report_add(sum, &report);
	if (!ret && o->want_explain && !p->without) {
		ret = explain_image(p, *img, &report);
		snprintf(err.text, sizeof(err.text), "%s", strerror(-ret));
	}
	if (ret && want_say)
		failure_say(p, ret, &err);
	free(err.detail);
	return p->without ? 0 : ret;
}

/*
 * Every job is waited for, also behind one that failed, but only the first
 * failure is said: the others are most likely the same.
 */
int images_get(const struct run_opts *o, const struct run_program *programs,
	       size_t nr, struct image **images, struct compile_report *report)
{
	struct jobs jobs;
	size_t i;
	int ret = 0, err;

	jobs_start(&jobs, o, programs, nr);
	for (i = 0; i < nr; i++) {
		err = job_finish(o, jobs.job[i], &programs[i], &images[i],
				 report, !ret);
		if (err && !ret)
			ret = err;
	}
	return ret;
}

struct image *images_get_late(const struct run_opts *o,
			      const struct run_program *p,
			      bool (*meanwhile)(void *arg), void *arg)
{
	struct compile_opts opts = compile_opts_make(o, p, true);
	struct compile_job *job = compile_start(&opts);
	struct compile_report report = {};
	struct image *img = NULL;
	struct pollfd ready = {.fd = job ? compile_fd(job) : -1,
			       .events = POLLIN};

	while (ready.fd >= 0 && !poll(&ready, 1, 1)) {
		if (meanwhile(arg))
			continue;
		compile_cancel(job);
		return NULL;
	}
	job_finish(o, job, p, &img, &report, true);
	return img;
}

int images_print_bytecode(const struct image *img)
{
	char *text = disasm_text(img);

	if (!text) {
		log_err("%s", strerror(ENOMEM));
		return -ENOMEM;
	}
	fputs(text, stdout);
	free(text);
	return 0;
}

int run_print_bytecode(const struct run_opts *o,
		       const struct run_program *programs, size_t nr)
{
	struct image *images[SESSION_PARTS] = {};
	struct compile_report report = {};
	int ret = images_get(o, programs, nr, images, &report);
	size_t i;

	for (i = 0; i < nr; i++) {
		if (!ret)
			ret = images_print_bytecode(images[i]);
		image_free(images[i]);
	}
	return ret ? -EIO : 0;
}
