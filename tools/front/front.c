// SPDX-License-Identifier: GPL-2.0
#include "front/front.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "compile/expr.h"
#include "compile/source.h"
#include "front/check.h"
#include "front/common.h"
#include "front/explain.h"
#include "front/filter_opts.h"
#include "kernel/kernel_btf.h"

static const struct hook_ops *hook_default(const struct front *f)
{
	return f->hooks ? f->hooks[0] : &hook_tracepoint;
}

/* As front_exit() wants it. */
static int check_run(const struct front *f)
{
	int ret = check_print(stdout, f->name, hook_default(f));

	if (ret == -ENOMEM)
		log_err("%s", strerror(ENOMEM));
	return ret;
}

/* Options that only print. True when there was one, with *RET for
 * front_exit(). */
static bool info_print(const struct front *f, int *ret)
{
	const struct run_opts *o = f->common;

	*ret = 0;
	if (front_info_print(&o->info, f->name, f->opts, f->help))
		return true;
	if (o->want_fields)
		expr_print_fields(stdout, f->fields);
	else if (o->want_check)
		*ret = check_run(f);
	else
		return false;
	return true;
}

static void programs_free(struct run_program *p, size_t nr)
{
	while (nr--) {
		free(p[nr].text);
		free((char *)p[nr].name);
	}
}

static char *source_get(const void *arg, char *err, size_t err_size)
{
	const struct front *f = arg;
	const struct run_opts *o = f->common;
	char *text = source_read(o->source, err, err_size);
	bool has_words = f->pcap && f->pcap->words, links[PCAP_LINKS];

	if (!text)
		return NULL;
	filter_links(o, links);
	return filter_combine(text, o->source, f->filter,
			      has_words ? f->pcap : NULL, links, err, err_size);
}

static int program_make(const struct front *f, const struct hook_ops *hook,
			struct run_program *p)
{
	const struct run_opts *o = f->common;
	char err[256] = "", *name = NULL;

	*p = (struct run_program){
		.hook = hook,
		.prog_flags = hook->prog_flags ? hook->prog_flags() : 0,
	};
	if (o->source)
		p->name = strdup(o->source);
	else if (asprintf(&name, "%s_%s.c", o->prog_prefix, hook->name) >= 0)
		p->name = name;
	p->text = o->source ? source_get(f, err, sizeof(err))
			    : f->text(f->options, p);
	/* What the text leaves out, the kernel may well have. */
	if (p->text && p->name && !kernel_btf_error())
		return 0;
	log_err("%s", *err ? err : strerror(ENOMEM));
	programs_free(p, 1);
	return -EINVAL;
}

/* P has room for one more, which is freed here. As run_trace(). */
static int trace(const struct front *f, struct run_program *p, size_t nr)
{
	struct run_tool tool = f->tool;
	size_t nr_extra = 0;
	int ret = 0;

	p[nr] = (struct run_program){};
	if (f->make)
		ret = f->make(f->options, &tool, &p[nr], &nr_extra);
	if (ret)
		log_err("%s", strerror(-ret));
	else
		ret = run_trace(f->common, &tool, p, nr, nr_extra);
	programs_free(&p[nr], 1);
	return ret;
}

/* 0 or -errno, for front_exit(). */
static int programs_use(const struct front *f, struct run_program *p, size_t nr)
{
	const struct run_opts *o = f->common;

	if (o->want_source)
		return fputs(p[0].text, stdout) < 0 ? -EIO : 0;
	if (!front_may_trace(o->netns))
		return -EPERM;
	if (o->want_bytecode)
		return run_print_bytecode(o, p, nr);
	if (o->want_explain)
		explain_texts(o->argc, o->argv, p, nr);
	return trace(f, p, nr);
}

/* Interfaces and namespace are asked for what programs bake in. */
static int place_get(struct run_opts *o)
{
	const char *names[RUN_INTERFACES + 1] = {};
	char err[256];
	size_t i;
	int ret;

	for (i = 0; i < o->ifnames.nr; i++)
		names[i] = o->ifnames.name[i];
	ret = place_find(o->netns, names, &o->place, err, sizeof(err));
	if (ret)
		log_err("%s", err);
	return ret;
}

