// SPDX-License-Identifier: GPL-2.0
#include "front/program.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/log.h"
#include "front/engine.h"
#include "front/images.h"
#include "front/program_hooks.h"
#include "front/program_text.h"
#include "front/program_view.h"
#include "kernel/kernel_btf.h"
#include "kernel/outputs.h"

#define PAGES 64 /* of a perf buffer, a CPU */

struct program {
	struct engine engine;
	const struct run_opts *common;
	const struct program_opts *opts;
	struct program_text text;
	struct image *img;
	struct loaded maps;
	bool has_maps;
	struct program_hooks hooks;
	struct outputs *outputs;
	struct printk *printk;
	struct program_view *view;
	uint64_t nr_lost;
};

/* No program runs any more. */
static void detach(void *arg)
{
	struct program *p = arg;

	if (!p->common->is_quiet)
		program_hooks_say_passed(&p->hooks);
	program_hooks_detach(&p->hooks);
}

static void flush(void *arg)
{
	struct program *p = arg;

	engine_flush(&p->engine);
}

/* True when no more is wanted. */
static bool shown(struct program *p)
{
	engine_shown(&p->engine);
	return p->engine.is_done;
}

static bool event(void *arg, size_t map, int cpu, const void *raw, size_t size)
{
	struct program *p = arg;

	if (p->engine.is_done)
		return true;
	program_view_event(p->view, map, cpu, raw, size);
	return shown(p);
}

static void lost(void *arg, size_t map, uint64_t nr)
{
	struct program *p = arg;

	p->nr_lost += nr;
}

static bool message(void *arg, const struct printk_line *line)
{
	struct program *p = arg;

	if (p->engine.is_done)
		return true;
	program_view_message(p->view, line);
	flush(p);
	return shown(p);
}

static void maps_show(void *arg)
{
	struct program *p = arg;

	p->engine.has_failed |= !program_view_maps(p->view, true);
	flush(p);
}

static void interval(void *arg, int fd, uint32_t events)
{
	maps_show(arg);
}

static const struct engine_ops engine_ops = {
	.stop = detach,
	.report = maps_show,
};

static int output_open(struct program *p)
{
	struct outputs_opts opts = {
		.maps = &p->maps,
		.pages = p->common->pages ?: PAGES,
		.event = event,
		.lost = lost,
		.batch_end = flush,
		.arg = p,
	};
	char err[256];

	p->view = program_view_new(p->common, &p->maps, p->text.own,
				   p->engine.out);
	if (!p->view) {
		log_err("%s", strerror(ENOMEM));
		return -EIO;
	}
	p->outputs = outputs_open(&opts, p->engine.loop, err, sizeof(err));
	if (!p->outputs) {
		log_err("%s", err);
		return -EIO;
	}
	if (!printk_is_used(p->img))
		return 0;
	p->printk = printk_open(p->engine.loop, message, p, err, sizeof(err));
	if (!p->printk && errno == ENOMEM) {
		log_err("%s", err);
		return -ENOMEM;
	}
	/* The rest works without. */
	if (!p->printk)
		log_warn("%s", err);
	return 0;
}

static int maps_make(struct program *p)
{
	struct load_error err;

	if (!load_maps(p->img, &p->maps, NULL, &err)) {
		p->has_maps = true;
		return 0;
	}
	log_err("%s", err.text);
	free(err.detail);
	return -EIO;
}

static int timers_start(struct program *p)
{
	const struct program_opts *o = p->opts;
	int ret = engine_start(&p->engine);

	if (ret >= 0 && o->interval_ns && !o->no_maps)
		ret = loop_timer(p->engine.loop, o->interval_ns, o->interval_ns,
				 interval, p);
	if (ret >= 0)
		return 0;
	log_err("cannot start: %s", error_words(ret));
	return ret;
}

static int attach(struct program *p)
{
	int ret = maps_make(p);

	if (!ret)
		ret = program_hooks_load(&p->hooks, &p->maps);
	if (!ret)
		ret = engine_take_signals(&p->engine);
	if (!ret)
		ret = output_open(p);
	if (!ret)
		ret = program_hooks_attach(&p->hooks, p->common);
	return ret;
}

/* It is compiled: to where it runs. 0, or -errno as program_run(). */
static int start(struct program *p)
{
	char list[1024];
	int ret = program_hooks_plan(&p->hooks, p->opts, p->common, p->img,
				     p->text.text);

	if (!ret)
		ret = engine_open(&p->engine, p->common, &engine_ops, p);
	p->hooks.where.netns = p->engine.netns;
	if (!ret)
		ret = attach(p);
	kernel_btf_drop();
	if (!ret)
		ret = timers_start(p);
	if (ret)
		return ret;
	program_hooks_list(&p->hooks, list, sizeof(list));
	log_info("running %s: %s, Ctrl-C to stop", p->opts->path, list);
	return 0;
}

static int finish(struct program *p)
{
	const struct program_opts *o = p->opts;

	engine_stop(&p->engine);
	outputs_drain(p->outputs);
	if (p->printk)
		printk_drain(p->printk);
	if (!o->no_maps)
		p->engine.has_failed |=
			!program_view_maps(p->view, o->interval_ns != 0);
	program_view_summary(p->view, p->engine.nr_rows, p->nr_lost);
	flush(p);
	if (p->nr_lost)
		log_warn("%llu events were lost (try --pages %u)",
			 (unsigned long long)p->nr_lost,
			 4 * (p->common->pages ?: PAGES));
	return engine_end(&p->engine, p->nr_lost);
}

static int run(struct program *p)
{
	int ret = start(p);

	if (!ret)
		ret = engine_run(&p->engine);
	return ret ?: finish(p);
}

static void program_free(struct program *p)
{
	program_hooks_close(&p->hooks);
	printk_close(p->printk);
	outputs_close(p->outputs);
	program_view_free(p->view);
	if (p->has_maps)
		load_close(&p->maps);
	engine_close(&p->engine);
	image_free(p->img);
	program_text_free(&p->text);
	free(p);
}

/* WHAT is done with the compiled program: as program_run(). */
static int with_program(const struct program_opts *o,
			const struct run_opts *common,
			int (*what)(struct program *p))
{
	struct program *p = calloc(1, sizeof(*p));
	int ret = -EIO;

	if (!p) {
		log_err("%s", strerror(ENOMEM));
		return -ENOMEM;
	}
	p->opts = o;
	p->common = common;
	p->engine.netns = -1;
	p->hooks.where.netns = -1;
	if (program_text_read(&p->text, o))
		p->img = program_compile(o, common, &p->text);
	if (p->img)
		ret = what(p);
	program_free(p);
	return ret;
}

static int bytecode(struct program *p)
{
	return images_print_bytecode(p->img);
}

int program_run(const struct program_opts *o, const struct run_opts *common)
{
	return with_program(o, common, run);
}

int program_print_bytecode(const struct program_opts *o,
			   const struct run_opts *common)
{
	return with_program(o, common, bytecode);
}
