// SPDX-License-Identifier: GPL-2.0
#include "compile/source.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file_read.h"
#include "base/strbuf.h"
#include "base/text.h"
#include "compile/embed.h"

#define NAME_LEN 64
#define DEPTH 16
#define FILES 32
#define ZERO_LINE "#line 0"
#define ZERO_LEN (sizeof(ZERO_LINE) - 1)

/* One open conditional. */
struct cond {
	bool is_ours; /* its own lines are dropped */
	bool is_live; /* what is inside is kept */
};

struct assembly {
	struct strbuf b;
	const struct source_knob *knobs;
	const struct source_part *parts;
	struct cond cond[DEPTH];
	size_t depth;
	char done[FILES][NAME_LEN]; /* included already */
	size_t nr_done;
	unsigned nr_lines; /* written */
	bool is_blank;	   /* the last line written was empty */
};

static bool source_include(struct assembly *a, const char *name);

static bool is_live(const struct assembly *a)
{
	return !a->depth || a->cond[a->depth - 1].is_live;
}

/* The word behind KEYWORD in LINE, e.g. NAME of "#if NAME". */
static bool word_after(const char *line, const char *keyword, char *word)
{
	size_t len = strlen(keyword), n = 0;

	if (strncmp(line, keyword, len))
		return false;
	line += len;
	while (n < NAME_LEN - 1 && !isspace((unsigned char)line[n]) &&
	       line[n] != '"')
		n++;
	memcpy(word, line, n);
	word[n] = 0;
	return n > 0;
}

/* The value of the condition WORD, or -1 when it is not ours to settle. */
static int knob_value(const struct assembly *a, const char *word)
{
	bool is_negated = *word == '!';
	const struct source_knob *k;

	for (k = a->knobs; k && k->name; k++)
		if (!strcmp(k->name, word + is_negated))
			return k->is_on != is_negated;
	return -1;
}

/* "WANT_A && WANT_B" is not ours to settle. */
static bool is_alone(const char *rest, const char *word)
{
	rest += strlen(word);
	return !*rest || *rest == '\n';
}

static bool is_guard(const char *word)
{
	size_t len = strlen(word);

	return len > 2 && !strcmp(word + len - 2, "_H");
}

static void cond_open(struct assembly *a, bool is_ours, bool value)
{
	struct cond c = {.is_ours = is_ours, .is_live = is_live(a) && value};

	if (a->depth == DEPTH) {
		strbuf_fail(&a->b, -EINVAL);
		return;
	}
	a->cond[a->depth++] = c;
}

/* True when LINE is a conditional of ours and thus dropped. */
static bool cond_line(struct assembly *a, const char *line)
{
	bool is_outer_live = a->depth < 2 || a->cond[a->depth - 2].is_live;
	struct cond *top = a->depth ? &a->cond[a->depth - 1] : NULL;
	char word[NAME_LEN];
	int value;

	if (word_after(line, "#ifndef ", word)) {
		cond_open(a, is_guard(word), true);
		return is_guard(word);
	}
	if (word_after(line, "#if ", word)) {
		value = is_alone(line + 4, word) ? knob_value(a, word) : -1;
		cond_open(a, value >= 0, value);
		return value >= 0;
	}
	if (!strncmp(line, "#if", 3)) {
		cond_open(a, false, true);
		return false;
	}
	if (!top)
		return false;
	if (!strncmp(line, "#else", 5) && top->is_ours) {
		top->is_live = is_outer_live && !top->is_live;
		return true;
	}
	if (!strncmp(line, "#endif", 6)) {
		a->depth--;
		return top->is_ours;
	}
	return false;
}

static void line_write(struct assembly *a, const char *line, size_t len)
{
	bool is_blank = !len;

	if (is_blank && a->is_blank)
		return;
	a->is_blank = is_blank;
	a->nr_lines++;
	if (len > ZERO_LEN && !strncmp(line, ZERO_LINE, ZERO_LEN)) {
		strbuf_printf(&a->b, "#line %u", a->nr_lines + 1);
		line += ZERO_LEN;
		len -= ZERO_LEN;
	}
	strbuf_mem(&a->b, line, len);
	strbuf_chr(&a->b, '\n');
}

