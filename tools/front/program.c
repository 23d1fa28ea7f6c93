// SPDX-License-Identifier: GPL-2.0
#include "front/program.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "front/images.h"
#include "front/program_hooks.h"
#include "front/program_text.h"
#include "front/program_view.h"
#include "kernel/kernel_btf.h"
#include "kernel/netns.h"
#include "kernel/outputs.h"

#define PAGES 64		 /* of a perf buffer, a CPU */
#define GOODBYE_NS 1000000000ull /* for a reader of ours that has stopped */

struct program {
	const struct program_opts *opts;
	struct program_text text;
	struct image *img;
	struct loaded maps;
	bool has_maps;
	struct program_hooks hooks;
	struct loop *loop;
	struct out *out;
	struct outputs *outputs;
	struct printk *printk;
	struct program_view *view;
	uint64_t nr_shown, nr_lost;
	bool is_stopped;
	bool is_done; /* as many as -c asks for */
	int out_err;
};

static void goodbye(void *arg, int fd, uint32_t events)
{
}

/* No program runs any more; what waits in the buffers still comes. */
static void stop(struct program *p)
{
	if (p->is_stopped)
		return;
	p->is_stopped = true;
	if (!p->opts->is_quiet)
		program_hooks_say_passed(&p->hooks);
	program_hooks_detach(&p->hooks);
	loop_stop(p->loop);
	out_set_stop(p->out, loop_timer(p->loop, GOODBYE_NS, 0, goodbye, NULL));
}

static void flush(void *arg)
{
	struct program *p = arg;
	int err = out_flush(p->out);

	if (!err || err == -EINTR || p->out_err)
		return;
	p->out_err = err;
	stop(p);
}

/* True when no more is wanted. */
static bool shown(struct program *p)
{
	if (++p->nr_shown == p->opts->count) {
		p->is_done = true;
		stop(p);
	}
	return p->is_done;
}

static bool event(void *arg, size_t map, int cpu, const void *raw, size_t size)
{
	struct program *p = arg;

	if (p->is_done)
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

	if (p->is_done)
		return true;
	program_view_message(p->view, line);
	flush(p);
	return shown(p);
}

static void interval(void *arg, int fd, uint32_t events)
{
	struct program *p = arg;

	program_view_maps(p->view, true);
	flush(p);
}

static void duration_over(void *arg, int fd, uint32_t events)
{
	stop(arg);
}

static void signalled(void *arg, int sig)
{
	if (sig == SIGUSR1)
		interval(arg, -1, 0);
	else
		stop(arg);
}

static int output_open(struct program *p)
{
	struct outputs_opts opts = {
		.maps = &p->maps,
		.pages = p->opts->pages ?: PAGES,
		.event = event,
		.lost = lost,
		.batch_end = flush,
		.arg = p,
	};
	char err[256];

	p->view = program_view_new(p->opts, &p->maps, p->text.own, p->out);
	if (!p->view) {
		log_err("%s", strerror(ENOMEM));
		return EXIT_FAILURE;
	}
	p->outputs = outputs_open(&opts, p->loop, err, sizeof(err));
	if (!p->outputs) {
		log_err("%s", err);
		return EXIT_FAILURE;
	}
	if (!printk_is_used(p->img))
		return 0;
	p->printk = printk_open(p->loop, message, p, err, sizeof(err));
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
	return EXIT_FAILURE;
}

static int netns_get(struct program *p)
{
	char err[256];

	p->hooks.where.netns = -1;
	if (!p->opts->netns)
		return 0;
	p->hooks.where.netns = netns_open(p->opts->netns, err, sizeof(err));
	if (p->hooks.where.netns >= 0)
		return 0;
	log_err("%s", err);
	return EXIT_FAILURE;
}

static int loop_get(struct program *p)
{
	p->loop = loop_new(signalled, p);
	p->out = out_new(STDOUT_FILENO);
	if (!p->loop || !p->out) {
		log_err("cannot start: %s", strerror(errno));
		return EXIT_FAILURE;
	}
	out_set_stop(p->out, loop_signal_fd(p->loop));
	return 0;
}

static int timers_start(struct program *p)
{
	const struct program_opts *o = p->opts;
	int ret = 0;

	if (o->duration_ns)
		ret = loop_timer(p->loop, o->duration_ns, 0, duration_over, p);
	if (ret >= 0 && o->interval_ns && !o->no_maps)
		ret = loop_timer(p->loop, o->interval_ns, o->interval_ns,
				 interval, p);
	if (ret >= 0)
		return 0;
	log_err("cannot start: %s", strerror(-ret));
	return EXIT_FAILURE;
}

/* Compiled, loaded, attached. 0 or the exit status. */
static int start(struct program *p)
{
	char list[1024];
	int ret = netns_get(p);

	if (!ret)
		ret = program_hooks_plan(&p->hooks, p->opts, p->img);
	if (!ret)
		ret = loop_get(p);
	if (!ret)
		ret = maps_make(p);
	if (!ret)
		ret = program_hooks_load(&p->hooks, &p->maps);
	if (!ret)
		ret = output_open(p);
	if (!ret)
		ret = program_hooks_attach(&p->hooks, p->opts);
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

	stop(p);
	outputs_drain(p->outputs);
	if (p->printk)
		printk_drain(p->printk);
	if (!o->no_maps)
		program_view_maps(p->view, o->interval_ns != 0);
	if (o->output)
		program_view_summary(p->view, p->nr_shown, p->nr_lost);
	flush(p);
	if (p->nr_lost)
		log_warn("%llu events were lost (try --pages %u)",
			 (unsigned long long)p->nr_lost,
			 4 * (o->pages ?: PAGES));
	if (p->out_err) {
		log_err("cannot write to stdout: %s", strerror(-p->out_err));
		return EXIT_FAILURE;
	}
	return o->is_strict && p->nr_lost ? EXIT_LOST : EXIT_SUCCESS;
}

static int run(struct program *p)
{
	int status = start(p), ret;

	if (status)
		return status;
	ret = loop_run(p->loop);
	if (ret) {
		log_err("cannot wait for events: %s", strerror(-ret));
		return EXIT_FAILURE;
	}
	return finish(p);
}

static void program_free(struct program *p)
{
	program_hooks_close(&p->hooks);
	printk_close(p->printk);
	outputs_close(p->outputs);
	program_view_free(p->view);
	if (p->has_maps)
		load_close(&p->maps);
	out_free(p->out);
	loop_free(p->loop);
	image_free(p->img);
	program_text_free(&p->text);
	free(p);
}

/* WHAT is done with the compiled program. The exit status. */
static int with_program(const struct program_opts *o,
			int (*what)(struct program *p))
{
	struct program *p = calloc(1, sizeof(*p));
	int status = EXIT_FAILURE;

	if (!p) {
		log_err("%s", strerror(ENOMEM));
		return EXIT_FAILURE;
	}
	p->opts = o;
	p->hooks.where.netns = -1;
	if (program_text_read(&p->text, o))
		p->img = program_compile(o, &p->text);
	if (p->img)
		status = what(p);
	program_free(p);
	return status;
}

static int bytecode(struct program *p)
{
	return images_print_bytecode(p->img) ? EXIT_FAILURE : EXIT_SUCCESS;
}

int program_run(const struct program_opts *o)
{
	return with_program(o, run);
}

int program_print_bytecode(const struct program_opts *o)
{
	return with_program(o, bytecode);
}
