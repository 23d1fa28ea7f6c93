// SPDX-License-Identifier: GPL-2.0
#include "front/program_view.h"

#include <errno.h>
#include <linux/bpf.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/log.h"
#include "compile/histogram_scale.h"
#include "kernel/ksym_table.h"
#include "kernel/ksyms.h"
#include "kernel/map_read.h"
#include "view/cmap.h"
#include "view/ctable.h"
#include "view/escape.h"

#define LINE (64u << 10)
#define NO_MAP IMAGE_MAPS

/* What is known of one map. */
struct map_types {
	struct ctype key, value, event;
	struct ctable table; /* of its events */
};

/* How each kind of row is written. */
struct format {
	void (*event)(struct program_view *v, size_t map, int cpu,
		      const struct cvalue *value);
	void (*message)(struct program_view *v, const struct printk_line *l);
	int (*map)(const struct cmap *m, struct out *o);
	void (*time)(struct program_view *v); /* in front of all maps */
	void (*summary)(struct program_view *v, uint64_t nr_shown,
			uint64_t nr_lost);
};

static const struct format text_format, json_format;

struct program_view {
	const struct format *format;
	const struct loaded *maps;
	const char *text;
	struct out *out;
	struct map_types *types; /* one for each map */
	size_t shown;		 /* whose titles came last; NO_MAP: none's */
	bool has_symbols;	 /* they were asked for */
	struct ksym_table *symbols;
	char line[LINE];
};

static void types_fill(struct map_types *t, const struct image *img, size_t i)
{
	const struct image_map *m = &img->maps[i];

	ctype_from_json(&t->key, img->types[i].key, m->key_size);
	ctype_from_json(&t->value, img->types[i].value, m->value_size);
	ctype_from_event(&t->event, img->types[i].event);
	t->table = (struct ctable){.types = {&t->event}, .nr = 1};
	ctable_fit_types(&t->table);
}

struct program_view *program_view_new(const struct run_opts *o,
				      const struct loaded *l, const char *text,
				      struct out *out)
{
	struct program_view *v = calloc(1, sizeof(*v));
	const struct image *img = l->img;
	size_t i;

	if (!v)
		return NULL;
	*v = (struct program_view){.format = views[o->output]->is_for_people
						     ? &text_format
						     : &json_format,
				   .maps = l,
				   .text = text,
				   .out = out,
				   .shown = NO_MAP};
	v->types = calloc(img->nr_maps + 1, sizeof(*v->types));
	if (!v->types) {
		program_view_free(v);
		return NULL;
	}
	for (i = 0; i < img->nr_maps; i++)
		types_fill(&v->types[i], img, i);
	return v;
}

void program_view_free(struct program_view *v)
{
	if (!v)
		return;
	ksym_table_free(v->symbols);
	free(v->types);
	free(v);
}

static struct buf line_buf(struct program_view *v)
{
	return (struct buf){v->line, v->line + LINE};
}

static void line_out(struct program_view *v, const struct buf *b)
{
	out_mem(v->out, v->line, b->pos - v->line);
	out_commit(v->out);
}

static void event_json(struct program_view *v, size_t map, int cpu,
		       const struct cvalue *value)
{
	struct buf b = line_buf(v);

	buf_str(&b, "{\"type\":\"event\",\"map\":");
	escape_json(&b, v->maps->img->maps[map].name);
	if (cpu >= 0) {
		buf_str(&b, ",\"cpu\":");
		buf_u64(&b, cpu);
	}
	buf_str(&b, ",\"data\":");
	cvalue_json(&b, value);
	buf_str(&b, "}\n");
	line_out(v, &b);
}

static void event_text(struct program_view *v, size_t map, int cpu,
		       const struct cvalue *value)
{
	const struct ctable *table = &v->types[map].table;

	if (v->shown != map)
		ctable_titles(table, v->out);
	v->shown = map;
	ctable_row(table, v->out, value);
	out_commit(v->out);
}

void program_view_event(struct program_view *v, size_t map, int cpu,
			const void *raw, size_t size)
{
	const struct cvalue value = {&v->types[map].event, raw, size};

	v->format->event(v, map, cpu, &value);
}

static void message_json(struct program_view *v, const struct printk_line *l)
{
	struct buf b = line_buf(v);

	buf_str(&b, "{\"type\":\"printk\"");
	if (l->pid >= 0) {
		buf_str(&b, ",\"cpu\":");
		buf_u64(&b, l->cpu);
		buf_str(&b, ",\"pid\":");
		buf_u64(&b, l->pid);
		buf_str(&b, ",\"comm\":");
		escape_json(&b, l->comm);
	}
	buf_str(&b, ",\"text\":");
	escape_json(&b, l->text);
	buf_str(&b, "}\n");
	line_out(v, &b);
}

/* TIME(s) as BCC's tools show it, who was running, and the text. */
static void message_text(struct program_view *v, const struct printk_line *l)
{
	struct buf b;

	v->shown = NO_MAP;
	if (l->pid >= 0)
		out_printf(v->out, "%llu.%06llu ",
			   (unsigned long long)l->ts_ns / 1000000000,
			   (unsigned long long)l->ts_ns / 1000 % 1000000);
	b = line_buf(v);
	if (l->pid >= 0) {
		escape_clean(&b, l->comm);
		buf_chr(&b, '-');
		buf_u64(&b, l->pid);
		buf_str(&b, ": ");
	}
	escape_clean(&b, l->text);
	buf_chr(&b, '\n');
	line_out(v, &b);
}

