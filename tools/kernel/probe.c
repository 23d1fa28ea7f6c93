// SPDX-License-Identifier: GPL-2.0
#include "kernel/probe.h"

#include <stdio.h>
#include <string.h>

static const struct probe_type types[] = {
	[PROBE_NONE] = {.name = "none"},
	[PROBE_XDP] = {.name = "xdp",
		       .type = BPF_PROG_TYPE_XDP,
		       .wants_interface = true},
	[PROBE_TC_INGRESS] = {.name = "tc-ingress",
			      .type = BPF_PROG_TYPE_SCHED_CLS,
			      .wants_interface = true},
	[PROBE_TC_EGRESS] = {.name = "tc-egress",
			     .type = BPF_PROG_TYPE_SCHED_CLS,
			     .wants_interface = true},
	[PROBE_SOCKET] = {.name = "socket",
			  .type = BPF_PROG_TYPE_SOCKET_FILTER},
	[PROBE_TRACEPOINT] = {.name = "tracepoint",
			      .target = "CAT:EVENT",
			      .type = BPF_PROG_TYPE_TRACEPOINT},
	[PROBE_RAW_TRACEPOINT] = {.name = "raw-tracepoint",
				  .target = "EVENT",
				  .type = BPF_PROG_TYPE_RAW_TRACEPOINT},
	[PROBE_KPROBE] = {.name = "kprobe",
			  .target = "FUNCTION",
			  .type = BPF_PROG_TYPE_KPROBE},
	[PROBE_KRETPROBE] = {.name = "kretprobe",
			     .target = "FUNCTION",
			     .type = BPF_PROG_TYPE_KPROBE},
	[PROBE_FENTRY] = {.name = "fentry",
			  .target = "FUNCTION",
			  .type = BPF_PROG_TYPE_TRACING},
	[PROBE_FEXIT] = {.name = "fexit",
			 .target = "FUNCTION",
			 .type = BPF_PROG_TYPE_TRACING},
	[PROBE_UPROBE] = {.name = "uprobe",
			  .target = "BINARY:SYMBOL",
			  .type = BPF_PROG_TYPE_KPROBE},
	[PROBE_URETPROBE] = {.name = "uretprobe",
			     .target = "BINARY:SYMBOL",
			     .type = BPF_PROG_TYPE_KPROBE},
	[PROBE_TAIL] = {.type = BPF_PROG_TYPE_UNSPEC},
};

#define NR_TYPES (sizeof(types) / sizeof(*types))

/* The first that fits; a target is what follows the prefix. */
static const struct {
	const char *prefix, *suffix; /* NULL: any */
	enum probe_kind kind;
} names[] = {
	{"kprobe__", NULL, PROBE_KPROBE},
	{"kretprobe__", NULL, PROBE_KRETPROBE},
	{"tracepoint__", NULL, PROBE_TRACEPOINT},
	{"raw_tracepoint__", NULL, PROBE_RAW_TRACEPOINT},
	/* libbcc names them with the module from 0.28 on. */
	{"kfunc__vmlinux__", NULL, PROBE_FENTRY},
	{"kfunc__", NULL, PROBE_FENTRY},
	{"kretfunc__vmlinux__", NULL, PROBE_FEXIT},
	{"kretfunc__", NULL, PROBE_FEXIT},
	{"xdp", NULL, PROBE_XDP},
	{NULL, "egress", PROBE_TC_EGRESS},
	{NULL, "ingress", PROBE_TC_INGRESS},
	{"tc_out", NULL, PROBE_TC_EGRESS},
	{"tc", "_out", PROBE_TC_EGRESS},
	/* tcp_... is a word of its own, not TC. */
	{"tc_", NULL, PROBE_TC_INGRESS},
	{"cls_", NULL, PROBE_TC_INGRESS},
	{"socket", NULL, PROBE_SOCKET},
	{NULL, "filter", PROBE_SOCKET},
};

const struct probe_type *probe_type(enum probe_kind kind)
{
	return &types[kind];
}

static bool has_suffix(const char *s, const char *suffix)
{
	size_t len = strlen(s), skip = strlen(suffix);

	return len >= skip && !strcmp(s + len - skip, suffix);
}

static bool target_set(struct probe *p, const char *text)
{
	return (size_t)snprintf(p->target, sizeof(p->target), "%s", text) <
		       sizeof(p->target) &&
	       *text;
}

/* What follows the prefix of FUNCTION, as the words would say it. */
static bool target_by_name(struct probe *p, const char *rest)
{
	char *split;

	if (!types[p->kind].target)
		return true;
	if (!target_set(p, rest))
		return false;
	if (p->kind != PROBE_TRACEPOINT)
		return true;
	split = strstr(p->target, "__");
	if (!split || split == p->target || !split[2])
		return false;
	*split = ':';
	memmove(split + 1, split + 2, strlen(split + 2) + 1);
	return true;
}

