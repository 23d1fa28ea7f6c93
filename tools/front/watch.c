// SPDX-License-Identifier: GPL-2.0
#include "front/watch.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <unistd.h>

#include "base/log.h"
#include "compile/compile.h"
#include "front/images.h"
#include "front/run_state.h"
#include "maps.h"

#define SAVED (IN_CLOSE_WRITE | IN_MOVED_TO)
#define GOES_ON "the program that runs goes on"

struct watch {
	struct run *run;
	const struct run_program *program;
	char path[PATH_MAX]; /* links resolved */
	const char *name;    /* of the file in its directory */
	int fd;		     /* inotify on that */
	char *text;	     /* of what runs */
	char *fresh;	     /* of what is being compiled */
	struct compile_opts opts;
	struct compile_job *job;
	bool is_stale; /* saved again meanwhile */
	bool is_gone;
};

static void start(struct watch *w);

/* What is on its way could not be told from what comes after it. */
static bool has_same_events(const struct image *a, const struct image *b)
{
	int i = image_find_map(a, MAP_EVENTS),
	    j = image_find_map(b, MAP_EVENTS);
	const char *lines_a = i < 0 ? NULL : a->types[i].event;
	const char *lines_b = j < 0 ? NULL : b->types[j].event;

	return !strcmp(lines_a ?: "", lines_b ?: "");
}

static void swap(struct watch *w, struct image *img)
{
	struct run *run = w->run;
	struct load_error err;

	if (!has_same_events(run->images[0], img)) {
		log_err("%s has events with other fields, which needs a new "
			"start: " GOES_ON,
			w->program->name);
		image_free(img);
		return;
	}
	if (session_swap(&run->session, 0, img, &err)) {
		log_err("%s: " GOES_ON, err.text);
		log_block(err.detail ?: "");
		free(err.detail);
		image_free(img);
		return;
	}
	image_free(run->images[0]);
	run->images[0] = img;
	free(w->text);
	w->text = w->fresh;
	w->fresh = NULL;
	log_info("%s runs as it was saved now", w->program->name);
}

static void finish(struct watch *w)
{
	struct compile_report report;
	struct compile_error err;
	struct image *img;
	int ret = compile_finish(w->job, &img, &report, &err);

	w->job = NULL;
	if (ret) {
		log_err("%s: " GOES_ON, err.text);
		images_detail_say(err.detail ?: "");
		free(err.detail);
	} else {
		swap(w, img);
	}
	free(w->fresh);
	w->fresh = NULL;
	if (w->is_stale)
		start(w);
}

static void compiled(void *arg, int fd, uint32_t events)
{
	struct watch *w = arg;

	loop_remove(w->run->engine.loop, fd);
	finish(w);
}

static void start(struct watch *w)
{
	const struct run_opts *o = w->run->opts;
	char err[256];

	w->is_stale = false;
	w->fresh = o->read_source(o->front, err, sizeof(err));
	if (!w->fresh) {
		log_err("%s: " GOES_ON, err);
		return;
	}
	if (!strcmp(w->fresh, w->text)) {
		free(w->fresh);
		w->fresh = NULL;
		return;
	}
	w->opts = (struct compile_opts){
		.text = w->fresh,
		.name = w->program->name,
		.headers = o->headers,
		.want_cache = !o->no_cache,
		.is_another = true,
		.has_targets = w->program->hook->has_targets,
		.limit_s = o->compile_limit_s,
	};
	w->job = compile_start(&w->opts);
	if (!w->job)
		log_err("%s: " GOES_ON, strerror(ENOMEM));
	else if (compile_fd(w->job) < 0 ||
		 loop_add(w->run->engine.loop, compile_fd(w->job), compiled, w))
		finish(w);
}

static void changed(struct watch *w)
{
	w->is_gone = false;
	if (w->job)
		w->is_stale = true;
	else
		start(w);
}

static void notified(void *arg, int fd, uint32_t events)
{
	union {
		struct inotify_event event;
		char bytes[4096];
	} buf;
	const struct inotify_event *e;
	struct watch *w = arg;
	bool is_saved = false;
	ssize_t n, i;

	/* Once: what others save there must not keep the loop from the rest. */
	n = read(fd, &buf, sizeof(buf));
	for (i = 0; i < n; i += sizeof(*e) + e->len) {
		e = (const void *)(buf.bytes + i);
		/* Of too many saves ours may be one that is not told. */
		is_saved |=
			e->mask & IN_Q_OVERFLOW || (e->mask & SAVED && e->len &&
						    !strcmp(e->name, w->name));
	}
	if (is_saved)
		changed(w);
}

/* A save may be a write or a rename: the directory sees both. */
static int directory_watch(struct watch *w, const char *source)
{
	char dir[PATH_MAX], *slash;

	if (!realpath(source, w->path))
		return -errno;
	slash = strrchr(w->path, '/');
	w->name = slash + 1;
	snprintf(dir, sizeof(dir), "%.*s", (int)(slash - w->path) + 1, w->path);
	w->fd = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
	if (w->fd < 0 || inotify_add_watch(w->fd, dir, SAVED) < 0)
		return -errno;
	return loop_add(w->run->engine.loop, w->fd, notified, w);
}

struct watch *watch_new(struct run *run, const struct run_program *program)
{
	struct watch *w = calloc(1, sizeof(*w));
	int ret = -ENOMEM;

	if (w) {
		w->run = run;
		w->program = program;
		w->fd = -1;
		w->text = strdup(program->text);
		ret = w->text ? directory_watch(w, run->opts->source) : -ENOMEM;
	}
	if (!ret)
		return w;
	log_err("cannot watch %s: %s", run->opts->source, strerror(-ret));
	watch_free(w);
	return NULL;
}

void watch_check(struct watch *w)
{
	bool is_there;

	if (!w)
		return;
	is_there = !access(w->path, F_OK);
	if (!is_there && !w->is_gone)
		log_warn("%s is gone: " GOES_ON, w->program->name);
	w->is_gone = !is_there;
}

void watch_stop(struct watch *w)
{
	if (!w || !w->job)
		return;
	if (compile_fd(w->job) >= 0)
		loop_remove(w->run->engine.loop, compile_fd(w->job));
	compile_cancel(w->job);
	w->job = NULL;
}

void watch_free(struct watch *w)
{
	if (!w)
		return;
	watch_stop(w);
	if (w->fd >= 0)
		close(w->fd);
	free(w->fresh);
	free(w->text);
	free(w);
}
