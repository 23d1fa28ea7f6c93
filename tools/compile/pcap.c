// SPDX-License-Identifier: GPL-2.0
#include "compile/pcap.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pcap/pcap.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fd.h"
#include "base/strbuf.h"
#include "compile/cbpf.h"

#define SNAPLEN 262144
#define WORDS_MAX 65536

static const struct {
	int dlt;
	const char *name; /* of the function */
	size_t head;	  /* bytes, as in common/frame.h */
} links[PCAP_LINKS] = {
	[PCAP_ETHER] = {DLT_EN10MB, "pcap_ether", 54},
	[PCAP_RAW] = {DLT_RAW, "pcap_raw", 40},
};

static struct {
	pcap_t *(*open_dead)(int dlt, int snaplen);
	int (*compile)(pcap_t *p, struct bpf_program *program,
		       const char *words, int optimize, bpf_u_int32 mask);
	char *(*geterr)(pcap_t *p);
	void (*freecode)(struct bpf_program *program);
	void (*close)(pcap_t *p);
} lib;

/* 0, -ENOMEM, or -ENOENT with a sentence in ERR. */
static int lib_load(struct parse_err *err)
{
	static const char *const names[] = {"libpcap.so.0.8", "libpcap.so.1"};
	void *l = NULL;
	size_t i;

	if (lib.close)
		return 0;
	errno = 0;
	for (i = 0; !l && i < sizeof(names) / sizeof(*names); i++)
		l = dlopen(names[i], RTLD_NOW | RTLD_LOCAL);
	if (l) {
		*(void **)&lib.open_dead = dlsym(l, "pcap_open_dead");
		*(void **)&lib.compile = dlsym(l, "pcap_compile");
		*(void **)&lib.geterr = dlsym(l, "pcap_geterr");
		*(void **)&lib.freecode = dlsym(l, "pcap_freecode");
		*(void **)&lib.close = dlsym(l, "pcap_close");
	}
	if (lib.open_dead && lib.compile && lib.geterr && lib.freecode &&
	    lib.close)
		return 0;
	if (errno == ENOMEM)
		return -ENOMEM;
	parse_fail(err, "a pcap-filter needs libpcap (apt-get install "
			"libpcap0.8)");
	return -ENOENT;
}

char *pcap_join(char *const *words)
{
	struct strbuf b = {};
	size_t i;

	for (i = 0; words[i]; i++) {
		if (i)
			strbuf_chr(&b, ' ');
		strbuf_str(&b, words[i]);
	}
	return strbuf_take(&b, NULL);
}

/* "'tcp port htpp': unknown port 'htpp'" */
static int refuse(const char *words, const char *why, struct parse_err *err)
{
	return parse_fail(err, "'%s': %s", PARSE_QUOTE(words, strlen(words)),
			  why);
}

static int text_make(const struct bpf_program *program, enum pcap_link link,
		     char **text)
{
	_Static_assert(sizeof(struct bpf_insn) == 8, "struct sock_filter's");
	struct strbuf b = {};

	cbpf_write(&b, links[link].name, (const void *)program->bf_insns,
		   program->bf_len, links[link].head);
	*text = strbuf_take(&b, NULL);
	return b.err;
}

/* 0 with *TEXT, -EINVAL with ERR filled, -ENOMEM. */
static int words_compile(const char *words, enum pcap_link link, char **text,
			 struct parse_err *err)
{
	pcap_t *p = lib.open_dead(links[link].dlt, SNAPLEN);
	struct bpf_program program;
	int ret;

	if (!p)
		return -ENOMEM;
	errno = 0;
	if (lib.compile(p, &program, words, 1, PCAP_NETMASK_UNKNOWN)) {
		ret = errno == ENOMEM ? -ENOMEM
				      : refuse(words, lib.geterr(p), err);
	} else {
		ret = text_make(&program, link, text);
		if (ret == -EINVAL)
			refuse(words,
			       "libpcap made a program of it that has "
			       "no C",
			       err);
		lib.freecode(&program);
	}
	lib.close(p);
	return ret;
}

/* What the process that runs libpcap says of one link, and then TEXT. */
struct result {
	int ret;
	struct parse_err err;
	size_t size; /* of the text, with its NUL; 0: none */
};

static void process_main(const struct pcap_filter *p,
			 const bool want[PCAP_LINKS], int fd)
{
	int null = open("/dev/null", O_WRONLY | O_CLOEXEC);
	size_t i;

	/* The parts of libpcap that end a process say so there. */
	dup2(null, STDERR_FILENO);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	/* tcpdump(8) waits for half a minute. */
	setenv("RES_OPTIONS", "timeout:2 attempts:1", 0);
	for (i = 0; i < PCAP_LINKS; i++) {
		struct result r = {};
		char *text = NULL;

		if (!want[i])
			continue;
		r.ret = words_compile(p->words, i, &text, &r.err);
		r.size = text ? strlen(text) + 1 : 0;
		if (fd_write_all(fd, &r, sizeof(r)) ||
		    fd_write_all(fd, text, r.size))
			return;
	}
}