static void line_take(struct assembly *a, const char *line, size_t len)
{
	char word[NAME_LEN];

	if (cond_line(a, line) || !is_live(a))
		return;
	if (word_after(line, "#define ", word) && is_guard(word))
		return;
	if (word_after(line, "#include \"", word)) {
		if (!source_include(a, word))
			strbuf_fail(&a->b, -EINVAL);
		return;
	}
	line_write(a, line, len);
}

static void source_take(struct assembly *a, const char *text)
{
	const char *end;

	for (; *text; text = end + 1) {
		end = strchrnul(text, '\n');
		line_take(a, text, end - text);
		if (!*end)
			break;
	}
}

static const char *part_text(const struct assembly *a, const char *name)
{
	const struct source_part *p;

	for (p = a->parts; p && p->name; p++)
		if (!strcmp(p->name, name))
			return p->text;
	return NULL;
}

static const char *file_text(const char *name)
{
	static const char *const dirs[] = {"include/", "bpf_src/"};
	const char *text = NULL;
	char path[NAME_LEN + 16];
	size_t i;

	for (i = 0; !text && i < sizeof(dirs) / sizeof(*dirs); i++) {
		snprintf(path, sizeof(path), "%s%s", dirs[i], name);
		text = embedded_text(path);
	}
	/* The SPDX line stays with the file. */
	if (text && !strncmp(text, "/* SPDX", 7))
		text = strchr(text, '\n') + 1;
	return text;
}

static bool source_include(struct assembly *a, const char *name)
{
	const char *text = part_text(a, name);
	size_t i;

	for (i = 0; i < a->nr_done; i++)
		if (!strcmp(a->done[i], name))
			return true;
	if (!text)
		text = file_text(name);
	if (!text || a->nr_done == FILES)
		return false;
	snprintf(a->done[a->nr_done++], NAME_LEN, "%s", name);
	source_take(a, text);
	return true;
}

char *source_assemble(const char *path, const struct source_knob *knobs,
		      const struct source_part *parts)
{
	struct assembly a = {.knobs = knobs, .parts = parts};
	const char *text = embedded_text(path);

	if (!text)
		return NULL;
	source_take(&a, text);
	if (a.depth)
		strbuf_fail(&a.b, -EINVAL);
	return strbuf_take(&a.b, NULL);
}

/* What is wrong with SIZE bytes of a program, or NULL. */
static const char *text_fault(const char *text, size_t size)
{
	if (!size)
		return "it is empty";
	return memchr(text, 0, size) ? "it is no text" : NULL;
}

static const char *read_fault(int err)
{
	return err == -EFBIG ? "it is longer than 1 MiB" : file_fault(err);
}

/* The cause must not be cut off behind a long path. */
static void fault_say(const char *path, const char *fault, char *err,
		      size_t err_size)
{
	static const char what[] = "cannot use the program ";
	char name[PATH_MAX];
	size_t rest = strlen(what) + strlen(": ") + strlen(fault);
	size_t room = err_size > rest + 4 ? err_size - rest : 4;

	if (room > sizeof(name))
		room = sizeof(name);
	snprintf(err, err_size, "%s%s: %s", what, text_tail(name, room, path),
		 fault);
}

char *source_read(const char *path, char *err, size_t err_size)
{
	char *text = NULL;
	const char *fault;
	struct stat st;
	size_t size;
	int fd = file_open(AT_FDCWD, path, 0, &st), ret = fd;

	if (fd >= 0) {
		ret = file_read(fd, SOURCE_MAX, &text, &size);
		close(fd);
	}
	fault = ret < 0 ? read_fault(ret) : text_fault(text, size);
	if (!fault)
		return text;
	fault_say(path, fault, err, err_size);
	free(text);
	return NULL;
}