static int programs_make(const struct front *f, struct run_program *p)
{
	const struct hook_list *list = &f->common->hooks;
	size_t nr;

	for (nr = 0; nr < list->nr; nr++) {
		if (!program_make(f, list->ops[nr], &p[nr]))
			continue;
		programs_free(p, nr);
		return -EIO;
	}
	return 0;
}

/* Where to look is known. 0 or -errno, for front_exit(). */
static int front_run_there(const struct front *f)
{
	struct run_program programs[SESSION_PARTS + 1];
	struct run_opts *o = f->common;
	struct parse_err err;
	int ret;

	ret = f->placed ? f->placed(f->options, &err) : 0;
	if (ret)
		return front_parse_failed(ret, &err);
	ret = programs_make(f, programs);
	if (ret)
		return ret;
	ret = programs_use(f, programs, o->hooks.nr);
	programs_free(programs, o->hooks.nr);
	return ret;
}

static int front_run(const struct front *f)
{
	struct run_opts *o = f->common;
	int ret;

	log_set_level(o->is_quiet     ? LOG_QUIET
		      : o->is_verbose ? LOG_VERBOSE
				      : LOG_NORMAL);
	if (info_print(f, &ret))
		return ret;
	if (place_get(o))
		return -EIO;
	ret = front_run_there(f);
	place_free(&o->place);
	return ret;
}

/* Whether options that are common go with each other. */
static int common_check(const struct run_opts *o, struct parse_err *err)
{
	int ret = hook_list_check(&o->hooks, o->ifnames.nr, o->want_out, err);

	if (ret)
		return ret;
	if (o->want_watch && !o->source)
		return parse_fail(err, "--watch goes with --source only");
	if (o->want_explain && !views[o->output]->is_for_people)
		return parse_fail(err, "--explain goes with text only");
	if (o->hooks.nr > 1 && (o->source || o->want_source))
		return parse_fail(err, "%s goes with one hook only",
				  o->source ? "--source" : "--print-source");
	return 0;
}

/* From "tcpsnoop-c" to "tcpsnoop". */
static void prog_prefix_fill(const struct front *f)
{
	size_t len = strlen(f->name);

	if (len > 2 && !strcmp(f->name + len - 2, "-c"))
		len -= 2;
	snprintf(f->common->prog_prefix, sizeof(f->common->prog_prefix), "%.*s",
		 (int)len, f->name);
}

/* 0, -EINVAL or -ENOMEM as in parse.h. */
static int front_parse(const struct front *f, int argc, char **argv,
		       struct parse_err *err)
{
	int ret = opt_parse(f->opts, argc, argv, f->options, err);

	if (ret < 0)
		return ret;
	f->common->read_source = source_get;
	f->common->front = f;
	prog_prefix_fill(f);
	f->common->argc = argc;
	f->common->argv = argv;
	/* What is told must happen. */
	f->common->no_cache |= f->common->want_explain;
	if (f->common->info.want_help)
		return 0;
	if (ret < argc && !f->words)
		return parse_fail(err, "'%s' is not an option (see --help)",
				  argv[ret]);
	if (ret < argc) {
		ret = f->words(f->options, argv + ret, err);
		if (ret)
			return ret;
	}
	if (!f->common->hooks.nr) {
		f->common->hooks.ops[0] = hook_default(f);
		f->common->hooks.nr = 1;
	}
	ret = f->prepare(f->options, err);
	return ret ?: common_check(f->common, err);
}

int front_main(const struct front *f, int argc, char **argv)
{
	struct parse_err err;
	int ret;

	if (!front_begin(f->name))
		return EXIT_FAILURE;
	ret = front_parse(f, argc, argv, &err);
	if (ret)
		ret = front_parse_failed(ret, &err);
	else
		ret = front_run(f);
	f->release(f->options);
	return front_finish_stdout(front_exit(ret));
}
