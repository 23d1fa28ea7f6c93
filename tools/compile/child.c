// SPDX-License-Identifier: GPL-2.0
#include "compile/child.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/fd.h"
#include "base/log.h"
#include "base/stop.h"
#include "base/strbuf.h"
#include "compile/bcc.h"
#include "compile/fake_bpf.h"
#include "compile/image.h"
#include "compile/jail.h"

#define TALK_MAX (256u << 10)
#define IMAGE_FD 3

/* Exit codes of the child: which sentence is due. */
enum verdict {
	VERDICT_OK,
	VERDICT_ERROR,
	VERDICT_NO_LIBRARY,
	VERDICT_NO_JAIL,
	VERDICT_NO_MEMORY,
};

/* One pipe from the child: what came so far. */
struct stream {
	int fd;
	struct strbuf text; /* beyond its limit it is read and thrown away */
	bool is_cut;
};

struct child {
	pid_t pid;
	struct stream talk, image;
	struct syscalls_refused *refused; /* shared with it; NULL: not noted */
};

static void child_environment(const struct headers *h)
{
	clearenv();
	setenv("LC_ALL", "C", 1);
	if (h->source[0])
		setenv("BCC_KERNEL_SOURCE", h->source, 1);
	/* In the jail the tree may be the root (see files_lock()). */
	if (h->is_btf && !access("/include/linux/kconfig.h", R_OK))
		setenv("BCC_KERNEL_SOURCE", "/", 1);
}

/* Nothing but these is left to it. 0 or -errno. */
static int child_descriptors(int talk, int image)
{
	int null = open("/dev/null", O_RDONLY | O_CLOEXEC);

	/* The image's pipe first: its number may be one that is overwritten. */
	image = fcntl(image, F_DUPFD_CLOEXEC, IMAGE_FD + 1);
	talk = fcntl(talk, F_DUPFD_CLOEXEC, IMAGE_FD + 1);
	null = fcntl(null, F_DUPFD_CLOEXEC, IMAGE_FD + 1);
	if (dup2(talk, STDERR_FILENO) < 0 || dup2(talk, STDOUT_FILENO) < 0 ||
	    dup2(null, STDIN_FILENO) < 0 || dup2(image, IMAGE_FD) < 0)
		return -errno;
	return fd_close_range(IMAGE_FD + 1, ~0u);
}

static enum verdict child_main(const struct child_opts *o,
			       struct syscalls_refused *refused)
{
	struct jail jail = {
		.dirs = o->headers->dirs,
		.want_root = o->headers->is_btf,
		.limit_s = o->limit_s,
		.refused = refused,
		.bpf = fake_bpf,
	};
	char err[256];
	void *bytes;
	size_t size;
	int ret;

	ret = bcc_load();
	if (ret)
		return ret == -ENOMEM ? VERDICT_NO_MEMORY : VERDICT_NO_LIBRARY;
	if (jail_enter(&jail, err, sizeof(err))) {
		fprintf(stderr, "%s", err);
		return VERDICT_NO_JAIL;
	}
	child_environment(o->headers);
	ret = bcc_compile(o->text, o->name, &bytes, &size);
	if (ret == -ENOMEM)
		return VERDICT_NO_MEMORY;
	if (ret || fd_write_all(IMAGE_FD, bytes, size))
		return VERDICT_ERROR;
	return VERDICT_OK;
}

