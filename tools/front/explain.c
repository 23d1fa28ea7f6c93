// SPDX-License-Identifier: GPL-2.0
#include "front/explain.h"

#include <errno.h>
#include <inttypes.h>
#include <linux/bpf.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "compile/disasm.h"
#include "kernel/cost.h"

#define LOG_SIZE 65536 /* of the verifier's statistics */
#define LINES_SHOWN 14 /* of the bytecode */
#define FILTER_SHOWN 40
#define ASKED "/* What the command line asks for. */\n"

static void stage(int nr, const char *title, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* "3. TITLE" and what it is about. */
static void stage(int nr, const char *title, const char *fmt, ...)
{
	va_list args;

	printf("\n%d. %s\n\n", nr, title);
	va_start(args, fmt);
	vprintf(fmt, args);
	va_end(args);
}

/* Up to NR lines of SIZE bytes of TEXT, indented. How many there are. */
static size_t lines_print(const char *text, size_t size, size_t nr)
{
	const char *end = text + size, *newline;
	size_t i, len;

	for (i = 0; text < end; i++) {
		newline = memchr(text, '\n', end - text);
		len = (newline ?: end) - text;
		if (i < nr)
			printf("    %.*s\n", (int)len, text);
		text += len + 1;
	}
	return i;
}

/* The lines of TEXT from FROM, unless NULL, until an empty one or a comment. */
static void macros_print(const char *from)
{
	size_t len;

	for (; from && *from && *from != '\n' && strncmp(from, "/*", 2);
	     from += len + (from[len] == '\n')) {
		len = strcspn(from, "\n");
		printf("    %.*s\n", (int)len, from);
	}
}

/*
 * All filters are in segment_matches(), and what it calls stands in front of
 * it, behind the parser's last function.
 */
static void filter_print(const char *text)
{
	static const char *const first[] = {"\nstatic inline int is_local_",
					    "\nstatic inline int is_remote_",
					    "\nstatic inline int is_host_"};
	const char *main = strstr(text, "\nstatic inline int segment_matches");
	const char *end = main ? strstr(main, "\n}\n") : NULL;
	const char *start = main, *p;
	size_t i;

	if (!end)
		return;
	for (i = 0; i < sizeof(first) / sizeof(*first); i++) {
		p = strstr(text, first[i]);
		if (p && p < start)
			start = p;
	}
	putchar('\n');
	lines_print(start + 1, end + 2 - start, FILTER_SHOWN);
}

static size_t nr_lines(const char *text)
{
	size_t nr = 0;

	for (; *text; text++)
		nr += *text == '\n';
	return nr;
}

void explain_texts(int argc, char *const *argv,
		   const struct run_program *programs, size_t nr)
{
	const char *macros;
	size_t i;
	int j;

	stage(1, "Your options become C",
	      "Nothing is interpreted later: what you ask for is written into a "
	      "C program.\n\n    ");
	for (j = 0; j < argc; j++)
		printf("%s%s", argv[j], j + 1 < argc ? " " : "\n");
	for (i = 0; i < nr; i++) {
		macros = strstr(programs[i].text, ASKED);
		printf("\nbecomes in %s:\n\n", programs[i].name);
		macros_print(macros ? macros + strlen(ASKED) : NULL);
		filter_print(programs[i].text);
	}
	stage(2, "The C text",
	      "That is put together with a parser from the frame to the TCP "
	      "header and a few\nlines for the hook. It will run in the kernel, "
	      "so it has no libc and no loop\nwithout end, and it talks to us "
	      "through maps.\n\n");
	for (i = 0; i < nr; i++)
		printf("    %s has %zu lines: --print-source\n",
		       programs[i].name, nr_lines(programs[i].text));
	fflush(stdout);
}

static int bytecode_print(const struct image *img)
{
	char *text = disasm_text(img);
	size_t nr;

	if (!text)
		return -ENOMEM;
	nr = lines_print(text, strlen(text), LINES_SHOWN);
	if (nr > LINES_SHOWN)
		printf("    ... and %zu more lines: --print-bytecode\n",
		       nr - LINES_SHOWN);
	free(text);
	return 0;
}

int explain_image(const struct run_program *p, const struct image *img,
		  const struct compile_report *r)
{
	int ret;

	stage(3, "Kernel headers",
	      "The text names types of the kernel, such as struct iphdr, whose "
	      "layout differs\nfrom kernel to kernel. %s\n",
	      r->is_btf ? "This kernel describes its own in "
			  "/sys/kernel/btf/vmlinux\n(BTF)."
			: "Here the installed header files tell.");
	if (r->is_btf)
		printf("The %zu types that the text needs became a header of "
		       "their own in %.1f ms.\nA whole kernel has tens of "
		       "thousands.\n",
		       r->nr_types, r->headers_ns / 1e6);
	stage(4, "Compiling",
	      "clang, through libbcc, made BPF instructions of %s in\n%.1f ms, "
	      "in a process of its own without rights, files or network.\nThe "
	      "result is kept in /var/cache/tcpsnoop-c: without --explain the "
	      "next start\ntakes it from there and needs no compiler.\n",
	      p->name, r->child_ns / 1e6);
	stage(5, "Bytecode",
	      "The instructions are for a small machine that does not exist: "
	      "registers r0 to\nr10; r1 is the packet's context, r10 the end "
	      "of a stack of 512 bytes, r0 what is\nreturned. Behind ';' is "
	      "the C that they were made of.\n\n");
	ret = bytecode_print(img);
	fflush(stdout);
	return ret;
}

/* The number behind WORD in LOG, or -1. */
static long number_behind(const char *log, const char *word)
{
	const char *p = strstr(log, word);

	return p ? strtol(p + strlen(word), NULL, 10) : -1;
}

/* "stack depth 48+0+16": of each function that calls the next. */
static long stack_depth(const char *log)
{
	const char *p = strstr(log, "stack depth ");
	char *end;
	long sum = 0;

	if (!p)
		return -1;
	for (p += strlen("stack depth "); *p; p = end + 1) {
		sum += strtol(p, &end, 10);
		if (*end != '+')
			break;
	}
	return sum;
}

static int verifier_print(const struct session *s, const struct session_prog *p)
{
	const struct load_as as = session_load_as(s, p);
	static char log[LOG_SIZE];
	struct prog_cost cost = {};
	int ret = load_prog_stats(&s->loaded[p->part], p->prog.name, &as, log,
				  sizeof(log));

	if (ret)
		return ret == -ENOMEM ? ret : 0;
	cost_of(p->prog.fd, &cost);
	printf("    %s():\n"
	       "    %ld instructions followed in %ld us (it gives up at "
	       "1,000,000),\n"
	       "    %ld states of the registers remembered,\n"
	       "    %ld bytes of stack used (at most 512),\n"
	       "    accepted: %" PRIu32 " instructions are %" PRIu32
	       " bytes of machine code now\n",
	       p->prog.name, number_behind(log, "processed "),
	       number_behind(log, "verification time "),
	       number_behind(log, "total_states "), stack_depth(log),
	       cost.nr_insns, cost.nr_jited);
	return 0;
}

static const char *map_type(unsigned type)
{
	static const char *const names[] = {
		[BPF_MAP_TYPE_HASH] = "hash table",
		[BPF_MAP_TYPE_ARRAY] = "array",
		[BPF_MAP_TYPE_PERF_EVENT_ARRAY] = "perf buffers",
		[BPF_MAP_TYPE_PERCPU_HASH] = "hash table a CPU",
		[BPF_MAP_TYPE_PERCPU_ARRAY] = "array a CPU",
		[BPF_MAP_TYPE_LRU_HASH] = "hash table that forgets",
		[BPF_MAP_TYPE_LPM_TRIE] = "prefixes",
	};

	return type < sizeof(names) / sizeof(*names) && names[type]
		       ? names[type]
		       : "map";
}

static void maps_print(const struct image *img)
{
	size_t i;

	for (i = 0; i < img->nr_maps; i++) {
		const struct image_map *m = &img->maps[i];

		if (m->type == BPF_MAP_TYPE_PERF_EVENT_ARRAY)
			printf("    %-12s %s: events on their way to us\n",
			       m->name, map_type(m->type));
		else
			printf("    %-12s %s: %u of %u bytes\n", m->name,
			       map_type(m->type), m->max_entries,
			       m->value_size);
	}
}

static void hooks_print(const struct session *s)
{
	size_t i;

	for (i = 0; i < s->nr_hooks; i++)
		printf("    %s() at the hook %s, %s\n", s->hooks[i].prog,
		       s->hooks[i].ops->name,
		       *s->hooks[i].ifname ? s->hooks[i].ifname
					   : "all interfaces");
}

int explain_session(const struct session *s)
{
	size_t i;
	int ret = 0;

	stage(6, "The verifier",
	      "Before the kernel takes a program, it follows every way "
	      "through it and proves\nthat each access is to memory that the "
	      "program may touch, and that it ends.\n\n");
	for (i = 0; i < s->nr_progs && !ret; i++)
		ret = verifier_print(s, &s->progs[i]);
	stage(7, "Maps", "Memory that the programs and we share:\n\n");
	for (i = 0; i < s->nr_loaded; i++)
		maps_print(s->loaded[i].img);
	stage(8, "Attached",
	      "From now on the kernel runs, for every packet there:\n\n");
	hooks_print(s);
	putchar('\n');
	fflush(stdout);
	return ret;
}

void explain_costs(const struct session *s)
{
	struct prog_cost cost;
	size_t i;

	stage(9, "What it cost",
	      "The kernel counted and timed each run, the ones that matched and "
	      "the others:\n\n");
	for (i = 0; i < s->nr_progs; i++) {
		if (cost_of(s->progs[i].prog.fd, &cost))
			continue;
		printf("    %s(): %" PRIu64 " runs, %" PRIu64 " ns each\n",
		       s->progs[i].prog.name, cost.runs,
		       cost.runs ? cost.ns / cost.runs : 0);
	}
	fflush(stdout);
}

void explain_account(const struct summary *sum)
{
	const struct {
		const char *sign, *name;
		uint64_t nr;
		const char *what;
		bool is_out;
	} rows[] = {
		{" ", "seen", sum->seen, "packets that a program ran on",
		 false},
		{"-", "filtered", sum->filtered, "not asked for", false},
		{"=", "matched", sum->matched, "passed every filter", false},
		{"-", "lost", sum->lost_submit, "the kernel refused the event",
		 false},
		{"-", "lost", sum->lost_ring, "the perf buffer was full",
		 false},
		{"-", "lost", sum->lost_owner,
		 "of an unknown process: a filter asks for it",
		 !sum->needs_owner},
		{"-", "lost", sum->lost_view, "not written", false},
		{"=", "shown", sum->shown, "", false},
	};
	size_t i;

	stage(10, "The account",
	      "Programs and reader count each packet where its way ends, and "
	      "the sums agree:\n\n");
	for (i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		if (!rows[i].is_out)
			printf("    %s %10" PRIu64 " %-8s %s\n", rows[i].sign,
			       rows[i].nr, rows[i].name, rows[i].what);
	fflush(stdout);
}

void costs_say(const struct session *s)
{
	struct prog_cost cost;
	size_t i;

	for (i = 0; i < s->nr_progs; i++)
		if (!cost_of(s->progs[i].prog.fd, &cost))
			log_info("%s(): %" PRIu64 " runs, %" PRIu64
				 " ns each, %" PRIu64 " us in all",
				 s->progs[i].prog.name, cost.runs,
				 cost.runs ? cost.ns / cost.runs : 0,
				 cost.ns / 1000);
}
