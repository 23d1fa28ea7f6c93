// SPDX-License-Identifier: GPL-2.0
/*
 * Starts processes at a steady rate until it is told to stop (SIGTERM), each of
 * which has a name of its own, asks for one page of a web server and ends:
 *
 *	clients RATE PATH	of http://[::1]/
 *
 * Prints how many there were.
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define PATIENCE_S 10

static volatile sig_atomic_t is_over;

static void stop(int sig)
{
	is_over = 1;
}

static int ask(const char *path)
{
	const struct sockaddr_in6 to = {
		.sin6_family = AF_INET6,
		.sin6_port = htons(80),
		.sin6_addr = IN6ADDR_LOOPBACK_INIT,
	};
	char buf[4096];
	ssize_t n;
	int fd = socket(AF_INET6, SOCK_STREAM, 0);

	if (fd < 0 || connect(fd, (const struct sockaddr *)&to, sizeof(to)))
		return 1;
	n = snprintf(buf, sizeof(buf),
		     "GET %s HTTP/1.1\r\nHost: here\r\nConnection: close\r\n"
		     "\r\n",
		     path);
	if (write(fd, buf, n) != n)
		return 1;
	while ((n = read(fd, buf, sizeof(buf))) > 0)
		;
	return n < 0;
}

static void client(unsigned long nr, const char *path)
{
	char name[16];

	signal(SIGTERM, SIG_DFL);
	alarm(PATIENCE_S);
	snprintf(name, sizeof(name), "client-%lu", nr % 10000000);
	prctl(PR_SET_NAME, name);
	_exit(ask(path));
}

int main(int argc, char **argv)
{
	const struct sigaction sa = {.sa_handler = stop};
	unsigned long rate = argc == 3 ? strtoul(argv[1], NULL, 10) : 0;
	unsigned long nr = 0;
	struct timespec gap;
	pid_t pid;

	if (!rate) {
		fputs("usage: clients RATE PATH\n", stderr);
		return 2;
	}
	gap.tv_sec = 1 / rate;
	gap.tv_nsec = 1000000000ul / rate % 1000000000ul;
	sigaction(SIGTERM, &sa, NULL);
	signal(SIGCHLD, SIG_IGN); /* nobody waits for them */
	while (!is_over) {
		pid = fork();
		if (!pid)
			client(nr, argv[2]);
		nr += pid > 0;
		nanosleep(&gap, NULL);
	}
	printf("%lu\n", nr);
	return 0;
}