static void signals_default(void)
{
	sigset_t none;
	int sig;

	for (sig = 1; sig < NSIG; sig++)
		signal(sig, SIG_DFL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

/*
 * As fork(), with PID and IPC namespaces of its own where these can be had
 * (CAP_SYS_ADMIN). The first process of a PID namespace ignores what it has no
 * handler for, but for SIGKILL from outside and its own faults. More of what
 * glibc's fork() does is not needed where there is one thread.
 */
static pid_t fork_apart(void)
{
	pid_t pid = syscall(SYS_clone, CLONE_NEWPID | CLONE_NEWIPC | SIGCHLD,
			    NULL, NULL, NULL, NULL);

	return pid < 0 ? fork() : pid;
}

/* 0 or -errno */
static int child_start(const struct child_opts *o, struct child *child)
{
	int out[2], img[2], err;
	enum verdict v;

	if (pipe2(out, O_CLOEXEC))
		return -errno;
	if (pipe2(img, O_CLOEXEC)) {
		close(out[0]);
		close(out[1]);
		return -errno;
	}
	child->pid = fork_apart();
	err = child->pid < 0 ? -errno : 0;
	if (!child->pid) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		signals_default();
		err = child_descriptors(out[1], img[1]);
		v = err ? VERDICT_NO_JAIL : child_main(o, child->refused);
		fflush(NULL);
		_exit(v);
	}
	close(out[1]);
	close(img[1]);
	child->talk.fd = out[0];
	child->image.fd = img[0];
	return err;
}

/* Take what is there; the descriptor becomes -1 at the end of the stream. */
static void stream_read(struct stream *s)
{
	char buf[65536];
	ssize_t n = read(s->fd, buf, sizeof(buf));
	size_t room = s->text.max - s->text.len;

	if (n < 0 && errno == EINTR)
		return;
	if (n <= 0) {
		close(s->fd);
		s->fd = -1;
		return;
	}
	s->is_cut |= (size_t)n > room;
	strbuf_mem(&s->text, buf, (size_t)n < room ? (size_t)n : room);
}

static int64_t now_ms(void)
{
	return clock_ns(CLOCK_MONOTONIC) / 1000000;
}

/*
 * Read both streams to their ends. 0, -ETIMEDOUT at DEADLINE_MS, or -EINTR once
 * STOP is readable.
 */
static int streams_read(struct child *child, int64_t deadline_ms, int stop)
{
	struct stream *a = &child->talk, *b = &child->image;

	while (a->fd >= 0 || b->fd >= 0) {
		struct pollfd p[] = {
			{.fd = a->fd, .events = POLLIN},
			{.fd = b->fd, .events = POLLIN},
			{.fd = stop, .events = POLLIN},
		};
		int64_t left = deadline_ms - now_ms();

		if (left <= 0)
			return -ETIMEDOUT;
		if (poll(p, 3, left) < 0) {
			if (errno != EINTR)
				return -errno;
			continue;
		}
		if (p[2].revents)
			return -EINTR;
		if (p[0].revents)
			stream_read(a);
		if (p[1].revents)
			stream_read(b);
	}
	return 0;
}

static void stream_close(struct stream *s)
{
	if (s->fd >= 0)
		close(s->fd);
	s->fd = -1;
}

/* The signal that it died of, or would have: see syscall_filter.h. 0: none */
static int death_of(int status)
{
	if (WIFSIGNALED(status))
		return WTERMSIG(status);
	return WEXITSTATUS(status) == SYSCALL_FILTER_ABORTED ? SIGABRT : 0;
}

/* Had the child, or had we for what it said, not enough memory? */
static bool was_short(int status, const struct stream *talk,
		      const struct stream *image)
{
	const char *said = talk->text.p ?: "";

	if (talk->text.err || image->text.err)
		return true;
	if (death_of(status))
		return strstr(said, "out of memory") ||
		       strstr(said, "bad_alloc");
	return WEXITSTATUS(status) == VERDICT_NO_MEMORY;
}

/* The last line of what the child SAID, which gave up: why it did. */
static const char *last_line(const char *said, int *len)
{
	const char *end = said + strlen(said), *start;

	while (end > said && end[-1] == '\n')
		end--;
	for (start = end; start > said && start[-1] != '\n'; start--)
		;
	*len = end - start;
	return start;
}

/* It died of SIG, and was REFUSED this before, "" for nothing. */
static int death_judge(int sig, const char *said, const char *refused,
		       char *err, size_t err_size)
{
	int len = 0, ret = -ECHILD;
	const char *last = sig == SIGABRT ? last_line(said, &len) : "";

	switch (sig) {
	case SIGXCPU:
		ret = -ETIMEDOUT;
		snprintf(err, err_size, "the compiler took too long");
		break;
	case SIGKILL:
		snprintf(err, err_size,
			 "the compiler was killed, as the kernel does when "
			 "memory runs out");
		break;
	case SIGSYS:
		snprintf(err, err_size,
			 "the compiler was killed by its jail: it made a "
			 "forbidden system call (SIGSYS)");
		break;
	default:
		snprintf(err, err_size, "the compiler died of SIG%s%s%.*s%s%s",
			 sigabbrev_np(sig) ?: "?", len ? ": " : "", len, last,
			 *refused ? "; its jail had refused it " : "", refused);
	}
	return ret;
}

/* The child's end in words: 0 or -errno and ERR. */
static int child_judge(int status, const struct stream *talk,
		       const struct stream *image, const char *refused,
		       char *err, size_t err_size)
{
	const char *said = talk->text.p ?: "";

	if (was_short(status, talk, image)) {
		snprintf(err, err_size, "the compiler had not enough memory");
		return -ENOMEM;
	}
	if (death_of(status))
		return death_judge(death_of(status), said, refused, err,
				   err_size);
	switch (WEXITSTATUS(status)) {
	case VERDICT_OK:
		if (image->text.len && !image->is_cut)
			return 0;
		snprintf(err, err_size, "the compiler gave no whole image");
		return -ECHILD;
	case VERDICT_NO_LIBRARY:
		snprintf(err, err_size,
			 "cannot load libbcc, which compiles the program "
			 "(apt-get install libbpfcc): %.*s",
			 (int)strcspn(said, "\n"), said);
		return -ENOENT;
	case VERDICT_NO_JAIL:
		snprintf(err, err_size, "cannot lock the compiler in: %s",
			 *said ? said : "it has other files open");
		return -EPERM;
	default:
		snprintf(err, err_size, "the program does not compile");
		return -EINVAL;
	}
}

static void refused_say(const struct child *child, const char *name, char *text,
			size_t size)
{
	*text = 0;
	if (child->refused)
		syscalls_refused_say(child->refused, text, size);
	if (*text)
		log_debug("%s: the compiler was refused system calls: %s", name,
			  text);
}

/*
 * Wait for the child, whose streams were read with RET. Once it has closed them
 * it is about to exit, with a status that SIGKILL does not change, or else would
 * never.
 */
static int child_end(const struct child *child, int ret,
		     const struct child_opts *o, char *err, size_t err_size)
{
	char refused[256];
	int status = 0;

	kill(child->pid, SIGKILL);
	while (waitpid(child->pid, &status, 0) < 0 && errno == EINTR)
		;
	refused_say(child, o->name, refused, sizeof(refused));
	if (!ret)
		return child_judge(status, &child->talk, &child->image, refused,
				   err, err_size);
	if (ret == -ETIMEDOUT)
		snprintf(err, err_size,
			 "the compiler was stopped after %u s "
			 "(--compile-limit)",
			 o->limit_s);
	else if (ret == -EINTR)
		snprintf(err, err_size, "the compiler was interrupted");
	else
		snprintf(err, err_size, "cannot listen to the compiler: %s",
			 error_words(ret));
	return ret;
}

static struct syscalls_refused *refused_make(void)
{
	void *p =
		mmap(NULL, sizeof(struct syscalls_refused),
		     PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	return p == MAP_FAILED ? NULL : p;
}

int child_compile(const struct child_opts *o, struct child_result *result,
		  char *err, size_t err_size)
{
	struct child child = {
		.talk = {.fd = -1, .text.max = TALK_MAX},
		.image = {.fd = -1, .text.max = IMAGE_MAX},
		.refused = refused_make(),
	};
	int64_t deadline = now_ms() + (int64_t)o->limit_s * 1000;
	int ret = child_start(o, &child), stop;

	if (ret) {
		snprintf(err, err_size, "cannot start the compiler: %s",
			 error_words(ret));
	} else {
		stop = stop_open();
		ret = streams_read(&child, deadline, stop);
		if (stop >= 0)
			close(stop);
		ret = child_end(&child, ret, o, err, err_size);
	}
	stream_close(&child.talk);
	stream_close(&child.image);
	if (child.refused)
		munmap(child.refused, sizeof(*child.refused));
	result->talk = strbuf_take(&child.talk.text, NULL);
	result->bytes =
		ret ? NULL : strbuf_take(&child.image.text, &result->size);
	strbuf_free(&child.image.text);
	return ret;
}