bool probe_by_name(struct probe *p, const char *function)
{
	size_t i, len;

	*p = (struct probe){.binary = -1};
	snprintf(p->function, sizeof(p->function), "%s", function);
	for (i = 0; i < sizeof(names) / sizeof(*names); i++) {
		len = names[i].prefix ? strlen(names[i].prefix) : 0;
		if (strncmp(function, names[i].prefix ?: "", len) ||
		    !has_suffix(function + len, names[i].suffix ?: ""))
			continue;
		p->kind = names[i].kind;
		return target_by_name(p, function + len);
	}
	return false;
}

void probe_list(char *text, size_t size)
{
	size_t i, len = 0;

	*text = 0;
	for (i = 0; i < NR_TYPES && len < size; i++)
		if (types[i].name)
			len += snprintf(text + len, size - len, "%s%s",
					len ? ", " : "", types[i].name);
}

bool probe_tail_parse(const char *target, char map[IMAGE_NAME], unsigned *index)
{
	size_t len = strcspn(target, "[");
	char end;

	if (!len || len >= IMAGE_NAME || target[len] != '[' ||
	    sscanf(target + len, "[%u]%c", index, &end) != 1 ||
	    target[strlen(target) - 1] != ']')
		return false;
	snprintf(map, IMAGE_NAME, "%.*s", (int)len, target);
	return true;
}

static int function_set(struct probe *p, const char *s, size_t len,
			struct parse_err *err)
{
	if (!len)
		return parse_fail(err, "'' is no name of a function");
	if (len >= sizeof(p->function))
		return parse_fail(err,
				  "the function's name '%s' has more than %zu "
				  "characters",
				  PARSE_QUOTE(s, len), sizeof(p->function) - 1);
	*p = (struct probe){.binary = -1};
	memcpy(p->function, s, len);
	return 0;
}

/* The kind that the LEN bytes at HOOK name, or false. */
static bool kind_find(const char *hook, size_t len, enum probe_kind *kind)
{
	size_t i;

	for (i = 0; i < NR_TYPES; i++)
		if (types[i].name && strlen(types[i].name) == len &&
		    !strncmp(types[i].name, hook, len)) {
			*kind = i;
			return true;
		}
	return false;
}

static int hook_unknown(const char *hook, struct parse_err *err)
{
	char list[256];
	size_t len = strcspn(hook, "[");

	if (hook[len] && len >= IMAGE_NAME)
		return parse_fail(err,
				  "the array's name '%s' has more than %d "
				  "characters",
				  PARSE_QUOTE(hook, len), IMAGE_NAME - 1);
	probe_list(list, sizeof(list));
	return parse_fail(err, "'%s' is not one of %s or ARRAY[INDEX]",
			  PARSE_QUOTE(hook, strlen(hook)), list);
}

/* TEXT as the target of P's kind. 0, or -EINVAL with a sentence. */
static int target_take(struct probe *p, const char *text, struct parse_err *err)
{
	const struct probe_type *type = &types[p->kind];

	if (strlen(text) >= sizeof(p->target))
		return parse_fail(err,
				  "what follows '%s' has more than %zu "
				  "characters",
				  type->name, sizeof(p->target) - 1);
	if (target_set(p, text) &&
	    (!strchr(type->target, ':') || strchr(text, ':')))
		return 0;
	return parse_fail(err, "'%s' must be followed by :%s", type->name,
			  type->target);
}

int probe_by_words(struct probe *p, const char *text, struct parse_err *err)
{
	const char *hook = strchr(text, '=');
	char map[IMAGE_NAME];
	unsigned index;
	size_t len;
	int ret;

	if (!hook)
		return parse_fail(err, "'%s' is not FUNCTION=HOOK",
				  PARSE_QUOTE(text, strlen(text)));
	ret = function_set(p, text, hook++ - text, err);
	if (ret)
		return ret;
	if (probe_tail_parse(hook, map, &index)) {
		p->kind = PROBE_TAIL;
		return target_set(p, hook) ? 0 : hook_unknown(hook, err);
	}
	len = strcspn(hook, ":");
	if (!kind_find(hook, len, &p->kind))
		return hook_unknown(hook, err);
	hook += len;
	if (!types[p->kind].target)
		return *hook ? parse_fail(err, "nothing may follow '%s'",
					  types[p->kind].name)
			     : 0;
	return target_take(p, *hook ? hook + 1 : "", err);
}

int probe_by_symbol(struct probe *p, enum probe_kind kind, const char *text,
		    struct parse_err *err)
{
	const char *function = strrchr(text, '=');
	char target[PROBE_TARGET + 1];
	int ret;

	if (!function || !memchr(text, ':', function - text))
		return parse_fail(err, "'%s' is not BINARY:SYMBOL=FUNCTION",
				  PARSE_QUOTE(text, strlen(text)));
	ret = function_set(p, function + 1, strlen(function + 1), err);
	if (ret)
		return ret;
	p->kind = kind;
	/* One byte too many shows that it is too long. */
	snprintf(target, sizeof(target), "%.*s", (int)(function - text), text);
	return target_take(p, target, err);
}