void program_view_message(struct program_view *v, const struct printk_line *l)
{
	v->format->message(v, l);
}

/* Read at the first stack, none where the kernel hides them. 0 or -ENOMEM. */
static int symbols_read(struct program_view *v)
{
	if (v->has_symbols)
		return 0;
	v->symbols = ksym_table_new(KSYMS_PATH);
	if (!v->symbols && errno == ENOMEM)
		return -ENOMEM;
	v->has_symbols = true;
	return 0;
}

static const char *symbol(void *arg, uint64_t addr)
{
	const struct program_view *v = arg;

	return ksym_table_find(v->symbols, addr);
}

/* The integers of T, to be added up over CPUs. */
static size_t sums_fill(const struct ctype *t, struct map_sum *sums)
{
	size_t i, nr = 0;

	for (i = 0; i < t->nr; i++) {
		const struct cfield *f = &t->f[i];

		if (f->kind <= CFIELD_BOOL && !f->nr_bits && !f->is_padding)
			sums[nr++] = (struct map_sum){f->offset, f->size,
						      f->nr ?: 1};
	}
	return nr;
}

static enum cmap_scale scale_of(const struct program_view *v, size_t i)
{
	static const enum cmap_scale scales[] = {
		[HISTOGRAM_NONE] = CMAP_TABLE,
		[HISTOGRAM_IS_LOG2] = CMAP_LOG2,
		[HISTOGRAM_IS_LINEAR] = CMAP_LINEAR,
	};

	return scales[histogram_scale(v->text, v->maps->img->maps[i].name)];
}

static bool is_array(uint32_t type)
{
	return type == BPF_MAP_TYPE_ARRAY || type == BPF_MAP_TYPE_PERCPU_ARRAY;
}

static int entries_show(struct program_view *v, size_t i,
			const struct map_entries *e)
{
	const struct image_map *m = &v->maps->img->maps[i];
	bool is_stack = m->type == BPF_MAP_TYPE_STACK_TRACE;
	struct cmap map = {
		.name = m->name,
		.key = &v->types[i].key,
		.value = &v->types[i].value,
		.key_size = e->key_size,
		.value_size = e->value_size,
		.keys = e->keys,
		.values = e->values,
		.nr = e->nr,
		.is_array = is_array(m->type),
		.scale = scale_of(v, i),
		.symbol = is_stack ? symbol : NULL,
		.arg = v,
	};
	int ret = is_stack && e->nr ? symbols_read(v) : 0;

	if (!ret)
		ret = v->format->map(&map, v->out);
	out_commit(v->out);
	return ret;
}

static int map_show(struct program_view *v, size_t i)
{
	const struct image_map *m = &v->maps->img->maps[i];
	struct map_sum sums[CTYPE_FIELDS];
	struct map_entries e;
	int ret;

	if (!map_is_readable(m->type))
		return 0;
	ret = map_read(v->maps->map_fds[i], m, sums,
		       sums_fill(&v->types[i].value, sums), &e);
	if (!ret && e.is_cut)
		log_warn("of the map %s only %zu entries are shown", m->name,
			 e.nr);
	if (!ret)
		ret = entries_show(v, i, &e);
	if (ret)
		log_err("cannot show the map %s: %s", m->name, strerror(-ret));
	map_entries_free(&e);
	return ret;
}

static void time_text(struct program_view *v)
{
	time_t now = time(NULL);
	struct tm tm;
	char text[16];

	if (localtime_r(&now, &tm) &&
	    strftime(text, sizeof(text), "%H:%M:%S", &tm))
		out_printf(v->out, "%s\n", text);
}

static void time_json(struct program_view *v)
{
}

bool program_view_maps(struct program_view *v, bool want_time)
{
	bool is_whole = true;
	size_t i;

	v->shown = NO_MAP;
	if (want_time)
		v->format->time(v);
	for (i = 0; i < v->maps->img->nr_maps; i++)
		is_whole &= !map_show(v, i);
	return is_whole;
}

static void summary_text(struct program_view *v, uint64_t nr_shown,
			 uint64_t nr_lost)
{
}

static void summary_json(struct program_view *v, uint64_t nr_shown,
			 uint64_t nr_lost)
{
	out_printf(v->out,
		   "{\"type\":\"summary\",\"shown\":%llu,\"lost\":%llu}\n",
		   (unsigned long long)nr_shown, (unsigned long long)nr_lost);
	out_commit(v->out);
}

void program_view_summary(struct program_view *v, uint64_t nr_shown,
			  uint64_t nr_lost)
{
	v->format->summary(v, nr_shown, nr_lost);
}

static const struct format text_format = {
	.event = event_text,
	.message = message_text,
	.map = cmap_text,
	.time = time_text,
	.summary = summary_text,
};

static const struct format json_format = {
	.event = event_json,
	.message = message_json,
	.map = cmap_json,
	.time = time_json,
	.summary = summary_json,
};
