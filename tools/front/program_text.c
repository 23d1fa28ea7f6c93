// SPDX-License-Identifier: GPL-2.0
#include "front/program_text.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fd.h"
#include "base/log.h"
#include "base/strbuf.h"
#include "compile/compile.h"
#include "compile/lines.h"
#include "compile/source.h"
#include "compile/trace_struct.h"
#include "front/images.h"
#include "kernel/attach_perf.h"

#define EVENTS_MAX 64
#define FORMAT_MAX (64u << 10)

/* "-D NAME=VALUE" as gcc means it: NAME alone is 1. */
static void defines_write(struct strbuf *b, const struct program_opts *o)
{
	size_t i, len;

	for (i = 0; i < o->nr_defines; i++) {
		const char *d = o->defines[i];

		len = strcspn(d, "=");
		strbuf_printf(b, "#define %.*s %s\n", (int)len, d,
			      d[len] ? d + len + 1 : "1");
	}
}

/* The kernel's description of E; FORMAT is "" when it has none. */
static void format_read(const struct trace_event *e, char format[FORMAT_MAX])
{
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/events/%s/%s/format",
		 tracefs_dir() ?: "", e->category, e->name);
	fd_read_file(path, format, FORMAT_MAX);
}

static void structs_write(struct strbuf *b, const char *text)
{
	static struct trace_event events[EVENTS_MAX];
	static char format[FORMAT_MAX];
	size_t nr = trace_events_find(text, events, EVENTS_MAX), i;

	if (nr && !tracefs_dir())
		log_warn("no tracefs is mounted, which describes tracepoints "
			 "(mount -t tracefs tracefs /sys/kernel/tracing)");
	for (i = 0; i < nr; i++) {
		format_read(&events[i], format);
		if (trace_struct_write(b, &events[i], format))
			strbuf_chr(b, '\n');
		else if (tracefs_dir())
			log_warn("this kernel has no tracepoint %s:%s",
				 events[i].category, events[i].name);
	}
}

static size_t lines_count(const char *text)
{
	size_t nr = 0;

	for (; (text = strchr(text, '\n')); text++)
		nr++;
	return nr;
}

/*
 * No "#line": libbcc looks for the lines of programs by these numbers in what
 * it was given.
 */
static char *text_join(const struct program_opts *o, const char *own,
		       size_t *nr_lines)
{
	struct strbuf b = {};

	defines_write(&b, o);
	structs_write(&b, own);
	*nr_lines = lines_count(b.p ?: "");
	strbuf_str(&b, own);
	return strbuf_take(&b, NULL);
}

bool program_text_read(struct program_text *t, const struct program_opts *o)
{
	char err[256], *own = source_read(o->path, err, sizeof(err));

	if (!own) {
		log_err("%s", err);
		return false;
	}
	t->text = text_join(o, own, &t->nr_lines);
	if (t->text)
		t->own = t->text + strlen(t->text) - strlen(own);
	else
		log_err("%s", strerror(ENOMEM));
	free(own);
	return t->text;
}

void program_text_free(struct program_text *t)
{
	free(t->text);
	t->text = NULL;
}

/* "FILE.c:12" with its line's own number, to B; what is behind it. */
static const char *position_write(struct strbuf *b, const char *path,
				  const char *at, size_t nr_lines)
{
	char *end;
	unsigned long nr = strtoul(at, &end, 10);

	if (end == at)
		strbuf_printf(b, "%s:", path);
	else if (nr > nr_lines)
		strbuf_printf(b, "%s:%lu", path, nr - nr_lines);
	else
		strbuf_printf(b, "-D:%lu", nr);
	return end;
}

char *program_renumber(const char *detail, const char *path, size_t nr_lines)
{
	const char *p = detail, *at;
	size_t len = strlen(path);
	struct strbuf b = {};

	while ((at = strstr(p, path))) {
		strbuf_mem(&b, p, at - p);
		p = at + len;
		if (*p == ':')
			p = position_write(&b, path, p + 1, nr_lines);
		else
			strbuf_str(&b, path);
	}
	strbuf_str(&b, p);
	return strbuf_take(&b, NULL);
}

/* A diagnostic of one line goes into the sentence. */
static void detail_say(const struct program_opts *o, const char *what,
		       char *detail)
{
	char *end = strchr(detail, '\n');

	if (end && end[1]) {
		log_err("%s: %s", o->path, what);
		images_detail_say(detail);
		return;
	}
	if (end)
		*end = 0;
	log_err("%s: %s: %s", o->path, what, detail);
}

static void failure_say(const struct program_opts *o,
			const struct program_text *t,
			const struct compile_error *err, int ret)
{
	char *detail = NULL;

	if (ret == -EINVAL && err->detail && *err->detail)
		detail = program_renumber(err->detail, o->path, t->nr_lines);
	if (detail)
		detail_say(o, err->text, detail);
	else
		log_err("%s: %s", o->path, err->text);
	free(detail);
}

struct image *program_compile(const struct program_opts *o,
			      const struct run_opts *common,
			      const struct program_text *t)
{
	struct compile_opts opts = {
		.text = t->text,
		.name = o->path,
		.headers = common->headers,
		.want_cache = !common->no_cache,
		.may_change = true,
		.limit_s = common->compile_limit_s,
	};
	struct compile_report report;
	struct compile_error err;
	struct image *img = NULL;
	int ret = compile(&opts, &img, &report, &err);

	if (!ret && t->nr_lines && lines_renumber(img, t->own)) {
		log_err("%s", strerror(ENOMEM));
		image_free(img);
		img = NULL;
	} else if (ret) {
		failure_say(o, t, &err, ret);
		img = NULL;
	} else {
		log_debug("%s: %zu programs, %zu maps, %s, %.0f ms", o->path,
			  img->nr_progs, img->nr_maps,
			  report.was_cached ? "from the cache" : "compiled",
			  (report.headers_ns + report.child_ns) / 1e6);
	}
	free(err.detail);
	return img;
}