/* Readable before UNTIL_NS? */
static bool wait_for(int fd, uint64_t until_ns)
{
	struct pollfd pfd = {.fd = fd, .events = POLLIN};
	uint64_t now = clock_ns(CLOCK_MONOTONIC);

	return now < until_ns &&
	       poll(&pfd, 1, (until_ns - now) / 1000000 + 1) > 0;
}

static int result_read(struct pcap_filter *p, enum pcap_link link, int fd,
		       struct parse_err *err)
{
	struct result r;
	int ret = fd_read_all(fd, &r, sizeof(r));

	if (ret)
		return -ENOMEM;
	*err = r.err;
	if (!r.size)
		return r.ret;
	p->text[link] = malloc(r.size);
	return p->text[link] && !fd_read_all(fd, p->text[link], r.size)
		       ? r.ret
		       : -ENOMEM;
}

/* 0 when one of the links has a text; else the first's reason. */
static int results_read(struct pcap_filter *p, const bool want[PCAP_LINKS],
			int fd, unsigned limit_s, struct parse_err *err)
{
	uint64_t until = clock_ns(CLOCK_MONOTONIC) + limit_s * 1000000000ull;
	struct parse_err first = {}, cause;
	int ret = 0, one;
	bool has_text = false;
	size_t i;

	for (i = 0; i < PCAP_LINKS; i++) {
		if (!want[i])
			continue;
		if (!wait_for(fd, until))
			return parse_fail(err,
					  "libpcap needs more than %u s for "
					  "this filter",
					  limit_s);
		one = result_read(p, i, fd, &cause);
		if (one == -ENOMEM)
			return one;
		has_text |= !one;
		if (one && !ret)
			first = cause;
		ret = ret ?: one;
	}
	*err = first;
	return has_text ? 0 : ret;
}

/* libpcap in a process of its own, which can be ended. */
static int process_run(struct pcap_filter *p, const bool want[PCAP_LINKS],
		       unsigned limit_s, struct parse_err *err)
{
	int fds[2], ret;
	pid_t pid;

	if (pipe2(fds, O_CLOEXEC))
		return -ENOMEM;
	pid = fork();
	if (!pid) {
		close(fds[0]);
		process_main(p, want, fds[1]);
		_exit(0);
	}
	close(fds[1]);
	ret = pid < 0 ? -ENOMEM : results_read(p, want, fds[0], limit_s, err);
	close(fds[0]);
	if (pid > 0) {
		kill(pid, SIGKILL);
		waitpid(pid, NULL, 0);
	}
	return ret;
}

int pcap_filter_make(struct pcap_filter *p, const bool want[PCAP_LINKS],
		     unsigned limit_s, struct parse_err *err)
{
	int ret;

	if (strlen(p->words) > WORDS_MAX)
		return parse_fail(err, "the filter has more than %d characters",
				  WORDS_MAX);
	if (strspn(p->words, " \t\n") == strlen(p->words))
		return parse_fail(err, "the filter is empty");
	ret = lib_load(err);
	return ret ?: process_run(p, want, limit_s, err);
}

/* As a comment: on one line, and without what would end it. */
static void words_write(struct strbuf *b, const char *words)
{
	strbuf_str(b, "/* What libpcap made of: ");
	for (; *words; words++) {
		strbuf_chr(b, *words < ' ' && *words >= 0 ? ' ' : *words);
		if (*words == '*' && words[1] == '/')
			strbuf_chr(b, ' ');
	}
	strbuf_str(b, " */\n");
}

char *pcap_filter_text(const struct pcap_filter *p, const bool want[PCAP_LINKS])
{
	struct strbuf b = {};
	size_t i;

	words_write(&b, p->words);
	for (i = 0; i < PCAP_LINKS; i++)
		if (want[i] && p->text[i])
			strbuf_printf(&b, "%s\n", p->text[i]);
		else if (want[i])
			strbuf_printf(&b,
				      "/* The words say nothing of such "
				      "packets. */\n"
				      "static inline int %s(struct frame *f)\n"
				      "{\n"
				      "\treturn 0;\n"
				      "}\n"
				      "\n",
				      links[i].name);
	return strbuf_take(&b, NULL);
}

void pcap_filter_free(struct pcap_filter *p)
{
	size_t i;

	free(p->words);
	for (i = 0; i < PCAP_LINKS; i++)
		free(p->text[i]);
}
