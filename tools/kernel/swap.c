// SPDX-License-Identifier: GPL-2.0
/* Programs of a session that runs, exchanged for others. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "kernel/session.h"
#include "maps.h"

struct swap {
	struct session *s;
	size_t part;
	struct loaded loaded;
	int fds[SESSION_HOOKS]; /* for s->progs[i]; -1: another part's */
};

/* What is counted and sent must go on where it is. */
static int maps_check(const struct swap *w, const struct image *img,
		      struct load_error *err)
{
	static const char *const kept[] = {MAP_EVENTS, MAP_STATS, MAP_BATCH};
	const struct image *was = w->s->loaded[w->part].img;
	size_t i;
	int old, new;

	for (i = 0; i < sizeof(kept) / sizeof(*kept); i++) {
		old = image_find_map(was, kept[i]);
		new = image_find_map(img, kept[i]);
		if (old < 0 && new < 0 && !strcmp(kept[i], MAP_BATCH))
			continue;
		if (old >= 0 && new >= 0 &&
		    !memcmp(&was->maps[old], &img->maps[new],
			    sizeof(*img->maps)))
			continue;
		snprintf(err->text, sizeof(err->text),
			 "the map '%s' must stay as it was", kept[i]);
		return -EINVAL;
	}
	return 0;
}

static int progs_load(struct swap *w, struct load_error *err)
{
	const struct session *s = w->s;
	struct load_as as;
	size_t i;

	for (i = 0; i < s->nr_progs; i++) {
		if (s->progs[i].part != w->part)
			continue;
		as = session_load_as(s, &s->progs[i]);
		w->fds[i] =
			load_prog(&w->loaded, s->progs[i].prog.name, &as, err);
		if (w->fds[i] < 0)
			return w->fds[i];
	}
	return 0;
}

/* The new program for a hook, and the one that is there; -1: not ours. */
static int fd_for(const struct swap *w, const struct hook *h, int *was)
{
	const struct session *s = w->s;
	size_t i;

	for (i = 0; h->fd >= 0 && i < s->nr_progs; i++) {
		*was = s->progs[i].prog.fd;
		if (w->fds[i] >= 0 && s->progs[i].prog.ops == h->ops &&
		    !strcmp(s->progs[i].prog.name, h->prog))
			return w->fds[i];
	}
	return -1;
}

/* Where one hook cannot, none has changed. */
static int hooks_replace(struct swap *w, struct load_error *err)
{
	const struct hook_where *where = &w->s->plan->where;
	struct session *s = w->s;
	int fd, was, ret = 0;
	size_t i;

	for (i = 0; i < s->nr_hooks; i++) {
		fd = fd_for(w, &s->hooks[i], &was);
		if (fd >= 0)
			ret = hook_replace(&s->hooks[i], fd, where);
		if (ret)
			break;
	}
	if (!ret)
		return 0;
	snprintf(err->text, sizeof(err->text), "cannot replace %s(): %s",
		 s->hooks[i].prog, strerror(-ret));
	while (i--)
		if (fd_for(w, &s->hooks[i], &was) >= 0)
			hook_replace(&s->hooks[i], was, where);
	return ret;
}

static const char *name_in(const struct image *img, const char *name)
{
	size_t i;

	for (i = 0; strcmp(img->progs[i].name, name); i++)
		;
	return img->progs[i].name;
}

/* Maps that go on keep their descriptors: others know them by these. */
static void maps_take(struct swap *w, struct loaded *old)
{
	size_t i;
	int j;

	for (i = 0; i < w->loaded.img->nr_maps; i++) {
		const struct image_map *m = &w->loaded.img->maps[i];

		j = image_find_map(old->img, m->name);
		if (j < 0 || memcmp(m, &old->img->maps[j], sizeof(*m)))
			continue;
		close(w->loaded.map_fds[i]);
		w->loaded.map_fds[i] = old->map_fds[j];
		old->map_fds[j] = -1;
	}
	load_close(old);
	*old = w->loaded;
}

static void finish(struct swap *w, const struct image *img)
{
	struct session *s = w->s;
	struct hook_prog *prog;
	size_t i;

	for (i = 0; i < s->nr_progs; i++) {
		if (w->fds[i] < 0)
			continue;
		prog = &s->progs[i].prog;
		close(prog->fd);
		prog->fd = w->fds[i];
		prog->name = name_in(img, prog->name);
	}
	maps_take(w, &s->loaded[w->part]);
}

static void give_up(struct swap *w)
{
	size_t i;

	for (i = 0; i < w->s->nr_progs; i++)
		if (w->fds[i] >= 0)
			close(w->fds[i]);
	load_close(&w->loaded);
}

int session_swap(struct session *s, size_t part, const struct image *img,
		 struct load_error *err)
{
	const struct load_opts opts = {
		.heir_of = &s->loaded[part],
		.share = {s->plan->share},
	};
	struct swap w = {.s = s, .part = part};
	int ret;

	memset(w.fds, -1, sizeof(w.fds));
	memset(err, 0, sizeof(*err));
	ret = session_fits(s->plan, img, err);
	if (!ret)
		ret = maps_check(&w, img, err);
	if (!ret)
		ret = load_maps(img, &w.loaded, &opts, err);
	if (ret)
		return ret;
	ret = progs_load(&w, err);
	if (!ret)
		ret = hooks_replace(&w, err);
	if (ret)
		give_up(&w);
	else
		finish(&w, img);
	return ret;
}
